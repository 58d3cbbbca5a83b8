/**
 * What admission refused: a counter for each kind, and log lines that are few however many are refused, for whoever
 * floods the gateway must not fill its log too.
 */
import type { Log } from '../../config/log.ts';
import { Counter, type Metric } from '../audit/metric.ts';

/** A closed set: each is a value of the label `kind`. */
export type RefusalKind =
  | 'connections'
  | 'accept_rate'
  | 'address_connections'
  | 'user_streams'
  | 'session_streams'
  | 'address_requests'
  | 'address_logins'
  | 'address_upgrades'
  | 'user_upgrades'
  | 'untrusted_peer'
  | 'proxy_header'
  | 'forwarded_header'
  | 'foreign_origin';

export interface AdmissionRefusal {
  readonly kind: RefusalKind;
  /** 503 for what is open at once, 429 for what comes too often. */
  readonly status: 429 | 503;
  /** A sentence for the response. */
  readonly message: string;
  readonly retryAfterS: number;
}

/** A kind is logged once in this time, with how many there were since. */
const logEveryMs = 10_000;

export class AdmissionRecord {
  readonly #refused = new Counter(
    'sluice_admission_refused_total',
    'Connections, requests and streams refused by limits and rates, by kind.',
  );
  readonly #log: Log;
  readonly #now: () => number;
  readonly #logged = new Map<RefusalKind, { atMs: number; unlogged: number }>();

  constructor(log: Log, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  get metrics(): readonly Metric[] {
    return [this.#refused];
  }

  count(kind: RefusalKind): number {
    return this.#refused.value({ kind });
  }

  /** @param limit that was reached, if it is a number. */
  refused(kind: RefusalKind, address: string, limit?: number): void {
    this.#refused.add(1, { kind });
    const nowMs = this.#now();
    const logged = this.#logged.get(kind);
    if (logged !== undefined && nowMs - logged.atMs < logEveryMs) {
      logged.unlogged += 1;
      return;
    }
    this.#log.warn('admission refused', { reason: kind, address, limit, count: 1 + (logged?.unlogged ?? 0) });
    this.#logged.set(kind, { atMs: nowMs, unlogged: 0 });
  }
}
