import { describe, expect, test } from 'bun:test';
import { accessKinds, narrowerAccess, parsePolicy } from './policy.ts';
import { parseSetting } from './settings.ts';

describe('a group setting', () => {
  test('reads the string forms of the API: True, false, digits, JSON', () => {
    expect(parseSetting('allow_kasm_clipboard_up', 'True')).toEqual({ ok: true, value: true });
    expect(parseSetting('allow_kasm_clipboard_up', 'false')).toEqual({ ok: true, value: false });
    expect(parseSetting('clipboard_up_bytes_max', '10000')).toEqual({ ok: true, value: 10_000 });
    expect(parseSetting('data_loss_prevention', '{"keyboard":{"enabled":false}}')).toEqual({
      ok: true,
      value: { keyboard: { enabled: false } },
    });
  });

  test.each([
    ['allow_kasm_clipboard_up', 'yes'],
    ['allow_kasm_clipboard_up', 1],
    ['max_kasms_per_user', '-1'],
    ['max_kasms_per_user', '1.5'],
    ['max_kasms_per_user', '9'.repeat(16)],
    ['data_loss_prevention', '[]'],
    ['data_loss_prevention', '{'],
  ] as const)('%s = %p is refused with a sentence that names it', (name, raw) => {
    const parsed = parseSetting(name, raw);
    expect(parsed.ok ? '' : parsed.problem).toStartWith(`${name} must be `);
  });
});

describe('a policy document', () => {
  test('takes the defaults of KasmVNC for what it leaves out', () => {
    const policy = parsePolicy({ access: 'full' });
    expect(policy.data_loss_prevention.clipboard.server_to_client).toEqual({
      enabled: true,
      size: 'unlimited',
      total_size: 'unlimited',
    });
    expect(policy.data_loss_prevention.keyboard.enabled).toBe(true);
  });

  test('that is missing, or has no access, is refused: nothing is assumed', () => {
    expect(() => parsePolicy(undefined)).toThrow();
    expect(() => parsePolicy({})).toThrow('access');
  });

  test('carrying a section in a group setting is checked as strictly as its own section', () => {
    const settings = { data_loss_prevention: '{"clipboard":{"client_to_server":{"enabled":"no"}}}' };
    expect(() => parsePolicy({ access: 'full', settings })).toThrow(
      /clipboard\.client_to_server\.enabled: .*boolean/,
    );
  });

  test('names every problem it has, with the key of each', () => {
    const raw = {
      access: 'full',
      settings: { nope: 1 },
      data_loss_prevention: { keyboard: { enabled: 'no' } },
    };
    expect(() => parsePolicy(raw)).toThrow(/keyboard\.enabled: .*settings\.nope: unknown setting nope/);
  });
});

test('two accesses allow what both of them do', () => {
  for (const access of accessKinds) {
    expect(narrowerAccess(access, 'full')).toBe(access);
    expect(narrowerAccess('full', access)).toBe(access);
    expect(narrowerAccess(access, access)).toBe(access);
    expect(narrowerAccess(access, 'view_only')).toBe('view_only');
  }
  expect(narrowerAccess('input_only', 'clipboard_only')).toBe('view_only');
  expect(narrowerAccess('clipboard_only', 'input_only')).toBe('view_only');
});
