/**
 * The RFB half of the KasmVNC stand-in: reads what a viewer says as KasmVNC 1.5.1 reads it, and answers so that
 * viewers go on. Written from the fact sheet of KasmVNC's protocol, apart from the gateway's own parser.
 *
 * As the real one it closes at a message it does not know, takes pointer events of 11 bytes only, scrolls or points
 * but never both, reads legacy cut text and ignores it, takes the first of clipboard items with one name, sends its
 * watermark as Tight to everyone and its own messages to whoever asked for its encodings, fences and continuous updates.
 * It fakes the desktop: one colour all over, nothing behind the clipboard, statistics that say nothing, no congestion
 * control. Only pixels of 32 bits and Raw are drawn. A real server would freeze its X server over half a message:
 * here it is counted.
 */
import type { KasmvncDesktop } from './kasmvnc-server.ts';

export interface SeenPointer {
  readonly mask: number;
  readonly x: number;
  readonly y: number;
  readonly scrollX: number;
  readonly scrollY: number;
}

interface PixelShifts {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

const encodings = {
  qemuKey: -258,
  desktopSize: -308,
  fence: -312,
  continuousUpdates: -313,
} as const;

/** Lengths that are always the same, with the type byte. */
const fixedBytes: Readonly<Record<number, number>> = {
  ...{ 0: 20, 3: 10, 4: 8, 5: 11, 150: 10, 178: 4, 179: 12, 185: 1, 188: 10, 189: 8, 190: 4, 191: 4 },
  ...{ 252: 5, 255: 12 },
};

export class KasmvncSession {
  readonly #desktop: KasmvncDesktop;
  readonly #width: number;
  readonly #height: number;
  #unread: Buffer = Buffer.alloc(0);
  #shifts: PixelShifts = { red: 16, green: 8, blue: 0 };
  #colour = 0x204060;
  #asked = false;
  #continuous = false;
  #greeted = false;
  #clipboardId = 0;
  /** Types of the messages that came, in order. */
  readonly types: number[] = [];
  readonly pointer: SeenPointer[] = [];
  /** Keysyms that were pressed. */
  readonly keys: number[] = [];
  /** By MIME name, one map a message. */
  readonly clipboards: Map<string, string>[] = [];
  /** The last list that came. */
  encodings: readonly number[] = [];
  /** Frames that ended within a message. */
  halfMessages = 0;
  /** Why the connection was closed. */
  violation: string | undefined;

  /** Reads on where the handshake of that viewer ended. */
  constructor(desktop: KasmvncDesktop, width: number, height: number) {
    this.#desktop = desktop;
    this.#width = width;
    this.#height = height;
    this.#read(desktop.received);
    desktop.onPayload = payload => this.#read(payload);
  }

