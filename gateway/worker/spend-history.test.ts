import { expect, test } from 'bun:test';
import { SpendHistory } from './spend-history.ts';

const spend = (sessionId: string, bytes: number, ageMs = 0) =>
  ({ sessionId, direction: 'up', bytes, ageMs }) as const;

test('a worker that starts later hears what was spent, and how long ago', () => {
  const history = new SpendHistory();
  history.add(spend('a', 10, 5), 1_000);
  history.add({ ...spend('a', 20), direction: 'down' }, 2_000);
  expect(history.entries(3_000)).toEqual([
    { sessionId: 'a', direction: 'up', bytes: 10, ageMs: 2_005 },
    { sessionId: 'a', direction: 'down', bytes: 20, ageMs: 1_000 },
  ]);
});

test('many spends of a session are told as fewer, and never as less', () => {
  const history = new SpendHistory();
  for (let at = 0; at < 1_000; at++) history.add(spend('a', 1), at);
  const entries = history.entries(1_000);
  expect(entries.length).toBeLessThanOrEqual(64);
  expect(entries.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(1_000);
  expect(entries.at(-1)).toMatchObject({ bytes: 1, ageMs: 1 });
});

test('above its limit the session heard of longest ago is forgotten', () => {
  const history = new SpendHistory(1);
  for (const id of ['a', 'b', 'c']) history.add(spend(id, 1), 0);
  history.add(spend('a', 1), 0);
  history.add(spend('d', 1), 0);
  expect(new Set(history.entries(0).map(({ sessionId }) => sessionId))).toEqual(new Set(['a', 'c', 'd']));
});
