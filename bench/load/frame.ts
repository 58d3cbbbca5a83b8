/** WebSocket framing of the load's own (RFC 6455 section 5.2): shares no code with the gateway it measures. */

const binaryOpcode = 2;
const closeOpcode = 8;
const pingOpcode = 9;
const pongOpcode = 10;

/** An unmasked binary frame, as servers send it. */
export function encodeFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([encodeHeader(payload.length, 0), payload]);
}

/** A masked one, as clients send it. The key is fixed: nobody is protected by it here. */
export function encodeClientFrame(payload: Uint8Array, opcode = binaryOpcode): Buffer {
  const key = Uint8Array.of(0x5c, 0xa1, 0xab, 0x1e);
  const masked = payload.map((byte, index) => byte ^ key[index & 3]!);
  const header = encodeHeader(payload.length, 0x80);
  header[0] = 0x80 | opcode;
  return Buffer.concat([header, key, masked]);
}

/** A masked ping without payload. */
export const pingFrame = encodeClientFrame(new Uint8Array(0), pingOpcode);

/** The answer to a ping. */
export const encodePong = (payload: Uint8Array): Buffer => encodeClientFrame(payload, pongOpcode);

function encodeHeader(length: number, maskBit: number): Uint8Array {
  if (length < 126) return Uint8Array.of(0x82, maskBit | length);
  if (length < 65_536) return Uint8Array.of(0x82, maskBit | 126, length >> 8, length & 0xff);
  const header = Buffer.alloc(10);
  header.set([0x82, maskBit | 127]);
  header.writeUIntBE(length, 4, 6);
  return header;
}

const headerBytesMax = 14;

/**
 * Finds payload in a stream of frames, cut anywhere. `read` answers how many payload bytes of data frames the chunk
 * held and tells each piece, still masked where the sender masks. Control frames are skipped; a close frame sets
 * `closeCode`.
 */
export class FrameCursor {
  /** Told the payload of each ping. */
  onPing: ((payload: Uint8Array) => void) | undefined;
  /** Of a close frame, or 1005 for one without a code; undefined until one came. */
  closeCode: number | undefined;
  /** Pong frames so far. */
  pongs = 0;
  readonly #header = new Uint8Array(headerBytesMax);
  #headerBytes = 0;
  #left = 0;
  #opcode = 0;
  /** Payload of the control frame that is being read. */
  #control: number[] = [];

  read(chunk: Uint8Array, onPayload?: (start: number, end: number) => void): number {
    let payloadBytes = 0;
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        at = this.#readHeader(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#left);
      if (this.#opcode < closeOpcode) {
        payloadBytes += end - at;
        onPayload?.(at, end);
      } else for (let index = at; index < end; index++) this.#control.push(chunk[index]!);
      this.#left -= end - at;
      at = end;
      if (this.#left === 0 && this.#opcode >= closeOpcode) this.#endControl();
    }
    return payloadBytes;
  }

  /** Takes header bytes until it is whole; answers where the payload begins. */
  #readHeader(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && this.#headerBytes < this.#headerSize()) {
      this.#header[this.#headerBytes++] = chunk[at++]!;
    }
    if (this.#headerBytes < this.#headerSize()) return at;
    this.#headerBytes = 0;
    this.#opcode = this.#header[0]! & 0x0f;
    this.#left = this.#payloadLength();
    if (this.#opcode < closeOpcode) return at;
    this.#control = [];
    if (this.#left === 0) this.#endControl();
    return at;
  }

  #headerSize(): number {
    if (this.#headerBytes < 2) return 2;
    const second = this.#header[1]!;
    const length = second & 0x7f;
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
  }

  #payloadLength(): number {
    const length = this.#header[1]! & 0x7f;
    if (length < 126) return length;
    let value = 0;
    for (let index = 2; index < (length === 126 ? 4 : 10); index++)
      value = value * 256 + this.#header[index]!;
    return value;
  }

  #endControl(): void {
    const [high, low] = this.#control;
    if (this.#opcode === closeOpcode) this.closeCode = low === undefined ? 1005 : high! * 256 + low;
    else if (this.#opcode === pongOpcode) this.pongs += 1;
    else if (this.#opcode === pingOpcode) this.onPing?.(Uint8Array.from(this.#control));
  }
}