  /** Fills the screen. @param colour 0xrrggbb */
  paint(colour: number): void {
    this.#colour = colour;
    if (this.#asked || this.#continuous) this.#update();
  }

  /** A program of the desktop copies. */
  copy(items: Readonly<Record<string, string>>): void {
    const parts = Object.entries(items).map(([mime, text]) => {
      return [u32(++this.#clipboardId), u8(mime.length), Buffer.from(mime), u32(byteLength(text)), text];
    });
    this.#send(u8(180), u8(parts.length), ...parts.flat());
  }

  /** Everything only KasmVNC sends, that needs no asking. */
  gossip(): void {
    for (const type of [253, 254]) this.#send(u8(type), u32(3), 'ann');
    this.#send(u8(179));
    this.#send(u8(187));
  }

  #read(payload: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, payload]);
    for (;;) {
      const length = this.#messageBytes();
      if (length === undefined || length > this.#unread.length) break;
      const message = this.#unread.subarray(0, length);
      this.#unread = this.#unread.subarray(length);
      this.types.push(message[0]!);
      this.#take(message);
    }
    if (this.#unread.length > 0) this.halfMessages += 1;
  }

  /** undefined until enough is there. */
  #messageBytes(): number | undefined {
    const bytes = this.#unread;
    const type = bytes[0];
    if (type === undefined || this.violation !== undefined) return undefined;
    const fixed = fixedBytes[type];
    if (fixed !== undefined) return fixed;
    const has = (count: number): boolean => bytes.length >= count;
    switch (type) {
      case 2:
        return has(4) ? 4 + 4 * bytes.readUInt16BE(2) : undefined;
      case 6:
        return has(8) ? 8 + Math.abs(bytes.readInt32BE(4)) : undefined;
      case 180:
        return this.#clipboardBytes();
      case 182:
        return has(2) ? 2 + bytes[1]! : undefined;
      case 184:
        return has(2) ? 2 + 4 * bytes[1]! : undefined;
      case 248:
        return has(9) ? 9 + bytes[8]! : undefined;
      case 251:
        return has(8) ? 8 + 16 * bytes[6]! : undefined;
    }
    this.violation = `unknown message type ${type}`;
    this.#desktop.end();
    return undefined;
  }

  #clipboardBytes(): number | undefined {
    let at = 2;
    for (let left = this.#unread[1] ?? 0; left > 0; left--) {
      const mimeBytes = this.#unread[at];
      if (mimeBytes === undefined || this.#unread.length < at + 5 + mimeBytes) return undefined;
      at += 5 + mimeBytes + this.#unread.readUInt32BE(at + 1 + mimeBytes);
    }
    return this.#unread.length < 2 ? undefined : at;
  }

  #take(message: Buffer): void {
    switch (message[0]) {
      case 0:
        this.#shifts = { red: message[14]!, green: message[15]!, blue: message[16]! };
        if (message[4] !== 32) this.violation = `${message[4]} bits a pixel`;
        return;
      case 2:
        this.#takeEncodings(message);
        return;
      case 3:
        this.#asked = true;
        if (message[1] === 0) this.#update();
        return;
      case 4:
        if (message[1] === 1) this.keys.push(message.readUInt32BE(4));
        return;
      case 5:
        this.#takePointer(message);
        return;
      case 150:
        this.#continuous = message[1] === 1;
        return;
      case 180:
        this.#takeClipboard(message);
        return;
      case 255:
        if (message.readUInt16BE(2) === 1) this.keys.push(message.readUInt32BE(4));
    }
  }

  #takeEncodings(message: Buffer): void {
    this.encodings = Array.from({ length: message.readUInt16BE(2) }, (_, index) =>
      message.readInt32BE(4 + 4 * index),
    );
    if (this.encodings.includes(encodings.fence)) {
      this.#send(u8(248), u8(0, 0, 0), u32(0x80000000), u8(1, 0));
    }
    if (this.encodings.includes(encodings.continuousUpdates)) this.#send(u8(150));
  }

  #takePointer(message: Buffer): void {
    const [scrollX, scrollY] = [message.readInt16BE(7), message.readInt16BE(9)];
    const [mask, x, y] = [1, 3, 5].map(at => message.readUInt16BE(at)) as [number, number, number];
    this.pointer.push({ mask, x, y, scrollX, scrollY });
  }

  #takeClipboard(message: Buffer): void {
    const items = new Map<string, string>();
    let at = 2;
    for (let left = message[1]!; left > 0; left--) {
      const mimeEnd = at + 1 + message[at]!;
      const mime = message.toString('latin1', at + 1, mimeEnd);
      const end = mimeEnd + 4 + message.readUInt32BE(mimeEnd);
      if (!items.has(mime)) items.set(mime, message.toString('utf8', mimeEnd + 4, end));
      at = end;
    }
    this.clipboards.push(items);
  }

  /** With the first one come size, key codes and watermark, as after a start. */
  #update(): void {
    const rectangles: Buffer[] = [this.#pixels()];
    if (!this.#greeted) {
      const has = (encoding: number): boolean => this.encodings.includes(encoding);
      if (has(encodings.desktopSize)) {
        const screen = [u32(0), u16(0, 0, this.#width, this.#height), u32(0)];
        rectangles.unshift(Buffer.concat([this.#header(encodings.desktopSize), u8(1, 0, 0, 0), ...screen]));
      }
      if (has(encodings.qemuKey)) rectangles.push(this.#header(encodings.qemuKey));
      rectangles.splice(1, 0, Buffer.concat([this.#header(7), u8(0xd0, 4, 255, 255, 255, 32)]));
    }
    this.#greeted = true;
    this.#asked = false;
    this.#send(u8(0, 0), u16(rectangles.length), ...rectangles);
  }

  #header(encoding: number): Buffer {
    const header = Buffer.concat([u16(0, 0, this.#width, this.#height), Buffer.alloc(4)]);
    header.writeInt32BE(encoding, 8);
    return header;
  }

  #pixels(): Buffer {
    const { red, green, blue } = this.#shifts;
    const colour = this.#colour;
    const pixel = Buffer.alloc(4);
    const value = ((colour >> 16) << red) | (((colour >> 8) & 0xff) << green) | ((colour & 0xff) << blue);
    pixel.writeUInt32LE(value >>> 0);
    return Buffer.concat([this.#header(0), Buffer.alloc(this.#width * this.#height * 4, pixel)]);
  }

  #send(...parts: (Uint8Array | string)[]): void {
    this.#desktop.send(Buffer.concat(parts.map(part => Buffer.from(part as string))));
  }
}

const byteLength = (text: string): number => Buffer.byteLength(text);

function u8(...values: number[]): Buffer {
  return Buffer.from(values);
}

function u16(...values: number[]): Buffer {
  return Buffer.from(values.flatMap(value => [value >> 8, value & 0xff]));
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
