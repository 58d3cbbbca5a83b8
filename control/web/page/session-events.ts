/** What the gateway tells beside the picture (`GET /desktop/<id>/events`, server-sent events). */
import type { SessionId } from '../../../config/ids.ts';
import type { PolicyEvent } from './policy-toast.ts';

interface SessionEventListener {
  onPolicy(event: PolicyEvent): void;
  /** The stream ended or is about to, with the gateway's name for why. */
  onEnd(reason: string): void;
}

export class SessionEvents {
  readonly #address: string;
  readonly #listener: SessionEventListener;
  #source: EventSource | undefined;

  constructor(sessionId: SessionId, listener: SessionEventListener) {
    this.#address = `/desktop/${sessionId}/events`;
    this.#listener = listener;
  }

  /** Listens, unless it does already. The browser dials again after a loss; after a refusal call this again. */
  listen(): void {
    if (this.#source !== undefined && this.#source.readyState !== EventSource.CLOSED) return;
    this.#source = new EventSource(this.#address);
    this.#source.addEventListener('message', event => this.#heard(String(event.data)));
  }

  leave(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #heard(text: string): void {
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof content !== 'object' || content === null) return;
    const event = content as { type?: unknown; reason?: unknown };
    if (event.type === 'end') {
      if (typeof event.reason === 'string') this.#listener.onEnd(event.reason);
    } else if (typeof event.type === 'string') {
      this.#listener.onPolicy(content as PolicyEvent);
    }
  }
}
