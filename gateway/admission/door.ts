/** The front door's rules, put together from the configuration: who may come in, how many, how often, how fast. */
import { readFile } from 'node:fs/promises';
import { AddressRanges, addressKey } from '../../config/address-range.ts';
import { StartError } from '../../config/command-line.ts';
import type { ForwardedAnswer, HeaderLookup } from '../../config/forwarded.ts';
import type { GatewayConfig } from '../../config/gateway.ts';
import type { RedisConfig } from '../../config/gateway-admission.ts';
import { errorText, type Log } from '../../config/log.ts';
import { RateTable } from '../../config/rate-table.ts';
import { Secret } from '../../config/secret.ts';
import type { Metric } from '../audit/metric.ts';
import { BytePace, type ChargeBytes } from '../relay/byte-pace.ts';
import type { Transport } from '../relay/transport.ts';
import { Admission } from './admission.ts';
import { AdmissionRecord } from './admission-record.ts';
import { Proxies } from './gate.ts';
import { RateLimits } from './rate-limits.ts';
import { SharedRates } from './shared-rates.ts';
import { configuredStreamLimits, StreamCounts } from './stream-counts.ts';

export type DoorConfig = Pick<
  GatewayConfig,
  'limits' | 'rate_limits' | 'trusted_proxies' | 'forwarded_header' | 'control'
>;

/** Where several processes share the port. */
export interface DoorShare {
  /** How many they are: each takes its share of limits and rates. */
  readonly workers?: number | undefined;
  /** Somebody else counts the streams of sessions and users. */
  readonly countsNoStreams?: boolean;
}

export class Door implements AsyncDisposable {
  readonly record: AdmissionRecord;
  readonly admission: Admission;
  readonly proxies: Proxies;
  readonly rates: RateLimits;
  readonly #streams: StreamCounts | undefined;
  #config: DoorConfig;
  readonly #shared: SharedRates | undefined;
  readonly #now = (): number => performance.now();

  /** @throws StartError when a file that the configuration names can't be read. */
  static async open(config: DoorConfig, log: Log, share: DoorShare = {}): Promise<Door> {
    const { redis } = config.rate_limits;
    return new Door(config, log, share, redis === undefined ? undefined : await readRedis(redis));
  }

  private constructor(config: DoorConfig, log: Log, share: DoorShare, redis: RedisServer | undefined) {
    const now = this.#now;
    const { workers = 1, countsNoStreams = false } = share;
    if (!countsNoStreams) this.#streams = new StreamCounts(configuredStreamLimits(config));
    this.#config = config;
    this.record = new AdmissionRecord(log, now);
    this.proxies = new Proxies(new AddressRanges(config.trusted_proxies), config.forwarded_header);
    this.admission = new Admission({
      limits: config.limits,
      trustedProxies: this.proxies.ranges,
      streams: this.#streams,
      workers,
      record: this.record,
      now,
    });
    this.rates = new RateLimits({
      rates: config.rate_limits,
      isUnlimited: address => this.admission.isUnlimited(address),
      workers,
      record: this.record,
      now,
    });
    if (redis === undefined) return;
    const tables = () => this.rates.shared;
    this.#shared = new SharedRates({ ...redis, tables, onShared: is => this.rates.setShared(is), log });
  }

  /**
   * The configuration was read again: its limits and rates hold for whoever comes from now on, and what is open counts
   * towards them. Connections keep the pace of bytes they have. `rate_limits.redis` and `rate_limits.entries` stay.
   */
  reload(next: Pick<DoorConfig, 'limits' | 'rate_limits'>): void {
    this.#config = { ...this.#config, limits: next.limits, rate_limits: next.rate_limits };
    if (this.#streams !== undefined) this.#streams.limits = configuredStreamLimits(this.#config);
    this.admission.setLimits(next.limits);
    this.rates.setRates(next.rate_limits);
  }

  get metrics(): readonly Metric[] {
    return [...this.record.metrics, ...(this.#shared?.metrics ?? [])];
  }

  /** Who asks, as a trusted proxy tells it; counted where it can not be read, which is to be answered 400. */
  clientOf(connection: string, get: HeaderLookup): ForwardedAnswer {
    const client = this.proxies.clientOf(connection, get);
    if (client === 'unreadable') this.record.refused('forwarded_header', connection);
    return client;
  }

  /** What the bytes of a connection are charged to; empty, as by default: nothing. */
  accountsOf(address: string, userId = ''): ChargeBytes[] {
    const { addressBytes, userBytes } = this.rates;
    const accounts: ChargeBytes[] = [];
    if (addressBytes !== undefined && !this.admission.isUnlimited(address)) {
      const key = addressKey(address);
      accounts.push(bytes => addressBytes.charge(key, bytes));
    }
    if (userBytes !== undefined && userId !== '') accounts.push(bytes => userBytes.charge(userId, bytes));
    return accounts;
  }

  /** As `accountsOf`, with an account of the stream's own. */
  streamAccounts(address: string, userId: string): ChargeBytes[] {
    const rate = this.#config.rate_limits.stream.bytes;
    const accounts = this.accountsOf(address, userId);
    if (rate === 'unlimited') return accounts;
    const own = new RateTable(rate, 1, this.#now);
    return [...accounts, bytes => own.charge('', bytes)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shared?.[Symbol.asyncDispose]();
  }
}

/** Reads a connection at the pace that its accounts allow; without accounts as fast as it comes. */
export function paceReading(transport: Transport, accounts: readonly ChargeBytes[]): void {
  if (accounts.length > 0) transport.pace(new BytePace(accounts));
}

interface RedisServer {
  readonly url: Secret;
  readonly ca: string | undefined;
}

async function readRedis(redis: RedisConfig): Promise<RedisServer> {
  const url = new URL(redis.url);
  if (redis.password_file !== undefined) {
    const password = (await readText('password_file', redis.password_file)).trim();
    url.password = encodeURIComponent(password);
  }
  const ca = redis.ca === undefined ? undefined : await readText('ca', redis.ca);
  return { url: new Secret(url.href), ca };
}

async function readText(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new StartError(`rate_limits.redis.${key} ${file} can not be read: ${errorText(error)}`);
  }
}
