/**
 * What a worker tells the others by way of its parent: gathered for some milliseconds, so that a client that makes
 * thousands of events or copies a second does not make as many messages.
 */
import { limits } from '../../config/limits.ts';
import type { LedgerKind } from '../policy/policy-state.ts';
import type { SessionEvent } from '../session/session-events.ts';
import type { EventEntry, EventsText, SpendEntry, ToParent } from './message.ts';

export class Outbox {
  readonly #post: (message: ToParent) => void;
  readonly #spent = new Map<string, SpendEntry>();
  #events: EventEntry[] = [];
  #lost = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(post: (message: ToParent) => void) {
    this.#post = post;
  }

  event(sessionId: string, event: SessionEvent): void {
    if (this.#events.length >= limits.workerEventsQueuedMax) this.#lost += 1;
    else this.#events.push({ sessionId, event });
    this.#wait();
  }

  spent(sessionId: string, kind: LedgerKind, amount: number): void {
    const key = `${kind} ${sessionId}`;
    const before = this.#spent.get(key)?.amount ?? 0;
    this.#spent.set(key, { sessionId, kind, amount: before + amount, ageMs: 0 });
    this.#wait();
  }

  /** Posts what was spent, and gives the events back: for a message that goes out now anyhow. */
  flushInto(): EventsText {
    const taken = { events: this.#events, lost: this.#lost };
    this.#events = [];
    this.#lost = 0;
    this.flush();
    return taken;
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#spent.size > 0) this.#post({ kind: 'spent', spent: [...this.#spent.values()] });
    if (this.#events.length > 0) this.#post({ kind: 'events', events: this.#events, lost: this.#lost });
    this.#spent.clear();
    this.#events = [];
    this.#lost = 0;
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => this.flush(), limits.workerGatherMs);
  }
}
