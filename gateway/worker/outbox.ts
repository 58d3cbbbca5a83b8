/**
 * What a worker tells the others by way of its parent: gathered for some milliseconds, so that a client that makes
 * thousands of events or copies a second does not make as many messages.
 */
import { limits } from '../../config/limits.ts';
import type { LedgerKind } from '../policy/policy-state.ts';
import type { SessionEvent } from '../session/session-events.ts';
import type { EventEntry, SpendEntry, ToParent } from './message.ts';

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

  spent(sessionId: string, direction: LedgerKind, bytes: number): void {
    const key = `${direction} ${sessionId}`;
    const before = this.#spent.get(key)?.bytes ?? 0;
    this.#spent.set(key, { sessionId, direction, bytes: before + bytes, ageMs: 0 });
    this.#wait();
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
