/**
 * What each session has moved through its clipboard, kept beyond its streams: who connects again gets no new
 * budget. In memory: a gateway that starts again forgets.
 */
import { type ClipboardLedger, createClipboardLedger, spendElsewhere } from '../policy/policy-state.ts';
import type { Direction } from '../policy/traffic-event.ts';

/** More sessions than a gateway ever has at once; above it, the one that opened a stream longest ago is forgotten. */
export const ledgerSessionsMax = 16_384;

/** Something passed a session's clipboard here, under a budget or a delay. */
export type OnSpent = (sessionId: string, direction: Direction, bytes: number) => void;

export class ClipboardLedgers {
  readonly #ledgers = new Map<string, ClipboardLedger>();
  readonly #sessionsMax: number;
  readonly #onSpent: OnSpent | undefined;

  /** @param onSpent where other processes serve the same sessions. */
  constructor(max: number = ledgerSessionsMax, onSpent?: OnSpent) {
    this.#sessionsMax = max;
    this.#onSpent = onSpent;
  }

  /** The one ledger of a session, for every stream it opens. */
  open(sessionId: string): ClipboardLedger {
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
  spentElsewhere(sessionId: string, direction: Direction, bytes: number, atMs: number): void {
    const ledger = this.open(sessionId);
    spendElsewhere(direction === 'up' ? ledger.up : ledger.down, { atMs, bytes });
  }

  #create(sessionId: string): ClipboardLedger {
    const onSpent = this.#onSpent;
    if (onSpent === undefined) return createClipboardLedger();
    return createClipboardLedger((direction, bytes) => onSpent(sessionId, direction, bytes));
  }
}
