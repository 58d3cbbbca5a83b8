/**
 * What policy did to a session's streams, and how they ended, for the viewers that listen
 * (server-sent events). In memory only: an event nobody listens to is gone, but for the last decisions.
 */
import type { CloseReasonName } from '../relay/close-reason.ts';
import type { PolicyEvent } from '../relay/stream-inspection.ts';
import { type Cut, isCovered } from './grant.ts';

export interface EndEvent {
  readonly type: 'end';
  readonly reason: CloseReasonName | 'upgrade_stripped' | 'upgrade_late';
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
  readonly #onListening: (sessionId: string, listening: boolean) => void;

  /**
   * @param onEvent is told of every event, whether a viewer listens or not.
   * @param onListening is told when a session's first viewer begins to listen, and when its last one stops.
   */
  constructor(
    onEvent: (sessionId: string, event: SessionEvent) => void = () => {},
    onListening: (sessionId: string, listening: boolean) => void = () => {},
  ) {
    this.#onEvent = onEvent;
    this.#onListening = onListening;
  }

  publish(sessionId: string, event: SessionEvent): void {
    this.#onEvent(sessionId, event);
    this.deliver(sessionId, event);
  }

  /** To the viewers that listen here: an event that happened in another process. */
  deliver(sessionId: string, event: SessionEvent): void {
    for (const listener of this.#listeners.get(sessionId) ?? []) listener.onEvent(event);
  }

  /** @returns a function that ends the subscription. */
  subscribe(sessionId: string, listener: EventListener): () => void {
    const present = this.#listeners.get(sessionId);
    const listeners = present ?? new Set();
    this.#listeners.set(sessionId, listeners);
    listeners.add(listener);
    if (present === undefined) this.#onListening(sessionId, true);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(sessionId) === listeners) {
        this.#listeners.delete(sessionId);
        this.#onListening(sessionId, false);
      }
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
