const firstCapacityBytes = 64;

/** Writes big-endian fields into a buffer that grows; for messages we make ourselves, never for payload. */
export class WriteCursor {
  #bytes = new Uint8Array(firstCapacityBytes);
  length = 0;

  u8(value: number): this {
    // In two steps: the room may be in a new buffer.
    const at = this.#room(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value >> 8).u8(value);
  }

  /** A 32-bit number, signed or not: the bits are the same. */
  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  zeros(count: number): this {
    this.#room(count);
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  ascii(text: string): this {
    for (let at = 0; at < text.length; at++) this.u8(text.charCodeAt(at));
    return this;
  }

  /** What was written, copied to its exact length. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #room(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }
}
