/** How often a user may call the API, whatever the number of logins and addresses; in this process. */
import type { Rate } from '../../config/gateway-admission.ts';
import type { UserId } from '../../config/ids.ts';
import { RateTable } from '../../config/rate-table.ts';
import { ApiError } from './api-error.ts';

/** Far more users than call within the time that a bucket takes to run dry. */
const usersMax = 65_536;

export class RequestRate {
  readonly #table: RateTable | undefined;

  /** @param now a clock in milliseconds. */
  constructor(rate: Rate, now: () => number) {
    this.#table = rate === 'unlimited' ? undefined : new RateTable(rate, usersMax, now);
  }

  /** @throws ApiError 429 with Retry-After. */
  take(userId: UserId): void {
    const waitMs = this.#table?.take(userId) ?? 0;
    if (waitMs === 0) return;
    const seconds = String(Math.ceil(waitMs / 1000));
    throw new ApiError(429, `there are too many requests of your account, try again in ${seconds} s`, {
      'retry-after': seconds,
    });
  }
}
