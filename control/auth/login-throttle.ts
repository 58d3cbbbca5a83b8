/**
 * Slows down guessing without letting a stranger keep a user out. Failures count in three ways:
 *
 * - of one place for one account, where a place is a device that logged in before, an IPv4 address, or an IPv6 /64:
 *   after five the wait doubles with each, up to a quarter of an hour;
 * - of an account by strangers, that is from places it never logged in from: after twenty, strangers get one failure
 *   for free instead of five, and all strangers together some tries in ten seconds;
 * - of an address on any account it is a stranger to: after fifty the address waits as well, up to a minute.
 *
 * A place that the account logged in from before waits for its own failures only.
 */
import { addressKey } from '../../config/address-range.ts';
import type { Cache } from '../cache/cache.ts';

const freeFailures = 5;
const freeFailuresUnderAttack = 1;
const firstWaitMs = 1_000;
const waitMsMax = 15 * 60_000;
/** Failures are forgotten this long after the first. */
const memoryMs = 60 * 60_000;
/** Tries at the same moment, before the first failure of them is known. */
const burstTries = 30;
const burstMs = 5_000;

/** Strangers' failures after which an account counts as under attack. */
export const attackFailures = 20;
const strangerTries = 10;
const strangerWindowMs = 10_000;

/** Failures of an address, over all accounts, after which it waits. */
export const addressFailuresMax = 50;
const addressWaitMsMax = 60_000;

/** An address that the account logged in from is known for so long. */
const knownMs = 90 * 86_400_000;

/** Who tries to log in, as which account. */
export interface LoginTry {
  /** Normalised. */
  readonly username: string;
  readonly address: string;
  /** Of a device that showed it logged in as this account before; undefined: it showed nothing. */
  readonly device?: string | undefined;
}

/** So many in a time: of those who come at once, only so many get through. */
type Gate = readonly [key: string, tries: number, windowMs: number];

export class LoginThrottle {
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /**
   * Asks for a try, which `failed` or `succeeded` must follow.
   * @returns 0, or how long to wait, in milliseconds.
   */
  async enter(attempt: LoginTry): Promise<number> {
    for (const [key, tries, windowMs] of await this.#gates(attempt)) {
      // Counting tries is one step in the cache.
      if ((await this.#cache.increment(key, windowMs)) > tries) {
        return Math.max(1, await this.#cache.timeLeftMs(key));
      }
    }
    return 0;
  }

  async failed(attempt: LoginTry): Promise<void> {
    const keys = keysOf(attempt);
    const failures = await this.#cache.increment(keys.failures, memoryMs);
    const isStranger = await this.isStranger(attempt);
    const ofAccount = isStranger ? await this.#cache.increment(keys.account, memoryMs) : 0;
    const ofAddress = isStranger ? await this.#cache.increment(keys.address, memoryMs) : 0;
    await this.#startWait(keys.wait, waitAfter(failures, freeOf(ofAccount)));
    await this.#startWait(keys.addressWait, addressWaitAfter(ofAddress));
  }

  async succeeded(attempt: LoginTry): Promise<void> {
    const keys = keysOf(attempt);
    for (const key of [keys.failures, keys.wait, keys.burst]) await this.#cache.delete(key);
    await this.#cache.set(keys.known, '1', knownMs);
  }

  async #gates(attempt: LoginTry): Promise<Gate[]> {
    const keys = keysOf(attempt);
    const isStranger = await this.isStranger(attempt);
    const ofAccount = isStranger ? await this.#count(keys.account) : 0;
    const failures = await this.#count(keys.failures);
    const waitMs = waitAfter(failures, freeOf(ofAccount));
    const gates: Gate[] = [waitMs === 0 ? [keys.burst, burstTries, burstMs] : [keys.wait, 1, waitMs]];
    if (!isStranger) return gates;
    const addressWaitMs = addressWaitAfter(await this.#count(keys.address));
    if (addressWaitMs > 0) gates.push([keys.addressWait, 1, addressWaitMs]);
    // Last, so that those who have to wait anyway take no try from the others.
    if (ofAccount >= attackFailures) gates.push([keys.strangers, strangerTries, strangerWindowMs]);
    return gates;
  }

  /** Whether it comes from a place that the account did not log in from before. */
  async isStranger(attempt: LoginTry): Promise<boolean> {
    return attempt.device === undefined && (await this.#cache.get(keysOf(attempt).known)) === undefined;
  }

  async #count(key: string): Promise<number> {
    return Number((await this.#cache.get(key)) ?? 0);
  }

  /** From now on, whatever was waited for before. */
  async #startWait(key: string, waitMs: number): Promise<void> {
    if (waitMs === 0) return;
    await this.#cache.delete(key);
    await this.#cache.increment(key, waitMs);
  }
}

const freeOf = (failuresOfAccount: number): number =>
  failuresOfAccount >= attackFailures ? freeFailuresUnderAttack : freeFailures;

/** The wait that the nth failure brings. */
export function waitAfter(failures: number, free = freeFailures): number {
  if (failures < free) return 0;
  return Math.min(firstWaitMs * 2 ** Math.min(failures - free, 30), waitMsMax);
}

function addressWaitAfter(failures: number): number {
  return Math.min(waitAfter(failures, addressFailuresMax), addressWaitMsMax);
}

/** Bounded, and no user's name in the cache. */
function keysOf({ username, address, device }: LoginTry) {
  const origin = addressKey(address);
  const pair = hash(`${username}\0${device === undefined ? origin : `device ${device}`}`);
  const account = hash(username);
  return {
    failures: `login_failures:${pair}`,
    wait: `login_wait:${pair}`,
    burst: `login_burst:${pair}`,
    known: `login_known:${hash(`${username}\0${origin}`)}`,
    account: `login_account:${account}`,
    strangers: `login_strangers:${account}`,
    address: `login_address:${hash(origin)}`,
    addressWait: `login_address_wait:${hash(origin)}`,
  };
}

function hash(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('base64url');
}
