/** The cache that several control instances share, in Redis (or a server that speaks its protocol). */
import { createClient } from 'redis';
import { StartError } from '../../config/command-line.ts';
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

type Client = ReturnType<typeof newClient>;

function newClient(url: Secret, log: Log) {
  const client = createClient({
    url: url.reveal(),
    disableOfflineQueue: true,
    socket: {
      connectTimeout: connectTimeMs,
      reconnectStrategy: retries => Math.min(100 * 2 ** Math.min(retries, 10), retryMsMax),
    },
    commandOptions: { timeout: commandTimeMs },
  });
  // Without a listener a broken connection would end the process; it reconnects by itself.
  client.on('error', error => log.warn('cache connection failed', { error: errorText(error) }));
  return client;
}

/**
 * Connects twice: commands, and subscriptions.
 * @throws StartError when the server can't be reached now (later losses are retried for ever).
 */
export async function startRedisCache(url: Secret, log: Log): Promise<Cache> {
  const commands = newClient(url, log);
  const subscriptions = newClient(url, log);
  const failed = new Promise<never>((_resolve, reject) => commands.once('error', reject));
  try {
    await Promise.race([Promise.all([commands.connect(), subscriptions.connect()]), failed]);
  } catch (error) {
    commands.destroy();
    subscriptions.destroy();
    throw new StartError(`the cache server does not answer: ${errorText(error)}`);
  }
  return new RedisCache(commands, subscriptions);
}

class RedisCache implements Cache {
  readonly #commands: Client;
  readonly #subscriptions: Client;

  constructor(commands: Client, subscriptions: Client) {
    this.#commands = commands;
    this.#subscriptions = subscriptions;
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

  async timeLeftMs(key: string): Promise<number> {
    return Math.max(0, await this.#commands.pTTL(keyPrefix + key));
  }

  async publish(topic: string, message: string): Promise<void> {
    await this.#commands.publish(keyPrefix + topic, message);
  }

  async subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    const hear = (message: string): void => listener(message);
    await this.#subscriptions.subscribe(keyPrefix + topic, hear);
    return async () => {
      await this.#subscriptions.unsubscribe(keyPrefix + topic, hear);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#commands.destroy();
    this.#subscriptions.destroy();
  }
}
