import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createLog, silentLog } from '../../config/log.ts';
import { Secret } from '../../config/secret.ts';
import { findFreePort } from '../../test/harness/ports.ts';
import { startTestRedis, type TestRedis } from '../../test/harness/redis.ts';
import { needs } from '../../test/harness/requirements.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import type { Cache } from './cache.ts';
import { keysOfKindMax, MemoryCache } from './memory-cache.ts';
import { startRedisCache } from './redis-cache.ts';

const minuteMs = 60_000;

/** What every cache does, whoever keeps it. `open` gives caches that share their content. */
function cacheTests(open: () => Promise<Cache>): void {
  test('a value is read back until it is deleted', async () => {
    await using cache = await open();
    await cache.set('colour', 'green', minuteMs);
    expect(await cache.get('colour')).toBe('green');
    await cache.set('colour', 'blue', minuteMs);
    expect(await cache.get('colour')).toBe('blue');
    await cache.delete('colour');
    expect(await cache.get('colour')).toBeUndefined();
    await cache.delete('colour');
  });

  test('a value is gone after its time', async () => {
    await using cache = await open();
    await cache.set('brief', 'x', 20);
    await waitFor('the value to be gone', async () => (await cache.get('brief')) === undefined);
    expect(await cache.timeLeftMs('brief')).toBe(0);
  });

  test('text of every kind survives', async () => {
    await using cache = await open();
    for (const text of ['', '\0', 'ünï ✓', 'line\r\nline', 'x'.repeat(65_536)]) {
      await cache.set('text', text, minuteMs);
      expect(await cache.get('text')).toBe(text);
    }
  });

  test('increments count from one, also when they race', async () => {
    await using cache = await open();
    const key = `count-${crypto.randomUUID()}`;
    const counts = await Promise.all(Array.from({ length: 50 }, () => cache.increment(key, minuteMs)));
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  test('a count lives as long as its first increment says', async () => {
    await using cache = await open();
    const key = `count-${crypto.randomUUID()}`;
    await cache.increment(key, minuteMs);
    await cache.increment(key, 10 * minuteMs);
    const left = await cache.timeLeftMs(key);
    expect(left).toBeGreaterThan(minuteMs / 2);
    expect(left).toBeLessThanOrEqual(minuteMs);
  });

  test('the time left of a key that is not there is zero', async () => {
    await using cache = await open();
    expect(await cache.timeLeftMs(`none-${crypto.randomUUID()}`)).toBe(0);
  });

  test('a bucket is as full as what was poured in, and runs dry at its rate', async () => {
    await using cache = await open();
    const key = `bucket-${crypto.randomUUID()}`;
    expect(await cache.pour(key, 5, 0.001)).toBeCloseTo(5, 2);
    expect(await cache.pour(key, 2.5, 0.001)).toBeCloseTo(7.5, 2);
    expect(await cache.timeLeftMs(key)).toBeGreaterThan(60 * minuteMs);
    await waitFor('it to be dry', async () => (await cache.pour(key, 0, 10_000)) === 0);
    expect(await cache.pour(key, 1, 0.001)).toBeCloseTo(1, 2);
    expect(await cache.pour(`other-${key}`, 3, 1)).toBe(3);
  });

  test('a message reaches all subscribers of its topic, and only those', async () => {
    await using cache = await open();
    const heard: string[] = [];
    await cache.subscribe('news', message => heard.push(`one ${message}`));
    const end = await cache.subscribe('news', message => heard.push(`two ${message}`));
    await cache.subscribe('weather', message => heard.push(`weather ${message}`));
    await cache.publish('news', 'first');
    await waitFor('both to hear', () => heard.length === 2);
    await end();
    await cache.publish('news', 'second');
    await waitFor('the one to hear', () => heard.length === 3);
    expect(heard.toSorted()).toEqual(['one first', 'one second', 'two first']);
  });
}

describe('the cache in this process', () => {
  cacheTests(async () => new MemoryCache(() => performance.now()));

  test('time is the clock given to it', async () => {
    let now = 1_000;
    await using cache = new MemoryCache(() => now);
    await cache.set('key', 'value', 500);
    now = 1_499;
    expect(await cache.get('key')).toBe('value');
    expect(await cache.timeLeftMs('key')).toBe(1);
    now = 1_500;
    expect(await cache.get('key')).toBeUndefined();
  });

  test('a kind of key that is full makes room for itself, the one not counted for longest goes', async () => {
    await using cache = new MemoryCache(() => 0);
    await cache.set('tries:first', 'x', 1_000);
    await cache.increment('tries:busy', 1_000);
    for (let index = 2; index < keysOfKindMax; index++) await cache.set(`tries:${index}`, 'x', 1_000);
    await cache.increment('tries:busy', 1_000);
    expect(await cache.get('tries:first')).toBe('x');
    await cache.set('tries:one more', 'x', 1);
    expect(await cache.get('tries:first')).toBeUndefined();
    expect(await cache.get('tries:busy')).toBe('2');
    expect(await cache.get('tries:2')).toBe('x');
    expect(await cache.get('tries:one more')).toBe('x');
  });

  test('a flood of long-lived keys of one kind drops no short-lived key of another', async () => {
    await using cache = new MemoryCache(() => 0);
    await cache.increment('wait:ada', 1_000);
    await cache.set('note', 'x', 1_000);
    for (let index = 0; index < 3 * keysOfKindMax; index++)
      await cache.increment(`failures:${index}`, 3_600_000);
    expect(await cache.increment('wait:ada', 1_000)).toBe(2);
    expect(await cache.timeLeftMs('wait:ada')).toBe(1_000);
    expect(await cache.get('note')).toBe('x');
  });
});

describe.skipIf(!needs('redis'))('the cache in Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  cacheTests(() => startRedisCache(redis.url, silentLog));

  test('two control instances share it', async () => {
    await using one = await startRedisCache(redis.url, silentLog);
    await using other = await startRedisCache(redis.url, silentLog);
    const heard: string[] = [];
    await one.subscribe('shared', message => heard.push(message));
    await other.publish('shared', 'hello');
    await waitFor('the message', () => heard[0] === 'hello');
    await other.set('shared', 'x', minuteMs);
    expect(await one.get('shared')).toBe('x');
  });

  test('a server that comes after us is used, and hears what was subscribed before', async () => {
    await using later = await startTestRedis();
    await later.crash();
    await using cache = await startRedisCache(later.url, silentLog);
    const heard: string[] = [];
    const end = await cache.subscribe('news', message => heard.push(`one ${message}`));
    await cache.subscribe('news', message => heard.push(`two ${message}`));
    await end();
    await later.restart();
    await waitFor('the cache to answer', async () => {
      await cache.set('key', 'value', minuteMs).catch(() => {});
      return (await cache.get('key').catch(() => undefined)) === 'value';
    });
    await waitFor('the subscription to hear', async () => {
      await cache.publish('news', 'hello');
      return heard.length > 0;
    });
    expect(new Set(heard)).toEqual(new Set(['two hello']));
  });

  test('a server that crashes costs an error, and subscriptions come back with it', async () => {
    await using cache = await startRedisCache(redis.url, silentLog);
    const heard: string[] = [];
    await cache.subscribe('news', message => heard.push(message));
    await redis.crash();
    await expect(cache.get('key')).rejects.toThrow();
    await redis.restart();
    await waitFor('the cache to answer again', async () => (await cache.get('key')) === undefined, 15_000);
    await waitFor('the subscription to hear again', async () => {
      await cache.publish('news', 'again');
      return heard.length > 0;
    });
  });
});

test('a Redis that is not there at the start is said once, and each command fails at once', async () => {
  const lines: string[] = [];
  const log = createLog({
    ...{ program: 'control', level: 'info', now: () => 0 },
    write: line => lines.push(line),
  });
  const url = new Secret(`redis://127.0.0.1:${await findFreePort()}`);
  await using cache = await startRedisCache(url, log);
  await expect(cache.get('key')).rejects.toThrow();
  await cache.subscribe('news', () => {});
  await expect(cache.publish('news', 'first')).rejects.toThrow();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('the cache server does not answer, dialling it again until it does');
});
