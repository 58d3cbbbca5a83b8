import { describe, expect, test } from 'bun:test';
import { policyToastText, repeatToastAfterMs, ToastGate } from './policy-toast.ts';

describe('policyToastText', () => {
  test('a clipboard over the limit names its size and the limit', () => {
    const event = { type: 'clipboard', direction: 'up', verdict: 'drop', reason: 'size' } as const;
    expect(policyToastText({ ...event, bytes: 12_000, limit: 10_000 })).toBe(
      'Clipboard: 12 kB is over the 10 kB limit',
    );
    expect(policyToastText({ ...event, bytes: 12_000 })).toBe('Clipboard: 12 kB is over the limit');
    expect(policyToastText({ ...event, limit: 10_000 })).toBe(
      'Clipboard: the copied text is over the 10 kB limit',
    );
  });

  test('a clipboard that is off says in which direction', () => {
    const event = { type: 'clipboard', verdict: 'drop', reason: 'disabled' } as const;
    expect(policyToastText({ ...event, direction: 'up' })).toBe('Clipboard to the session is switched off');
    expect(policyToastText({ ...event, direction: 'down' })).toBe(
      'Clipboard from the session is switched off',
    );
  });

  test('keyboard, pointer and view only have their sentences', () => {
    const drop = { direction: 'up', verdict: 'drop', reason: 'disabled' } as const;
    expect(policyToastText({ type: 'keyboard', ...drop })).toBe(
      'The keyboard is switched off in this session',
    );
    expect(policyToastText({ type: 'pointer', ...drop })).toBe('The pointer is switched off in this session');
    expect(policyToastText({ type: 'view_only' })).toBe('This session is view only');
    expect(policyToastText({ type: 'keyboard', ...drop, reason: 'view_only' })).toBe(
      'This session is view only',
    );
  });

  test('what passed and what is not known need no words', () => {
    expect(policyToastText({ type: 'clipboard', direction: 'up', verdict: 'pass' })).toBeUndefined();
    expect(policyToastText({ type: 'later' as 'clipboard', verdict: 'drop' })).toBeUndefined();
  });
});

describe('ToastGate', () => {
  test('a held key shows one toast, not one a key press', () => {
    const gate = new ToastGate();
    const admitted = Array.from({ length: 200 }, (_, press) => gate.admit('off', press * 30)).filter(Boolean);
    expect(admitted).toHaveLength(1);
  });

  test('the same words come again after a while, other words at once', () => {
    const gate = new ToastGate();
    expect(gate.admit('one', 0)).toBe(true);
    expect(gate.admit('two', 1)).toBe(true);
    expect(gate.admit('one', repeatToastAfterMs - 1)).toBe(false);
    expect(gate.admit('one', repeatToastAfterMs)).toBe(true);
  });
});
