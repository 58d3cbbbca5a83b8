/**
 * What sessions moved through their clipboards under a budget or a delay, and typed under a rate, over all workers: a
 * worker that starts later is told, so that neither a restart nor a crash gives anybody a new budget.
 */
import { workersMax } from '../../config/gateway-workers.ts';
import { addSpend, type Spend } from '../policy/policy-state.ts';
import { ledgerSessionsMax } from '../session/clipboard-ledgers.ts';
import type { SpendEntry } from './message.ts';

/** Of one message: some 110 characters each, so that a message is far below its limit. */
const entriesPerMessage = 1_000;
/**
 * Presses of this long ago hold nobody back: a rate of keys flows in again within a second, and what other workers let
 * pass at the same moment is at most as much for each of them. Budgets of clipboards may never flow in again.
 */
const keysRefilledMs = 1_000 * (workersMax + 1);

interface Account {
  readonly sessionId: string;
  readonly kind: SpendEntry['kind'];
  spends: Spend[];
}

export class SpendHistory {
  /** By kind and session; the one that was heard of last is the last in the order. */
  readonly #accounts = new Map<string, Account>();
  readonly #accountsMax: number;

  constructor(sessionsMax: number = ledgerSessionsMax) {
    this.#accountsMax = 3 * sessionsMax;
  }

  add({ sessionId, kind, amount, ageMs }: SpendEntry, nowMs: number): void {
    const key = `${kind} ${sessionId}`;
    const account = this.#accounts.get(key) ?? { sessionId, kind, spends: [] };
    account.spends = addSpend(account.spends, { atMs: nowMs - ageMs, bytes: amount });
    this.#accounts.delete(key);
    this.#accounts.set(key, account);
    if (this.#accounts.size <= this.#accountsMax) return;
    const [oldest] = this.#accounts.keys();
    this.#accounts.delete(oldest!);
  }

  /** All that still counts, for a worker that starts now, in portions of a message each. */
  portions(nowMs: number): SpendEntry[][] {
    const portions: SpendEntry[][] = [];
    let portion: SpendEntry[] = [];
    for (const [key, account] of this.#accounts) {
      const { sessionId, kind } = account;
      if (kind === 'keys')
        account.spends = account.spends.filter(({ atMs }) => nowMs - atMs < keysRefilledMs);
      if (account.spends.length === 0) this.#accounts.delete(key);
      for (const { atMs, bytes } of account.spends) {
        if (portion.length === 0) portions.push(portion);
        portion.push({ sessionId, kind, amount: bytes, ageMs: nowMs - atMs });
        if (portion.length === entriesPerMessage) portion = [];
      }
    }
    return portions;
  }
}
