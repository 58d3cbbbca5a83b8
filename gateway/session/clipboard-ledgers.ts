/**
 * What each session has moved through its clipboard, kept beyond its streams: who connects again gets no new
 * budget. In memory: a gateway that starts again forgets.
 */
import { type ClipboardLedger, createClipboardLedger } from '../policy/policy-state.ts';

/** More sessions than a gateway ever has at once; above it, the one that opened a stream longest ago is forgotten. */
const sessionsMax = 16_384;

export class ClipboardLedgers {
  readonly #ledgers = new Map<string, ClipboardLedger>();
  readonly #sessionsMax: number;

  constructor(max: number = sessionsMax) {
    this.#sessionsMax = max;
  }

  /** The one ledger of a session, for every stream it opens. */
  open(sessionId: string): ClipboardLedger {
    const ledger = this.#ledgers.get(sessionId) ?? createClipboardLedger();
    // Put last: a Map keeps the order in which its keys came.
    this.#ledgers.delete(sessionId);
    this.#ledgers.set(sessionId, ledger);
    if (this.#ledgers.size > this.#sessionsMax) {
      const [oldest] = this.#ledgers.keys();
      this.#ledgers.delete(oldest!);
    }
    return ledger;
  }
}
