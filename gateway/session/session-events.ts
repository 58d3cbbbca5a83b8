/**
 * What policy did to a session's streams, and how they ended, for the viewers that listen
 * (server-sent events). In memory only: an event nobody listens to is gone, but for the last decisions.
 */
import type { CloseReasonName } from '../relay/close-reason.ts';
import type { PolicyEvent } from '../relay/stream-inspection.ts';
import { type Cut, isCovered } from './grant.ts';

export interface EndEvent {
  readonly type: 'end';
  readonly reason: CloseReasonName | 'upgrade_stripped';
  readonly message: string;
  /** Whether dialling again with the same token can help. */
  readonly retry: boolean;
}

export type SessionEvent = PolicyEvent | EndEvent;

/** A viewer that listens. */
export interface EventListener {
  readonly tokenId: string;
  readonly userId: string;
  readonly onEvent: (event: SessionEvent) => void;
  /** Its access was withdrawn: it hears nothing more. */
  readonly close: () => void;
}

export class SessionEvents {
  readonly #listeners = new Map<string, Set<EventListener>>();
  readonly #onEvent: (sessionId: string, event: SessionEvent) => void;

  /** @param onEvent is told of every event, whether a viewer listens or not. */
  constructor(onEvent: (sessionId: string, event: SessionEvent) => void = () => {}) {
    this.#onEvent = onEvent;
  }

  publish(sessionId: string, event: SessionEvent): void {
    this.#onEvent(sessionId, event);
    for (const listener of this.#listeners.get(sessionId) ?? []) listener.onEvent(event);
  }

  /** @returns a function that ends the subscription. */
  subscribe(sessionId: string, listener: EventListener): () => void {
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    this.#listeners.set(sessionId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(sessionId) === listeners)
        this.#listeners.delete(sessionId);
    };
  }

  /** Ends the subscriptions that a cut covers, after the streams were cut and said so. */
  cut(cut: Cut): void {
    for (const [sessionId, listeners] of [...this.#listeners]) {
      for (const { tokenId, userId, close } of [...listeners]) {
        if (isCovered({ sessionId, tokenId, userId }, cut)) close();
      }
    }
  }
}
