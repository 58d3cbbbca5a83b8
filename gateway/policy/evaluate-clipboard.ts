import type { ClipboardRule, Policy } from './compile-policy.ts';
import { isText } from './mimetype.ts';
import { accountOf, type PolicyState, settleAccount } from './policy-state.ts';
import { takeTokens } from './token-bucket.ts';
import type { Direction } from './traffic-event.ts';
import type { Verdict } from './verdict.ts';

/** One copy that passes through the clipboard: all its formats together. Kept and used again by who judges. */
export interface ClipboardOperation {
  direction: Direction;
  nowMs: number;
  /** Bytes of its items that passed. */
  passedBytes: number;
}

export function createClipboardOperation(direction: Direction): ClipboardOperation {
  return { direction, nowMs: 0, passedBytes: 0 };
}

export function clipboardRule(policy: Policy, direction: Direction): ClipboardRule {
  return direction === 'up' ? policy.clipboardUp : policy.clipboardDown;
}

/** Whether a kind of content may be copied at all, by its plain name. */
export function isAllowedMimetype(policy: Policy, mimetype: string): boolean {
  const { text, mimetypes } = policy.clipboardKinds;
  if (isText(mimetype)) return text;
  return mimetypes === undefined || mimetypes.has(mimetype);
}

/** What holds for every copy in a direction, be it empty: 'pass' when its content is to be judged. */
export function clipboardVerdict(policy: Policy, direction: Direction): Verdict {
  const { verdict, itemBytesMax, totalBytesMax } = clipboardRule(policy, direction);
  if (verdict !== 'pass') return verdict;
  if (itemBytesMax === 0) return 'size';
  return totalBytesMax === 0 ? 'total_size' : 'pass';
}

/** Whether how much or how often is limited, so that nothing may travel beside what is counted. */
export function isAmountLimited(policy: Policy, direction: Direction): boolean {
  return isSizeLimited(policy, direction) || clipboardRule(policy, direction).delayMs > 0;
}

/** Whether an item's size makes a difference: if not, nobody need unpack it. */
export function isSizeLimited(policy: Policy, direction: Direction): boolean {
  const { itemBytesMax, totalBytesMax, budget } = clipboardRule(policy, direction);
  return itemBytesMax !== Infinity || totalBytesMax !== Infinity || budget !== undefined;
}

/**
 * Begins an operation that brings content.
 * @returns 'pass' when its items are to be judged; a reason drops them all.
 */
export function beginClipboard(
  policy: Policy,
  state: PolicyState,
  operation: ClipboardOperation,
  nowMs: number,
): Verdict {
  operation.nowMs = nowMs;
  operation.passedBytes = 0;
  const verdict = clipboardVerdict(policy, operation.direction);
  if (verdict !== 'pass') return verdict;
  const { delayMs } = clipboardRule(policy, operation.direction);
  const passedAtMs = accountOf(state, operation.direction).passedAtMs;
  return nowMs - passedAtMs < delayMs ? 'delay' : 'pass';
}

/** Bytes that an item of this operation may still have: of it and of all of them together. */
export function itemRoom(policy: Policy, operation: ClipboardOperation): number {
  const { itemBytesMax, totalBytesMax } = clipboardRule(policy, operation.direction);
  return Math.min(itemBytesMax, totalBytesMax - operation.passedBytes);
}

/** Judges one item, and charges the session for it when it passes. Items of no bytes cost nothing. */
export function evaluateItem(
  policy: Policy,
  state: PolicyState,
  operation: ClipboardOperation,
  mimetype: string,
  bytes: number,
): Verdict {
  if (!isAllowedMimetype(policy, mimetype)) return 'mimetype';
  const rule = clipboardRule(policy, operation.direction);
  if (bytes > rule.itemBytesMax) return 'size';
  if (operation.passedBytes + bytes > rule.totalBytesMax) return 'total_size';
  const account = accountOf(state, operation.direction);
  if (rule.budget !== undefined && bytes > 0) {
    settleAccount(account, rule.budget);
    if (!takeTokens(account.bucket, rule.budget, bytes, operation.nowMs)) return 'budget';
  }
  operation.passedBytes += bytes;
  // An empty clipboard is no copy that a later one would have to wait for.
  if (bytes > 0) {
    account.passedAtMs = operation.nowMs;
    if (rule.budget !== undefined || rule.delayMs > 0) state.ledger.onSpent?.(operation.direction, bytes);
  }
  return 'pass';
}
