import { type KeyCombination, modifiersOf, plainKeysym } from '../../config/key-combination.ts';
import type { KeyRate, Policy } from './compile-policy.ts';
import type { HeldKeys } from './held-keys.ts';
import { type PolicyState, settleAccount } from './policy-state.ts';
import { takeTokens } from './token-bucket.ts';
import type { TrafficEvent } from './traffic-event.ts';
import type { Verdict } from './verdict.ts';

/** More keys than this are never down at once; a client that claims so is not believed. */
const keysMax = 256;

/** Caps Lock, Shift Lock, Num Lock and Scroll Lock: free of the rate as the modifiers are. */
const lockKeysyms: ReadonlySet<number> = new Set([0xffe5, 0xffe6, 0xff7f, 0xff14]);
const lockCodes: ReadonlySet<number> = new Set([0x3a, 0x45, 0x46]);

export function evaluateKey(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  if (!event.down) return evaluateRelease(policy, state, event);
  const verdict = policy.keys === 'pass' ? evaluatePress(policy, state, event) : policy.keys;
  if (verdict === 'pass') {
    state.swallowed.delete(event.key);
    // One that can't be remembered could not be let go of again.
    if (state.pressed.size >= keysMax && !state.pressed.has(event.key)) return 'rate';
    state.pressed.press(event.key);
  } else if (state.swallowed.size < keysMax) state.swallowed.add(event.key);
  return verdict;
}

function evaluatePress(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  if (policy.combinations.length > 0 && completesAny(policy.combinations, state.pressed, event)) {
    return 'combination';
  }
  if (policy.keyRate === undefined) return 'pass';
  return isInRate(policy.keyRate, state, event) ? 'pass' : 'rate';
}

function evaluateRelease(policy: Policy, state: PolicyState, event: TrafficEvent): Verdict {
  if (policy.keyRate?.rule === 'kasmvnc') markKey(state, event);
  const wasSwallowed = state.swallowed.delete(event.key);
  // A key that went down while it was allowed must come up, or it repeats for ever in the desktop.
  if (state.pressed.release(event.key)) return 'pass';
  if (wasSwallowed) return policy.keys === 'pass' ? 'disabled' : policy.keys;
  return policy.keys !== 'pass' && isStrayRelease(state, event) ? 'pass' : policy.keys;
}

/**
 * Whether the key is down under another code: a server that goes by the symbol must hear of it. Not often, for what
 * else such releases say nobody looks at.
 */
function isStrayRelease(state: PolicyState, { keysym }: TrafficEvent): boolean {
  if (keysym === 0 || state.strayReleases >= keysMax) return false;
  if (!state.pressed.hasKey(plainKeysym(keysym), [])) return false;
  state.strayReleases++;
  return true;
}

function isInRate(rate: KeyRate, state: PolicyState, event: TrafficEvent): boolean {
  if (rate.rule === 'kasmvnc') {
    // KasmVNC's own: a gap between a press and the last accepted press or any release; all keys count.
    const lastMs = Math.max(state.openedMs, state.ledger.keys.passedAtMs);
    if (event.nowMs - lastMs < Math.floor(1000 / rate.limit)) return false;
    markKey(state, event);
    return true;
  }
  if (isFree(event)) return true;
  const { keys, onSpent } = state.ledger;
  settleAccount(keys, rate.bucket);
  // A key that is held down for long must not take the room of the keys that are typed after it.
  const kept = state.pressed.has(event.key) ? Math.floor(rate.bucket.capacity / 2) : 0;
  if (!takeTokens(keys.bucket, rate.bucket, 1, event.nowMs, kept)) return false;
  onSpent?.('keys', 1);
  return true;
}

/** KasmVNC's rule counts the time since this one, in all streams of the session. */
function markKey({ ledger }: PolicyState, event: TrafficEvent): void {
  ledger.keys.passedAtMs = event.nowMs;
  ledger.onSpent?.('keys', 0);
}

/** A key that writes nothing. Both names must say so, for either may be the one the server goes by. */
function isFree({ keysym, code }: TrafficEvent): boolean {
  const bySymbol = lockKeysyms.has(keysym) || modifiersOf(keysym, 0) !== 0;
  const byCode = lockCodes.has(code) || modifiersOf(0, code) !== 0;
  return (bySymbol || keysym === 0) && (byCode || code === 0) && (bySymbol || byCode);
}

/**
 * Whether a press brings all keys of a combination down, whichever comes last: a desktop repeats a held key by
 * itself, with the modifiers of that moment. Other keys that are down make no difference.
 */
function completesAny(combinations: readonly KeyCombination[], held: HeldKeys, event: TrafficEvent): boolean {
  const ownModifiers = held.modifiersOf(event.keysym, event.code);
  const without = ~(ownModifiers | held.modifiers);
  return combinations.some(({ modifiers, keysym, codes }) => {
    // Servers go by the symbol or by the place, so either counts.
    const isKey = keysym !== 0 && held.isKey(event.keysym, event.code, keysym, codes);
    if (!isKey && (ownModifiers & modifiers) === 0) return false;
    if ((modifiers & without) !== 0) return false;
    return keysym === 0 || isKey || held.hasKey(keysym, codes);
  });
}
