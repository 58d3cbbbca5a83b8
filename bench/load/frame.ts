/** WebSocket framing of the load's own (RFC 6455 section 5.2): shares no code with the gateway it measures. */

/** An unmasked binary frame, as servers send it. */
export function encodeFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([encodeHeader(payload.length, 0), payload]);
}

/** A masked one, as clients send it. The key is fixed: nobody is protected by it here. */
export function encodeClientFrame(payload: Uint8Array): Buffer {
  const key = Uint8Array.of(0x5c, 0xa1, 0xab, 0x1e);
  const masked = payload.map((byte, index) => byte ^ key[index & 3]!);
  return Buffer.concat([encodeHeader(payload.length, 0x80), key, masked]);
}

function encodeHeader(length: number, maskBit: number): Uint8Array {
  if (length < 126) return Uint8Array.of(0x82, maskBit | length);
  if (length < 65_536) return Uint8Array.of(0x82, maskBit | 126, length >> 8, length & 0xff);
  const header = Buffer.alloc(10);
  header.set([0x82, maskBit | 127]);
  header.writeUIntBE(length, 4, 6);
  return header;
}

const closeOpcode = 8;
const headerBytesMax = 14;

/**
 * Finds payload in a stream of frames, cut anywhere. `read` answers how many payload bytes of data frames the chunk
 * held and tells each piece, still masked where the sender masks. Control frames are skipped; a close frame sets
 * `closeCode`.
 */
export class FrameCursor {
  /** Of a close frame, or 1005 for one without a code; undefined until one came. */
  closeCode: number | undefined;
  readonly #header = new Uint8Array(headerBytesMax);
  #headerBytes = 0;
  #left = 0;
  #opcode = 0;
  #closeBytes: number[] = [];

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
      } else if (this.#opcode === closeOpcode) this.#readClose(chunk, at, end);
      this.#left -= end - at;
      at = end;
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
    if (this.#opcode === closeOpcode && this.#left === 0) this.closeCode = 1005;
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

  #readClose(chunk: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end && this.#closeBytes.length < 2; at++) this.#closeBytes.push(chunk[at]!);
    if (this.#closeBytes.length === 2) this.closeCode = this.#closeBytes[0]! * 256 + this.#closeBytes[1]!;
  }
}
