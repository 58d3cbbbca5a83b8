/** What the gateway tells beside the picture (`GET /desktop/<id>/events`, server-sent events). */
import type { SessionId } from '../../../config/ids.ts';
import type { PolicyEvent } from './policy-toast.ts';
import type { EndEvent } from './reconnect.ts';

interface SessionEventListener {
  onPolicy(event: PolicyEvent): void;
  /** A stream of the session ended or is about to. */
  onEnd(event: EndEvent): void;
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
    const event = content as { type?: unknown; reason?: unknown; message?: unknown; retry?: unknown };
    if (event.type === 'end') {
      const { reason, message, retry } = event;
      if (typeof reason !== 'string') return;
      this.#listener.onEnd({
        reason,
        message: typeof message === 'string' ? message : '',
        retry: retry === true,
      });
    } else if (typeof event.type === 'string') {
      this.#listener.onPolicy(content as PolicyEvent);
    }
  }
}
