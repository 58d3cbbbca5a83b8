import { expect, test } from 'bun:test';
import { settleAccount } from '../policy/policy-state.ts';
import { tokensAt } from '../policy/token-bucket.ts';
import { ClipboardLedgers } from './clipboard-ledgers.ts';

test('all streams of a session share one ledger, those of others have their own', () => {
  const ledgers = new ClipboardLedgers();
  expect(ledgers.open('a')).toBe(ledgers.open('a'));
  expect(ledgers.open('a')).not.toBe(ledgers.open('b'));
});

test('presses in another process count against the rate here', () => {
  const rule = { capacity: 10, perMs: 0.01 };
  const told: unknown[] = [];
  const ledgers = new ClipboardLedgers(2, (...spend) => told.push(spend));
  const { keys, onSpent } = ledgers.open('a');
  ledgers.spentElsewhere('a', 'keys', 7, 1_000);
  settleAccount(keys, rule);
  expect(tokensAt(keys.bucket, rule, 1_000)).toBe(3);
  expect(tokensAt(keys.bucket, rule, 1_100)).toBe(4);
  onSpent?.('keys', 1);
  expect(told).toEqual([['a', 'keys', 1]]);
});

test('bytes of another process come out of the budget here, and a debt is paid before anything passes', () => {
  const rule = { capacity: 100, perMs: 0.1 };
  const { up } = new ClipboardLedgers().open('a');
  const ledgers = new ClipboardLedgers();
  const account = ledgers.open('a').up;
  ledgers.spentElsewhere('a', 'up', 100, 1_000);
  ledgers.spentElsewhere('a', 'up', 50, 1_000);
  settleAccount(account, rule);
  expect(tokensAt(account.bucket, rule, 1_000)).toBe(-50);
  expect(tokensAt(account.bucket, rule, 1_500)).toBe(0);
  expect(account.passedAtMs).toBe(1_000);
  expect(up.elsewhere).toEqual([]);
});

test('the session that opened a stream longest ago is forgotten first', () => {
  const ledgers = new ClipboardLedgers(2);
  const [a, b] = [ledgers.open('a'), ledgers.open('b')];
  ledgers.open('a');
  ledgers.open('c');
  expect(ledgers.open('a')).toBe(a);
  expect(ledgers.open('b')).not.toBe(b);
});
