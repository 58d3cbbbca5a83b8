import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parsePolicy } from '../../config/policy.ts';
import { compilePolicy, type Policy } from './compile-policy.ts';
import { evaluate } from './evaluate.ts';
import { keyNumber } from './held-keys.ts';
import { createPolicyState, type PolicyState } from './policy-state.ts';
import { createTrafficEvent, type TrafficEvent } from './traffic-event.ts';

const policyOf = (keyboard: object = {}, access = 'full'): Policy =>
  compilePolicy(parsePolicy({ access, data_loss_prevention: { keyboard } }));

const open = policyOf();
const mute = policyOf({ enabled: false });
const watching = policyOf({}, 'view_only');

const key = (down: boolean, keysym: number, code: number, nowMs: number): TrafficEvent => ({
  ...createTrafficEvent(),
  down,
  keysym,
  code,
  key: keyNumber(keysym, code === 0 ? -1 : code),
  nowMs,
});
const press = (keysym: number, nowMs = 0, code = 0): TrafficEvent => key(true, keysym, code, nowMs);
const release = (keysym: number, nowMs = 0, code = 0): TrafficEvent => key(false, keysym, code, nowMs);

describe('keys', () => {
  test('pass, or fall with the reason', () => {
    expect(evaluate(open, createPolicyState(), press(7))).toBe('pass');
    expect(evaluate(mute, createPolicyState(), press(7))).toBe('disabled');
    expect(evaluate(watching, createPolicyState(), press(7))).toBe('view_only');
    expect(evaluate(policyOf({}, 'clipboard_only'), createPolicyState(), press(7))).toBe('access');
  });

  test('that were never pressed may be released where keys are allowed', () => {
    expect(evaluate(open, createPolicyState(), release(7))).toBe('pass');
    expect(evaluate(mute, createPolicyState(), release(7))).toBe('disabled');
  });

  test('come up though the policy changed, once', () => {
    const state = createPolicyState();
    evaluate(open, state, press(7));
    expect(evaluate(mute, state, press(7))).toBe('disabled');
    expect(evaluate(mute, state, release(7))).toBe('pass');
    expect(evaluate(mute, state, release(7))).toBe('disabled');
  });

  test('whose press fell do not come up under a later policy', () => {
    const state = createPolicyState();
    evaluate(mute, state, press(7));
    expect(evaluate(open, state, release(7))).toBe('disabled');
    expect(evaluate(open, state, release(7))).toBe('pass');
  });

  test('pressed again after they fell are whole again', () => {
    const state = createPolicyState();
    evaluate(mute, state, press(7));
    evaluate(open, state, press(7));
    expect(evaluate(open, state, release(7))).toBe('pass');
  });

  test('by the million cost no memory, and one that cannot be remembered falls', () => {
    const state = createPolicyState();
    for (let keysym = 1; keysym < 10_000; keysym++) {
      evaluate(keysym % 2 === 0 ? open : mute, state, press(keysym));
    }
    expect(state.pressed.size).toBeLessThanOrEqual(256);
    expect(state.swallowed.size).toBeLessThanOrEqual(256);
    expect(evaluate(open, state, press(20_000))).toBe('rate');
    expect(evaluate(open, state, press(2))).toBe('pass');
  });

  test('come up under another code once the policy changed, though not without end', () => {
    const state = createPolicyState();
    evaluate(open, state, press(7, 0, 0x1e));
    const verdicts = Array.from({ length: 300 }, () => evaluate(mute, state, release(7)));
    expect(verdicts.filter(verdict => verdict === 'pass').length).toBe(256);
    expect(evaluate(mute, state, release(8))).toBe('disabled');
    expect(evaluate(mute, state, release(7, 0, 0x1e))).toBe('pass');
    expect(evaluate(mute, createPolicyState(), release(0, 0, 0x1e))).toBe('disabled');
  });

  test('never stay pressed: what the desktop saw go down, it can see come up', () => {
    const limited = policyOf({ rate_limit: 1, blocked_combinations: ['a+Shift'] });
    const step = fc.record({
      keysym: fc.constantFrom(0x61, 0x62, 0xffe1, 0xffe3),
      down: fc.boolean(),
      waitMs: fc.nat(700),
      policy: fc.constantFrom(open, mute, watching, limited),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const state = createPolicyState();
        const desktop = new Set<number>();
        let nowMs = 0;
        for (const { keysym, down, waitMs, policy } of steps) {
          nowMs += waitMs;
          if (evaluate(policy, state, key(down, keysym, 0, nowMs)) !== 'pass') continue;
          if (down) desktop.add(keysym);
          else desktop.delete(keysym);
        }
        for (const keysym of [...desktop]) {
          if (evaluate(watching, state, release(keysym)) === 'pass') desktop.delete(keysym);
        }
        expect(desktop.size).toBe(0);
      }),
      { seed: 1 },
    );
  });
});

