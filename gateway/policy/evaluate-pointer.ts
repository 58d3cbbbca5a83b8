import type { Policy } from './compile-policy.ts';
import type { PolicyState } from './policy-state.ts';
import type { TrafficEvent } from './traffic-event.ts';
import type { Verdict } from './verdict.ts';
import { isVisible } from './visible-region.ts';

/**
 * Judges a pointer event. Moving passes everywhere; outside the visible region presses, wheels and releases
 * fall as the region says: `event.buttons` is then what the desktop may be told.
 * @returns `region` only when nothing of the event is left; when `buttons` changed, 'pass'.
 */
export function evaluatePointer(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  if (policy.pointer !== 'pass') {
    // The one exception is the event that lets go of buttons that were down when the policy changed.
    if (state.buttons === 0 || event.buttons !== 0 || event.scrolls) return policy.pointer;
    release(state, event);
    return 'pass';
  }
  if (event.scrolls) return evaluateScroll(policy, state, event);
  if (policy.regions.length > 0) limitButtons(policy, state, event);
  else state.swallowedButtons &= event.buttons;
  state.heldButtons = event.buttons;
  event.buttons &= ~state.swallowedButtons;
  if (policy.regions.length > 0) keepButtons(policy, state, event);
  state.buttons = event.buttons;
  state.x = event.x;
  state.y = event.y;
  return 'pass';
}

function release(state: PolicyState, event: TrafficEvent): void {
  state.x = event.x;
  state.y = event.y;
  state.buttons = 0;
  state.heldButtons = 0;
  state.swallowedButtons = 0;
}

/**
 * KasmVNC turns the wheel where the pointer is, not where the event says: so that place counts. Only a relative
 * event brings its buttons with it.
 */
function evaluateScroll(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  if (event.x < 0) state.x = -1;
  for (const region of policy.regions) {
    if (!region.allowClickDown && !isInside(region, state, state.x, state.y)) return 'region';
  }
  if (event.x < 0) state.buttons = event.buttons;
  return 'pass';
}

/** A press outside falls, and stays fallen until the button is up: dragging into the region is no press. */
function limitButtons(policy: Policy, state: PolicyState, event: TrafficEvent): void {
  state.swallowedButtons &= event.buttons;
  const pressed = event.buttons & ~state.heldButtons;
  if (pressed === 0) return;
  for (const region of policy.regions) {
    if (!region.allowClickDown && !isInside(region, state, event.x, event.y))
      state.swallowedButtons |= pressed;
  }
}

/** A release outside falls, so the button stays down until the pointer is back inside, as in KasmVNC. */
function keepButtons(policy: Policy, state: PolicyState, event: TrafficEvent): void {
  const released = state.buttons & ~event.buttons;
  if (released === 0) return;
  for (const region of policy.regions) {
    if (!region.allowClickRelease && !isInside(region, state, event.x, event.y)) event.buttons |= released;
  }
}

type Region = Policy['regions'][number];

/** A place that is not known is outside. */
function isInside(region: Region, state: PolicyState, x: number, y: number): boolean {
  if (x < 0 || y < 0 || !isVisible(region, state.width, state.height, x, y)) return false;
  return state.otherSizes.every(({ width, height }) => isVisible(region, width, height, x, y));
}
