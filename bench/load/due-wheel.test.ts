import { describe, expect, test } from 'bun:test';
import { DueWheel } from './due-wheel.ts';

function taker(wheel: DueWheel<string>): (nowMs: number) => string[] {
  return nowMs => {
    const taken: string[] = [];
    wheel.take(nowMs, item => taken.push(item));
    return taken;
  };
}

describe('the wheel', () => {
  test('hands out what is due, in order of time, once', () => {
    const wheel = new DueWheel<string>(0, 2, 16);
    const take = taker(wheel);
    wheel.add(9, 'late');
    wheel.add(3, 'early');
    expect(take(3)).toEqual([]);
    expect(take(4)).toEqual(['early']);
    expect(take(30)).toEqual(['late']);
    expect(take(60)).toEqual([]);
  });

  test('keeps what is further away than its slots reach', () => {
    const wheel = new DueWheel<string>(0, 2, 16);
    const take = taker(wheel);
    wheel.add(100, 'far');
    expect([10, 33, 50, 98].flatMap(take)).toEqual([]);
    expect(take(102)).toEqual(['far']);
  });

  test('hands out what was due in the past with the next turn', () => {
    const wheel = new DueWheel<string>(1000, 2, 16);
    const take = taker(wheel);
    wheel.add(10, 'past');
    expect(take(1002)).toEqual(['past']);
  });

  test('takes additions while it hands out', () => {
    const wheel = new DueWheel<string>(0, 2, 16);
    const taken: string[] = [];
    wheel.add(1, 'first');
    const onDue = (item: string, dueMs: number): void => {
      taken.push(item);
      if (taken.length < 4) wheel.add(dueMs + 4, 'again');
    };
    wheel.take(40, onDue);
    expect(taken).toEqual(['first', 'again', 'again', 'again']);
  });
});
