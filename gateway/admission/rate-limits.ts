/**
 * How often an address and a user may do what costs the gateway or control something. Decided at once, in this process;
 * with Redis what was taken is told to the other gateways in the background (shared-rates.ts).
 */
import { addressKey } from '../../config/address-range.ts';
import type { Rate, RateLimitsConfig } from '../../config/gateway-admission.ts';
import { RateTable } from '../../config/rate-table.ts';
import type { AdmissionRecord, AdmissionRefusal, RefusalKind } from './admission-record.ts';

export interface RateLimitsOptions {
  readonly rates: RateLimitsConfig;
  /** Whether no rate for an address holds for this one. */
  readonly isUnlimited: (address: string) => boolean;
  /** Workers that share the port: each has its share of every rate, but while they share it through Redis. */
  readonly workers: number;
  readonly record: AdmissionRecord;
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
}

/** Where logins are posted to. */
const loginPaths: ReadonlySet<string> = new Set(['/api/public/login', '/api/authenticate']);

/** What is told to the other gateways of a rate. */
export interface SharedTable {
  readonly table: RateTable;
  /** Of all together; the table may be at a worker's share of it. */
  readonly perSecond: number;
}

export class RateLimits {
  readonly #options: RateLimitsOptions;
  #rates: Pick<RateLimitsConfig, 'address' | 'user'>;
  /** Whether rates are shared through Redis now. */
  #isShared = false;
  #requests: RateTable | undefined;
  #logins: RateTable | undefined;
  #upgrades: RateTable | undefined;
  #wrongTokens: RateTable | undefined;
  #userUpgrades: RateTable | undefined;
  #addressBytes: RateTable | undefined;
  #userBytes: RateTable | undefined;

  constructor(options: RateLimitsOptions) {
    this.#options = options;
    this.#rates = options.rates;
    this.#renewAll();
  }

  /** From now on these hold; who used up what stays known. What is charged already is charged as before. */
  setRates(rates: Pick<RateLimitsConfig, 'address' | 'user'>): void {
    this.#rates = rates;
    this.#renewAll();
  }

  /**
   * Redis answers, or does not any more. While it is away a worker has its share of what all of them had together, full
   * to the same part.
   */
  setShared(isShared: boolean): void {
    if (isShared === this.#isShared) return;
    this.#isShared = isShared;
    this.#renewAll();
    if (isShared) return;
    for (const { table } of this.shared.values()) table.scale(1 / this.#options.workers);
  }

  #renewAll(): void {
    const { address, user } = this.#rates;
    const { workers } = this.#options;
    const shared = this.#isShared ? 1 : workers;
    this.#requests = this.#renew(this.#requests, address.requests, shared);
    this.#logins = this.#renew(this.#logins, address.logins, shared);
    this.#upgrades = this.#renew(this.#upgrades, address.upgrades, shared);
    this.#wrongTokens = this.#renew(this.#wrongTokens, address.wrong_tokens, shared);
    this.#userUpgrades = this.#renew(this.#userUpgrades, user.upgrades, shared);
    this.#addressBytes = this.#renew(this.#addressBytes, address.bytes, workers);
    this.#userBytes = this.#renew(this.#userBytes, user.bytes, workers);
  }

  /** By address and by user. */
  get addressBytes(): RateTable | undefined {
    return this.#addressBytes;
  }

  get userBytes(): RateTable | undefined {
    return this.#userBytes;
  }

  /** What gateways share, by name. */
  get shared(): ReadonlyMap<string, SharedTable> {
    const { address, user } = this.#rates;
    const tables: readonly (readonly [name: string, table: RateTable | undefined, rate: Rate])[] = [
      ['address_requests', this.#requests, address.requests],
      ['address_logins', this.#logins, address.logins],
      ['address_upgrades', this.#upgrades, address.upgrades],
      ['address_wrong_tokens', this.#wrongTokens, address.wrong_tokens],
      ['user_upgrades', this.#userUpgrades, user.upgrades],
    ];
    const shared = new Map<string, SharedTable>();
    for (const [name, table, rate] of tables) {
      if (table !== undefined && rate !== 'unlimited')
        shared.set(name, { table, perSecond: rate.per_second });
    }
    return shared;
  }

  /** A request on the HTTP side. @param path decoded, without doubled slashes. */
  request(address: string, method: string, path: string): AdmissionRefusal | undefined {
    const refusal = this.#ofAddress('address_requests', this.#requests, address, 'requests');
    if (refusal !== undefined || method !== 'POST' || !loginPaths.has(path.toLowerCase())) return refusal;
    return this.#ofAddress('address_logins', this.#logins, address, 'logins');
  }

  /** A request for a stream, before anything is known of it. */
  upgrade(address: string): AdmissionRefusal | undefined {
    return this.#ofAddress('address_upgrades', this.#upgrades, address, 'streams opened');
  }

  /** @returns 0, or after too many wrong ones how many milliseconds no token from this address is looked at. */
  tokenWaitMs(address: string): number {
    const table = this.#wrongTokens;
    return table === undefined || this.#options.isUnlimited(address) ? 0 : table.take(addressKey(address), 0);
  }

  wrongToken(address: string): void {
    if (!this.#options.isUnlimited(address)) this.#wrongTokens?.charge(addressKey(address), 1);
  }

  /** A stream that is authorised. @param userId empty where there are no users. */
  userUpgrade(userId: string, address: string): AdmissionRefusal | undefined {
    if (this.#userUpgrades === undefined || userId === '') return undefined;
    const waitMs = this.#userUpgrades.take(userId);
    if (waitMs === 0) return undefined;
    return this.#refuse(
      'user_upgrades',
      this.#userUpgrades,
      address,
      waitMs,
      'streams of your account opened',
    );
  }

  #renew(table: RateTable | undefined, rate: Rate, count: number): RateTable | undefined {
    if (rate === 'unlimited') return undefined;
    // Room is for one and the burst: that is what is divided, or every worker would have one more than its share.
    const burst = Math.max(0, (rate.burst + 1) / count - 1);
    const rule = { per_second: rate.per_second / count, burst };
    if (table === undefined) return new RateTable(rule, this.#options.rates.entries, this.#options.now);
    table.rule = rule;
    return table;
  }

  #ofAddress(
    kind: RefusalKind,
    table: RateTable | undefined,
    address: string,
    what: string,
  ): AdmissionRefusal | undefined {
    if (table === undefined || this.#options.isUnlimited(address)) return undefined;
    const waitMs = table.take(addressKey(address));
    return waitMs === 0 ? undefined : this.#refuse(kind, table, address, waitMs, `${what} from your address`);
  }

  #refuse(
    kind: RefusalKind,
    table: RateTable,
    address: string,
    waitMs: number,
    what: string,
  ): AdmissionRefusal {
    this.#options.record.refused(kind, address, table.rule.per_second);
    const retryAfterS = Math.max(1, Math.ceil(waitMs / 1000));
    const message = `there are too many ${what} in a short time, try again in ${retryAfterS} s`;
    return { kind, status: 429, message, retryAfterS };
  }
}
