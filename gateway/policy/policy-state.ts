import { HeldKeys } from './held-keys.ts';
import { type BucketRule, createTokenBucket, oweTokens, type TokenBucket } from './token-bucket.ts';
import type { Direction } from './traffic-event.ts';

/** What is counted for a session: its clipboard in each direction, and its key presses. */
export type LedgerKind = Direction | 'keys';

/**
 * What a session has moved through its clipboard and how fast it has typed. All its streams share it, and it outlives
 * them: who connects again, or twice, gets no new budget and no second rate.
 */
export type SessionLedger = Readonly<Record<LedgerKind, LedgerAccount>> & {
  /** What looking at its copies may still cost this process. */
  readonly work: Readonly<Record<Direction, TokenBucket>>;
  /**
   * Told of each item (its bytes) and each press (1) that passed under a budget, delay or rate, so that other
   * processes can count it too; for KasmVNC's key rule with 0, where only the time counts.
   */
  readonly onSpent?: ((kind: LedgerKind, amount: number) => void) | undefined;
};

export interface LedgerAccount {
  readonly bucket: TokenBucket;
  /** When the last operation passed; −Infinity before the first. Keys: the last press that passed, or release. */
  passedAtMs: number;
  /** What other processes let pass for the session and `bucket` does not count yet, in order of time. */
  elsewhere: Spend[];
}

export interface Spend {
  readonly atMs: number;
  /** Bytes of an item, or presses. */
  readonly bytes: number;
}

/** What must be remembered of one stream so that nothing stays pressed when a policy changes. */
export interface PolicyState {
  /** Keys whose press passed and whose release has not come. */
  readonly pressed: HeldKeys;
  /** Keys whose press was dropped and whose release has not come. */
  readonly swallowed: Set<number>;
  /** Releases that passed for a key that is down under another code, while no key may be pressed. */
  strayReleases: number;
  /** When the stream began: KasmVNC's key rule counts from there. */
  readonly openedMs: number;
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
  /** Sizes that it may have instead by now: a place is inside only if it is with each of them. */
  otherSizes: readonly { readonly width: number; readonly height: number }[];
  readonly ledger: SessionLedger;
}

export function createSessionLedger(onSpent?: SessionLedger['onSpent']): SessionLedger {
  const account = (): LedgerAccount => ({
    bucket: createTokenBucket(),
    passedAtMs: Number.NEGATIVE_INFINITY,
    elsewhere: [],
  });
  const work = { up: createTokenBucket(), down: createTokenBucket() };
  return { up: account(), down: account(), keys: account(), work, onSpent };
}

/** More than these are added together. */
const elsewhereMax = 64;

/** Counts what another process let pass: for the delay at once, for a budget with the next item. */
export function spendElsewhere(account: LedgerAccount, spend: Spend): void {
  account.passedAtMs = Math.max(account.passedAtMs, spend.atMs);
  account.elsewhere = addSpend(account.elsewhere, spend);
}

/**
 * The spends with one more; at most a fixed number, and never less than was spent. Above it two neighbours become one at
 * the later time, when less has flowed in again: those whose bytes move the shortest way for how long ago they are, so
 * that what flowed in between the others still counts, over a day of spends too.
 */
export function addSpend(spends: readonly Spend[], spend: Spend): Spend[] {
  if (spends.length < elsewhereMax) return [...spends, spend];
  let closest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 1 < spends.length; at++) {
    const laterMs = spends[at + 1]!.atMs;
    const { atMs, bytes } = spends[at]!;
    const way = (bytes * (laterMs - atMs)) / Math.max(1, spend.atMs - laterMs);
    if (way >= least) continue;
    least = way;
    closest = at;
  }
  const [first, second] = [spends[closest]!, spends[closest + 1]!];
  const both = { atMs: Math.max(first.atMs, second.atMs), bytes: first.bytes + second.bytes };
  return [...spends.slice(0, closest), both, ...spends.slice(closest + 2), spend];
}

/** Takes what passed in other processes out of the bucket, each at its time. */
export function settleAccount(account: LedgerAccount, rule: BucketRule): void {
  if (account.elsewhere.length === 0) return;
  for (const { atMs, bytes } of account.elsewhere) oweTokens(account.bucket, rule, bytes, atMs);
  account.elsewhere = [];
}

/**
 * @param ledger of the session, where it is kept longer than the stream.
 * @param asQemu the server may be QEMU, which has its own way with keys: see HeldKeys.
 */
export function createPolicyState(
  nowMs = 0,
  ledger: SessionLedger = createSessionLedger(),
  asQemu = false,
): PolicyState {
  return {
    pressed: new HeldKeys(asQemu),
    swallowed: new Set(),
    strayReleases: 0,
    openedMs: nowMs,
    buttons: 0,
    heldButtons: 0,
    swallowedButtons: 0,
    x: -1,
    y: -1,
    width: 0,
    height: 0,
    otherSizes: [],
    ledger,
  };
}

export function accountOf(state: PolicyState, direction: Direction): LedgerAccount {
  return state.ledger[direction];
}
