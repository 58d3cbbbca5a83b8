import { describe, expect, test } from 'bun:test';
import { addSpend, createSessionLedger, type Spend, settleAccount, spendElsewhere } from './policy-state.ts';
import { createTokenBucket, oweTokens, tokensAt } from './token-bucket.ts';

const hourMs = 3_600_000;
/** 1 MB at once, 10 MB an hour. */
const rule = { capacity: 1e6, perMs: 1e7 / hourMs };

/** What is left after all of them, each at its time: when every one was remembered, and as they were. */
function leftAfter(
  spends: readonly Spend[],
  nowMs: number,
): { readonly exact: number; readonly kept: number } {
  const bucket = createTokenBucket();
  const { up } = createSessionLedger();
  for (const spend of spends) {
    oweTokens(bucket, rule, spend.bytes, spend.atMs);
    spendElsewhere(up, spend);
  }
  settleAccount(up, rule);
  return { exact: tokensAt(bucket, rule, nowMs), kept: tokensAt(up.bucket, rule, nowMs) };
}

describe('what passed in other processes', () => {
  test('in a day of copies within the budget leaves nearly what it left there', () => {
    const spends = Array.from({ length: 1_000 }, (_, at) => ({
      atMs: (at * 24 * hourMs) / 1_000,
      bytes: 9e4,
    }));
    const { exact, kept } = leftAfter(spends, 24 * hourMs);
    expect(kept).toBeGreaterThan(exact - rule.capacity);
    expect(kept).toBeGreaterThan(0);
  });

  test('is never told as less, nor as longer ago', () => {
    for (let seed = 1; seed <= 50; seed++) {
      let atMs = 0;
      const spends = Array.from({ length: 200 }, (_, at) => {
        atMs += ((at * seed * 7_919) % 101) ** 3;
        return { atMs, bytes: (at * seed * 104_729) % 2e5 };
      });
      const { exact, kept } = leftAfter(spends, atMs);
      expect(kept).toBeLessThanOrEqual(exact);
      const told = spends.reduce<Spend[]>(addSpend, []);
      expect(told.length).toBe(64);
      expect(told.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
        spends.reduce((sum, { bytes }) => sum + bytes, 0),
      );
    }
  });

  test('keeps the later of two times, whichever came first', () => {
    const spends = Array.from({ length: 65 }, (_, at) => ({
      atMs: at === 0 ? 500 : 400 + 1_000 * (at - 1),
      bytes: 1,
    }));
    expect(spends.reduce<Spend[]>(addSpend, [])[0]).toEqual({ atMs: 500, bytes: 2 });
  });
});
