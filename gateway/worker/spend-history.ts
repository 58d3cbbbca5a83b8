/**
 * What sessions moved through their clipboards under a budget or a delay, over all workers: a worker that starts later
 * is told, so that neither a restart nor a crash gives anybody a new budget.
 */
import { addSpend, type Spend } from '../policy/policy-state.ts';
import { ledgerSessionsMax } from '../session/clipboard-ledgers.ts';
import type { SpendEntry } from './message.ts';

interface Account {
  readonly sessionId: string;
  readonly direction: SpendEntry['direction'];
  spends: Spend[];
}

export class SpendHistory {
  /** By direction and session; the one that was heard of last is the last in the order. */
  readonly #accounts = new Map<string, Account>();
  readonly #accountsMax: number;

  constructor(sessionsMax: number = ledgerSessionsMax) {
    this.#accountsMax = 3 * sessionsMax;
  }

  add({ sessionId, direction, bytes, ageMs }: SpendEntry, nowMs: number): void {
    const key = `${direction} ${sessionId}`;
    const account = this.#accounts.get(key) ?? { sessionId, direction, spends: [] };
    account.spends = addSpend(account.spends, { atMs: nowMs - ageMs, bytes });
    this.#accounts.delete(key);
    this.#accounts.set(key, account);
    if (this.#accounts.size <= this.#accountsMax) return;
    const [oldest] = this.#accounts.keys();
    this.#accounts.delete(oldest!);
  }

  /** All of it, for a worker that starts now. */
  entries(nowMs: number): SpendEntry[] {
    return [...this.#accounts.values()].flatMap(({ sessionId, direction, spends }) =>
      spends.map(({ atMs, bytes }) => ({ sessionId, direction, bytes, ageMs: nowMs - atMs })),
    );
  }
}
