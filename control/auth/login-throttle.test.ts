import { describe, expect, test } from 'bun:test';
import { MemoryCache } from '../cache/memory-cache.ts';
import {
  addressFailuresMax,
  attackFailures,
  LoginThrottle,
  type LoginTry,
  waitAfter,
} from './login-throttle.ts';

test('the wait doubles from the fifth failure on, up to a quarter of an hour', () => {
  const waits = [1, 4, 5, 6, 7, 10, 14, 15, 16, 1_000_000].map(failures => waitAfter(failures));
  expect(waits).toEqual([0, 0, 1_000, 2_000, 4_000, 32_000, 512_000, 900_000, 900_000, 900_000]);
});

test('failures bring a wait at their address only, so a stranger cannot keep a user out', async () => {
  let now = 0;
  await using cache = new MemoryCache(() => now);
  const throttle = new LoginThrottle(cache);
  for (let count = 0; count < 6; count++) await throttle.failed({ username: 'ada', address: '198.51.100.7' });
  expect(await throttle.enter({ username: 'ada', address: '198.51.100.7' })).toBe(2_000);
  expect(await throttle.enter({ username: 'ada', address: '192.0.2.1' })).toBe(0);
  expect(await throttle.enter({ username: 'bob', address: '198.51.100.7' })).toBe(0);
  now = 1_500;
  expect(await throttle.enter({ username: 'ada', address: '198.51.100.7' })).toBe(500);
  now = 2_000;
  expect(await throttle.enter({ username: 'ada', address: '198.51.100.7' })).toBe(0);
});

test('success and time wipe failures out', async () => {
  let now = 0;
  await using cache = new MemoryCache(() => now);
  const throttle = new LoginThrottle(cache);
  for (let count = 0; count < 4; count++) await throttle.failed({ username: 'ada', address: '::1' });
  await throttle.succeeded({ username: 'ada', address: '::1' });
  for (let count = 0; count < 4; count++) await throttle.failed({ username: 'ada', address: '::1' });
  expect(await throttle.enter({ username: 'ada', address: '::1' })).toBe(0);
  now = 61 * 60_000;
  await throttle.failed({ username: 'ada', address: '::1' });
  expect(await throttle.enter({ username: 'ada', address: '::1' })).toBe(0);
});

test('guesses at the same moment do not slip through before the first failure is known', async () => {
  await using cache = new MemoryCache(() => 0);
  const throttle = new LoginThrottle(cache);
  const waits = await Promise.all(
    Array.from({ length: 100 }, () => throttle.enter({ username: 'ada', address: '::1' })),
  );
  expect(waits.filter(wait => wait === 0)).toHaveLength(30);
});

test('when the wait is over one guess may try, not all that waited', async () => {
  let now = 0;
  await using cache = new MemoryCache(() => now);
  const throttle = new LoginThrottle(cache);
  for (let count = 0; count < 8; count++) await throttle.failed({ username: 'ada', address: '::1' });
  now = 8_000;
  const waits = await Promise.all(
    Array.from({ length: 100 }, () => throttle.enter({ username: 'ada', address: '::1' })),
  );
  expect(waits.filter(wait => wait === 0)).toHaveLength(1);
  expect(Math.max(...waits)).toBe(8_000);
});

/** Guesses at `username` from as many addresses as it takes, one each, until the account counts as under attack. */
async function attack(throttle: LoginThrottle, username: string, failures = attackFailures): Promise<void> {
  for (let count = 0; count < failures; count++)
    await throttle.failed({ username, address: `198.51.100.${count}` });
}

describe('an account that is guessed at from many addresses', () => {
  test('slows strangers down: one failure for free each, and few tries together', async () => {
    await using cache = new MemoryCache(() => 0);
    const throttle = new LoginThrottle(cache);
    await attack(throttle, 'ada');
    const stranger: LoginTry = { username: 'ada', address: '192.0.2.1' };
    expect(await throttle.enter(stranger)).toBe(0);
    await throttle.failed(stranger);
    expect(await throttle.enter(stranger)).toBe(1_000);
    const waits = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        throttle.enter({ username: 'ada', address: `192.0.2.${index + 2}` }),
      ),
    );
    expect(waits.filter(wait => wait === 0)).toHaveLength(9);
    expect(Math.max(...waits)).toBe(10_000);
  });

  test('does not slow its user down at an address it logged in from', async () => {
    await using cache = new MemoryCache(() => 0);
    const throttle = new LoginThrottle(cache);
    const own: LoginTry = { username: 'ada', address: '2001:db8:1:2::5' };
    await throttle.succeeded(own);
    await attack(throttle, 'ada', 500);
    const moved: LoginTry = { ...own, address: '2001:db8:1:2:9:9:9:9' };
    for (let count = 0; count < 4; count++) {
      expect(await throttle.enter(moved)).toBe(0);
      await throttle.failed(moved);
    }
    expect(await throttle.enter(moved)).toBe(0);
  });

  test('does not slow its user down with a device it logged in from, wherever it is', async () => {
    await using cache = new MemoryCache(() => 0);
    const throttle = new LoginThrottle(cache);
    await attack(throttle, 'ada', 500);
    const tries = Array.from({ length: 20 }, () =>
      throttle.enter({ username: 'ada', address: '192.0.2.77', device: 'laptop' }),
    );
    expect(await Promise.all(tries)).toEqual(new Array(20).fill(0));
    for (let count = 0; count < 5; count++)
      await throttle.failed({ username: 'ada', address: `192.0.2.${count}`, device: 'laptop' });
    expect(await throttle.enter({ username: 'ada', address: '192.0.2.78', device: 'laptop' })).toBe(1_000);
    expect(await throttle.enter({ username: 'ada', address: '192.0.2.78', device: 'phone' })).toBe(0);
  });

  test('leaves other accounts alone, and is forgotten', async () => {
    let now = 0;
    await using cache = new MemoryCache(() => now);
    const throttle = new LoginThrottle(cache);
    await attack(throttle, 'ada');
    const waits = Array.from({ length: 20 }, () => throttle.enter({ username: 'bob', address: '192.0.2.1' }));
    expect(await Promise.all(waits)).toEqual(new Array(20).fill(0));
    now = 61 * 60_000;
    const later = Array.from({ length: 20 }, () => throttle.enter({ username: 'ada', address: '192.0.2.1' }));
    expect(await Promise.all(later)).toEqual(new Array(20).fill(0));
  });
});

test('an address that guesses at one account after the other waits, but not those who logged in from there', async () => {
  await using cache = new MemoryCache(() => 0);
  const throttle = new LoginThrottle(cache);
  const address = '198.51.100.7';
  await throttle.succeeded({ username: 'ada', address });
  for (let count = 0; count < addressFailuresMax; count++)
    await throttle.failed({ username: `user ${count}`, address });
  expect(await throttle.enter({ username: 'bob', address })).toBe(1_000);
  expect(await throttle.enter({ username: 'ada', address })).toBe(0);
  expect(await throttle.enter({ username: 'bob', address: '192.0.2.1' })).toBe(0);
  for (let count = 0; count < 100; count++) await throttle.failed({ username: `other ${count}`, address });
  expect(await throttle.enter({ username: 'bob', address })).toBe(60_000);
});
