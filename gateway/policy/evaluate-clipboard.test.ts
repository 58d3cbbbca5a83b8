import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parsePolicy } from '../../config/policy.ts';
import { compilePolicy, type Policy } from './compile-policy.ts';
import {
  beginClipboard,
  createClipboardOperation,
  evaluateItem,
  isAllowedMimetype,
  isAmountLimited,
  isSizeLimited,
  itemRoom,
} from './evaluate-clipboard.ts';
import { createPolicyState, createSessionLedger, type PolicyState } from './policy-state.ts';
import type { Direction } from './traffic-event.ts';

const policyOf = (clipboard: object, document: object = {}): Policy =>
  compilePolicy(parsePolicy({ access: 'full', data_loss_prevention: { clipboard }, ...document }));

const up = (rule: object, both: object = {}): Policy => policyOf({ ...both, client_to_server: rule });
const open = policyOf({});
const text = 'text/plain';

/** One operation of items with these sizes. @returns the blanket reason, or each item's verdict. */
function copy(
  policy: Policy,
  state: PolicyState,
  sizes: readonly number[],
  nowMs = 0,
  direction: Direction = 'up',
): string | string[] {
  const operation = createClipboardOperation(direction);
  const blanket = beginClipboard(policy, state, operation, nowMs);
  if (blanket !== 'pass') return blanket;
  return sizes.map(size => evaluateItem(policy, state, operation, text, size));
}

describe('sizes', () => {
  test.each<[string, Policy, number[], string | string[]]>([
    ['of an item: the limit itself passes', up({ size: 100 }), [100, 101], ['pass', 'size']],
    ['of an item: 0 is no limit, as in KasmVNC', up({ size: 0 }), [1e9], ['pass']],
    ['of an item: nothing is none at all, not even an empty one', up({ size: 'nothing' }), [0], 'size'],
    [
      'of all items: each that still fits passes',
      up({ total_size: 100 }),
      [60, 50, 40],
      ['pass', 'total_size', 'pass'],
    ],
    ['of all items: nothing', up({ total_size: 'nothing' }), [1], 'total_size'],
    [
      'of both: an item over its own limit costs nothing',
      up({ size: 50, total_size: 60 }),
      [51, 50, 11],
      ['size', 'pass', 'total_size'],
    ],
  ])('%s', (_, policy, sizes, verdicts) => {
    expect(copy(policy, createPolicyState(), sizes)).toEqual(verdicts);
  });

  test('of one direction do not hold for the other', () => {
    expect(copy(up({ size: 1, total_size: 1 }), createPolicyState(), [50], 0, 'down')).toEqual(['pass']);
  });

  test('of all items are counted anew with each operation', () => {
    const state = createPolicyState();
    const policy = up({ total_size: 10 });
    expect(copy(policy, state, [10])).toEqual(['pass']);
    expect(copy(policy, state, [10])).toEqual(['pass']);
  });

  test('need not be known where nothing limits them', () => {
    expect(isSizeLimited(open, 'up')).toBe(false);
    expect(isSizeLimited(up({ size: 1 }), 'up')).toBe(true);
    expect(isSizeLimited(up({ size: 1 }), 'down')).toBe(false);
    expect(isSizeLimited(up({ total_size: 1 }), 'up')).toBe(true);
    expect(isSizeLimited(up({ budget: { burst: 1, per_hour: 1 } }), 'up')).toBe(true);
    expect(isSizeLimited(up({}, { delay_between_operations: 1 }), 'up')).toBe(false);
    expect(isAmountLimited(up({}, { delay_between_operations: 1 }), 'up')).toBe(true);
  });

  test('leave room for what may be cut to fit', () => {
    const policy = up({ size: 50, total_size: 60 });
    const operation = createClipboardOperation('up');
    const state = createPolicyState();
    beginClipboard(policy, state, operation, 0);
    expect(itemRoom(policy, operation)).toBe(50);
    evaluateItem(policy, state, operation, text, 20);
    expect(itemRoom(policy, operation)).toBe(40);
  });
});

describe('MIME types', () => {
  test.each<[string, object, [string, boolean][]]>([
    [
      'by default those of KasmVNC',
      {},
      [
        [text, true],
        ['text/html', true],
        ['image/png', true],
        ['text/rtf', false],
      ],
    ],
    [
      'a list of its own',
      { allow_mimetypes: ['image/png'] },
      [
        [text, true],
        ['text/html', false],
        ['image/png', true],
      ],
    ],
    [
      'an empty list: text is left',
      { allow_mimetypes: [] },
      [
        [text, true],
        ['text/html', false],
      ],
    ],
    ['a list does not allow or forbid text', { allow_mimetypes: [text], allow_text: false }, [[text, false]]],
    [
      'text by its X names',
      { allow_text: false },
      [
        ['UTF8_STRING', false],
        ['text/plain;charset=utf-8', false],
      ],
    ],
    [
      'any',
      { allow_mimetypes: 'any', allow_text: false },
      [
        ['x/y', true],
        ['', true],
        [text, false],
      ],
    ],
    ['no name is on no list', {}, [['', false]]],
    [
      'exact and in small letters as listed',
      {},
      [
        ['TEXT/HTML', false],
        ['text/html2', false],
      ],
    ],
  ])('%s', (_, clipboard, expected) => {
    const policy = policyOf(clipboard);
    for (const [mimetype, allowed] of expected)
      expect([mimetype, isAllowedMimetype(policy, mimetype)]).toEqual([mimetype, allowed]);
  });

  test('that may not pass cost nothing', () => {
    const state = createPolicyState();
    const policy = up({ total_size: 5, budget: { burst: 5, per_hour: 0 } }, { delay_between_operations: 10 });
    const operation = createClipboardOperation('up');
    beginClipboard(policy, state, operation, 0);
    expect(evaluateItem(policy, state, operation, 'x/y', 5)).toBe('mimetype');
    expect(copy(policy, state, [5], 1)).toEqual(['pass']);
  });
});

