import { describe, expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { encodeMessage, type SpendEntry } from './message.ts';
import { SpendHistory } from './spend-history.ts';

const spend = (sessionId: string, amount: number, ageMs = 0) =>
  ({ sessionId, kind: 'up', amount, ageMs }) as const;

const entriesOf = (history: SpendHistory, nowMs: number): SpendEntry[] => history.portions(nowMs).flat();

test('a worker that starts later hears what was spent, and how long ago', () => {
  const history = new SpendHistory();
  history.add(spend('a', 10, 5), 1_000);
  history.add({ ...spend('a', 20), kind: 'down' }, 2_000);
  expect(entriesOf(history, 3_000)).toEqual([
    { sessionId: 'a', kind: 'up', amount: 10, ageMs: 2_005 },
    { sessionId: 'a', kind: 'down', amount: 20, ageMs: 1_000 },
  ]);
});

test('many spends of a session are told as fewer, and never as less', () => {
  const history = new SpendHistory();
  for (let at = 0; at < 1_000; at++) history.add(spend('a', 1), at);
  const entries = entriesOf(history, 1_000);
  expect(entries.length).toBeLessThanOrEqual(64);
  expect(entries.reduce((sum, { amount }) => sum + amount, 0)).toBe(1_000);
  expect(entries.at(-1)).toMatchObject({ amount: 1, ageMs: 1 });
});

test('above its limit the session heard of longest ago is forgotten', () => {
  const history = new SpendHistory(1);
  for (const id of ['a', 'b', 'c']) history.add(spend(id, 1), 0);
  history.add(spend('a', 1), 0);
  history.add(spend('d', 1), 0);
  expect(new Set(entriesOf(history, 0).map(({ sessionId }) => sessionId))).toEqual(new Set(['a', 'c', 'd']));
});

describe('the history of thousands of sessions', () => {
  test('comes in portions that a message holds many times over, and whole', () => {
    const history = new SpendHistory();
    const sessions = Array.from({ length: 2_000 }, () => crypto.randomUUID());
    for (let at = 0; at < 64; at++) for (const id of sessions) history.add(spend(id, 1, 0.123_456_789), at);
    const portions = history.portions(1_000_000.5);
    const sizes = portions.map(portion => encodeMessage({ kind: 'spent', spent: portion }).length);
    expect(Math.max(...sizes)).toBeLessThan(limits.workerMessageCharsMax / 50);
    expect(portions.flat().length).toBe(64 * sessions.length);
    expect(portions.every(portion => portion.length > 0)).toBe(true);
  });
});

describe('presses', () => {
  const press = { ...spend('a', 1), kind: 'keys' } as const;

  test('are told while their rate has not flowed in again', () => {
    const history = new SpendHistory();
    history.add(press, 0);
    expect(entriesOf(history, 60_000)).toEqual([{ ...press, ageMs: 60_000 }]);
  });

  test('of long ago are forgotten; what was copied then is not', () => {
    const history = new SpendHistory();
    history.add(press, 0);
    history.add(press, 3_590_000);
    history.add(spend('a', 1), 0);
    expect(entriesOf(history, 3_600_000)).toEqual([
      { ...press, ageMs: 10_000 },
      { ...spend('a', 1), ageMs: 3_600_000 },
    ]);
  });
});
