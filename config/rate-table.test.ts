import { describe, expect, test } from 'bun:test';
import { RateTable } from './rate-table.ts';

class Clock {
  ms = 0;
  readonly now = (): number => this.ms;
}

/** How many of `tries` takes are let through. */
function count(table: RateTable, key: string, tries: number): number {
  let taken = 0;
  for (let index = 0; index < tries; index++) if (table.take(key) === 0) taken += 1;
  return taken;
}

describe('a rate', () => {
  test('lets one and its burst through at once, as limit_req with nodelay does', () => {
    const table = new RateTable({ per_second: 10, burst: 5 }, 100, new Clock().now);
    expect(count(table, 'a', 20)).toBe(6);
    expect(count(table, 'b', 20)).toBe(6);
  });

  test('without a burst lets one through in each interval', () => {
    const clock = new Clock();
    const table = new RateTable({ per_second: 10, burst: 0 }, 100, clock.now);
    expect(table.take('a')).toBe(0);
    clock.ms = 99;
    expect(table.take('a')).toBe(1);
    clock.ms = 100;
    expect(table.take('a')).toBe(0);
  });

  test('says how long to wait, and waiting that long is enough', () => {
    const clock = new Clock();
    const table = new RateTable({ per_second: 4, burst: 2 }, 100, clock.now);
    count(table, 'a', 3);
    const waitMs = table.take('a');
    expect(waitMs).toBe(250);
    clock.ms += waitMs;
    expect(table.take('a')).toBe(0);
  });

  test('is not used up by what it refuses', () => {
    const clock = new Clock();
    const table = new RateTable({ per_second: 1, burst: 0 }, 100, clock.now);
    count(table, 'a', 1_000);
    clock.ms = 1_000;
    expect(table.take('a')).toBe(0);
  });

  test('holds on average, whatever the pattern', () => {
    const clock = new Clock();
    const table = new RateTable({ per_second: 50, burst: 10 }, 100, clock.now);
    let taken = 0;
    for (; clock.ms < 10_000; clock.ms += 7) taken += count(table, 'a', 3);
    expect(taken).toBeWithin(500, 512);
  });

  test('charged past its room says for how long it is overdrawn', () => {
    const clock = new Clock();
    const table = new RateTable({ per_second: 1_000, burst: 999 }, 100, clock.now);
    expect(table.charge('a', 1_000)).toBe(0);
    expect(table.charge('a', 500)).toBe(500);
    clock.ms = 200;
    expect(table.charge('a', 0)).toBe(300);
  });
});

describe('the table', () => {
  test('does not grow with a flood of addresses, and keeps those that are active', () => {
    const table = new RateTable({ per_second: 1, burst: 0 }, 100, new Clock().now);
    for (let index = 0; index < 10_000; index++) {
      table.take(`address ${index}`);
      if (index > 0) expect(table.take('busy') === 0).toBe(index === 1);
    }
    expect(table.size).toBe(100);
  });

  test('forgets in the order in which keys were last touched, whatever the pattern of touches', () => {
    const table = new RateTable({ per_second: 0.001, burst: 0 }, 50, new Clock().now);
    let order: string[] = [];
    let random = 1;
    for (let index = 0; index < 5_000; index++) {
      random = (random * 48_271) % 2_147_483_647;
      // Now a new key, now one of those that are there, the oldest among them too.
      const key = order[random % 75] ?? `key ${index}`;
      const isKnown = order.includes(key);
      expect(table.take(key) > 0).toBe(isKnown);
      order = [...order.filter(each => each !== key), key].slice(-50);
      expect(table.size).toBe(order.length);
    }
  });

  test('forgets by itself whoever has been quiet', () => {
    const clock = new Clock();
    const table = new RateTable({ per_second: 10, burst: 0 }, 1_000, clock.now);
    for (let index = 0; index < 400; index++) table.take(`address ${index}`);
    clock.ms = 1_000;
    for (let index = 0; index < 110; index++) table.take(`other ${index}`);
    expect(table.size).toBeLessThan(120);
  });

  test('hands out what was taken once, and goes on from what it hears', () => {
    const clock = new Clock();
    const table = new RateTable({ per_second: 10, burst: 9 }, 100, clock.now);
    table.share();
    count(table, 'a', 4);
    table.take('b');
    expect(table.tell(1)).toEqual([{ key: 'a', amount: 4 }]);
    expect(table.tell(10)).toEqual([{ key: 'b', amount: 1 }]);
    expect(table.tell(10)).toEqual([]);
    table.take('a');
    table.hear('a', 8);
    expect(count(table, 'a', 10)).toBe(1);
    table.hear('unknown', 8);
  });
});
