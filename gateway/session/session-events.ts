/**
 * What policy did to a session's streams, and how they ended, for the viewers that listen
 * (server-sent events). In memory only: an event nobody listens to is gone.
 */
import type { CloseReasonName } from '../relay/close-reason.ts';
import type { PolicyEvent } from '../relay/stream-inspection.ts';

export interface EndEvent {
  readonly type: 'end';
  readonly reason: CloseReasonName;
  readonly message: string;
  /** Whether dialling again with the same token can help. */
  readonly retry: boolean;
}

export type SessionEvent = PolicyEvent | EndEvent;

type Listener = (event: SessionEvent) => void;

export class SessionEvents {
  readonly #listeners = new Map<string, Set<Listener>>();

  publish(sessionId: string, event: SessionEvent): void {
    for (const listener of this.#listeners.get(sessionId) ?? []) listener(event);
  }

  /** @returns a function that ends the subscription. */
  subscribe(sessionId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    this.#listeners.set(sessionId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(sessionId) === listeners)
        this.#listeners.delete(sessionId);
    };
  }
}
