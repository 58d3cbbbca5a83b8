/** The live streams of this gateway: found by session, user or token, to be cut or given a new policy at once. */
import type { PolicyDocument } from '../../config/policy.ts';
import { type CloseReasonName, cutReason } from '../relay/close-reason.ts';
import { type Cut, isCovered, type PolicyChange } from './grant.ts';

/** What the registry needs to know of a running relay. */
export interface LiveStream {
  readonly connectionId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly tokenId: string;
  readonly channel: string;
  /** The client's. */
  readonly address: string;
  readonly openedAtMs: number;
  /** Ends the stream now; `message` is for the user. */
  cut(reason: CloseReasonName, message: string): void;
  /** Of the policy in force; the registry moves it on with each new policy. */
  policyVersion: number;
  /** Takes force at the next message. */
  setPolicy(policy: PolicyDocument): void;
  /** Bytes relayed so far. */
  bytes(): { readonly toClient: number; readonly toUpstream: number };
}

/** Told of every stream that comes and goes. */
export interface RegistryWatcher<Stream = LiveStream> {
  added(stream: Stream): void;
  removed(stream: Stream, reason: CloseReasonName): void;
}

export class StreamRegistry implements Iterable<LiveStream> {
  readonly #streams = new Map<string, LiveStream>();
  #watcher: RegistryWatcher | undefined;
  /** Told when no stream is left. */
  readonly #waiting = new Set<() => void>();

  get size(): number {
    return this.#streams.size;
  }

  [Symbol.iterator](): Iterator<LiveStream> {
    return this.#streams.values();
  }

  watch(watcher: RegistryWatcher): void {
    this.#watcher = watcher;
  }

  add(stream: LiveStream): void {
    this.#streams.set(stream.connectionId, stream);
    this.#watcher?.added(stream);
  }

  remove(connectionId: string, reason: CloseReasonName): void {
    const stream = this.#streams.get(connectionId);
    if (stream === undefined) return;
    this.#streams.delete(connectionId);
    this.#watcher?.removed(stream, reason);
    if (this.#streams.size === 0) for (const resolve of this.#waiting) resolve();
  }

  /** Ends every matching stream. @returns how many. */
  cut(cut: Cut): number {
    const chosen = [...this.#streams.values()].filter(stream => isCovered(stream, cut));
    for (const stream of chosen) stream.cut(cutReason(cut.cause), cut.message);
    return chosen.length;
  }

  /**
   * Gives the session's running streams a new policy. A stream that has a newer one already, from a grant that
   * overtook the push, keeps it. @returns how many took it.
   */
  setPolicy({ sessionId, policy, policyVersion }: PolicyChange): number {
    const chosen = [...this.#streams.values()].filter(
      stream => stream.sessionId === sessionId && stream.policyVersion <= policyVersion,
    );
    for (const stream of chosen) {
      stream.policyVersion = policyVersion;
      stream.setPolicy(policy);
    }
    return chosen.length;
  }

  /** Ends every stream because the gateway stops; resolves when the last is gone or after `graceMs`. */
  async drain(graceMs: number, reason: 'going_away' | 'restarting' = 'going_away'): Promise<void> {
    const emptied = this.whenEmpty(graceMs);
    for (const stream of [...this.#streams.values()]) stream.cut(reason, '');
    await emptied;
  }

  /** Resolves when no stream is left, or after `timeMs`. */
  async whenEmpty(timeMs: number): Promise<void> {
    if (this.#streams.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(resolve, timeMs);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }
}
