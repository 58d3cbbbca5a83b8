import { expect, test } from 'bun:test';
import type { Direction } from '../policy/traffic-event.ts';
import type { DropReason } from '../policy/verdict.ts';
import type { PolicyRecord } from './policy-record.ts';
import { type DropCount, PolicyReporter } from './policy-reporter.ts';
import type { DroppedType, PolicyEvent } from './stream-inspection.ts';

function open(level: PolicyReporter['level'] = 'off') {
  const clock = { nowMs: 0 };
  const events: PolicyEvent[] = [];
  const records: PolicyRecord[] = [];
  const counts: Record<string, DropCount> = {};
  const reporter = new PolicyReporter({
    now: () => clock.nowMs,
    onEvent: event => events.push(event),
    onRecord: record => records.push(record),
    countOf: (type: DroppedType, direction: Direction, reason: DropReason) => {
      counts[`${type} ${direction} ${reason}`] ??= { value: 0 };
      return counts[`${type} ${direction} ${reason}`]!;
    },
  });
  reporter.level = level;
  return { reporter, clock, events, records, counts };
}

const valuesOf = (counts: Record<string, DropCount>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([kind, { value }]) => [kind, value]));

test('each drop is counted, however fast they come', () => {
  const { reporter, events, counts } = open();
  for (let key = 0; key < 500; key++) reporter.input('keyboard', 'rate');
  expect(valuesOf(counts)).toEqual({ 'keyboard up rate': 500 });
  expect([reporter.drops, events.length]).toEqual([500, 1]);
});

test('one kind of drop hides no other: by type, reason and direction, each is told once a second', () => {
  const { reporter, clock, events } = open();
  for (clock.nowMs = 0; clock.nowMs < 2_000; clock.nowMs += 100) {
    reporter.input('keyboard', 'rate');
    reporter.input('keyboard', 'combination');
    reporter.input('relay', 'disabled', 'down');
    reporter.input('relay', 'disabled', 'up');
  }
  const told = events.map(({ type, reason, direction }) => `${type} ${reason} ${direction}`);
  const each = ['keyboard rate up', 'keyboard combination up', 'relay disabled down', 'relay disabled up'];
  expect(told).toEqual([...each, ...each]);
});

test('what nobody is told of is counted all the same', () => {
  const { reporter, events, records, counts } = open('info');
  reporter.dropped('statistics', 'disabled');
  reporter.finish();
  expect([valuesOf(counts), reporter.drops, events, records]).toEqual([
    { 'statistics up disabled': 1 },
    1,
    [],
    [],
  ]);
});

test('a copy is counted item by item, and once where its offer fell before it', () => {
  const { reporter, events, counts } = open();
  reporter.clipboard({ direction: 'up', verdict: 'size', bytes: 9 });
  reporter.clipboard({ direction: 'up', verdict: 'size', bytes: 8 });
  reporter.clipboard({ direction: 'up', verdict: 'pass', bytes: 1 });
  reporter.clipboard({ direction: 'up', verdict: 'disabled' }, false);
  expect([valuesOf(counts), events.length]).toEqual([{ 'clipboard up size': 2 }, 2]);
});

test('copies that come too fast to be looked at are told once a second, and all counted', () => {
  const { reporter, events, counts } = open();
  for (let copy = 0; copy < 9; copy++) reporter.clipboard({ direction: 'down', verdict: 'rate', waitMs: 5 });
  expect(valuesOf(counts)).toEqual({ 'clipboard down rate': 9 });
  expect(events).toEqual([
    { type: 'clipboard', direction: 'down', verdict: 'drop', reason: 'rate', waitMs: 5 },
  ]);
});

test('what falls under any policy is recorded at any level, at first and then once a minute with its number', () => {
  const { reporter, clock, records } = open('off');
  for (clock.nowMs = 0; clock.nowMs < 130_000; clock.nowMs += 1_000)
    reporter.input('udp', 'disabled', 'down');
  reporter.finish();
  const record = { type: 'udp', direction: 'down', verdict: 'drop', reason: 'disabled' } as const;
  expect(records).toEqual([
    record,
    { ...record, count: 60 },
    { ...record, count: 60 },
    { ...record, count: 9 },
  ]);
});

test('at off these are recorded: UDP, a form nobody knows, more than the gateway looks at; no other', () => {
  const { reporter, records } = open('off');
  reporter.input('keyboard', 'disabled');
  reporter.clipboard({ direction: 'up', verdict: 'size', bytes: 9, limit: 5 });
  reporter.finish();
  expect(records).toEqual([]);
  reporter.input('udp', 'disabled');
  reporter.clipboard({ direction: 'up', verdict: 'form', mimetype: 'text/plain' });
  reporter.clipboard({ direction: 'up', verdict: 'rate' });
  reporter.clipboard({ direction: 'up', verdict: 'size', bytes: 9, limit: 5, anyPolicy: true });
  expect(records.map(({ type, reason, count }) => [type, reason, count])).toEqual([
    ['udp', 'disabled', undefined],
    ['clipboard', 'form', undefined],
    ['clipboard', 'rate', undefined],
    ['clipboard', 'size', undefined],
  ]);
});

test('at info all drops are recorded, those by the hundred once a second with their number', () => {
  const { reporter, clock, records } = open('info');
  for (clock.nowMs = 0; clock.nowMs < 1_500; clock.nowMs += 100) reporter.input('pointer', 'region');
  reporter.clipboard({ direction: 'up', verdict: 'size', bytes: 9 });
  reporter.finish();
  const record = { type: 'pointer', direction: 'up', verdict: 'drop', reason: 'region' } as const;
  expect(records).toEqual([
    record,
    { ...record, count: 10 },
    { type: 'clipboard', direction: 'up', verdict: 'drop', reason: 'size', operation: 0, bytes: 9 },
    { ...record, count: 4 },
  ]);
});
