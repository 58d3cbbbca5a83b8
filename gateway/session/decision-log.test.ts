import { expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { DecisionLog } from './decision-log.ts';
import type { SessionEvent } from './session-events.ts';

function start() {
  const clock = { ms: 1_000 };
  return { clock, log: new DecisionLog(() => clock.ms) };
}

const overSize = (bytes: number): SessionEvent => ({
  type: 'clipboard',
  direction: 'up',
  verdict: 'drop',
  reason: 'size',
  bytes,
  limit: 10,
});
const key: SessionEvent = { type: 'keyboard', direction: 'up', verdict: 'drop', reason: 'disabled' };

test('the newest decision comes first, with its time and its numbers', () => {
  const { clock, log } = start();
  log.heard('office', key);
  clock.ms = 2_000;
  log.heard('office', overSize(99));
  expect(log.of('office')).toEqual([
    {
      type: 'clipboard',
      direction: 'up',
      verdict: 'drop',
      reason: 'size',
      bytes: 99,
      limit: 10,
      timeMs: 2_000,
      sinceMs: 2_000,
      count: 1,
    },
    { ...key, timeMs: 1_000, sinceMs: 1_000, count: 1 },
  ] as never);
  expect(log.of('lab')).toEqual([]);
});

test('a held key takes one place, however long it is held', () => {
  const { clock, log } = start();
  log.heard('office', overSize(99));
  for (let index = 0; index < 1_000; index++) {
    clock.ms += 1;
    log.heard('office', key);
  }
  expect(log.of('office')).toHaveLength(2);
  expect(log.of('office')[0]).toMatchObject({
    type: 'keyboard',
    count: 1_000,
    sinceMs: 1_001,
    timeMs: 2_000,
  });
});

test('a session keeps its last decisions, the log its last sessions', () => {
  const { log } = start();
  for (let bytes = 1; bytes <= limits.decisionsPerSessionMax + 5; bytes++)
    log.heard('office', overSize(bytes));
  const kept = log.of('office');
  expect(kept).toHaveLength(limits.decisionsPerSessionMax);
  expect(kept.at(-1)?.bytes).toBe(6);
  for (let index = 0; index < limits.decisionSessionsMax; index++) log.heard(`other ${index}`, key);
  expect(log.of('office')).toEqual([]);
  expect(log.of('other 0')).toHaveLength(1);
});

test('of the ends, those are kept at which something was wrong', () => {
  const { log } = start();
  const end = (reason: 'client_closed' | 'client_message'): SessionEvent => ({
    type: 'end',
    reason,
    message: 'may quote what a peer said',
    retry: false,
  });
  log.heard('office', end('client_closed'));
  log.heard('office', end('client_message'));
  expect(log.of('office')).toEqual([
    { type: 'stream', verdict: 'end', reason: 'client_message', timeMs: 1_000, sinceMs: 1_000, count: 1 },
  ]);
});

test('nothing but the named fields is kept, whatever an event carries', () => {
  const { log } = start();
  log.heard('office', { ...overSize(99), ...{ text: 'planted content' } });
  expect(JSON.stringify(log.of('office'))).not.toContain('planted');
});
