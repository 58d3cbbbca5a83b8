import { describe, expect, test } from 'bun:test';
import type { UserId } from '../../config/ids.ts';
import { ApiError } from './api-error.ts';
import { RequestRate } from './request-rate.ts';

const ada = 'ada' as UserId;
const bob = 'bob' as UserId;

function refusalOf(rate: RequestRate, user: UserId): ApiError | undefined {
  try {
    rate.take(user);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

describe('the rate of requests of a user', () => {
  test('refuses what is over it by 429 with Retry-After, for that user alone', () => {
    let now = 0;
    const rate = new RequestRate({ per_second: 0.5, burst: 1 }, () => now);
    expect([refusalOf(rate, ada), refusalOf(rate, ada)]).toEqual([undefined, undefined]);
    expect(refusalOf(rate, ada)).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
    expect(refusalOf(rate, bob)).toBeUndefined();
    now = 2_000;
    expect(refusalOf(rate, ada)).toBeUndefined();
  });

  test('can be left out', () => {
    const rate = new RequestRate('unlimited', () => 0);
    for (let count = 0; count < 10_000; count++) expect(refusalOf(rate, ada)).toBeUndefined();
  });
});
