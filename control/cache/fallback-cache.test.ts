import { describe, expect, test } from 'bun:test';
import { createLog } from '../../config/log.ts';
import type { Cache } from './cache.ts';
import { FallbackCache } from './fallback-cache.ts';
import { MemoryCache } from './memory-cache.ts';

function setUp() {
  let nowMs = 0;
  let away = false;
  let asked = 0;
  const lines: string[] = [];
  const memory = new MemoryCache(() => nowMs);
  const shared = new Proxy<Cache>(memory, {
    get: (target, name: keyof Cache) => {
      if (typeof target[name] !== 'function') return target[name];
      return async (...args: never[]) => {
        asked += 1;
        if (away) throw new Error('connection lost');
        return (target[name] as (...given: never[]) => Promise<unknown>)(...args);
      };
    },
  });
  const log = createLog({
    program: 'control',
    level: 'debug',
    write: line => lines.push(line),
    now: () => nowMs,
  });
  const cache = new FallbackCache(shared, new MemoryCache(() => nowMs), log, () => nowMs);
  return {
    cache,
    lines,
    asked: () => asked,
    pass: (ms: number) => {
      nowMs += ms;
    },
    setAway: (value: boolean) => {
      away = value;
    },
  };
}

describe('a shared cache that may go away', () => {
  test('is used while it is there', async () => {
    const { cache, lines, asked } = setUp();
    await cache.set('key', 'value', 1_000);
    expect(await cache.get('key')).toBe('value');
    expect(await cache.increment('count', 1_000)).toBe(1);
    expect(asked()).toBe(3);
    expect(lines).toEqual([]);
  });

  test('is replaced by counting here while it is away, which is said once', async () => {
    const { cache, lines, setAway, pass, asked } = setUp();
    await cache.increment('tries', 60_000);
    setAway(true);
    expect([await cache.increment('tries', 60_000), await cache.increment('tries', 60_000)]).toEqual([1, 2]);
    expect(await cache.timeLeftMs('tries')).toBe(60_000);
    // One that hangs costs one time limit a second, not one a call.
    expect(asked()).toBe(2);
    pass(1_000);
    expect(await cache.increment('tries', 60_000)).toBe(3);
    expect(asked()).toBe(3);
    expect(lines.length).toBe(1);
    expect(lines[0]).toContain('the cache server is away');
    await expect(cache.publish('topic', 'message')).rejects.toThrow('connection lost');
  });

  test('is used again once it is back, and nothing of the absence comes back in the next one', async () => {
    const { cache, lines, setAway, pass } = setUp();
    setAway(true);
    await cache.increment('tries', 60_000);
    setAway(false);
    pass(1_000);
    expect(await cache.increment('tries', 60_000)).toBe(1);
    expect(lines.at(-1)).toContain('the cache server is back');
    await cache.delete('tries');
    setAway(true);
    expect(await cache.increment('tries', 60_000)).toBe(1);
    expect(lines.length).toBe(3);
  });
});
