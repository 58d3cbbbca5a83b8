import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parsePolicy } from '../../config/policy.ts';
import { compilePolicy, type Policy } from './compile-policy.ts';
import { evaluate } from './evaluate.ts';
import { createPolicyState, type PolicyState } from './policy-state.ts';
import { createTrafficEvent, type TrafficEvent } from './traffic-event.ts';

const policyOf = (section: object = {}, access = 'full'): Policy =>
  compilePolicy(parsePolicy({ access, data_loss_prevention: section }));

const open = policyOf();
const watching = policyOf({}, 'view_only');
const edges = { left: 10, top: 10, right: 20, bottom: 20 };
const region = (concealed: object = {}): Policy =>
  policyOf({ visible_region: { ...edges, concealed_region: concealed } });

function pictured(): PolicyState {
  return Object.assign(createPolicyState(), { width: 100, height: 100 });
}

const point = (buttons: number, x = 0, y = 0, scrolls = false): TrafficEvent => ({
  ...createTrafficEvent(),
  kind: 'pointer',
  buttons,
  x,
  y,
  scrolls,
});

const inside = [15, 15] as const;
const outside = [50, 50] as const;

/** The verdict, and the buttons that the desktop is told. */
function told(policy: Policy, state: PolicyState, event: TrafficEvent): string | number {
  const verdict = evaluate(policy, state, event);
  return verdict === 'pass' ? event.buttons : verdict;
}

describe('the pointer', () => {
  test('passes, and falls for who watches or has it switched off', () => {
    expect(told(open, pictured(), point(1))).toBe(1);
    expect(told(watching, pictured(), point(0))).toBe('view_only');
    expect(told(policyOf({ pointer: { enabled: false } }), pictured(), point(1))).toBe('disabled');
    expect(told(policyOf({}, 'clipboard_only'), pictured(), point(1))).toBe('access');
    expect(told(policyOf({ keyboard: { enabled: false } }), pictured(), point(1))).toBe(1);
  });

  test('lets go of its buttons, once all of them are up', () => {
    const state = pictured();
    evaluate(open, state, point(5));
    expect(told(watching, state, point(5))).toBe('view_only');
    expect(told(watching, state, point(4))).toBe('view_only');
    expect(told(watching, state, point(0, 0, 0, true))).toBe('view_only');
    expect(told(watching, state, point(0))).toBe(0);
    expect(told(watching, state, point(0))).toBe('view_only');
  });
});

