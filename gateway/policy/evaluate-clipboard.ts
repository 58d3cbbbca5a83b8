import type { ClipboardRule, Policy } from './compile-policy.ts';
import { accountOf, type PolicyState, settleAccount } from './policy-state.ts';
import { takeTokens } from './token-bucket.ts';
import type { Direction } from './traffic-event.ts';
import type { Verdict } from './verdict.ts';

/** MIME type of text: allowed by `allow_text`, never by the list. */
export const textMimetype = 'text/plain';

/** One copy that passes through the clipboard: all its formats together. Kept and used again by who judges. */
export interface ClipboardOperation {
  direction: Direction;
  nowMs: number;
  /** Bytes of its items that passed. */
  passedBytes: number;
  passedItems: number;
}

export function createClipboardOperation(direction: Direction): ClipboardOperation {
  return { direction, nowMs: 0, passedBytes: 0, passedItems: 0 };
}

export function clipboardRule(policy: Policy, direction: Direction): ClipboardRule {
  return direction === 'up' ? policy.clipboardUp : policy.clipboardDown;
}

/** Whether a kind of content may be copied at all. Names that hold `text/plain` are text, as in KasmVNC. */
export function isAllowedMimetype(policy: Policy, mimetype: string): boolean {
  const { text, mimetypes } = policy.clipboardKinds;
  if (isText(mimetype)) return text;
  return mimetypes === undefined || mimetypes.has(mimetype);
}

export function isText(mimetype: string): boolean {
  return mimetype.includes(textMimetype) || /^(TEXT|STRING|UTF8_STRING)$/.test(mimetype);
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
  operation.passedItems = 0;
  const { verdict, delayMs } = clipboardRule(policy, operation.direction);
  if (verdict !== 'pass') return verdict;
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
  operation.passedItems++;
  // An empty clipboard is no copy that a later one would have to wait for.
  if (bytes > 0) {
    account.passedAtMs = operation.nowMs;
    if (rule.budget !== undefined || rule.delayMs > 0) state.ledger.onSpent?.(operation.direction, bytes);
  }
  return 'pass';
}
