import { describe, expect, test } from 'bun:test';
import { rateLimitsSchema } from '../../config/gateway-admission.ts';
import { silentLog } from '../../config/log.ts';
import { AdmissionRecord } from './admission-record.ts';
import { RateLimits } from './rate-limits.ts';

let now = 0;

function ratesOf(workers: number, further: object = {}): RateLimits {
  now = 0;
  const requests = { per_second: 4, burst: 39 };
  return new RateLimits({
    rates: rateLimitsSchema.parse({ address: { requests }, ...further }),
    isUnlimited: () => false,
    workers,
    record: new AdmissionRecord(silentLog, () => now),
    now: () => now,
  });
}

const redis = { url: 'redis://127.0.0.1:1' };

function count(rates: RateLimits, tries = 100): number {
  let passed = 0;
  for (let at = 0; at < tries; at++) {
    if (rates.request('203.0.113.1', 'GET', '/') === undefined) passed += 1;
  }
  return passed;
}

describe('one of several workers', () => {
  test('has its share of a rate, so that all together keep it', () => {
    const rates = ratesOf(4);
    expect(count(rates)).toBe(10);
    now = 3_000;
    expect(count(rates)).toBe(3);
    // One at a time is the least a worker can let through.
    expect(count(ratesOf(64))).toBe(1);
    expect([3, 7, 9].map(workers => workers * count(ratesOf(workers)))).toEqual([39, 35, 36]);
  });

  test('has the whole rate while it shares it with the others through Redis, and its share while it does not', () => {
    const rates = ratesOf(4, { redis });
    expect(count(rates)).toBe(10);
    now = 60_000;
    rates.setShared(true);
    expect(count(rates)).toBe(40);
    now = 120_000;
    expect(count(rates, 20)).toBe(20);
    // Half of the whole is used, and so half of its share: nobody waits because Redis went.
    rates.setShared(false);
    rates.setShared(false);
    expect(count(rates)).toBe(5);
  });

  test('keeps to its share over a reload while Redis is away', () => {
    const rates = ratesOf(4, { redis });
    const next = rateLimitsSchema.parse({ address: { requests: { per_second: 4, burst: 79 } }, redis });
    rates.setRates(next);
    expect(count(rates)).toBe(20);
    rates.setShared(true);
    expect(rates.shared.get('address_requests')).toMatchObject({ perSecond: 4 });
    expect(count(rates)).toBe(60);
  });
});

test('a gateway of one process has the whole rate with Redis and without', () => {
  const rates = ratesOf(1, { redis });
  expect(count(rates, 20)).toBe(20);
  rates.setShared(true);
  rates.setShared(false);
  expect(count(rates)).toBe(20);
});

test('what Redis is told of runs dry at the whole rate, also before it is heard of', () => {
  const { shared } = ratesOf(4, { redis });
  expect(shared.get('address_requests')).toMatchObject({ perSecond: 4, table: { rule: { per_second: 1 } } });
});