describe('the delay between operations', () => {
  const policy = policyOf({ delay_between_operations: 100, client_to_server: { size: 10 } });

  test('does not hold the first one back, and counts from the last that passed', () => {
    const state = createPolicyState(0);
    expect(copy(policy, state, [1], 0)).toEqual(['pass']);
    expect(copy(policy, state, [1], 60)).toBe('delay');
    expect(copy(policy, state, [1], 99)).toBe('delay');
    expect(copy(policy, state, [1], 100)).toEqual(['pass']);
    expect(copy(policy, state, [1], 150)).toBe('delay');
  });

  test('counts each direction by itself', () => {
    const state = createPolicyState();
    copy(policy, state, [1], 0, 'up');
    expect(copy(policy, state, [1], 1, 'down')).toEqual(['pass']);
    expect(copy(policy, state, [1], 2, 'down')).toBe('delay');
  });

  test('is not started by what fell or was empty', () => {
    const state = createPolicyState();
    expect(copy(policy, state, [11], 0)).toEqual(['size']);
    expect(copy(policy, state, [0], 1)).toEqual(['pass']);
    expect(copy(policy, state, [1], 2)).toEqual(['pass']);
  });

  test('is not over sooner for who connects again', () => {
    const ledger = createSessionLedger();
    copy(policy, createPolicyState(0, ledger), [1], 0);
    expect(copy(policy, createPolicyState(50, ledger), [1], 50)).toBe('delay');
  });
});

describe('a budget', () => {
  const policy = up({ budget: { burst: 1000, per_hour: 3600 } });

  test('lets so much through at once, then so much an hour', () => {
    const state = createPolicyState();
    expect(copy(policy, state, [600, 500, 400])).toEqual(['pass', 'budget', 'pass']);
    expect(copy(policy, state, [1])).toEqual(['budget']);
    expect(copy(policy, state, [11], 10_000)).toEqual(['budget']);
    expect(copy(policy, state, [10], 10_000)).toEqual(['pass']);
    expect(copy(policy, state, [1000], 3_600_000)).toEqual(['pass']);
  });

  test('never lets an item through that is larger than the burst', () => {
    expect(copy(policy, createPolicyState(), [1001], 1e9)).toEqual(['budget']);
  });

  test('of 0 an hour is used up once', () => {
    const once = up({ budget: { burst: 10, per_hour: 0 } });
    const state = createPolicyState();
    expect(copy(once, state, [10])).toEqual(['pass']);
    expect(copy(once, state, [1], 1e12)).toEqual(['budget']);
  });

  test("is the session's: another stream of it has no new one", () => {
    const ledger = createSessionLedger();
    expect(copy(policy, createPolicyState(0, ledger), [1000])).toEqual(['pass']);
    expect(copy(policy, createPolicyState(0, ledger), [1])).toEqual(['budget']);
    expect(copy(policy, createPolicyState(0), [1])).toEqual(['pass']);
  });

  test('that comes while a stream runs starts full; one that is narrowed keeps what was spent', () => {
    const state = createPolicyState();
    expect(copy(open, state, [1e9])).toEqual(['pass']);
    expect(copy(policy, state, [900])).toEqual(['pass']);
    const narrow = up({ budget: { burst: 500, per_hour: 0 } });
    expect(copy(narrow, state, [101])).toEqual(['budget']);
    expect(copy(narrow, state, [100])).toEqual(['pass']);
  });
});

test('whatever comes, no limit is passed', () => {
  const policy = up(
    { size: 40, total_size: 60, budget: { burst: 100, per_hour: 36_000 } },
    { delay_between_operations: 50 },
  );
  const operation = fc.record({
    waitMs: fc.nat(200),
    sizes: fc.array(fc.nat(80), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 30 }), operations => {
      const state = createPolicyState();
      let nowMs = 0;
      let passedAtMs = Number.NEGATIVE_INFINITY;
      let moved = 0;
      for (const { waitMs, sizes } of operations) {
        nowMs += waitMs;
        const verdicts = copy(policy, state, sizes, nowMs);
        const passed = sizes.filter((_, index) => verdicts[index] === 'pass');
        const total = passed.reduce((sum, size) => sum + size, 0);
        expect(Math.max(0, ...passed)).toBeLessThanOrEqual(40);
        expect(total).toBeLessThanOrEqual(60);
        if (total > 0) {
          expect(nowMs - passedAtMs).toBeGreaterThanOrEqual(50);
          passedAtMs = nowMs;
        }
        moved += total;
        expect(moved).toBeLessThanOrEqual(100 + nowMs * 0.01 + 1e-6);
      }
    }),
    { seed: 11, numRuns: 300 },
  );
});
