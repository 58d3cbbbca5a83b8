import type { DropReason } from '../policy/verdict.ts';
import type { PolicyEvent } from './stream-inspection.ts';

/** Dropped keys, pointer events and the like come by the hundred: one event a kind in this time. */
const repeatAfterMs = 1_000;

/** Tells what policy did, each copy of the clipboard, and the rest not more often than people can read. */
export class PolicyReporter {
  readonly #now: () => number;
  readonly #onEvent: (event: PolicyEvent) => void;
  readonly #lastMs = new Map<PolicyEvent['type'], number>();

  constructor(now: () => number, onEvent: (event: PolicyEvent) => void) {
    this.#now = now;
    this.#onEvent = onEvent;
  }

  clipboard(direction: PolicyEvent['direction'], reason: DropReason, bytes?: number, limit?: number): void {
    this.#onEvent({
      type: 'clipboard',
      direction,
      verdict: 'drop',
      reason,
      ...(bytes === undefined ? {} : { bytes }),
      ...(reason === 'size' && limit !== undefined ? { limit } : {}),
    });
  }

  /** Something else of the user's was dropped. */
  input(type: 'keyboard' | 'pointer' | 'view_only', reason: DropReason): void {
    const now = this.#now();
    const last = this.#lastMs.get(type);
    if (last !== undefined && now - last < repeatAfterMs) return;
    this.#lastMs.set(type, now);
    this.#onEvent({ type, direction: 'up', verdict: 'drop', reason });
  }
}
