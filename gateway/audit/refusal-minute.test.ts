import { expect, test } from 'bun:test';
import { RefusalMinute, toldMax, toldOfOneMax } from './refusal-minute.ts';

const take = (minute: RefusalMinute, address: string, count: number, refusal = 'bad_token'): number => {
  let told = 0;
  for (let at = 0; at < count; at++) if (minute.take(address, refusal)) told += 1;
  return told;
};

test('the first refusals of an address are told one by one, the rest as a number', () => {
  const minute = new RefusalMinute();
  expect(take(minute, '192.0.2.1', 1_000)).toBe(toldOfOneMax);
  expect(take(minute, '192.0.2.2', 1)).toBe(1);
  expect(take(minute, '192.0.2.1', 3, 'unknown_session')).toBe(3);
  expect(minute.end()).toEqual([{ address: '192.0.2.1', refusal: 'bad_token', count: 1_000 - toldOfOneMax }]);
  expect(minute.end()).toEqual([]);
  expect(take(minute, '192.0.2.1', 1_000)).toBe(toldOfOneMax);
});

test('addresses of one /64 are one', () => {
  const minute = new RefusalMinute();
  let told = 0;
  for (let at = 0; at < 100; at++) told += take(minute, `2001:db8::${at.toString(16)}`, 1);
  expect(told).toBe(toldOfOneMax);
  expect(minute.end()).toEqual([
    { address: '2001:db8:0:0::/64', refusal: 'bad_token', count: 100 - toldOfOneMax },
  ]);
});

test('a flood from any number of addresses brings a bounded number of records a minute, and none is uncounted', () => {
  const minute = new RefusalMinute();
  let told = 0;
  for (let at = 0; at < 50_000; at++) told += take(minute, `2001:db8:0:${at.toString(16)}::1`, 1);
  const rest = minute.end();
  expect(told).toBe(toldMax);
  expect(rest.length).toBeLessThanOrEqual(toldMax + 1);
  expect(told + rest.reduce((sum, { count }) => sum + count, 0)).toBe(50_000);
  expect(rest.some(({ address }) => address === '')).toBeTrue();
});
