import { ByteQueue } from '../wire/byte-queue.ts';
import { ClipboardSkip } from './clipboard-skip.ts';

/**
 * Tells how long the message at `at` is, of which `available` bytes are there.
 * @returns the whole length once it is known, whether or not that much is there; before, −k: tell again
 *   when at least k bytes of the message are there.
 *   A length over the gatherer's limit makes it skip the message, which only clipboard messages may ask for.
 * @throws DecodeError for a message that cannot be followed or is over a limit.
 */
export type MeasureMessage = (bytes: Uint8Array, at: number, available: number) => number;

export interface MessageMeasure {
  readonly measure: MeasureMessage;
}

/** Of nothing: shared, for thousands of idle streams hold it. */
export const noBytes: Uint8Array = new Uint8Array(0);

/**
 * Brings messages together that must be whole before they are judged. A message that lies whole in a
 * chunk is given as a view of it; only one that is cut by the end of a chunk is copied.
 */
export class MessageGatherer {
  /** The whole message after `gather` returned true: `bytes` from `start` to `end`. */
  bytes = noBytes;
  start = 0;
  end = 0;
  /** Size of a message that was too large to be held: `bytes` is then its type and nothing else. Else 0. */
  skippedBytes = 0;
  /** Where the next byte of the chunk is after `gather`. */
  at = 0;
  readonly #held: ByteQueue;
  readonly #measure: MessageMeasure;
  /** Length the held message must reach before it is measured again, or is whole. */
  #target = 0;
  #whole = false;
  readonly #limitBytes: number;
  readonly #clipboardIdBytes: number;
  #skip: ClipboardSkip | undefined;

  /** @param clipboardIdBytes of each item of KasmVNC's clipboard: 4 from the server, 0 from the client. */
  constructor(measure: MessageMeasure, field: string, limitBytes: number, clipboardIdBytes: number) {
    this.#measure = measure;
    this.#limitBytes = limitBytes;
    this.#clipboardIdBytes = clipboardIdBytes;
    this.#held = new ByteQueue(field, limitBytes);
  }

  /** Whether the beginning of a message is held. */
  get holding(): boolean {
    return (this.#held.length > 0 && !this.#whole) || this.#skip !== undefined;
  }

  /** The message was dealt with: a large one that was held is given back now, not when the next one comes. */
  release(): void {
    this.bytes = noBytes;
    if (!this.#whole) return;
    this.#held.clear();
    this.#whole = false;
    this.skippedBytes = 0;
  }

  /**
   * Takes one message from the chunk's bytes from `at` to `end`, or its beginning or continuation.
   * @returns whether a message is whole; it stays valid until the next call or `release`.
   */
  gather(chunk: Uint8Array, at: number, end: number): boolean {
    this.release();
    this.at = at;
    if (this.#skip !== undefined) return this.#skipOn(this.#skip, chunk, end);
    if (this.#held.length > 0) return this.#continue(chunk, end);
    if (at === end) return false;
    const length = this.#measure.measure(chunk, at, end - at);
    if (length > this.#limitBytes) return this.#beginSkip(chunk, at, end);
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
      const length = this.#measure.measure(this.#held.bytes, 0, this.#held.length);
      if (length === this.#held.length) {
        this.#whole = true;
        this.bytes = this.#held.bytes;
        this.start = 0;
        this.end = length;
        return true;
      }
      if (length > this.#limitBytes) return this.#skipHeld(chunk, end);
      this.#target = Math.abs(length);
    }
    return false;
  }

  /** What is held of the message was its beginning: walk over it again, then over the rest. */
  #skipHeld(chunk: Uint8Array, end: number): boolean {
    const skip = new ClipboardSkip(this.#held.bytes[0]!, this.#clipboardIdBytes);
    skip.walk(this.#held.bytes, 0, this.#held.length);
    this.#held.clear();
    this.#skip = skip;
    return this.#skipOn(skip, chunk, end);
  }

  #beginSkip(chunk: Uint8Array, at: number, end: number): boolean {
    this.#skip = new ClipboardSkip(chunk[at]!, this.#clipboardIdBytes);
    return this.#skipOn(this.#skip, chunk, end);
  }

  #skipOn(skip: ClipboardSkip, chunk: Uint8Array, end: number): boolean {
    this.at = skip.walk(chunk, this.at, end);
    if (!skip.done) return false;
    this.#skip = undefined;
    this.#whole = true;
    this.skippedBytes = skip.bytes;
    this.bytes = Uint8Array.of(skip.type);
    this.start = 0;
    this.end = 1;
    return true;
  }

  #hold(chunk: Uint8Array, end: number): void {
    this.#held.append(chunk, this.at, end);
    this.at = end;
  }
}
