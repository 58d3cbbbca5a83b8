/** The cache that several control instances share, in Redis (or a server that speaks its protocol). */
import { createClient } from 'redis';
import { errorText, type Log } from '../../config/log.ts';
import type { Secret } from '../../config/secret.ts';
import type { Cache } from './cache.ts';

const keyPrefix = 'sluice:';
const connectTimeMs = 5_000;
const commandTimeMs = 5_000;
const retryMsMax = 5_000;

/** Increments and, at the first time, sets the time to live: in one step, or a crash between leaves an eternal count. */
const incrementScript = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count`;

/** ARGV: what is poured in, what runs dry in a millisecond. The server's clock alone counts. The value is `level time`. */
const pourScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local level = tonumber(ARGV[1])
local perMs = tonumber(ARGV[2])
local was, at = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (%S+)$')
if was then level = level + math.max(0, tonumber(was) - (now - tonumber(at)) * perMs) end
redis.call('SET', KEYS[1], string.format('%.6f %.0f', level, now), 'PX', math.ceil(level / perMs) + 1)
return string.format('%.6f', level)`;

type Client = ReturnType<typeof newClient>;

function newClient(url: Secret) {
  return createClient({
    url: url.reveal(),
    disableOfflineQueue: true,
    socket: {
      connectTimeout: connectTimeMs,
      reconnectStrategy: retries => Math.min(100 * 2 ** Math.min(retries, 10), retryMsMax),
    },
    commandOptions: { timeout: commandTimeMs },
  });
}

/** Says once that the server went away, and once that both connections are back. */
function logAbsence(clients: readonly Client[], log: Log): void {
  const away = new Set<Client>();
  for (const client of clients) {
    // Without a listener a broken connection would end the process; it reconnects by itself.
    client.on('error', error => {
      const text = 'the cache server does not answer, dialling it again until it does';
      if (away.size === 0) log.warn(text, { error: errorText(error) });
      away.add(client);
    });
    client.on('ready', () => {
      if (away.delete(client) && away.size === 0) log.info('the cache server answers');
    });
  }
}

/**
 * Connects twice: commands, and subscriptions. A server that can't be reached now is dialled for ever, as one that goes
 * away later: until then commands fail at once, and subscriptions wait.
 */
export async function startRedisCache(url: Secret, log: Log): Promise<Cache> {
  const commands = newClient(url);
  const subscriptions = newClient(url);
  logAbsence([commands, subscriptions], log);
  const cache = new RedisCache(commands, subscriptions, log);
  const failed = Promise.withResolvers<void>();
  commands.once('error', () => failed.resolve());
  await Promise.race([Promise.all([connect(commands), connect(subscriptions)]), failed.promise]);
  return cache;
}

/** Resolves once the server answers; what goes wrong until then is told to the client's listeners. */
async function connect(client: Client): Promise<void> {
  await client.connect().catch(() => {});
}

class RedisCache implements Cache {
  readonly #commands: Client;
  readonly #subscriptions: Client;
  readonly #log: Log;
  /** Those that the server does not know of yet; the client itself brings the others back after a loss. */
  readonly #waiting = new Map<(message: string) => void, string>();

  constructor(commands: Client, subscriptions: Client, log: Log) {
    this.#commands = commands;
    this.#subscriptions = subscriptions;
    this.#log = log;
    subscriptions.on('ready', () => void this.#subscribeWaiting());
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#commands.get(keyPrefix + key)) ?? undefined;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#commands.set(keyPrefix + key, value, {
      expiration: { type: 'PX', value: Math.max(1, ttlMs) },
    });
  }

  async delete(key: string): Promise<void> {
    await this.#commands.del(keyPrefix + key);
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    const options = { keys: [keyPrefix + key], arguments: [String(Math.max(1, ttlMs))] };
    return Number(await this.#commands.eval(incrementScript, options));
  }

  async pour(key: string, amount: number, perSecond: number): Promise<number> {
    const options = { keys: [keyPrefix + key], arguments: [String(amount), String(perSecond / 1000)] };
    return Number(await this.#commands.eval(pourScript, options));
  }

  async timeLeftMs(key: string): Promise<number> {
    return Math.max(0, await this.#commands.pTTL(keyPrefix + key));
  }

  async publish(topic: string, message: string): Promise<void> {
    await this.#commands.publish(keyPrefix + topic, message);
  }

  async subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    const hear = (message: string): void => listener(message);
    this.#waiting.set(hear, keyPrefix + topic);
    if (this.#subscriptions.isReady) await this.#subscribeWaiting();
    return async () => {
      if (this.#waiting.delete(hear)) return;
      await this.#subscriptions.unsubscribe(keyPrefix + topic, hear);
    };
  }

  async #subscribeWaiting(): Promise<void> {
    for (const [hear, topic] of [...this.#waiting]) {
      if (!this.#waiting.delete(hear)) continue;
      try {
        await this.#subscriptions.subscribe(topic, hear);
      } catch (error) {
        this.#waiting.set(hear, topic);
        this.#log.warn('a subscription waits for the cache server', { name: topic, error: errorText(error) });
        return;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#commands.destroy();
    this.#subscriptions.destroy();
  }
}
