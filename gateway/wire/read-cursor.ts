import { DecodeError } from './decode-error.ts';

/** The 16-bit big-endian number at `at`; the caller has checked that it is there. */
export function u16At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** The unsigned 32-bit big-endian number at `at`; the caller has checked that it is there. */
export function u32At(bytes: Uint8Array, at: number): number {
  return s32At(bytes, at) >>> 0;
}

/** The signed 32-bit big-endian number at `at`; the caller has checked that it is there. */
export function s32At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/**
 * Reads big-endian fields of one message that is known to be whole. Reading past its end is the
 * sender's mistake (an inner length that disagrees with the outer one), so it throws DecodeError.
 */
export class ReadCursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.at;
  }

  u8(field: string): number {
    return this.bytes[this.skip(1, field)]!;
  }

  u16(field: string): number {
    return u16At(this.bytes, this.skip(2, field));
  }

  u32(field: string): number {
    return u32At(this.bytes, this.skip(4, field));
  }

  s32(field: string): number {
    return s32At(this.bytes, this.skip(4, field));
  }

  /** A view of the next `count` bytes, not a copy. */
  view(count: number, field: string): Uint8Array {
    const from = this.skip(count, field);
    return this.bytes.subarray(from, from + count);
  }

  /** Moves over `count` bytes and returns where they began. */
  skip(count: number, field: string): number {
    const from = this.at;
    if (count > this.end - from) {
      const sentence = `${field} needs ${count} bytes, ${this.end - from} are left in its message`;
      throw new DecodeError('malformed', sentence, field);
    }
    this.at = from + count;
    return from;
  }
}
