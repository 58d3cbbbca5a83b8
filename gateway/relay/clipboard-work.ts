import { limits } from '../../config/limits.ts';
import type { SessionLedger } from '../policy/policy-state.ts';
import { oweTokens, takeTokens, tokensAt } from '../policy/token-bucket.ts';
import type { Direction } from '../policy/traffic-event.ts';

const rule = {
  capacity: limits.clipboardWorkBytesMax,
  perMs: limits.clipboardWorkBytesPerSecond / 1000,
};

/**
 * What looking at a session's clipboard may cost its worker process, where thousands of streams wait for one another:
 * a few bytes can inflate to megabytes, and a picture is millions of pixels to be turned into another form. Counted in
 * bytes, one for each that is unpacked, for each direction by itself, so that a desktop cannot use up its client's.
 * Each process counts alone, for it is its own time that is spent.
 */
export class ClipboardWork {
  readonly #buckets: SessionLedger['work'];
  readonly #now: () => number;

  constructor({ work }: SessionLedger, now: () => number) {
    this.#buckets = work;
    this.#now = now;
  }

  /** Bytes that may be unpacked now. */
  left(direction: Direction): number {
    return Math.max(0, Math.floor(tokensAt(this.#buckets[direction], rule, this.#now())));
  }

  /** @returns whether there was so much; else nothing is taken. */
  take(direction: Direction, bytes: number): boolean {
    return takeTokens(this.#buckets[direction], rule, bytes, this.#now());
  }

  /** Takes what was spent already, which later work has to wait for. */
  owe(direction: Direction, bytes: number): void {
    oweTokens(this.#buckets[direction], rule, bytes, this.#now());
  }

  /** A copy has come, of whatever size. */
  takeOperation(direction: Direction): boolean {
    return this.take(direction, limits.clipboardOperationWorkBytes);
  }

  /** A picture of so many pixels is to be made. */
  takePixels(direction: Direction, pixels: number): boolean {
    return this.take(direction, pixels * limits.clipboardPixelWorkBytes);
  }

  /** Milliseconds until all of it may be spent again. */
  waitMs(direction: Direction): number {
    return Math.ceil((rule.capacity - this.left(direction)) / rule.perMs);
  }
}
