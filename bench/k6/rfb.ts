/**
 * The client's side of RFB 3.8 (RFC 6143) without I/O: what to send, and what came back. Reads just enough of a
 * server's messages to find where each ends, so it asks for encodings only whose length is easily found.
 */

const version = 'RFB 003.008\n';
const securityNone = 1;

const encodings = { raw: 0, copyRectangle: 1, zrle: 16, desktopSize: -223 };

const serverMessages = { framebufferUpdate: 0, colourMap: 1, bell: 2, cutText: 3 };

/** A server that claims more in one rectangle or text is broken: nobody waits for it. */
const lengthMax = 256 * 1024 * 1024;

type Phase = 'version' | 'security' | 'result' | 'init' | 'open';

export interface RfbEvents {
  /** To be sent to the server. */
  readonly send: (bytes: ArrayBuffer) => void;
  /** ServerInit has come: size and name are known, the client may ask for pictures. */
  readonly onOpen: (client: RfbClient) => void;
  /** A whole FramebufferUpdate has come. */
  readonly onUpdate: (client: RfbClient) => void;
}

/** What one stream's server says, taken in pieces of any size. */
export class RfbClient {
  width = 0;
  height = 0;
  updates = 0;
  bytes = 0;
  readonly #events: RfbEvents;
  #phase: Phase = 'version';
  /** What came and could not be read yet: the piece of a message. */
  #held = new Uint8Array(0);
  /** Bytes that only pass by: pixels. */
  #skip = 0;
  #inUpdate = false;
  /** Of the update being read: rectangles whose head is still to come. */
  #rectangles = 0;

  constructor(events: RfbEvents) {
    this.#events = events;
  }

  /** @throws Error where the server can not be followed. */
  take(chunk: ArrayBuffer): void {
    this.bytes += chunk.byteLength;
    const all = this.#held.length === 0 ? new Uint8Array(chunk) : joined(this.#held, new Uint8Array(chunk));
    let at = 0;
    for (;;) {
      const passed = Math.min(this.#skip, all.length - at);
      this.#skip -= passed;
      at += passed;
      if (this.#skip > 0) break;
      if (this.#inUpdate && this.#rectangles === 0) this.#finishUpdate();
      const rest = all.subarray(at);
      const used = this.#phase === 'open' ? this.#readMessage(rest) : this.#readHandshake(rest);
      if (used === 0) break;
      at += used;
    }
    this.#held = all.slice(at);
  }

  #finishUpdate(): void {
    this.#inUpdate = false;
    this.updates += 1;
    this.#events.onUpdate(this);
  }

  /** RFC 6143 sections 7.1 to 7.3. @returns bytes taken, 0: more are needed */
  #readHandshake(bytes: Uint8Array): number {
    const view = viewOf(bytes);
    switch (this.#phase) {
      case 'version':
        if (bytes.length < version.length) return 0;
        this.#events.send(latin1(version));
        this.#phase = 'security';
        return version.length;
      case 'security': {
        const count = bytes[0] ?? 0;
        if (bytes.length === 0 || bytes.length < 1 + count) return 0;
        if (count === 0) return this.#readRefusal(bytes, view);
        if (!bytes.subarray(1, 1 + count).includes(securityNone)) {
          throw new Error('the server does not offer the security type None');
        }
        this.#events.send(Uint8Array.of(securityNone).buffer);
        this.#phase = 'result';
        return 1 + count;
      }
      case 'result':
        if (bytes.length < 4) return 0;
        if (view.getUint32(0) !== 0) throw new Error(`the security result is ${view.getUint32(0)}`);
        // ClientInit: others may stay.
        this.#events.send(Uint8Array.of(1).buffer);
        this.#phase = 'init';
        return 4;
      default:
        return this.#readServerInit(bytes, view);
    }
  }

  /** u8 0 · u32 n · n bytes of text: the server, or the gateway for it, wants no client. */
  #readRefusal(bytes: Uint8Array, view: DataView): number {
    if (bytes.length < 5) return 0;
    const end = 5 + checked(view.getUint32(1));
    if (bytes.length < end) return 0;
    throw new Error(`the desktop refused: ${String.fromCharCode(...bytes.subarray(5, end))}`);
  }

