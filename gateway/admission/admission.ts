/**
 * How many connections and streams may be open at once: in total, of an address, of a user, of a session; and how many
 * connections a second are accepted. What is open already is never touched.
 *
 * One of several workers on a port counts connections for itself, with its share of each limit, rounded up. Streams of
 * a session and of a user are counted by the parent then.
 *
 * All that comes in is counted, limited or not, by numbers alone: whoever leaves says who they were.
 */
import { AddressRanges, addressKey } from '../../config/address-range.ts';
import type { LimitsConfig } from '../../config/gateway-admission.ts';
import { RateTable } from '../../config/rate-table.ts';
import type { AdmissionRecord, AdmissionRefusal, RefusalKind } from './admission-record.ts';
import { KeyCounts } from './key-counts.ts';
import { numberOf, type StreamCounts, type StreamsFull } from './stream-counts.ts';

export interface AdmissionOptions {
  readonly limits: LimitsConfig;
  /** Their connections are of many clients: what holds for one address does not hold for them. */
  readonly trustedProxies: AddressRanges;
  /** Undefined: somebody else counts the streams of sessions and users. */
  readonly streams: StreamCounts | undefined;
  /** Workers that share the port. */
  readonly workers: number;
  readonly record: AdmissionRecord;
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
}

export interface StreamVisit {
  readonly userId: string;
  readonly sessionId: string;
  /** The client's. */
  readonly address: string;
  /** It came through a trusted proxy, so its connection was not counted for the client's address. */
  readonly proxied: boolean;
}

/** How long a refused client is asked to wait, in seconds. */
const retryAfterS = 5;

const streamWords: Readonly<Record<StreamsFull['kind'], string>> = {
  session_streams: 'streams of this session',
  user_streams: 'streams of your account',
};

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #ofAddress = new KeyCounts();
  #connectionsMax = 0;
  #addressMax = 0;
  #acceptRate: RateTable | undefined;
  #unlimited = new AddressRanges([]);
  #connections = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.setLimits(options.limits);
  }

  /** For whoever comes from now on. */
  setLimits(limits: LimitsConfig): void {
    const { workers, now } = this.#options;
    this.#connectionsMax = Math.ceil(numberOf(limits.connections) / workers);
    this.#addressMax = Math.ceil(numberOf(limits.connections_per_address) / workers);
    this.#unlimited = new AddressRanges(limits.unlimited_addresses);
    const rate = limits.accept_rate;
    if (rate === 'unlimited') {
      this.#acceptRate = undefined;
      return;
    }
    const rule = { per_second: rate.per_second / workers, burst: Math.ceil(rate.burst / workers) };
    this.#acceptRate ??= new RateTable(rule, 1, now);
    this.#acceptRate.rule = rule;
  }

  /** Addresses, users and sessions counted now. */
  get keys(): number {
    return this.#ofAddress.size + (this.#options.streams?.keys ?? 0);
  }

  /** Whether no limit and no rate for an address holds for this one. */
  isUnlimited(address: string): boolean {
    return this.#unlimited.includes(address);
  }

  /**
   * Before TLS. @returns undefined for one that is to be closed at once: an answer would cost a handshake; a refusal for
   * one that is let in only to be told why it can't stay. All others and those are to `disconnect`.
   */
  connect(address: string): 'in' | AdmissionRefusal | undefined {
    if (this.#connections >= this.#connectionsMax) {
      return this.#close('connections', address, this.#connectionsMax);
    }
    if (this.#acceptRate !== undefined && this.#acceptRate.take('') > 0) {
      return this.#close('accept_rate', address, this.#acceptRate.rule.per_second);
    }
    const key = addressKey(address);
    const count = this.#ofAddress.add(key);
    const max = this.#addressMax;
    const holds =
      count > max && !this.isUnlimited(address) && !this.#options.trustedProxies.includes(address);
    // Those who come in only to be refused need places too, as many as the others.
    if (holds && count > 2 * max) {
      this.#ofAddress.drop(key);
      return this.#close('address_connections', address, max);
    }
    this.#connections += 1;
    return holds ? this.#refuse('address_connections', address, max, 'connections from your address') : 'in';
  }

  /** One that came in is gone. */
  disconnect(address: string): void {
    this.#connections -= 1;
    this.#ofAddress.drop(addressKey(address));
  }

  /** A stream that is authorised. @returns why there is no room; undefined: it is counted, until `closeStream`. */
  openStream({ userId, sessionId, address, proxied }: StreamVisit): AdmissionRefusal | undefined {
    const key = proxied ? addressKey(address) : '';
    if (proxied && this.#ofAddress.of(key) >= this.#addressMax && !this.isUnlimited(address)) {
      return this.#refuse('address_connections', address, this.#addressMax, 'connections from your address');
    }
    const full = this.#options.streams?.enter(sessionId, userId);
    if (full !== undefined) return this.refuseStream(full, address);
    this.#ofAddress.add(key);
    return undefined;
  }

  closeStream({ userId, sessionId, address, proxied }: StreamVisit): void {
    this.#options.streams?.leave(sessionId, userId);
    if (proxied) this.#ofAddress.drop(addressKey(address));
  }

  /** For a stream over a limit of its session or user, whoever counts those. */
  refuseStream({ kind, limit }: StreamsFull, address: string): AdmissionRefusal {
    return this.#refuse(kind, address, limit, streamWords[kind]);
  }

  #close(kind: RefusalKind, address: string, limit: number): undefined {
    this.#options.record.refused(kind, address, limit);
  }

  #refuse(kind: RefusalKind, address: string, limit: number, what: string): AdmissionRefusal {
    this.#options.record.refused(kind, address, limit);
    const message = `there are too many ${what} at once, the limit is ${limit}`;
    return { kind, status: 503, message, retryAfterS };
  }
}
