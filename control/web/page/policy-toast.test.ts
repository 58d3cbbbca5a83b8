import { describe, expect, test } from 'bun:test';
import { policyEventText, policyToastText, repeatToastAfterMs, ToastGate } from './policy-toast.ts';

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

  test('each reason of the clipboard has its words', () => {
    const of = (further: object): string | undefined =>
      policyToastText({ type: 'clipboard', direction: 'up', verdict: 'drop', ...further });
    expect(of({ reason: 'total_size', bytes: 5_000, limit: 1_000 })).toBe(
      'Clipboard: 5 kB is over the 1 kB limit',
    );
    expect(of({ reason: 'size', verdict: 'truncate', bytes: 5_000, limit: 1_000 })).toBe(
      'Clipboard: the text was cut at 1 kB',
    );
    expect(of({ reason: 'delay', waitMs: 1_200 })).toBe('Clipboard: too soon after the last copy, wait 2 s');
    expect(of({ reason: 'budget' })).toBe('Clipboard: this session has copied as much as it may for now');
    expect(of({ reason: 'mimetype', mimetype: 'image/png' })).toBe('Clipboard: image/png may not be copied');
    expect(of({ reason: 'access' })).toBe('Your access to this session is without the clipboard');
  });

  test('each reason of keys and clicks has its words', () => {
    const of = (type: string, reason: string): string | undefined => policyToastText({ type, reason });
    expect(of('keyboard', 'rate')).toBe('Keys come faster than this session allows');
    expect(of('keyboard', 'combination')).toBe('This key combination is blocked in this session');
    expect(of('pointer', 'region')).toBe('Clicks outside the visible region are blocked');
    expect(of('power', 'disabled')).toBe('Switching the desktop off or on is blocked in this session');
  });

  test('what a program asks for by itself is told when somebody looks for it, not as it happens', () => {
    expect(policyEventText({ type: 'clipboard', reason: 'withdrawn' })).toContain('not sent');
    for (const type of ['resize', 'relay', 'udp', 'web_client', 'stream']) {
      expect(policyToastText({ type, verdict: 'drop', reason: 'disabled' })).toBeUndefined();
      expect(policyEventText({ type, verdict: 'drop', reason: 'disabled' })).toBeString();
    }
    expect(policyEventText({ type: 'web_client', reason: 'downloads' })).toContain('Downloads');
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
