/**
 * What each session has moved through its clipboard and how fast it has typed, kept beyond its streams: who connects
 * again, or twice, gets no new budget and no second rate. In memory: a gateway that starts again forgets.
 */
import {
  createSessionLedger,
  type LedgerKind,
  type SessionLedger,
  spendElsewhere,
} from '../policy/policy-state.ts';

/** More sessions than a gateway ever has at once; above it, the one that opened a stream longest ago is forgotten. */
export const ledgerSessionsMax = 16_384;

/** Something of a session passed here, under a budget, delay or rate: bytes of its clipboard, or presses. */
export type OnSpent = (sessionId: string, kind: LedgerKind, amount: number) => void;

export class ClipboardLedgers {
  readonly #ledgers = new Map<string, SessionLedger>();
  readonly #sessionsMax: number;
  readonly #onSpent: OnSpent | undefined;

  /** @param onSpent where other processes serve the same sessions. */
  constructor(max: number = ledgerSessionsMax, onSpent?: OnSpent) {
    this.#sessionsMax = max;
    this.#onSpent = onSpent;
  }

  /** Sessions that have one. */
  get size(): number {
    return this.#ledgers.size;
  }

  /** The one ledger of a session, for every stream it opens. */
  open(sessionId: string): SessionLedger {
    const ledger = this.#ledgers.get(sessionId) ?? this.#create(sessionId);
    // Put last: a Map keeps the order in which its keys came.
    this.#ledgers.delete(sessionId);
    this.#ledgers.set(sessionId, ledger);
    if (this.#ledgers.size > this.#sessionsMax) {
      const [oldest] = this.#ledgers.keys();
      this.#ledgers.delete(oldest!);
    }
    return ledger;
  }

  /** Another process let something pass. @param atMs on the clock that this process judges by. */
  spentElsewhere(sessionId: string, kind: LedgerKind, amount: number, atMs: number): void {
    spendElsewhere(this.open(sessionId)[kind], { atMs, bytes: amount });
  }

  #create(sessionId: string): SessionLedger {
    const onSpent = this.#onSpent;
    if (onSpent === undefined) return createSessionLedger();
    return createSessionLedger((kind, amount) => onSpent(sessionId, kind, amount));
  }
}
