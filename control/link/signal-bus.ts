/**
 * What control instances on one database tell each other, by PostgreSQL's LISTEN and NOTIFY: a
 * signal is sent in the transaction that makes it true, and is heard only when that commits.
 * The sender hears its own signals too, so there is one path for one instance and for many.
 * Signals name things (ids); what they say of them is read from the database.
 */
import { errorText, type Log } from '../../config/log.ts';
import type { Db, DbOrTransaction } from '../db/connect.ts';

export type CutCause = 'session_ended' | 'user_locked' | 'token_revoked';

export type Signal =
  | { readonly kind: 'start_desktop'; readonly agentId: string; readonly sessionId: string }
  | {
      readonly kind: 'stop_desktop';
      readonly agentId: string;
      readonly sessionId: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'cut_streams';
      readonly sessionId?: string;
      readonly userId?: string;
      readonly tokenId?: string;
      readonly cause: CutCause;
      readonly message: string;
    }
  | { readonly kind: 'policy_changed'; readonly sessionId: string }
  | {
      readonly kind: 'node_connected';
      readonly nodeId: string;
      readonly instance: string;
      readonly connectionId: string;
    };

const channel = 'sluice_signal';
/** PostgreSQL takes payloads below 8000 bytes. */
const payloadBytesMax = 7_900;

export class SignalBus implements AsyncDisposable {
  readonly #db: Db;
  readonly #log: Log;
  readonly #signalListeners = new Set<(signal: Signal) => void>();
  readonly #resyncListeners = new Set<() => void>();
  #stopListening: (() => Promise<void>) | undefined;
  #heardBefore = false;

  constructor(db: Db, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** Starts to hear; resolves once nothing that commits from now on is missed. */
  async listen(): Promise<void> {
    const listening = await this.#db.listen(
      channel,
      payload => this.#hear(payload),
      () => this.#resumed(),
    );
    this.#stopListening = () => listening.unlisten();
  }

  /** @returns a function that takes the listener away again. */
  onSignal(listener: (signal: Signal) => void): () => void {
    this.#signalListeners.add(listener);
    return () => this.#signalListeners.delete(listener);
  }

  /** The database was away and is back: signals may have been missed. */
  onResync(listener: () => void): () => void {
    this.#resyncListeners.add(listener);
    return () => this.#resyncListeners.delete(listener);
  }

  /** @param on the transaction that makes the signal true; by itself when omitted. */
  async publish(signal: Signal, on: DbOrTransaction = this.#db): Promise<void> {
    const payload = JSON.stringify(signal);
    if (Buffer.byteLength(payload) > payloadBytesMax) {
      throw new Error(
        `signal ${signal.kind} of ${payload.length} characters is over the limit of ${payloadBytesMax}`,
      );
    }
    await on`select pg_notify(${channel}, ${payload})`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signalListeners.clear();
    this.#resyncListeners.clear();
    await this.#stopListening?.().catch(error => {
      this.#log.debug('signals could not be unsubscribed', { error: errorText(error) });
    });
  }

  #hear(payload: string): void {
    let signal: Signal;
    try {
      signal = JSON.parse(payload) as Signal;
    } catch {
      this.#log.warn('a signal on the database is no JSON', { name: channel });
      return;
    }
    for (const listener of [...this.#signalListeners]) listener(signal);
  }

  #resumed(): void {
    if (this.#heardBefore) for (const listener of [...this.#resyncListeners]) listener();
    this.#heardBefore = true;
  }
}
