import { describe, expect, test } from 'bun:test';
import { defaultMimetypes } from '../../config/data-loss-prevention.ts';
import { parsePolicy } from '../../config/policy.ts';
import { type ClipboardRule, compilePolicy, denyAll, type Policy } from './compile-policy.ts';

const compile = (document: Record<string, unknown>): Policy =>
  compilePolicy(parsePolicy({ access: 'full', ...document }));

const openRule: ClipboardRule = {
  verdict: 'pass',
  itemBytesMax: Number.POSITIVE_INFINITY,
  totalBytesMax: Number.POSITIVE_INFINITY,
  budget: undefined,
  delayMs: 0,
};
const disabledRule: ClipboardRule = { ...openRule, verdict: 'disabled' };

const allowAll: Policy = {
  keys: 'pass',
  keyRate: undefined,
  combinations: [],
  pointer: 'pass',
  regions: [],
  clipboardUp: openRule,
  clipboardDown: openRule,
  clipboardKinds: { text: true, mimetypes: new Set(defaultMimetypes), truncate: false },
  resize: 'pass',
  power: 'pass',
  quality: 'pass',
  statistics: 'pass',
  printer: 'pass',
  smartCard: 'pass',
  otherRelays: 'pass',
  logging: 'off',
};

test('a document that says nothing allows what KasmVNC allows by default', () => {
  expect(compile({})).toEqual(allowAll);
});

test('without a document nothing is allowed', () => {
  const verdicts = Object.values({ ...denyAll, ...denyAll.clipboardUp, ...denyAll.clipboardDown });
  expect(verdicts).not.toContain('pass');
});

const own = (section: object): Record<string, unknown> => ({ data_loss_prevention: section });
const inner = (section: object): Record<string, unknown> => ({ settings: own(section) });
const side = (direction: string, rule: object): object => ({ clipboard: { [direction]: rule } });
const off = { enabled: false };

describe('each part of a document can forbid', () => {
  test.each<[string, Record<string, unknown>, Partial<Policy>]>([
    ['allow_keyboard', { settings: { allow_keyboard: false } }, { keys: 'disabled' }],
    ['keyboard.enabled', own({ keyboard: off }), { keys: 'disabled' }],
    ['pointer.enabled', own({ pointer: off }), { pointer: 'disabled' }],
    [
      'allow_kasm_clipboard_up',
      { settings: { allow_kasm_clipboard_up: false } },
      { clipboardUp: disabledRule },
    ],
    [
      'allow_kasm_clipboard_down',
      { settings: { allow_kasm_clipboard_down: false } },
      { clipboardDown: disabledRule },
    ],
    ['client_to_server.enabled', own(side('client_to_server', off)), { clipboardUp: disabledRule }],
    ['server_to_client.enabled', own(side('server_to_client', off)), { clipboardDown: disabledRule }],
    ['a section among the settings', inner(side('server_to_client', off)), { clipboardDown: disabledRule }],
    ['the keyboard of a section among the settings', inner({ keyboard: off }), { keys: 'disabled' }],
    ['allow_kasm_printing', { settings: { allow_kasm_printing: false } }, { printer: 'disabled' }],
    [
      'allow_kasm_smart_card_passthrough',
      { settings: { allow_kasm_smart_card_passthrough: false } },
      { smartCard: 'disabled' },
    ],
    ['allow.resize', own({ allow: { resize: false } }), { resize: 'disabled' }],
    ['allow.power', own({ allow: { power: false } }), { power: 'disabled' }],
    ['allow.quality', own({ allow: { quality: false } }), { quality: 'disabled' }],
    ['allow.statistics', own({ allow: { statistics: false } }), { statistics: 'disabled' }],
    ['allow.printer', inner({ allow: { printer: false } }), { printer: 'disabled' }],
    ['allow.smart_card', own({ allow: { smart_card: false } }), { smartCard: 'disabled' }],
    ['allow.other_relays', own({ allow: { other_relays: false } }), { otherRelays: 'disabled' }],
  ])('%s', (_, document, change) => {
    expect(compile(document)).toEqual({ ...allowAll, ...change });
  });

  test('and none can allow what another forbids', () => {
    const policy = compile({
      access: 'view_only',
      settings: { view_only: false, allow_keyboard: true, allow_kasm_clipboard_up: true },
      data_loss_prevention: { keyboard: off, ...side('client_to_server', off) },
    });
    expect(policy.keys).toBe('view_only');
    expect(policy.clipboardUp.verdict).toBe('view_only');
    expect(compile({ settings: { view_only: true } })).toEqual(compile({ access: 'view_only' }));
  });
});

