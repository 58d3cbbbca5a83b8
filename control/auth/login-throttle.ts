/**
 * Slows down guessing. Failures count per account and address together, so that a stranger's failures
 * never keep the user out: after five the wait doubles with each, up to a quarter of an hour.
 */
import type { Cache } from '../cache/cache.ts';

const freeFailures = 5;
const firstWaitMs = 1_000;
const waitMsMax = 15 * 60_000;
/** Failures are forgotten this long after the first. */
const memoryMs = 60 * 60_000;

export class LoginThrottle {
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** How long this account must wait at this address, in milliseconds; 0: try now. */
  async waitMs(username: string, address: string): Promise<number> {
    return this.#cache.timeLeftMs(`login_wait:${keyOf(username, address)}`);
  }

  async failed(username: string, address: string): Promise<void> {
    const key = keyOf(username, address);
    const failures = await this.#cache.increment(`login_failures:${key}`, memoryMs);
    const wait = waitAfter(failures);
    if (wait > 0) await this.#cache.set(`login_wait:${key}`, '1', wait);
  }

  async succeeded(username: string, address: string): Promise<void> {
    await this.#cache.delete(`login_failures:${keyOf(username, address)}`);
  }
}

/** The wait that the nth failure brings. */
export function waitAfter(failures: number): number {
  if (failures < freeFailures) return 0;
  return Math.min(firstWaitMs * 2 ** Math.min(failures - freeFailures, 30), waitMsMax);
}

/** Bounded, and no user's name in the cache. */
function keyOf(username: string, address: string): string {
  return new Bun.CryptoHasher('sha256').update(`${username}\0${address}`).digest('base64url');
}