describe('a rate', () => {
  const limited = policyOf({ rate_limit: 10 });
  const type = (state: PolicyState, policy: Policy, count: number, everyMs: number): number => {
    let passed = 0;
    for (let index = 0; index < count; index++) {
      if (evaluate(policy, state, press(0x61 + (index % 20), index * everyMs)) === 'pass') passed++;
      evaluate(policy, state, release(0x61 + (index % 20), index * everyMs));
    }
    return passed;
  };

  test('lets a burst of one second through, then the rate', () => {
    expect(type(createPolicyState(), limited, 15, 0)).toBe(10);
    expect(type(createPolicyState(), limited, 100, 50)).toBe(10 + 49);
    expect(type(createPolicyState(), limited, 100, 100)).toBe(100);
  });

  test('takes the release of what fell, and no other', () => {
    const state = createPolicyState();
    for (let keysym = 0x61; keysym < 0x6b; keysym++) evaluate(limited, state, press(keysym));
    expect(evaluate(limited, state, press(0x78))).toBe('rate');
    expect(evaluate(limited, state, release(0x78))).not.toBe('pass');
    expect(evaluate(limited, state, release(0x61))).toBe('pass');
  });

  test('gives half of its burst to the repeats of a held key, whose release passes all the same', () => {
    const state = createPolicyState();
    const verdicts = Array.from({ length: 12 }, () => evaluate(limited, state, press(0x61)));
    expect(verdicts.filter(verdict => verdict === 'pass').length).toBe(1 + 4);
    expect(evaluate(limited, state, release(0x61))).toBe('pass');
  });

  test('is never used up by a held key: the next one comes through', () => {
    const twenty = policyOf({ rate_limit: 20 });
    const state = createPolicyState();
    let repeats = 0;
    for (let atMs = 0; atMs < 3_000; atMs += 33) {
      if (evaluate(twenty, state, press(0x61, atMs)) === 'pass') repeats++;
    }
    expect(repeats).toBeGreaterThan(60);
    const typed = Array.from({ length: 10 }, (_, index) =>
      evaluate(twenty, state, press(0x62 + index, 3_000)),
    );
    expect(new Set(typed)).toEqual(new Set(['pass']));
  });

  test('of one a second repeats no slower than it types', () => {
    const one = policyOf({ rate_limit: 1 });
    const state = createPolicyState();
    const verdicts = [0, 500, 1_000, 2_000].map(atMs => evaluate(one, state, press(0x61, atMs)));
    expect(verdicts).toEqual(['pass', 'rate', 'pass', 'pass']);
  });

  test('does not count modifiers and locks, by symbol or by place', () => {
    const state = createPolicyState();
    for (let keysym = 0x61; keysym < 0x6b; keysym++) evaluate(limited, state, press(keysym));
    for (const [keysym, code] of [
      [0xffe1, 0],
      [0xffe3, 0x1d],
      [0, 0x38],
      [0xffe5, 0x3a],
      [0xfe03, 0xb8],
    ] as const) {
      expect(evaluate(limited, state, press(keysym, 0, code))).toBe('pass');
    }
  });

  test('counts a key that only half claims to be a modifier', () => {
    const state = createPolicyState();
    for (let keysym = 0x61; keysym < 0x6b; keysym++) evaluate(limited, state, press(keysym));
    expect(evaluate(limited, state, press(0xffe1, 0, 0x1e))).toBe('rate');
    expect(evaluate(limited, state, press(0x61, 0, 0x2a))).toBe('rate');
  });

  test('comes with a policy in the middle of a stream', () => {
    const state = createPolicyState();
    type(state, open, 50, 0);
    expect(type(state, limited, 50, 0)).toBe(10);
  });
});

