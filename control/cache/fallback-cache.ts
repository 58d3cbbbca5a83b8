/**
 * A shared cache that may go away: meanwhile this process counts and remembers by itself. A throttle is then one per
 * control instance instead of one for all, which still throttles; logins that wait for a cache would keep everybody out.
 * What was kept on one side is not carried to the other.
 */
import { errorText, type Log } from '../../config/log.ts';
import type { Cache } from './cache.ts';

/** A cache that failed is left alone for so long: one that hangs must not cost every call its time limit. */
const leaveAloneMs = 1_000;

export class FallbackCache implements Cache {
  readonly #shared: Cache;
  readonly #own: Cache;
  readonly #log: Log;
  readonly #now: () => number;
  /** While the shared cache is away: when to try it again. */
  #tryAgainAtMs: number | undefined;

  /** @param own the one in this process @param now a clock's reading in milliseconds. Both caches are disposed with this. */
  constructor(shared: Cache, own: Cache, log: Log, now: () => number) {
    this.#shared = shared;
    this.#own = own;
    this.#log = log;
    this.#now = now;
  }

  get(key: string): Promise<string | undefined> {
    return this.#use(cache => cache.get(key));
  }

  set(key: string, value: string, ttlMs: number): Promise<void> {
    return this.#use(cache => cache.set(key, value, ttlMs));
  }

  async delete(key: string): Promise<void> {
    // Or what was counted here in an earlier absence would come back in the next.
    await this.#own.delete(key);
    await this.#use(cache => cache.delete(key));
  }

  increment(key: string, ttlMs: number): Promise<number> {
    return this.#use(cache => cache.increment(key, ttlMs));
  }

  /** @throws Error while the shared cache is away: who pours knows its own part by itself. */
  pour(key: string, amount: number, perSecond: number): Promise<number> {
    return this.#shared.pour(key, amount, perSecond);
  }

  timeLeftMs(key: string): Promise<number> {
    return this.#use(cache => cache.timeLeftMs(key));
  }

  /** @throws Error while the shared cache is away: nobody else can be told. */
  publish(topic: string, message: string): Promise<void> {
    return this.#shared.publish(topic, message);
  }

  subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    return this.#shared.subscribe(topic, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shared[Symbol.asyncDispose]();
    await this.#own[Symbol.asyncDispose]();
  }

  async #use<Answer>(work: (cache: Cache) => Promise<Answer>): Promise<Answer> {
    if (this.#tryAgainAtMs !== undefined && this.#now() < this.#tryAgainAtMs) return work(this.#own);
    try {
      const answer = await work(this.#shared);
      if (this.#tryAgainAtMs !== undefined) this.#log.info('the cache server is back');
      this.#tryAgainAtMs = undefined;
      return answer;
    } catch (error) {
      if (this.#tryAgainAtMs === undefined) {
        this.#log.warn('the cache server is away, this control counts by itself until it is back', {
          error: errorText(error),
        });
      }
      this.#tryAgainAtMs = this.#now() + leaveAloneMs;
      return work(this.#own);
    }
  }
}
