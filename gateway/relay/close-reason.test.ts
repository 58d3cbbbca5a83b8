import { expect, test } from 'bun:test';
import { closeReasons, closeText, cutReason } from './close-reason.ts';

/** Codes a server may send in a close frame: RFC 6455 §7.4.1, and those registered with IANA since (§11.7). */
const sendable = new Set([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013]);
/** Service Restart and Try Again Later say themselves that one should dial again. */
const inviting = new Set([1012, 1013]);

test('every reason has a code that may be sent and a sentence that fits a close frame', () => {
  for (const [name, reason] of Object.entries(closeReasons)) {
    expect({ name, sendable: sendable.has(reason.code) }).toEqual({ name, sendable: true });
    expect(closeText(reason.message)).toBe(reason.message);
    expect(reason.message).toMatch(/^[^A-Z].*[^.]$/);
  }
});

test('a code that asks the client to come back stands only where coming back can help', () => {
  const invited = Object.entries(closeReasons).filter(([, { code }]) => inviting.has(code));
  expect(invited.map(([name]) => name)).toEqual(['restarting', 'overloaded']);
  for (const [, { side, retry }] of invited)
    expect({ side, retry }).toEqual({ side: 'gateway', retry: true });
});

test('a benign end is never logged above info', () => {
  for (const reason of Object.values(closeReasons)) {
    if (reason.benign) expect(['debug', 'info']).toContain(reason.logLevel);
  }
});

test('a long sentence is cut to 123 bytes at a character boundary', () => {
  for (const character of ['a', 'ü', '漢', '🙂']) {
    for (let length = 30; length < 130; length += 1) {
      const text = closeText(character.repeat(length));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(123);
      expect(Buffer.from(text).toString()).toBe(text);
      expect(text.isWellFormed()).toBe(true);
    }
  }
});

test('an unknown cause of a cut counts as the end of the session', () => {
  expect(cutReason('user_locked')).toBe('user_locked');
  expect(cutReason('')).toBe('session_ended');
});
