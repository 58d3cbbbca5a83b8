import { beforeEach, describe, expect, test } from 'bun:test';
import { AddressRanges } from '../../config/address-range.ts';
import { limitsSchema } from '../../config/gateway-admission.ts';
import { createLog } from '../../config/log.ts';
import { Admission } from './admission.ts';
import { AdmissionRecord, type AdmissionRefusal } from './admission-record.ts';
import { StreamCounts, streamLimitsOf } from './stream-counts.ts';

let now = 0;
let lines: { reason: string; count: number; limit: number }[] = [];
let record: AdmissionRecord;

beforeEach(() => {
  now = 0;
  lines = [];
  const write = (line: string): number => lines.push(JSON.parse(line));
  const log = createLog({ program: 'gateway', level: 'info', write, now: () => 0 });
  record = new AdmissionRecord(log, () => now);
});

const parse = (limits: object) => limitsSchema.parse({ unlimited_addresses: ['192.0.2.0/24'], ...limits });

function admission(limits: object, workers = 1): Admission {
  return new Admission({
    limits: parse(limits),
    trustedProxies: new AddressRanges(['10.0.0.0/8']),
    streams: new StreamCounts(streamLimitsOf(parse(limits), false)),
    workers,
    record,
    now: () => now,
  });
}

const stream = { userId: 'ada', sessionId: 's1', address: '203.0.113.1', proxied: false };
const kindOf = (answer: 'in' | AdmissionRefusal | undefined): string =>
  typeof answer === 'object' ? answer.kind : 'a place';

describe('connections', () => {
  test('are closed over the total, and a place that was left is free', () => {
    const door = admission({ connections: 2 });
    door.connect('203.0.113.1');
    expect(door.connect('203.0.113.2')).toBe('in');
    expect(door.connect('203.0.113.3')).toBeUndefined();
    door.disconnect('203.0.113.1');
    expect(door.connect('203.0.113.3')).toBeDefined();
    expect(door.connect('203.0.113.4')).toBeUndefined();
    expect(record.count('connections')).toBe(2);
  });

  test('of an address over its limit come in to be told, as many again, and no more', () => {
    const door = admission({ connections_per_address: 2 });
    const answers = Array.from({ length: 5 }, () => door.connect('203.0.113.1'));
    const refusal = { kind: 'address_connections', status: 503, retryAfterS: 5 };
    expect(answers.slice(0, 2)).toEqual(['in', 'in']);
    expect(answers.slice(2, 4)).toMatchObject([refusal, refusal]);
    expect(answers[4]).toBeUndefined();
    for (let count = 0; count < 4; count++) door.disconnect('203.0.113.1');
    expect(door.keys).toBe(0);
  });

  test('of one /64 count together, of trusted proxies and unlimited addresses not at all', () => {
    const door = admission({ connections_per_address: 1 });
    expect(door.connect('2001:db8::1')).toBe('in');
    expect(kindOf(door.connect('2001:db8::2'))).toBe('address_connections');
    for (const address of ['10.1.1.1', '192.0.2.5'])
      for (let count = 0; count < 5; count++) expect(door.connect(address)).toBe('in');
  });

  test('are accepted at a rate, whoever they are', () => {
    const door = admission({ accept_rate: { per_second: 2, burst: 1 } });
    expect([1, 2, 3].map(digit => door.connect(`192.0.2.${digit}`) !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
    now = 500;
    expect(door.connect('192.0.2.3')).toBeDefined();
    expect(record.count('accept_rate')).toBe(1);
  });
});

describe('streams', () => {
  test('of a session and of a user have their limits', () => {
    const door = admission({ streams_per_session: 2, streams_per_user: 3 });
    const places = [door.openStream(stream), door.openStream(stream), door.openStream(stream)];
    expect(places.map(kindOf)).toEqual(['a place', 'a place', 'session_streams']);
    expect(kindOf(door.openStream({ ...stream, sessionId: 's2' }))).toBe('a place');
    expect(kindOf(door.openStream({ ...stream, sessionId: 's3' }))).toBe('user_streams');
    expect(kindOf(door.openStream({ ...stream, sessionId: 's3', userId: 'bob' }))).toBe('a place');
    door.closeStream(stream);
    expect(kindOf(door.openStream({ ...stream, userId: 'bob' }))).toBe('a place');
  });

  test('where there are no users have no limit of one', () => {
    const door = admission({ streams_per_user: 1 });
    for (let count = 0; count < 3; count++)
      expect(kindOf(door.openStream({ ...stream, userId: '' }))).toBe('a place');
  });

  test('through a trusted proxy count for the address of their client', () => {
    const door = admission({ connections_per_address: 1 });
    expect(kindOf(door.openStream({ ...stream, proxied: true }))).toBe('a place');
    expect(kindOf(door.openStream({ ...stream, proxied: true }))).toBe('address_connections');
    expect(kindOf(door.openStream({ ...stream, proxied: true, address: '203.0.113.2' }))).toBe('a place');
    expect(kindOf(door.openStream(stream))).toBe('a place');
  });

  test('that are refused leave nothing counted', () => {
    const door = admission({ streams_per_session: 1, streams_per_user: 5 });
    for (const proxied of [false, true]) {
      door.openStream({ ...stream, proxied });
      for (let count = 0; count < 10; count++) door.openStream({ ...stream, proxied });
      door.closeStream({ ...stream, proxied });
    }
    expect(door.keys).toBe(0);
  });
});

test('limits that were changed hold for who is there already, and streams over them stay counted', () => {
  const streams = new StreamCounts(streamLimitsOf(parse({}), false));
  const door = new Admission({
    limits: parse({ connections_per_address: 'unlimited' }),
    trustedProxies: new AddressRanges([]),
    streams,
    workers: 1,
    record,
    now: () => now,
  });
  for (let count = 0; count < 3; count++) {
    expect(door.connect(stream.address)).toBe('in');
    door.openStream(stream);
  }
  const limits = parse({ connections_per_address: 3, streams_per_session: 3, accept_rate: 'unlimited' });
  door.setLimits(limits);
  streams.limits = streamLimitsOf(limits, false);
  expect(kindOf(door.connect(stream.address))).toBe('address_connections');
  expect(kindOf(door.openStream(stream))).toBe('session_streams');
  door.closeStream(stream);
  expect(kindOf(door.openStream(stream))).toBe('a place');
  door.setLimits(parse({ connections: 1, unlimited_addresses: [stream.address] }));
  expect(door.connect('203.0.113.2')).toBeUndefined();
});

test('one of several workers has its share of each limit, rounded up', () => {
  const door = admission({ connections: 10, accept_rate: 'unlimited' }, 4);
  const places = Array.from({ length: 5 }, () => door.connect('192.0.2.1'));
  expect(places.map(place => place !== undefined)).toEqual([true, true, true, false, false]);
});

test('what is refused is counted always and logged now and then, with how many there were', () => {
  for (let count = 0; count < 1_000; count++) record.refused('connections', '203.0.113.1', 5);
  record.refused('accept_rate', '203.0.113.1', 7);
  now = 10_000;
  record.refused('connections', '203.0.113.2', 5);
  expect(record.count('connections')).toBe(1_001);
  expect(lines.map(({ reason, count, limit }) => [reason, count, limit])).toEqual([
    ['connections', 1, 5],
    ['accept_rate', 1, 7],
    ['connections', 1_000, 5],
  ]);
});
