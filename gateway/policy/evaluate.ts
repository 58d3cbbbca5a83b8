import type { Policy } from './compile-policy.ts';
import { evaluateKey } from './evaluate-key.ts';
import { evaluatePointer } from './evaluate-pointer.ts';
import type { PolicyState } from './policy-state.ts';
import type { TrafficEvent } from './traffic-event.ts';
import type { Verdict } from './verdict.ts';

/**
 * Judges one event under a policy, and remembers in `state` what later events depend on. A pointer that may
 * move but not press passes with fewer `buttons` in the event. The clipboard has its own: evaluate-clipboard.ts.
 */
export function evaluate(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  switch (event.kind) {
    case 'key':
      return evaluateKey(policy, state, event);
    case 'pointer':
      return evaluatePointer(policy, state, event);
    case 'resize':
      return policy.resize;
    case 'power':
      return policy.power;
    case 'quality':
      return policy.quality;
    case 'statistics':
      return policy.statistics;
    case 'printer':
      return policy.printer;
    case 'smart_card':
      return policy.smartCard;
    case 'other_relay':
      return policy.otherRelays;
  }
}
