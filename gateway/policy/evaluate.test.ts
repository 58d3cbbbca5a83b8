import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Policy } from './compile-policy.ts';
import { clipboardBytesMax, createPolicyState, evaluate } from './evaluate.ts';
import { createTrafficEvent, type TrafficEvent } from './traffic-event.ts';

const open: Policy = {
  viewOnly: false,
  keyboard: true,
  clipboardUp: true,
  clipboardUpBytesMax: 100,
  clipboardDown: true,
  clipboardDownBytesMax: 200,
};
const mute: Policy = { ...open, keyboard: false };
const watching: Policy = { ...open, viewOnly: true };

const event = (part: Partial<TrafficEvent>): TrafficEvent => ({ ...createTrafficEvent(), ...part });
const press = (key: number): TrafficEvent => event({ kind: 'key', key, down: true });
const release = (key: number): TrafficEvent => event({ kind: 'key', key, down: false });
const point = (buttons: number): TrafficEvent => event({ kind: 'pointer', buttons });

describe('keys', () => {
  test('pass, or fall with the reason', () => {
    expect(evaluate(open, createPolicyState(), press(7))).toBe('pass');
    expect(evaluate(mute, createPolicyState(), press(7))).toBe('disabled');
    expect(evaluate(watching, createPolicyState(), press(7))).toBe('view_only');
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

  test('by the million cost no memory', () => {
    const state = createPolicyState();
    for (let key = 0; key < 10_000; key++) evaluate(key % 2 === 0 ? open : mute, state, press(key));
    expect(state.pressed.size).toBeLessThanOrEqual(256);
    expect(state.swallowed.size).toBeLessThanOrEqual(256);
  });

  test('never stay pressed: what the desktop saw go down, it can see come up', () => {
    const step = fc.record({
      key: fc.integer({ min: 1, max: 4 }),
      down: fc.boolean(),
      policy: fc.constantFrom(open, mute, watching),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const state = createPolicyState();
        const desktop = new Set<number>();
        for (const { key, down, policy } of steps) {
          if (evaluate(policy, state, event({ kind: 'key', key, down })) !== 'pass') continue;
          if (down) desktop.add(key);
          else desktop.delete(key);
        }
        for (const key of [1, 2, 3, 4]) {
          if (evaluate(watching, state, release(key)) === 'pass') desktop.delete(key);
        }
        expect(desktop.size).toBe(0);
      }),
      { seed: 1 },
    );
  });
});

describe('the pointer', () => {
  test('passes, and falls for who watches', () => {
    expect(evaluate(open, createPolicyState(), point(1))).toBe('pass');
    expect(evaluate(mute, createPolicyState(), point(1))).toBe('pass');
    expect(evaluate(watching, createPolicyState(), point(0))).toBe('view_only');
  });

  test('lets go of its buttons, once all of them are up', () => {
    const state = createPolicyState();
    evaluate(open, state, point(5));
    expect(evaluate(watching, state, point(5))).toBe('view_only');
    expect(evaluate(watching, state, point(4))).toBe('view_only');
    expect(evaluate(watching, state, point(0))).toBe('pass');
    expect(evaluate(watching, state, point(0))).toBe('view_only');
  });
});

describe('the clipboard', () => {
  test.each([
    ['up', 100, 'pass'],
    ['up', 101, 'size'],
    ['down', 200, 'pass'],
    ['down', 201, 'size'],
  ] as const)('%s with %d bytes: %s', (direction, bytes, verdict) => {
    const item = event({ kind: 'clipboard', direction, bytes });
    expect(evaluate(open, createPolicyState(), item)).toBe(verdict);
    expect(evaluate(watching, createPolicyState(), item)).toBe('view_only');
    expect(clipboardBytesMax(open, direction)).toBe(direction === 'up' ? 100 : 200);
  });

  test('is off by direction', () => {
    const upOff = { ...open, clipboardUp: false };
    const up = event({ kind: 'clipboard', direction: 'up' });
    const down = event({ kind: 'clipboard', direction: 'down' });
    expect(evaluate(upOff, createPolicyState(), up)).toBe('disabled');
    expect(evaluate(upOff, createPolicyState(), down)).toBe('pass');
  });
});

test.each(['desktop_size', 'side_channel', 'power'] as const)('%s is not for who watches', kind => {
  expect(evaluate(open, createPolicyState(), event({ kind }))).toBe('pass');
  expect(evaluate(watching, createPolicyState(), event({ kind }))).toBe('view_only');
});