describe("KasmVNC's rate rule", () => {
  const kasm = policyOf({ rate_limit: 10, rate_limit_rule: 'kasmvnc' });

  /** Keys of which each goes up `heldMs` after its press. @returns which of them arrive. */
  function arrivals(gapMs: number, heldMs: number): string {
    const state = createPolicyState(0);
    let arrived = '';
    for (let index = 0; index < 10; index++) {
      const atMs = 1000 + index * gapMs;
      if (evaluate(kasm, state, press(0x30 + index, atMs)) === 'pass') arrived += index;
      evaluate(kasm, state, release(0x30 + index, atMs + heldMs));
    }
    return arrived;
  }

  test('starves who types every 45 ms', () => expect(arrivals(45, 20)).toBe('0'));
  test('lets through who types every 115 ms and lets go at once', () => {
    expect(arrivals(115, 5)).toBe('0123456789');
  });
  test('starves who lets go 30 ms before the next press', () => expect(arrivals(120, 90)).toBe('0'));

  test('counts from the start of the stream, and modifiers too', () => {
    const state = createPolicyState(1000);
    expect(evaluate(kasm, state, press(0x61, 1099))).toBe('rate');
    expect(evaluate(kasm, state, press(0xffe1, 1100))).toBe('pass');
    expect(evaluate(kasm, state, press(0x61, 1150))).toBe('rate');
  });

  test('has no limit above a thousand a second', () => {
    const fast = policyOf({ rate_limit: 1001, rate_limit_rule: 'kasmvnc' });
    const state = createPolicyState(0);
    expect(evaluate(fast, state, press(0x61, 0))).toBe('pass');
    expect(evaluate(fast, state, press(0x62, 0))).toBe('pass');
  });
});

describe('a blocked combination', () => {
  const blocked = policyOf({
    blocked_combinations: ['Print', 'Control+p', 'Control+Shift+i', 'Alt+Tab', 'Super', '0xffc9'],
  });
  const control = 0xffe3;
  const shift = 0xffe1;

  /** Presses these one after another; [keysym, code] or a keysym. @returns the last verdict. */
  function lastOf(...keys: (number | readonly [number, number])[]): string {
    const state = createPolicyState();
    let verdict = '';
    for (const one of keys) {
      const [keysym, code] = typeof one === 'number' ? [one, 0] : one;
      verdict = evaluate(blocked, state, press(keysym, 0, code));
    }
    return verdict;
  }

  test.each<[string, (number | readonly [number, number])[]]>([
    ['one key', [0xff61]],
    ['with another key beside it', [shift, 0xff61]],
    ['under another number: Sys_Req', [0xff15]],
    ['by its place on the keyboard alone', [[0, 0x54]]],
    ['by its place, under a harmless symbol', [[0x61, 0xb7]]],
    ['a modifier and a letter', [control, 0x70]],
    ['the letter with Caps Lock', [control, 0x50]],
    ['the letter from the Unicode range', [control, 0x0100_0070]],
    ['the other Control', [0xffe4, 0x70]],
    ['Control by its place', [[0, 0x9d], 0x70]],
    ['the letter by its place', [control, [0x6c, 0x19]]],
    ['the modifier last: a held key repeats by itself', [0x70, control]],
    ['two modifiers in any order', [shift, control, 0x49]],
    ['two modifiers, one of them last', [control, 0x69, shift]],
    ['Meta where Alt is meant', [0xffe7, 0xff09]],
    ['Tab with Shift, which has its own number', [0xffe9, shift, 0xfe20]],
    ['a modifier alone', [0xffeb]],
    ['a number', [0xffc9]],
    ['the place of the key of that number', [[0, 0x58]]],
  ])('%s', (_, keys) => expect(lastOf(...keys)).toBe('combination'));

  test.each<[string, (number | readonly [number, number])[]]>([
    ['the letter alone', [0x70]],
    ['the modifier alone', [control]],
    ['another letter', [control, 0x6f]],
    ['another modifier', [shift, 0x50]],
    ['one modifier of two', [control, 0x69]],
  ])('does not cover %s', (_, keys) => expect(lastOf(...keys)).toBe('pass'));

  test('is blocked under the Shift of its key where the server may be QEMU, which goes by the key', () => {
    const slash = policyOf({ blocked_combinations: ['Control+slash'] });
    for (const [asQemu, verdict] of [
      [true, 'combination'],
      [false, 'pass'],
    ] as const) {
      const state = createPolicyState(0, undefined, asQemu);
      evaluate(slash, state, press(control));
      expect(evaluate(slash, state, press(0x3f))).toBe(verdict);
    }
  });

  test('takes the release of its last key with it; the modifier comes up', () => {
    const state = createPolicyState();
    evaluate(blocked, state, press(control));
    expect(evaluate(blocked, state, press(0x70))).toBe('combination');
    expect(evaluate(blocked, state, release(0x70))).not.toBe('pass');
    expect(evaluate(blocked, state, release(control))).toBe('pass');
    expect(evaluate(blocked, state, press(0x70))).toBe('pass');
  });

  test('is told from the rest when more keys are held than can be', () => {
    const state = createPolicyState();
    for (let keysym = 0x4000; keysym < 0x4200; keysym++) evaluate(blocked, state, press(keysym));
    expect(evaluate(blocked, state, press(control))).toBe('rate');
  });
});
