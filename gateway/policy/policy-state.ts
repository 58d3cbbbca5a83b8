import { createTokenBucket, type TokenBucket } from './token-bucket.ts';
import type { Direction } from './traffic-event.ts';

/** What a session has moved through its clipboard. It outlives streams: who connects again gets no new budget. */
export interface ClipboardLedger {
  readonly up: ClipboardAccount;
  readonly down: ClipboardAccount;
  /** Told of each item that passed under a budget or a delay, so that other processes can count it too. */
  readonly onSpent?: ((direction: Direction, bytes: number) => void) | undefined;
}

export interface ClipboardAccount {
  readonly bucket: TokenBucket;
  /** When the last operation passed; −Infinity before the first. */
  passedAtMs: number;
  /** What other processes let pass for the session and `bucket` does not count yet, in order of time. */
  elsewhere: Spend[];
}

export interface Spend {
  readonly atMs: number;
  readonly bytes: number;
}

/** What must be remembered of one stream so that nothing stays pressed when a policy changes. */
export interface PolicyState {
  /** Keys whose press passed and whose release has not come, with their XT codes. */
  readonly pressed: Map<number, number>;
  /** Keys whose press was dropped and whose release has not come. */
  readonly swallowed: Set<number>;
  readonly keyBucket: TokenBucket;
  /** For KasmVNC's rule: the last press that passed, the last release, or the start of the stream. */
  lastKeyMs: number;
  /** Buttons that are down as far as the desktop knows. */
  buttons: number;
  /** Buttons that are down as the client says. */
  heldButtons: number;
  /** Buttons whose press was dropped and whose release has not come. */
  swallowedButtons: number;
  /** Where the desktop has the pointer; −1 where that is not known. */
  x: number;
  y: number;
  /** Size of the picture. */
  width: number;
  height: number;
  readonly clipboard: ClipboardLedger;
}

export function createClipboardLedger(onSpent?: ClipboardLedger['onSpent']): ClipboardLedger {
  const account = (): ClipboardAccount => ({
    bucket: createTokenBucket(),
    passedAtMs: Number.NEGATIVE_INFINITY,
    elsewhere: [],
  });
  return { up: account(), down: account(), onSpent };
}

/** More than these are added together: at the later time, when less has flowed in again. */
const elsewhereMax = 64;

/** Counts what another process let pass: for the delay at once, for a budget with the next item. */
export function spendElsewhere(account: ClipboardAccount, spend: Spend): void {
  account.passedAtMs = Math.max(account.passedAtMs, spend.atMs);
  account.elsewhere = addSpend(account.elsewhere, spend);
}

/** The spends with one more; at most a fixed number, and never less than was spent. */
export function addSpend(spends: readonly Spend[], spend: Spend): Spend[] {
  const [first, second, ...rest] = spends;
  if (spends.length < elsewhereMax || first === undefined || second === undefined) return [...spends, spend];
  return [{ atMs: second.atMs, bytes: first.bytes + second.bytes }, ...rest, spend];
}

/** @param ledger of the session, where it is kept longer than the stream. */
export function createPolicyState(nowMs = 0, ledger: ClipboardLedger = createClipboardLedger()): PolicyState {
  return {
    pressed: new Map(),
    swallowed: new Set(),
    keyBucket: createTokenBucket(),
    lastKeyMs: nowMs,
    buttons: 0,
    heldButtons: 0,
    swallowedButtons: 0,
    x: -1,
    y: -1,
    width: 0,
    height: 0,
    clipboard: ledger,
  };
}

export function accountOf(state: PolicyState, direction: Direction): ClipboardAccount {
  return direction === 'up' ? state.clipboard.up : state.clipboard.down;
}
