/**
 * How many connections and streams may be open at once: in total, of an address, of a user, of a session; and how many
 * connections a second are accepted. What is open already is never touched.
 *
 * One of several workers on a port counts for itself, with its share of each limit, rounded up.
 */
import { AddressRanges, addressKey } from '../../config/address-range.ts';
import type { Count, LimitsConfig } from '../../config/gateway-admission.ts';
import { RateTable } from '../../config/rate-table.ts';
import type { AdmissionRecord, AdmissionRefusal, RefusalKind } from './admission-record.ts';

export interface AdmissionOptions {
  readonly limits: LimitsConfig;
  /** Their connections are of many clients: what holds for one address does not hold for them. */
  readonly trustedProxies: AddressRanges;
  /** Streams of one session at once, where the configuration says nothing. */
  readonly streamsPerSessionDefault: Count;
  /** Workers that share the port. */
  readonly workers: number;
  readonly record: AdmissionRecord;
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
}

/** Whoever came in, until `leave`. */
export interface Place {
  /** Set for one that is let in only to be told why it can't stay. */
  readonly refusal: AdmissionRefusal | undefined;
  leave(): void;
}

/** How long a refused client is asked to wait, in seconds. */
const retryAfterS = 5;

interface Tally {
  readonly key: string;
  count: number;
}

/** How many there are of each key now; keys without any are not kept. */
class Tallies {
  readonly max: number;
  readonly #tallies = new Map<string, Tally>();

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.#tallies.size;
  }

  /** Undefined where nothing is limited: then nothing is counted either. */
  enter(key: string): Tally | undefined {
    if (this.max === Number.POSITIVE_INFINITY || key === '') return undefined;
    const tally = this.#tallies.get(key) ?? { key, count: 0 };
    tally.count += 1;
    this.#tallies.set(key, tally);
    return tally;
  }

  leave(tally: Tally | undefined): void {
    if (tally === undefined) return;
    tally.count -= 1;
    if (tally.count === 0) this.#tallies.delete(tally.key);
  }

  isFull(key: string): boolean {
    return (this.#tallies.get(key)?.count ?? 0) >= this.max;
  }
}

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #connectionsMax: number;
  readonly #connectionsOf: Tallies;
  readonly #streamsOfUser: Tallies;
  readonly #streamsOfSession: Tallies;
  readonly #acceptRate: RateTable | undefined;
  readonly #unlimited: AddressRanges;
  #connections = 0;

  constructor(options: AdmissionOptions) {
    const { limits, workers, now } = options;
    const share = (count: Count): number =>
      count === 'unlimited' ? Number.POSITIVE_INFINITY : Math.ceil(count / workers);
    this.#options = options;
    this.#connectionsMax = share(limits.connections);
    this.#connectionsOf = new Tallies(share(limits.connections_per_address));
    this.#streamsOfUser = new Tallies(share(limits.streams_per_user));
    this.#streamsOfSession = new Tallies(
      share(limits.streams_per_session ?? options.streamsPerSessionDefault),
    );
    const rate = limits.accept_rate;
    if (rate !== 'unlimited') {
      const rule = { per_second: rate.per_second / workers, burst: Math.ceil(rate.burst / workers) };
      this.#acceptRate = new RateTable(rule, 1, now);
    }
    this.#unlimited = new AddressRanges(limits.unlimited_addresses);
  }

  /** Addresses, users and sessions counted now. */
  get keys(): number {
    return this.#connectionsOf.size + this.#streamsOfUser.size + this.#streamsOfSession.size;
  }

  /** Whether no limit and no rate for an address holds for this one. */
  isUnlimited(address: string): boolean {
    return this.#unlimited.includes(address);
  }

  /** Before TLS. @returns undefined for one that is to be closed at once: an answer would cost a handshake. */
  connect(address: string): Place | undefined {
    if (this.#connections >= this.#connectionsMax) {
      return this.#close('connections', address, this.#connectionsMax);
    }
    if (this.#acceptRate !== undefined && this.#acceptRate.take('') > 0) {
      return this.#close('accept_rate', address, this.#acceptRate.rule.per_second);
    }
    const holds = !this.isUnlimited(address) && !this.#options.trustedProxies.includes(address);
    const tally = holds ? this.#connectionsOf.enter(addressKey(address)) : undefined;
    const { max } = this.#connectionsOf;
    // Those who come in only to be refused need places too, as many as the others.
    if (tally !== undefined && tally.count > 2 * max) {
      this.#connectionsOf.leave(tally);
      return this.#close('address_connections', address, max);
    }
    this.#connections += 1;
    const refusal =
      tally !== undefined && tally.count > max
        ? this.#refuse('address_connections', address, max, 'connections from your address')
        : undefined;
    return new HeldPlace(refusal, () => {
      this.#connections -= 1;
      this.#connectionsOf.leave(tally);
    });
  }

  /**
   * A stream that is authorised. @param proxied whether it came through a trusted proxy, so that its connection was
   * not counted for the client's address yet. @returns a place, to be left when the stream ends, or why there is none.
   */
  openStream(stream: {
    readonly userId: string;
    readonly sessionId: string;
    readonly address: string;
    readonly proxied: boolean;
  }): Place | AdmissionRefusal {
    const { userId, sessionId, address } = stream;
    const counted = stream.proxied && !this.isUnlimited(address) ? addressKey(address) : '';
    const [ofAddress, ofUser, ofSession] = [this.#connectionsOf, this.#streamsOfUser, this.#streamsOfSession];
    if (ofSession.isFull(sessionId)) {
      return this.#refuse('session_streams', address, ofSession.max, 'streams of this session');
    }
    if (ofUser.isFull(userId)) {
      return this.#refuse('user_streams', address, ofUser.max, 'streams of your account');
    }
    if (ofAddress.isFull(counted)) {
      return this.#refuse('address_connections', address, ofAddress.max, 'connections from your address');
    }
    const tallies = [ofSession.enter(sessionId), ofUser.enter(userId), ofAddress.enter(counted)] as const;
    return new HeldPlace(undefined, () => {
      ofSession.leave(tallies[0]);
      ofUser.leave(tallies[1]);
      ofAddress.leave(tallies[2]);
    });
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

class HeldPlace implements Place {
  readonly refusal: AdmissionRefusal | undefined;
  #leave: (() => void) | undefined;

  constructor(refusal: AdmissionRefusal | undefined, leave: () => void) {
    this.refusal = refusal;
    this.#leave = leave;
  }

  leave(): void {
    this.#leave?.();
    this.#leave = undefined;
  }
}
