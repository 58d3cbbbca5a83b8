import { expect, test } from 'bun:test';
import { closeReasons, closeText, cutReason } from './close-reason.ts';

/** Codes an endpoint may send in a close frame, RFC 6455 §7.4.1. */
const sendable = new Set([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011]);

test('every reason has a code that may be sent and a sentence that fits a close frame', () => {
  for (const [name, reason] of Object.entries(closeReasons)) {
    expect({ name, sendable: sendable.has(reason.code) }).toEqual({ name, sendable: true });
    expect(closeText(reason.message)).toBe(reason.message);
    expect(reason.message).toMatch(/^[^A-Z].*[^.]$/);
  }
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
