import type { Policy } from './compile-policy.ts';
import type { Direction, TrafficEvent } from './traffic-event.ts';
import type { Verdict } from './verdict.ts';

/** More keys than this are never down at once; a client that claims so is not believed. */
const keysMax = 256;

/** What must be remembered of one stream so that nothing stays pressed when a policy changes. */
export interface PolicyState {
  /** Keys whose press passed and whose release has not come. */
  readonly pressed: Set<number>;
  /** Keys whose press was dropped and whose release has not come. */
  readonly swallowed: Set<number>;
  /** Buttons that are down as far as the desktop knows. */
  buttons: number;
}

export function createPolicyState(): PolicyState {
  return { pressed: new Set(), swallowed: new Set(), buttons: 0 };
}

/** Bytes an item of the clipboard may have in a direction; Infinity without a limit. */
export function clipboardBytesMax(policy: Policy, direction: Direction): number {
  return direction === 'up' ? policy.clipboardUpBytesMax : policy.clipboardDownBytesMax;
}

/** Judges one event under a policy, and remembers in `state` what later events depend on. */
export function evaluate(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  switch (event.kind) {
    case 'key':
      return evaluateKey(policy, state, event);
    case 'pointer':
      return evaluatePointer(policy, state, event);
    case 'clipboard':
      return evaluateClipboard(policy, event);
    case 'desktop_size':
    case 'side_channel':
    case 'power':
      return policy.viewOnly ? 'view_only' : 'pass';
  }
}

function evaluateKey(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  const verdict = policy.viewOnly ? 'view_only' : policy.keyboard ? 'pass' : 'disabled';
  if (event.down) {
    if (verdict === 'pass') {
      state.swallowed.delete(event.key);
      if (state.pressed.size < keysMax) state.pressed.add(event.key);
    } else if (state.swallowed.size < keysMax) state.swallowed.add(event.key);
    return verdict;
  }
  // A key that went down while it was allowed must come up, or it repeats for ever in the desktop.
  const wasSwallowed = state.swallowed.delete(event.key);
  if (state.pressed.delete(event.key)) return 'pass';
  if (wasSwallowed && verdict === 'pass') return 'disabled';
  return verdict;
}

function evaluatePointer(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  if (policy.viewOnly) {
    // The one exception is the event that lets go of buttons that were down when watching began.
    if (state.buttons === 0 || event.buttons !== 0) return 'view_only';
  }
  state.buttons = event.buttons;
  return 'pass';
}

function evaluateClipboard(policy: Policy, event: TrafficEvent): Verdict {
  if (policy.viewOnly) return 'view_only';
  if (!(event.direction === 'up' ? policy.clipboardUp : policy.clipboardDown)) return 'disabled';
  return event.bytes > clipboardBytesMax(policy, event.direction) ? 'size' : 'pass';
}
