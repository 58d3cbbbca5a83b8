import { describe, expect, test } from 'bun:test';
import { parsePolicy } from './policy.ts';
import { listPolicyRules, parsePolicySources, sourcesOfFile } from './policy-sources.ts';

const all = { from: 'group', name: 'All Users', priority: 1000 } as const;
const strict = { from: 'group', name: 'Contractors', priority: 5 } as const;

function ruleOf(document: unknown, sources: Parameters<typeof listPolicyRules>[1], key: string) {
  return listPolicyRules(parsePolicy(document), sources).find(rule => rule.key === key);
}

describe('the rules of a document', () => {
  test('name for each value the group that said it, the token, or the default', () => {
    const document = {
      access: 'view_only',
      settings: { allow_kasm_clipboard_up: false, allow_kasm_clipboard_down: true, allow_keyboard: true },
    };
    const sources = {
      access: { from: 'token' },
      'settings.allow_kasm_clipboard_up': strict,
      'settings.allow_kasm_clipboard_down': all,
    } as const;
    const rule = (key: string) => ruleOf(document, sources, key);
    expect(rule('access')).toEqual({ key: 'access', value: 'view_only', from: 'token' });
    expect(rule('settings.allow_kasm_clipboard_up')).toEqual({
      key: 'settings.allow_kasm_clipboard_up',
      value: false,
      ...strict,
    });
    expect(rule('settings.allow_keyboard')).toMatchObject({ value: true, from: 'default' });
    expect(rule('data_loss_prevention.keyboard.enabled')).toMatchObject({ value: true, from: 'default' });
  });

  test('a section among the settings belongs, value by value, to the group that set it', () => {
    const document = {
      access: 'full',
      settings: { data_loss_prevention: { clipboard: { client_to_server: { size: 100 } } } },
    };
    const sources = { 'settings.data_loss_prevention': strict };
    const key = 'settings.data_loss_prevention.clipboard.client_to_server.size';
    expect(ruleOf(document, sources, key)).toEqual({ key, value: 100, ...strict });
  });

  test('come sorted, lists as one value', () => {
    const rules = listPolicyRules(parsePolicy({ access: 'full' }), {});
    const keys = rules.map(rule => rule.key);
    expect(keys).toEqual(keys.toSorted());
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test('of a file, what differs from the defaults is the file’s', () => {
  const document = parsePolicy({
    access: 'full',
    settings: { allow_kasm_clipboard_up: true },
    data_loss_prevention: {
      keyboard: { enabled: false },
      clipboard: { client_to_server: { enabled: true } },
    },
  });
  expect(sourcesOfFile(document)).toEqual({
    'settings.allow_kasm_clipboard_up': { from: 'file' },
    'data_loss_prevention.keyboard.enabled': { from: 'file' },
  });
  expect(sourcesOfFile({ ...document, access: 'view_only' }).access).toEqual({ from: 'file' });
});

test('sources that can not be read are none: they decide nothing', () => {
  for (const text of [
    undefined,
    null,
    '',
    '{',
    '[]',
    '"x"',
    '{"access":{"from":"nowhere"}}',
    '{"access":1}',
  ]) {
    expect(parsePolicySources(text)).toEqual({});
  }
  expect(parsePolicySources(JSON.stringify({ a: strict }))).toEqual({ a: strict });
});
