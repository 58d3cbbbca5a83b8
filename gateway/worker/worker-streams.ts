/** The streams of all workers, as the parent process and control know them. */
import type { StreamSummary } from '../audit/audit.ts';
import { type CloseReasonName, closeReasons } from '../relay/close-reason.ts';
import type { StreamBook } from '../session/control-directory.ts';
import type { PolicyChange } from '../session/grant.ts';
import type { RegistryWatcher } from '../session/registry.ts';
import type { EventsText, StreamEntry, ToParent } from './message.ts';

type Closed = Omit<Extract<ToParent, { readonly kind: 'closed' }>, keyof EventsText>;

class WorkerStream<Worker> {
  readonly #entry: StreamEntry;
  readonly worker: Worker;
  toClient = 0;
  toUpstream = 0;

  constructor(entry: StreamEntry, worker: Worker) {
    this.#entry = entry;
    this.worker = worker;
  }

  get connectionId(): string {
    return this.#entry.connectionId;
  }

  get sessionId(): string {
    return this.#entry.sessionId;
  }

  get userId(): string {
    return this.#entry.userId;
  }

  get channel(): string {
    return this.#entry.channel;
  }

  get address(): string {
    return this.#entry.address;
  }

  get openedAtMs(): number {
    return this.#entry.openedAtMs;
  }

  /** Known at the end only: nothing is reported while bytes flow. */
  bytes(): { readonly toClient: number; readonly toUpstream: number } {
    return { toClient: this.toClient, toUpstream: this.toUpstream };
  }
}

/** @template Worker whatever names the worker that serves a stream */
export class WorkerStreams<Worker> implements StreamBook {
  readonly #streams = new Map<string, WorkerStream<Worker>>();
  readonly #onPolicy: (change: PolicyChange) => void;
  #watcher: RegistryWatcher<WorkerStream<Worker>> | undefined;

  /** @param onPolicy tells the workers of a new policy. */
  constructor(onPolicy: (change: PolicyChange) => void) {
    this.#onPolicy = onPolicy;
  }

  get size(): number {
    return this.#streams.size;
  }

  [Symbol.iterator](): Iterator<WorkerStream<Worker>> {
    return this.#streams.values();
  }

  watch(watcher: RegistryWatcher<WorkerStream<Worker>>): void {
    this.#watcher = watcher;
  }

  setPolicy(change: PolicyChange): number {
    this.#onPolicy(change);
    return [...this.#streams.values()].filter(({ sessionId }) => sessionId === change.sessionId).length;
  }

  countOf(worker: Worker): number {
    let count = 0;
    for (const stream of this.#streams.values()) if (stream.worker === worker) count += 1;
    return count;
  }

  opened(entry: StreamEntry, worker: Worker): void {
    const stream = new WorkerStream(entry, worker);
    this.#streams.set(entry.connectionId, stream);
    this.#watcher?.added(stream);
  }

  closed({ connectionId, reason, toClient, toUpstream }: Closed): void {
    const stream = this.#streams.get(connectionId);
    if (stream === undefined) return;
    stream.toClient = toClient;
    stream.toUpstream = toUpstream;
    this.#streams.delete(connectionId);
    const known = Object.hasOwn(closeReasons, reason) ? (reason as CloseReasonName) : 'internal_error';
    this.#watcher?.removed(stream, known);
  }

  /** The worker is gone, and the streams it still had with it. @returns their summaries; how much went through them nobody knows */
  lost(worker: Worker, nowMs: number): StreamSummary[] {
    const gone = [...this.#streams.values()].filter(stream => stream.worker === worker);
    for (const stream of gone) {
      this.#streams.delete(stream.connectionId);
      this.#watcher?.removed(stream, 'worker_lost');
    }
    return gone.map(({ connectionId, sessionId, userId, channel, address, openedAtMs }) => ({
      ...{ connectionId, sessionId, userId, channel, address, openedAtMs },
      reason: 'worker_lost',
      message: closeReasons.worker_lost.message,
      bytesToClient: 0,
      bytesToUpstream: 0,
      policyDrops: 0,
      closedAtMs: nowMs,
    }));
  }
}