  /** u16 width · u16 height · 16 bytes of pixel format · u32 n · n bytes of name. */
  #readServerInit(bytes: Uint8Array, view: DataView): number {
    if (bytes.length < 24) return 0;
    const end = 24 + checked(view.getUint32(20));
    if (bytes.length < end) return 0;
    this.width = view.getUint16(0);
    this.height = view.getUint16(2);
    this.#phase = 'open';
    this.#events.send(setPixelFormat());
    this.#events.send(setEncodings());
    this.#events.onOpen(this);
    return end;
  }

  /** @returns bytes taken, 0: more are needed */
  #readMessage(bytes: Uint8Array): number {
    if (this.#inUpdate) return this.#readRectangle(bytes);
    if (bytes.length === 0) return 0;
    const view = viewOf(bytes);
    switch (bytes[0]) {
      case serverMessages.framebufferUpdate:
        if (bytes.length < 4) return 0;
        this.#rectangles = view.getUint16(2);
        this.#inUpdate = true;
        return 4;
      case serverMessages.colourMap:
        if (bytes.length < 6) return 0;
        this.#skip = 6 * view.getUint16(4);
        return 6;
      case serverMessages.bell:
        return 1;
      case serverMessages.cutText:
        if (bytes.length < 8) return 0;
        // A negative length would be the extended clipboard, which was not asked for.
        this.#skip = checked(view.getUint32(4));
        return 8;
      default:
        throw new Error(`unknown server message ${bytes[0]}`);
    }
  }

  /** u16 x, y, width, height · s32 encoding · pixels. */
  #readRectangle(bytes: Uint8Array): number {
    if (bytes.length < 12) return 0;
    const view = viewOf(bytes);
    const [width, height] = [view.getUint16(4), view.getUint16(6)];
    let headBytes = 12;
    switch (view.getInt32(8)) {
      case encodings.raw:
        this.#skip = checked(width * height * 4);
        break;
      case encodings.copyRectangle:
        this.#skip = 4;
        break;
      case encodings.zrle:
        headBytes = 16;
        if (bytes.length < headBytes) return 0;
        this.#skip = checked(view.getUint32(12));
        break;
      case encodings.desktopSize:
        this.width = width;
        this.height = height;
        break;
      default:
        throw new Error(`encoding ${view.getInt32(8)}, which nobody asked for`);
    }
    this.#rectangles -= 1;
    return headBytes;
  }
}

/** Section 7.5.1: 32 bits a pixel, little endian, red at 16, green at 8, blue at 0. */
function setPixelFormat(): ArrayBuffer {
  return Uint8Array.of(0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0).buffer;
}

/** Section 7.5.2. */
function setEncodings(): ArrayBuffer {
  const wanted = [encodings.zrle, encodings.copyRectangle, encodings.raw, encodings.desktopSize];
  const view = new DataView(new ArrayBuffer(4 + 4 * wanted.length));
  view.setUint8(0, 2);
  view.setUint16(2, wanted.length);
  wanted.forEach((encoding, index) => {
    view.setInt32(4 + 4 * index, encoding);
  });
  return view.buffer;
}

export interface Area {
  readonly width: number;
  readonly height: number;
}

/** Section 7.5.3, from the screen's upper left corner. @param incremental only what has changed */
export function updateRequest({ width, height }: Area, incremental: boolean): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(10));
  view.setUint8(0, 3);
  view.setUint8(1, incremental ? 1 : 0);
  view.setUint16(6, width);
  view.setUint16(8, height);
  return view.buffer;
}

/** Section 7.5.4. */
export function keyEvent(keysym: number, down: boolean): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint8(0, 4);
  view.setUint8(1, down ? 1 : 0);
  view.setUint32(4, keysym);
  return view.buffer;
}

/** Section 7.5.5, no button pressed. */
export function pointerEvent(x: number, y: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(6));
  view.setUint8(0, 5);
  view.setUint16(2, x);
  view.setUint16(4, y);
  return view.buffer;
}

/** Section 7.5.6. @param text in Latin-1 */
export function clientCutText(text: string): ArrayBuffer {
  const content = new Uint8Array(latin1(text));
  const message = new Uint8Array(8 + content.length);
  message[0] = 6;
  new DataView(message.buffer).setUint32(4, content.length);
  message.set(content, 8);
  return message.buffer;
}

function latin1(text: string): ArrayBuffer {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes.buffer;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checked(length: number): number {
  if (length > lengthMax) throw new Error(`the server claims ${length} bytes, the limit is ${lengthMax}`);
  return length;
}
