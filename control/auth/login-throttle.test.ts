import { expect, test } from 'bun:test';
import { MemoryCache } from '../cache/memory-cache.ts';
import { LoginThrottle, waitAfter } from './login-throttle.ts';

test('the wait doubles from the fifth failure on, up to a quarter of an hour', () => {
  const waits = [1, 4, 5, 6, 7, 10, 14, 15, 16, 1_000_000].map(waitAfter);
  expect(waits).toEqual([0, 0, 1_000, 2_000, 4_000, 32_000, 512_000, 900_000, 900_000, 900_000]);
});

test('failures bring a wait at their address only, so a stranger cannot keep a user out', async () => {
  let now = 0;
  await using cache = new MemoryCache(() => now);
  const throttle = new LoginThrottle(cache);
  for (let count = 0; count < 6; count++) await throttle.failed('ada', '198.51.100.7');
  expect(await throttle.enter('ada', '198.51.100.7')).toBe(2_000);
  expect(await throttle.enter('ada', '192.0.2.1')).toBe(0);
  expect(await throttle.enter('bob', '198.51.100.7')).toBe(0);
  now = 1_500;
  expect(await throttle.enter('ada', '198.51.100.7')).toBe(500);
  now = 2_000;
  expect(await throttle.enter('ada', '198.51.100.7')).toBe(0);
});

test('success and time wipe failures out', async () => {
  let now = 0;
  await using cache = new MemoryCache(() => now);
  const throttle = new LoginThrottle(cache);
  for (let count = 0; count < 4; count++) await throttle.failed('ada', '::1');
  await throttle.succeeded('ada', '::1');
  for (let count = 0; count < 4; count++) await throttle.failed('ada', '::1');
  expect(await throttle.enter('ada', '::1')).toBe(0);
  now = 61 * 60_000;
  await throttle.failed('ada', '::1');
  expect(await throttle.enter('ada', '::1')).toBe(0);
});

test('guesses at the same moment do not slip through before the first failure is known', async () => {
  await using cache = new MemoryCache(() => 0);
  const throttle = new LoginThrottle(cache);
  const waits = await Promise.all(Array.from({ length: 100 }, () => throttle.enter('ada', '::1')));
  expect(waits.filter(wait => wait === 0)).toHaveLength(30);
});

test('when the wait is over one guess may try, not all that waited', async () => {
  let now = 0;
  await using cache = new MemoryCache(() => now);
  const throttle = new LoginThrottle(cache);
  for (let count = 0; count < 8; count++) await throttle.failed('ada', '::1');
  now = 8_000;
  const waits = await Promise.all(Array.from({ length: 100 }, () => throttle.enter('ada', '::1')));
  expect(waits.filter(wait => wait === 0)).toHaveLength(1);
  expect(Math.max(...waits)).toBe(8_000);
});
