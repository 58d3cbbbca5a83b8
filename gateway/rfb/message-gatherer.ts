import { ByteQueue } from '../wire/byte-queue.ts';

/**
 * Tells how long the message at `at` is, of which `available` bytes are there.
 * @returns the whole length once it is known, whether or not that much is there; before, −k: tell again
 *   when at least k bytes of the message are there.
 * @throws DecodeError for a message that cannot be followed or is over a limit.
 */
export type MeasureMessage = (bytes: Uint8Array, at: number, available: number) => number;

/**
 * Brings messages together that must be whole before they are judged. A message that lies whole in a
 * chunk is given as a view of it; only one that is cut by the end of a chunk is copied.
 */
export class MessageGatherer {
  /** The whole message after `gather` returned true: `bytes` from `start` to `end`. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Where the next byte of the chunk is after `gather`. */
  at = 0;
  readonly #held: ByteQueue;
  readonly #measure: MeasureMessage;
  /** Length the held message must reach before it is measured again, or is whole. */
  #target = 0;
  #whole = false;

  constructor(measure: MeasureMessage, field: string, limitBytes: number) {
    this.#measure = measure;
    this.#held = new ByteQueue(field, limitBytes);
  }

  /** Whether the beginning of a message is held. */
  get holding(): boolean {
    return this.#held.length > 0 && !this.#whole;
  }

  /** The message was dealt with: a large one that was held is given back now, not when the next one comes. */
  release(): void {
    if (!this.#whole) return;
    this.#held.clear();
    this.bytes = this.#held.bytes;
    this.#whole = false;
  }

  /**
   * Takes one message from the chunk's bytes from `at` to `end`, or its beginning or continuation.
   * @returns whether a message is whole; it stays valid until the next call or `release`.
   */
  gather(chunk: Uint8Array, at: number, end: number): boolean {
    this.release();
    this.at = at;
    if (this.#held.length > 0) return this.#continue(chunk, end);
    if (at === end) return false;
    const length = this.#measure(chunk, at, end - at);
    if (length > 0 && length <= end - at) {
      this.bytes = chunk;
      this.start = at;
      this.end = this.at = at + length;
      return true;
    }
    this.#target = Math.abs(length);
    this.#hold(chunk, end);
    return false;
  }

  #continue(chunk: Uint8Array, end: number): boolean {
    while (this.at < end) {
      this.#hold(chunk, Math.min(end, this.at + this.#target - this.#held.length));
      if (this.#held.length < this.#target) return false;
      const length = this.#measure(this.#held.bytes, 0, this.#held.length);
      if (length === this.#held.length) {
        this.#whole = true;
        this.bytes = this.#held.bytes;
        this.start = 0;
        this.end = length;
        return true;
      }
      this.#target = Math.abs(length);
    }
    return false;
  }

  #hold(chunk: Uint8Array, end: number): void {
    this.#held.append(chunk, this.at, end);
    this.at = end;
  }
}