describe('an access', () => {
  test.each([
    ['full', 'pass', 'pass', 'pass'],
    ['input_only', 'pass', 'access', 'access'],
    ['clipboard_only', 'access', 'pass', 'access'],
    ['view_only', 'view_only', 'view_only', 'view_only'],
  ] as const)('%s: input %s, clipboard %s, relays %s', (access, input, clipboard, relays) => {
    const policy = compile({ access });
    const { keys, pointer, resize, power, quality, printer, smartCard, otherRelays } = policy;
    expect([keys, pointer, resize, power, quality]).toEqual(Array(5).fill(input));
    expect([policy.clipboardUp.verdict, policy.clipboardDown.verdict]).toEqual([clipboard, clipboard]);
    expect([printer, smartCard, otherRelays]).toEqual(Array(3).fill(relays));
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
    [100, 'nothing', 200, 0],
    [0, 'unlimited', 'nothing', 0],
  ])('setting %p, section %p, section among the settings %p: %p', (setting, outer, among, limit) => {
    for (const [direction, name, key] of [
      ['client_to_server', 'clipboard_up_bytes_max', 'clipboardUp'],
      ['server_to_client', 'clipboard_down_bytes_max', 'clipboardDown'],
    ] as const) {
      const policy = compile({
        settings: { [name]: setting, ...own(side(direction, { size: among })) },
        ...own(side(direction, { size: outer })),
      });
      expect(policy).toEqual({ ...allowAll, [key]: { ...openRule, itemBytesMax: limit } });
    }
  });
});

describe('of two sections', () => {
  const both = (one: object, other: object): Policy => compile({ ...own(one), ...inner(other) });

  test('the longer delay, the smaller total and the narrower budget hold', () => {
    const policy = both(
      {
        clipboard: {
          delay_between_operations: 500,
          client_to_server: { total_size: 9, budget: { burst: 10, per_hour: 7200 } },
        },
      },
      {
        clipboard: {
          delay_between_operations: 'none',
          client_to_server: { total_size: 'nothing', budget: { burst: 20, per_hour: 3600 } },
        },
      },
    );
    expect(policy.clipboardUp).toEqual({
      ...openRule,
      totalBytesMax: 0,
      delayMs: 500,
      budget: { capacity: 10, perMs: 0.001 },
    });
    expect(policy.clipboardDown).toEqual({ ...openRule, delayMs: 500 });
  });

  test('only MIME types that both allow pass; who says nothing does not count', () => {
    const kinds = (one: unknown, other: unknown): Policy['clipboardKinds']['mimetypes'] => {
      const list = (types: unknown): object =>
        types === undefined ? {} : { clipboard: { allow_mimetypes: types } };
      return both(list(one), list(other)).clipboardKinds.mimetypes;
    };
    expect(kinds(['a/a', 'b/b'], ['b/b', 'c/c'])).toEqual(new Set(['b/b']));
    expect(kinds(undefined, ['c/c'])).toEqual(new Set(['c/c']));
    expect(kinds('any', ['c/c'])).toEqual(new Set(['c/c']));
    expect(kinds(['c/c'], 'any')).toEqual(new Set(['c/c']));
    expect(kinds(['x'.repeat(40)], undefined)).toEqual(new Set(['x'.repeat(31)]));
    expect(kinds(undefined, 'any')).toBeUndefined();
    expect(kinds(undefined, undefined)).toEqual(new Set(defaultMimetypes));
    expect(kinds([], undefined)).toEqual(new Set());
  });

  test('text may be excluded by either, and cut by the wish of either', () => {
    const kinds = both(
      { clipboard: { allow_text: false } },
      { clipboard: { over_size: 'truncate' } },
    ).clipboardKinds;
    expect(kinds).toMatchObject({ text: false, truncate: true });
  });

  test('the slower key rate holds, by its own rule', () => {
    const keyboard = (limit: unknown, rule = 'token_bucket'): object => ({
      keyboard: { rate_limit: limit, rate_limit_rule: rule },
    });
    expect(both(keyboard(10, 'kasmvnc'), keyboard(20)).keyRate).toMatchObject({ rule: 'kasmvnc', limit: 10 });
    expect(both(keyboard(30, 'kasmvnc'), keyboard(20)).keyRate).toEqual({
      rule: 'token_bucket',
      limit: 20,
      bucket: { capacity: 20, perMs: 0.02 },
    });
    expect(both(keyboard('unlimited'), keyboard(0)).keyRate).toBeUndefined();
  });

  test('combinations and regions add up, and the more talkative log level holds', () => {
    const region = { left: 1, top: 2, right: 3, bottom: 4 };
    const policy = both(
      { keyboard: { blocked_combinations: ['Print'] }, visible_region: region, logging: { level: 'info' } },
      {
        keyboard: { blocked_combinations: ['Control+p'] },
        visible_region: { left: '1%', top: '2%', right: '3%', bottom: '4%' },
        logging: { level: 'verbose' },
      },
    );
    expect(policy.combinations.length).toBe(2);
    expect(policy.regions.map(({ percent }) => percent)).toEqual([false, true]);
    expect(policy.logging).toBe('verbose');
  });
});