describe('with a visible region', () => {
  test('moving passes everywhere, pressing inside only', () => {
    const state = pictured();
    expect(told(region(), state, point(0, ...outside))).toBe(0);
    expect(told(region(), state, point(1, ...outside))).toBe(0);
    expect(told(region(), state, point(0, ...outside))).toBe(0);
    expect(told(region(), state, point(1, ...inside))).toBe(1);
  });

  test('the row and the column of the far edges are outside', () => {
    expect(told(region(), pictured(), point(1, 19, 19))).toBe(1);
    expect(told(region(), pictured(), point(1, 20, 19))).toBe(0);
    expect(told(region(), pictured(), point(1, 19, 20))).toBe(0);
  });

  test('a press that fell does not come back by dragging it inside', () => {
    const state = pictured();
    expect(told(region(), state, point(1, ...outside))).toBe(0);
    expect(told(region(), state, point(1, ...inside))).toBe(0);
    expect(told(region(), state, point(3, ...inside))).toBe(2);
    expect(told(region(), state, point(0, ...inside))).toBe(0);
    expect(told(region(), state, point(1, ...inside))).toBe(1);
  });

  test('a release outside waits until the pointer is inside again', () => {
    const state = pictured();
    expect(told(region(), state, point(1, ...inside))).toBe(1);
    expect(told(region(), state, point(1, ...outside))).toBe(1);
    expect(told(region(), state, point(0, ...outside))).toBe(1);
    expect(told(region(), state, point(0, ...inside))).toBe(0);
  });

  test('presses and releases outside are allowed by themselves', () => {
    const state = pictured();
    expect(told(region({ allow_click_down: true }), state, point(1, ...outside))).toBe(1);
    expect(told(region({ allow_click_down: true }), state, point(0, ...outside))).toBe(1);
    expect(told(region({ allow_click_release: true }), state, point(0, ...outside))).toBe(0);
  });

  test('the wheel is a button', () => {
    const state = pictured();
    expect(told(region(), state, point(8, ...outside))).toBe(0);
    expect(told(region(), state, point(0, ...inside))).toBe(0);
    expect(told(region(), state, point(8, ...inside))).toBe(8);
  });

  test("KasmVNC's scrolling counts where the pointer is, not where its event says", () => {
    const state = pictured();
    expect(told(region(), state, point(0, ...inside, true))).toBe('region');
    evaluate(region(), state, point(0, ...inside));
    expect(told(region(), state, point(0, ...outside, true))).toBe(0);
    evaluate(region(), state, point(0, ...outside));
    expect(told(region(), state, point(0, ...inside, true))).toBe('region');
    expect(told(region({ allow_click_down: true }), state, point(0, ...outside, true))).toBe(0);
  });

  test('a pointer that moves relatively could be anywhere: it moves, and does nothing else', () => {
    const state = pictured();
    evaluate(region(), state, point(0, ...inside));
    expect(told(region(), state, point(0, -1, -1))).toBe(0);
    expect(told(region(), state, point(1, -1, -1))).toBe(0);
    expect(told(region(), state, point(0, -1, -1, true))).toBe('region');
    expect(told(region(), state, point(0, ...inside, true))).toBe('region');
  });

  test('a new size of the picture moves the region', () => {
    const percent = policyOf({ visible_region: { left: '50%', top: '0%', right: '0%', bottom: '0%' } });
    const state = pictured();
    expect(told(percent, state, point(1, 60, 10))).toBe(1);
    evaluate(percent, state, point(0, 60, 10));
    Object.assign(state, { width: 200, height: 100 });
    expect(told(percent, state, point(1, 60, 10))).toBe(0);
  });

  test('that comes while a button is down outside, the button stays down until it is inside', () => {
    const state = pictured();
    evaluate(open, state, point(1, ...outside));
    expect(told(region(), state, point(1, ...outside))).toBe(1);
    expect(told(region(), state, point(0, ...outside))).toBe(1);
    expect(told(region(), state, point(0, ...inside))).toBe(0);
  });

  test('no button ever goes down outside', () => {
    const step = fc.record({
      buttons: fc.integer({ min: 0, max: 255 }),
      x: fc.constantFrom(-1, 0, 9, 10, 15, 19, 20, 99),
      y: fc.constantFrom(9, 10, 19, 20),
      allowed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const state = pictured();
        let desktop = 0;
        for (const { buttons, x, y, allowed } of steps) {
          const shown = x >= 10 && x < 20 && y >= 10 && y < 20;
          const event = point(buttons, x, y);
          expect(evaluate(region({ allow_click_release: allowed }), state, event)).toBe('pass');
          if (!shown) expect(event.buttons & ~desktop).toBe(0);
          if (!shown && !allowed) expect(event.buttons).toBe(desktop);
          expect(event.buttons & ~(buttons | desktop)).toBe(0);
          desktop = event.buttons;
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

test.each([
  ['resize', 'resize'],
  ['power', 'power'],
  ['quality', 'quality'],
  ['statistics', 'statistics'],
  ['printer', 'printer'],
  ['smart_card', 'smart_card'],
  ['other_relay', 'other_relays'],
] as const)('%s has its own switch, allow.%s', (kind, key) => {
  const event = { ...createTrafficEvent(), kind };
  expect(evaluate(open, createPolicyState(), event)).toBe('pass');
  expect(evaluate(policyOf({ allow: { [key]: false } }), createPolicyState(), event)).toBe('disabled');
  const watched = evaluate(watching, createPolicyState(), event);
  expect(watched).toBe('view_only');
});
