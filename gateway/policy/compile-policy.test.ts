import { describe, expect, test } from 'bun:test';
import { parsePolicy } from '../../config/policy.ts';
import { compilePolicy, denyAll, type Policy } from './compile-policy.ts';

const compile = (document: Record<string, unknown>): Policy =>
  compilePolicy(parsePolicy({ access: 'full', ...document }));

const allowAll: Policy = {
  viewOnly: false,
  keyboard: true,
  clipboardUp: true,
  clipboardUpBytesMax: Number.POSITIVE_INFINITY,
  clipboardDown: true,
  clipboardDownBytesMax: Number.POSITIVE_INFINITY,
};

test('a document that says nothing allows what KasmVNC allows by default', () => {
  expect(compile({})).toEqual(allowAll);
});

test('without a document nothing is allowed', () => {
  expect(denyAll).toMatchObject({
    viewOnly: true,
    keyboard: false,
    clipboardUp: false,
    clipboardDown: false,
  });
});

const section = (direction: string, rule: object): object => ({ clipboard: { [direction]: rule } });

describe('each part of a document can forbid', () => {
  test.each<[string, Record<string, unknown>, Partial<Policy>]>([
    ['access', { access: 'view_only' }, { viewOnly: true }],
    ['the setting view_only', { settings: { view_only: true } }, { viewOnly: true }],
    ['allow_keyboard', { settings: { allow_keyboard: false } }, { keyboard: false }],
    ['keyboard.enabled', { data_loss_prevention: { keyboard: { enabled: false } } }, { keyboard: false }],
    ['allow_kasm_clipboard_up', { settings: { allow_kasm_clipboard_up: false } }, { clipboardUp: false }],
    [
      'allow_kasm_clipboard_down',
      { settings: { allow_kasm_clipboard_down: false } },
      { clipboardDown: false },
    ],
    [
      'client_to_server.enabled',
      { data_loss_prevention: section('client_to_server', { enabled: false }) },
      { clipboardUp: false },
    ],
    [
      'server_to_client.enabled',
      { data_loss_prevention: section('server_to_client', { enabled: false }) },
      { clipboardDown: false },
    ],
    [
      'a section among the settings',
      { settings: { data_loss_prevention: section('server_to_client', { enabled: false }) } },
      { clipboardDown: false },
    ],
    [
      'the keyboard of a section among the settings',
      { settings: { data_loss_prevention: { keyboard: { enabled: false } } } },
      { keyboard: false },
    ],
  ])('%s', (_, document, change) => {
    expect(compile(document)).toEqual({ ...allowAll, ...change });
  });

  test('and none can allow what another forbids', () => {
    const policy = compile({
      access: 'view_only',
      settings: { view_only: false, allow_keyboard: true, allow_kasm_clipboard_up: true },
      data_loss_prevention: {
        keyboard: { enabled: false },
        ...section('client_to_server', { enabled: false }),
      },
    });
    expect(policy).toMatchObject({ viewOnly: true, keyboard: false, clipboardUp: false });
  });
});

describe('of several size limits the smallest holds', () => {
  test.each<[number, unknown, unknown, number]>([
    [0, 'unlimited', 'unlimited', Number.POSITIVE_INFINITY],
    [0, 0, 0, Number.POSITIVE_INFINITY],
    [100, 'unlimited', 0, 100],
    [100, 50, 70, 50],
    [100, 200, 70, 70],
    [0, 200, 'unlimited', 200],
  ])('setting %p, section %p, section among the settings %p: %p', (setting, own, inner, limit) => {
    for (const [direction, name, key] of [
      ['client_to_server', 'clipboard_up_bytes_max', 'clipboardUpBytesMax'],
      ['server_to_client', 'clipboard_down_bytes_max', 'clipboardDownBytesMax'],
    ] as const) {
      const policy = compile({
        settings: { [name]: setting, data_loss_prevention: section(direction, { size: inner }) },
        data_loss_prevention: section(direction, { size: own }),
      });
      expect(policy).toEqual({ ...allowAll, [key]: limit });
    }
  });
});
