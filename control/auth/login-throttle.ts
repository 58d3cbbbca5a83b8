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
/** Tries at the same moment, before the first failure of them is known. */
const burstTries = 30;
const burstMs = 5_000;

export class LoginThrottle {
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /**
   * Asks for a try, which `failed` or `succeeded` must follow.
   * @returns 0, or how long this account must wait at this address, in milliseconds.
   */
  async enter(username: string, address: string): Promise<number> {
    const keys = keysOf(username, address);
    const failures = Number((await this.#cache.get(keys.failures)) ?? 0);
    // Counting tries is one step in the cache: of many at once, only so many get through.
    const [key, tries, windowMs] =
      failures < freeFailures
        ? ([keys.burst, burstTries, burstMs] as const)
        : ([keys.wait, 1, waitAfter(failures)] as const);
    if ((await this.#cache.increment(key, windowMs)) <= tries) return 0;
    return Math.max(1, await this.#cache.timeLeftMs(key));
  }

  async failed(username: string, address: string): Promise<void> {
    const keys = keysOf(username, address);
    const failures = await this.#cache.increment(keys.failures, memoryMs);
    if (waitAfter(failures) === 0) return;
    await this.#cache.delete(keys.wait);
    await this.#cache.increment(keys.wait, waitAfter(failures));
  }

  async succeeded(username: string, address: string): Promise<void> {
    const keys = keysOf(username, address);
    for (const key of [keys.failures, keys.wait, keys.burst]) await this.#cache.delete(key);
  }
}

/** The wait that the nth failure brings. */
export function waitAfter(failures: number): number {
  if (failures < freeFailures) return 0;
  return Math.min(firstWaitMs * 2 ** Math.min(failures - freeFailures, 30), waitMsMax);
}

/** Bounded, and no user's name in the cache. */
function keysOf(username: string, address: string): { failures: string; wait: string; burst: string } {
  const key = new Bun.CryptoHasher('sha256').update(`${username}\0${address}`).digest('base64url');
  return { failures: `login_failures:${key}`, wait: `login_wait:${key}`, burst: `login_burst:${key}` };
}
