/**
 * How often a user may do something, whatever the number of logins and addresses. Decided at once, in this process; with a
 * cache that control instances share, each tells it in the background what it let through and hears how full the bucket
 * is with everybody's. So no request waits for it, and without it each instance counts for itself.
 */
import type { Rate } from '../../config/gateway-admission.ts';
import type { UserId } from '../../config/ids.ts';
import { RateTable, type Taking } from '../../config/rate-table.ts';
import type { Cache } from '../cache/cache.ts';
import { ApiError } from './api-error.ts';

/** Far more users than call within the time that a bucket takes to run dry. */
const usersMax = 65_536;
/** Users told of at the same time. */
const tellingMax = 100;

export interface UserRateOptions {
  /** What is counted. */
  readonly name: 'requests' | 'logins';
  readonly rate: Rate;
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
  /** Undefined: this is the only control instance. */
  readonly shared?: Pick<Cache, 'pour'> | undefined;
}

export class UserRate {
  readonly #options: UserRateOptions;
  readonly #table: RateTable | undefined;
  #isTelling = false;

  constructor(options: UserRateOptions) {
    this.#options = options;
    const { rate, now, shared } = options;
    if (rate === 'unlimited') return;
    this.#table = new RateTable(rate, usersMax, now);
    if (shared !== undefined) this.#table.share();
  }

  /** @throws ApiError 429 with Retry-After. */
  take(userId: UserId): void {
    if (this.#table === undefined) return;
    const waitMs = this.#table.take(userId);
    if (this.#options.shared !== undefined) void this.#tell(this.#table, this.#options.shared);
    if (waitMs === 0) return;
    const seconds = String(Math.ceil(waitMs / 1000));
    const { name } = this.#options;
    throw new ApiError(429, `there are too many ${name} of your account, try again in ${seconds} s`, {
      'retry-after': seconds,
    });
  }

  /** One telling at a time: what is taken meanwhile is told together afterwards. */
  async #tell(table: RateTable, shared: Pick<Cache, 'pour'>): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      const next = (): Taking[] => table.tell(tellingMax);
      for (let takings = next(); takings.length > 0; takings = next()) {
        await Promise.all(takings.map(taking => this.#pour(table, shared, taking)));
      }
    } catch {
      // The cache itself says that it is away; what was taken is known here.
    } finally {
      this.#isTelling = false;
    }
  }

  async #pour(table: RateTable, shared: Pick<Cache, 'pour'>, { key, amount }: Taking): Promise<void> {
    const kept = `rate_${this.#options.name}:${key}`;
    const level = await shared.pour(kept, amount, table.rule.per_second);
    if (Number.isFinite(level)) table.hear(key, level);
  }
}
