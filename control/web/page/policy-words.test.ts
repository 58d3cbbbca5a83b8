import { describe, expect, test } from 'bun:test';
import { type PolicyDocument, parsePolicy } from '../../../config/policy.ts';
import { listPolicyRules, type PolicySources } from '../../../config/policy-sources.ts';
import { describeRules, type RuleLine } from './policy-words.ts';

const group = { from: 'group', name: 'Contractors', priority: 5 } as const;

function linesOf(raw: unknown, sources: PolicySources = {}): ReadonlyMap<string, RuleLine> {
  const document: PolicyDocument = parsePolicy(raw);
  return new Map(describeRules(listPolicyRules(document, sources)).map(line => [line.subject, line]));
}

/** `text – source` of each detail. */
const said = (line: RuleLine | undefined): string[] =>
  line?.details.map(({ text, source }) => `${text} – ${source}`) ?? [];

describe('what a session allows, in words', () => {
  test('nothing said: everything is on by default', () => {
    for (const [subject, line] of linesOf({ access: 'full' })) {
      expect(`${subject} ${line.open}`).toBe(`${subject} true`);
      expect(said(line).length).toBeGreaterThan(0);
    }
  });

  test('what is off names the group that switched it off', () => {
    const lines = linesOf(
      { access: 'full', settings: { allow_kasm_clipboard_up: false, allow_kasm_clipboard_down: true } },
      {
        'settings.allow_kasm_clipboard_up': group,
        'settings.allow_kasm_clipboard_down': { ...group, name: 'All Users' },
      },
    );
    expect(lines.get('Clipboard into the desktop')).toMatchObject({ open: false });
    expect(said(lines.get('Clipboard into the desktop'))).toEqual(['off – group “Contractors”']);
    expect(said(lines.get('Clipboard out of the desktop'))).toEqual(['on – group “All Users”']);
  });

  test('limits stand beside what is on, each with who set it, in either section', () => {
    const lines = linesOf(
      {
        access: 'full',
        settings: {
          clipboard_up_bytes_max: 10_000,
          data_loss_prevention: {
            clipboard: { client_to_server: { size: 500, budget: { burst: 9_000, per_hour: 1 } } },
          },
        },
        data_loss_prevention: {
          clipboard: { delay_between_operations: 2_000, allow_text: false, allow_mimetypes: ['image/png'] },
          keyboard: { rate_limit: 20, blocked_combinations: ['Print', 'Control+p'] },
        },
      },
      { 'settings.data_loss_prevention': group, 'settings.clipboard_up_bytes_max': group },
    );
    expect(said(lines.get('Clipboard into the desktop'))).toEqual([
      'on – the default',
      'up to 10 kB an item – group “Contractors”',
      'up to 500 bytes an item – group “Contractors”',
      'up to 9 kB at once, filling up by the hour – group “Contractors”',
      '2 s between copies – the default',
      'no text – the default',
      'beside text only image/png – the default',
    ]);
    expect(said(lines.get('Keyboard')).slice(1)).toEqual([
      'up to 20 keys a second – the default',
      'blocked: Print, Control+p – the default',
    ]);
  });

  test('an access that does not cover a subject closes it, whatever the subject’s own rules say', () => {
    const open = { allow_keyboard: true, allow_kasm_clipboard_up: true };
    const closedOf = (access: string): string[] => {
      const lines = linesOf({ access, settings: open }, { access: { from: 'token' } });
      return [...lines.values()].filter(line => !line.open).map(line => line.subject);
    };
    const clipboard = ['Clipboard into the desktop', 'Clipboard out of the desktop'];
    const input = ['Keyboard', 'Pointer'];
    const relays = ['Printing', 'Smart card'];
    expect(closedOf('full')).toEqual([]);
    expect(closedOf('input_only')).toEqual(['Your access', ...clipboard, ...relays]);
    expect(closedOf('clipboard_only')).toEqual(['Your access', ...input, ...relays]);
    expect(closedOf('view_only')).toEqual(['Your access', ...clipboard, ...input, ...relays]);
  });

  test('a group whose members only watch is named as the reason', () => {
    const lines = linesOf({ access: 'full', settings: { view_only: true } }, { 'settings.view_only': group });
    expect(said(lines.get('Your access'))).toEqual(['watching only – group “Contractors”']);
    expect(said(lines.get('Keyboard'))).toEqual(['off: this session is view only – group “Contractors”']);
  });
});
