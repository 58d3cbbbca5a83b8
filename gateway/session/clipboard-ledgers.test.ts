import { expect, test } from 'bun:test';
import { ClipboardLedgers } from './clipboard-ledgers.ts';

test('all streams of a session share one ledger, those of others have their own', () => {
  const ledgers = new ClipboardLedgers();
  expect(ledgers.open('a')).toBe(ledgers.open('a'));
  expect(ledgers.open('a')).not.toBe(ledgers.open('b'));
});

test('the session that opened a stream longest ago is forgotten first', () => {
  const ledgers = new ClipboardLedgers(2);
  const [a, b] = [ledgers.open('a'), ledgers.open('b')];
  ledgers.open('a');
  ledgers.open('c');
  expect(ledgers.open('a')).toBe(a);
  expect(ledgers.open('b')).not.toBe(b);
});
