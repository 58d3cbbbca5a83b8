import { limitError } from './decode-error.ts';

const firstCapacityBytes = 256;
/** So few bytes are copied one by one sooner than a view of them is made. */
const countedBytesMax = 32;
/** Shared by all queues that hold nothing. */
const noBytes: Uint8Array = new Uint8Array(0);

/**
 * Bytes held back until they are whole: contiguous, so that they can be parsed where they lie, and
 * bounded, so that a peer cannot make us keep more than `limitBytes`.
 */
export class ByteQueue {
  /** Valid from 0 to `length`, until the next `append` or `clear`. */
  bytes = noBytes;
  length = 0;
  readonly #field: string;
  readonly #limitBytes: number;

  constructor(field: string, limitBytes: number) {
    this.#field = field;
    this.#limitBytes = limitBytes;
  }

  /**
   * Copies `chunk` from `start` to `end` behind what is held.
   * @throws DecodeError kind `limit` before anything is copied that would not fit.
   */
  append(chunk: Uint8Array, start: number, end: number): void {
    const needed = this.length + end - start;
    if (needed > this.#limitBytes) throw limitError(this.#field, needed, this.#limitBytes);
    if (needed > this.bytes.length) this.#grow(needed);
    if (end - start <= countedBytesMax) {
      for (let at = start, to = this.length; at < end; at++, to++) this.bytes[to] = chunk[at]!;
    } else {
      this.bytes.set(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), this.length);
    }
    this.length = needed;
  }

  /** Removes the first `count` bytes. */
  consume(count: number): void {
    if (count >= this.length) {
      this.clear();
      return;
    }
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
  }

  /** Forgets everything; a large buffer is given back, a small one kept for the next time. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > firstCapacityBytes) this.bytes = noBytes;
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, firstCapacityBytes, Math.min(this.bytes.length * 2, this.#limitBytes));
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
