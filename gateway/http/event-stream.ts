/**
 * `GET /desktop/<id>/events`: what policy does to a session's streams, as server-sent events (WHATWG HTML, section
 * 9.2). Each event is one `data:` line of JSON. A viewer that reads too slowly loses events, never our memory.
 */
import { limits } from '../../config/limits.ts';
import { errorResponse } from './error-response.ts';
import type { Exchange } from './exchange.ts';

/** Anything with a type that can be written as JSON: the policy's events and the end of a stream. */
export interface StreamEvent {
  readonly type: string;
}

/**
 * Starts to listen to a session's events. May call `listener` at once with events of the last seconds, so that
 * nothing is lost between a stream's start and its viewer's listening.
 * @param close ends the event stream from the side that knows: token revoked, session gone.
 * @returns a function that ends the subscription.
 */
export type EventSubscription = (listener: (event: StreamEvent) => void, close: () => void) => () => void;

/** Seconds after which to ask again where a session has too many: as for other limits. */
const retryFullS = 5;

export class EventStreams {
  readonly #open = new Map<string, Set<EventStream>>();
  readonly #heartbeatMs: number;

  constructor(heartbeatMs: number) {
    this.#heartbeatMs = heartbeatMs;
  }

  /** How many are open for a session. */
  countOf(sessionId: string): number {
    return this.#open.get(sessionId)?.size ?? 0;
  }

  /** The response that carries a session's events until either side ends it. */
  open(sessionId: string, subscribe: EventSubscription, watch: Exchange['watch']): Response {
    const streams = this.#open.get(sessionId) ?? new Set();
    if (streams.size >= limits.eventStreamsPerSessionMax) {
      const message = `the session has ${streams.size} event streams, the limit is ${limits.eventStreamsPerSessionMax}`;
      return errorResponse(429, message, { 'Retry-After': String(retryFullS) });
    }
    const stream = new EventStream(this.#heartbeatMs, () => {
      streams.delete(stream);
      if (streams.size === 0) this.#open.delete(sessionId);
    });
    streams.add(stream);
    this.#open.set(sessionId, streams);
    stream.subscribe(subscribe);
    return new Response(watch(stream.body), {
      headers: {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      },
    });
  }

  /** Ends them all. */
  close(): void {
    for (const streams of [...this.#open.values()]) for (const stream of [...streams]) stream.close();
  }
}

/** One listening viewer: a bounded queue that the response body is pulled from. */
class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #onClosed: () => void;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #queue: string[] = [`retry: ${limits.eventRetryMs}\n\n`];
  #lost = 0;
  #closed = false;
  #cancelled = false;
  #wake: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(heartbeatMs: number, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    this.body = new ReadableStream({
      pull: controller => this.#pull(controller),
      cancel: () => this.#cancel(),
    });
  }

  subscribe(subscription: EventSubscription): void {
    const unsubscribe = subscription(
      event => this.#push(event),
      () => this.close(),
    );
    if (this.#closed) unsubscribe();
    else this.#unsubscribe = unsubscribe;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.#unsubscribe?.();
    this.#onClosed();
    this.#wake?.();
  }

  /** The viewer is gone: there is nobody to write to. */
  #cancel(): void {
    this.#cancelled = true;
    this.close();
  }

  #push(event: StreamEvent): void {
    if (this.#closed) return;
    if (this.#queue.length >= limits.eventsQueuedMax) this.#lost += 1;
    else this.#queue.push(`data: ${JSON.stringify(event)}\n\n`);
    this.#wake?.();
  }

  /** A comment, so that neither the connection nor a proxy on the way times out, and a gone viewer is noticed. */
  #beat(): void {
    if (this.#queue.length > 0) return;
    this.#queue.push(': heartbeat\n\n');
    this.#wake?.();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#queue.length === 0 && !this.#closed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = undefined;
    }
    if (this.#cancelled) return;
    if (this.#queue.length > 0) {
      if (this.#lost > 0) this.#queue.push(`: ${this.#lost} events lost\n\n`);
      controller.enqueue(Buffer.from(this.#queue.join('')));
      this.#queue = [];
      this.#lost = 0;
    }
    if (this.#closed) controller.close();
  }
}
