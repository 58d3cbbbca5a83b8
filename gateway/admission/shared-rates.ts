/**
 * Rates that several gateways and workers share through Redis. Each decides at once by what it knows; every
 * `syncEveryMs` it tells what was taken since, and hears how full each of those buckets is with everybody's takings.
 * So nothing ever waits for Redis. Without it each goes on by itself, the workers of a gateway with their share (decision 6).
 */
import { RedisClient } from 'bun';
import { errorText, type Log } from '../../config/log.ts';
import type { Taking } from '../../config/rate-table.ts';
import type { Secret } from '../../config/secret.ts';
import { Gauge, type Metric } from '../audit/metric.ts';
import type { SharedTable } from './rate-limits.ts';

export interface SharedRatesOptions {
  /** redis://user@host:port/db or rediss://… */
  readonly url: Secret;
  /** PEM of the authorities that may sign the server's certificate. */
  readonly ca: string | undefined;
  /** Asked again each time: a configuration that is read again may bring new ones. */
  readonly tables: () => ReadonlyMap<string, SharedTable>;
  /** Told when rates begin to be shared, and when they are not any more. */
  readonly onShared: (isShared: boolean) => void;
  readonly log: Log;
  /** Default: 100. */
  readonly syncEveryMs?: number;
}

const keysPerCall = 500;
/** A server that does not answer for so long is taken for gone. */
const answerTimeMs = 1_000;
const redialMsMax = 5_000;

/**
 * KEYS: buckets. ARGV: what runs dry in a millisecond, then what was taken of each. The server's clock alone counts.
 * A bucket is `level time`, and gone once it has run dry.
 */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local perMs = tonumber(ARGV[1])
local levels = {}
for index, key in ipairs(KEYS) do
  local level = 0
  local kept = redis.call('GET', key)
  if kept then
    local was, at = string.match(kept, '^(%S+) (%S+)$')
    if was then level = math.max(0, tonumber(was) - (now - tonumber(at)) * perMs) end
  end
  level = level + tonumber(ARGV[index + 1])
  redis.call('SET', key, string.format('%.6f %.0f', level, now), 'PX', math.ceil(level / perMs) + 1000)
  levels[index] = string.format('%.6f', level)
end
return levels`;

export class SharedRates implements AsyncDisposable {
  readonly #options: SharedRatesOptions;
  #client: RedisClient | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> = Promise.resolve();
  #failures = 0;
  #up = false;
  #stopped = false;

  constructor(options: SharedRatesOptions) {
    this.#options = options;
    for (const { table } of options.tables().values()) table.share();
    this.#schedule(0);
  }

  /** Whether rates are shared now. */
  get up(): boolean {
    return this.#up;
  }

  get metrics(): readonly Metric[] {
    return [
      new Gauge('sluice_rates_shared', 'Whether rates are shared with other gateways now.', () =>
        this.#up ? 1 : 0,
      ),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#client?.close();
    await this.#running;
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#sync();
    }, ms);
    this.#timer.unref();
  }

  async #sync(): Promise<void> {
    try {
      this.#client ??= await this.#dial();
      for (const [name, shared] of this.#options.tables()) {
        shared.table.share();
        await this.#exchange(this.#client, name, shared);
      }
      this.#came();
      this.#schedule(this.#options.syncEveryMs ?? 100);
    } catch (error) {
      this.#went(error);
      this.#schedule(Math.min(100 * 2 ** this.#failures, redialMsMax));
    }
  }

  async #dial(): Promise<RedisClient> {
    const { url, ca } = this.#options;
    const client = new RedisClient(url.reveal(), {
      autoReconnect: false,
      enableOfflineQueue: false,
      connectionTimeout: answerTimeMs,
      ...(ca === undefined ? {} : { tls: { ca } }),
    });
    try {
      await within(client.connect());
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  async #exchange(client: RedisClient, name: string, shared: SharedTable): Promise<void> {
    const { table } = shared;
    for (let takings = table.tell(keysPerCall); takings.length > 0; takings = table.tell(keysPerCall)) {
      const levels = await within(client.send('EVAL', command(name, shared, takings)));
      if (!Array.isArray(levels) || levels.length !== takings.length) {
        throw new Error('the server answered something else than levels');
      }
      for (const [index, { key }] of takings.entries()) {
        const level = Number(levels[index]);
        if (Number.isFinite(level)) table.hear(key, level);
      }
    }
    // Also when there is nothing to tell: a server that is gone is to be noticed before it is needed.
    if (!client.connected) throw new Error('the connection was lost');
  }

  #came(): void {
    this.#failures = 0;
    if (this.#up) return;
    this.#up = true;
    this.#options.onShared(true);
    this.#options.log.info('rates are shared with the other gateways');
  }

  #went(error: unknown): void {
    this.#client?.close();
    this.#client = undefined;
    this.#failures = Math.min(this.#failures + 1, 10);
    if (this.#stopped || (!this.#up && this.#failures > 1)) return;
    this.#up = false;
    this.#options.onShared(false);
    this.#options.log.warn('rates are counted by this gateway alone: redis does not answer', {
      error: errorText(error),
    });
  }
}

function command(name: string, { perSecond }: SharedTable, takings: readonly Taking[]): string[] {
  const keys = takings.map(({ key }) => `sluice:rate:${name}:${key}`);
  const amounts = takings.map(({ amount }) => String(amount));
  return [script, String(keys.length), ...keys, String(perSecond / 1000), ...amounts];
}

/** @throws Error when it takes longer than a living server would. */
async function within<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerTimeMs} ms`)), answerTimeMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
