import { describe, expect, test } from 'bun:test';
import type { UserId } from '../../config/ids.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import type { Cache } from '../cache/cache.ts';
import { MemoryCache } from '../cache/memory-cache.ts';
import { ApiError } from './api-error.ts';
import { UserRate, type UserRateOptions } from './user-rate.ts';

const ada = 'ada' as UserId;
const bob = 'bob' as UserId;

let now = 0;

function open(rate: UserRateOptions['rate'], shared?: Pick<Cache, 'pour'>): UserRate {
  now = 0;
  return new UserRate({ name: 'requests', rate, now: () => now, shared });
}

function refusalOf(rate: UserRate, user: UserId): ApiError | undefined {
  try {
    rate.take(user);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function count(rate: UserRate, user: UserId, tries: number): number {
  let passed = 0;
  for (let at = 0; at < tries; at++) if (refusalOf(rate, user) === undefined) passed += 1;
  return passed;
}

describe('the rate of a user', () => {
  test('refuses what is over it by 429 with Retry-After, for that user alone', () => {
    const rate = open({ per_second: 0.5, burst: 1 });
    expect([refusalOf(rate, ada), refusalOf(rate, ada)]).toEqual([undefined, undefined]);
    expect(refusalOf(rate, ada)).toMatchObject({
      status: 429,
      message: 'there are too many requests of your account, try again in 2 s',
      headers: { 'retry-after': '2' },
    });
    expect(refusalOf(rate, bob)).toBeUndefined();
    now = 2_000;
    expect(refusalOf(rate, ada)).toBeUndefined();
  });

  test('can be left out', () => {
    const rate = open('unlimited');
    expect(count(rate, ada, 10_000)).toBe(10_000);
  });

  test('is shared by control instances: what one let through the other has no room for', async () => {
    await using cache = new MemoryCache(() => now);
    const [one, other] = [open({ per_second: 1, burst: 9 }, cache), open({ per_second: 1, burst: 9 }, cache)];
    expect(count(one, ada, 8)).toBe(8);
    expect(refusalOf(other, ada)).toBeUndefined();
    // Told in the background: soon the other knows of all nine, and one is left for both.
    await waitFor('all to be told', async () => (await cache.pour('rate_requests:ada', 0, 1)) === 9);
    let passed = 0;
    await waitFor('the rate to be used up', () => {
      if (refusalOf(other, ada) !== undefined) return true;
      passed += 1;
      return false;
    });
    expect(passed).toBeWithin(1, 3);
    expect(count(other, bob, 20)).toBe(10);
    now = 3_000;
    expect(count(other, ada, 20)).toBeWithin(2, 4);
  });

  test('is decided at once, whatever the cache does, and told of once at a time', async () => {
    const asked: number[] = [];
    const answer = Promise.withResolvers<number>();
    const rate = open(
      { per_second: 1, burst: 9 },
      {
        pour: (_key, amount) => {
          asked.push(amount);
          return answer.promise;
        },
      },
    );
    expect(count(rate, ada, 20)).toBe(10);
    expect(asked).toEqual([1]);
    answer.resolve(1);
    await waitFor('the rest to be told', () => asked.length === 2);
    expect(asked).toEqual([1, 9]);
  });

  test('goes on by itself while the cache is away', async () => {
    let tries = 0;
    const rate = open(
      { per_second: 1, burst: 2 },
      {
        pour: async () => {
          tries += 1;
          throw new Error('connection lost');
        },
      },
    );
    expect(count(rate, ada, 20)).toBe(3);
    expect(tries).toBe(1);
    await waitFor('it to be tried again', () => {
      now += 1_000;
      expect(count(rate, ada, 20)).toBe(1);
      return tries > 1;
    });
  });
});
