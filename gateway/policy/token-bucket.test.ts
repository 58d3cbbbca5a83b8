import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type BucketRule, createTokenBucket, takeTokens, tokensAt } from './token-bucket.ts';

const rule: BucketRule = { capacity: 10, perMs: 0.01 };

describe('a bucket', () => {
  test('is full at first, and gives no more than its capacity at once', () => {
    const bucket = createTokenBucket();
    expect(takeTokens(bucket, rule, 11, 0)).toBe(false);
    expect(takeTokens(bucket, rule, 10, 0)).toBe(true);
    expect(takeTokens(bucket, rule, 1, 0)).toBe(false);
  });

  test('fills at its rate, up to its capacity', () => {
    const bucket = createTokenBucket();
    takeTokens(bucket, rule, 10, 0);
    expect(tokensAt(bucket, rule, 99)).toBeCloseTo(0.99);
    expect(takeTokens(bucket, rule, 1, 100)).toBe(true);
    expect(tokensAt(bucket, rule, 1_000_000)).toBe(10);
  });

  test('keeps what was refused', () => {
    const bucket = createTokenBucket();
    takeTokens(bucket, rule, 6, 0);
    expect(takeTokens(bucket, rule, 5, 0)).toBe(false);
    expect(takeTokens(bucket, rule, 4, 0)).toBe(true);
  });

  test('loses what a narrower rule has no room for, and gains nothing from a wider one', () => {
    const bucket = createTokenBucket();
    takeTokens(bucket, rule, 1, 0);
    expect(takeTokens(bucket, { capacity: 5, perMs: 0.01 }, 6, 0)).toBe(false);
    expect(tokensAt(bucket, { capacity: 100, perMs: 0.01 }, 0)).toBe(5);
  });

  test('is not fooled by a clock that runs backwards', () => {
    const bucket = createTokenBucket();
    takeTokens(bucket, rule, 10, 1000);
    expect(takeTokens(bucket, rule, 1, 0)).toBe(false);
    expect(takeTokens(bucket, rule, 1, 1050)).toBe(false);
    expect(takeTokens(bucket, rule, 1, 1100)).toBe(true);
  });
});

test('in any span of time no more passes than the capacity and what flowed in', () => {
  const step = fc.record({ waitMs: fc.nat(5_000), amount: fc.integer({ min: 0, max: 12 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const bucket = createTokenBucket();
      const taken: { atMs: number; amount: number }[] = [];
      let nowMs = 0;
      for (const { waitMs, amount } of steps) {
        nowMs += waitMs;
        if (takeTokens(bucket, rule, amount, nowMs)) taken.push({ atMs: nowMs, amount });
      }
      for (const [from, first] of taken.entries()) {
        let sum = 0;
        for (const { atMs, amount } of taken.slice(from)) {
          sum += amount;
          expect(sum).toBeLessThanOrEqual(rule.capacity + (atMs - first.atMs) * rule.perMs + 1e-6);
        }
      }
    }),
    { seed: 3, numRuns: 200 },
  );
});
