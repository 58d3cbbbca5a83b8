import { expect, test } from 'bun:test';
import { readFile, rm } from 'node:fs/promises';
import { createLog } from '../../config/log.ts';
import { makeTempFolder } from '../../test/harness/temp-folder.ts';
import { Audit, type StreamFacts } from './audit.ts';
import { Counter, Gauge } from './metric.ts';
import { AuditTrail } from './trail.ts';

const facts: StreamFacts = {
  connectionId: 'c1',
  sessionId: 's1',
  userId: 'u1',
  channel: 'vnc',
  address: '192.0.2.1',
};

async function open(bytesMax?: number) {
  const folder = await makeTempFolder('audit');
  const lines: string[] = [];
  const log = createLog({
    program: 'gateway',
    level: 'debug',
    write: line => lines.push(line),
    now: () => 0,
  });
  const trail = new AuditTrail(folder.path, bytesMax);
  const audit = new Audit(log, trail, () => 1000);
  const records = async (file = trail.file) =>
    (await readFile(file, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line));
  return { audit, trail, folder, lines, records };
}

test('a stream leaves a record as it opens and as it closes, one log line each, and its counters', async () => {
  const { audit, records, lines, folder } = await open();
  await using _ = folder;
  audit.streamOpened(facts);
  audit.streamClosed({
    ...facts,
    reason: 'session_ended',
    message: 'the session has ended',
    bytesToClient: 500,
    bytesToUpstream: 20,
    policyDrops: 2,
    openedAtMs: 1000,
    closedAtMs: 4000,
  });
  expect(await records()).toEqual([
    { event: 'stream_opened', atMs: 1000, ...facts },
    {
      ...{ event: 'stream_closed', atMs: 4000, ...facts, reason: 'session_ended' },
      ...{ bytesToClient: 500, bytesToUpstream: 20, policyDrops: 2, durationMs: 3000 },
    },
  ]);
  expect(lines.map(line => JSON.parse(line).message)).toEqual(['stream opened', 'stream closed']);
  expect(audit.streamsClosed.value({ reason: 'session_ended' })).toBe(1);
  expect(audit.streamBytes.value({ direction: 'to_client' })).toBe(500);
});

test('of what policy drops, all is counted and the first of a kind is logged', async () => {
  const { audit, lines, folder } = await open();
  await using _ = folder;
  const event = {
    type: 'clipboard',
    direction: 'up',
    verdict: 'drop',
    reason: 'size',
    bytes: 9,
    limit: 5,
  } as const;
  audit.policyDropped(facts, event, true);
  audit.policyDropped(facts, event, false);
  audit.countOf('clipboard', 'up', 'size').value += 2;
  audit.countOf('clipboard', 'up', 'size').value += 1;
  expect(audit.policyDrops.value({ type: 'clipboard', direction: 'up', reason: 'size' })).toBe(3);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ message: 'policy dropped clipboard', bytes: 9, limit: 5 });
});

test('the trail never grows over its limit: the older half is kept beside it', async () => {
  const { audit, trail, records, folder } = await open(1000);
  await using _ = folder;
  for (let count = 0; count < 30; count++) audit.streamOpened(facts);
  expect((await readFile(trail.file)).length).toBeLessThanOrEqual(1000);
  expect((await records(`${trail.file}.1`)).length).toBeGreaterThan(3);
});

test('refused streams, however many, erase nothing of what users did', async () => {
  const { audit, trail, records, folder } = await open(2000);
  await using _ = folder;
  audit.streamOpened(facts);
  for (let count = 0; count < 1_000; count++)
    audit.streamRefused({ ...facts, address: `198.51.100.${count % 250}` }, 'bad_token');
  audit[Symbol.dispose]();
  expect(await records()).toEqual([{ event: 'stream_opened', atMs: 1000, ...facts }]);
  for (const file of [trail.refusedFile, `${trail.refusedFile}.1`])
    expect((await readFile(file)).length).toBeWithin(1, 2001);
});

test('of refused streams the first of an address are told, and how many more there were', async () => {
  const { audit, trail, records, lines, folder } = await open();
  await using _ = folder;
  for (let count = 0; count < 100; count++) audit.streamRefused(facts, 'bad_token');
  audit[Symbol.dispose]();
  const told = await records(trail.refusedFile);
  expect(told).toHaveLength(11);
  expect(told[0]).toEqual({ event: 'stream_refused', atMs: 1000, ...facts, reason: 'bad_token' });
  const { address } = facts;
  expect(told[10]).toMatchObject({ event: 'streams_refused', address, reason: 'bad_token', count: 90 });
  expect(lines.map(line => JSON.parse(line).message)).toEqual([
    ...new Array(10).fill('stream refused'),
    'streams refused',
  ]);
  expect(audit.streamsRefused.value({ refusal: 'bad_token' })).toBe(100);
});

test('a trail that can not be written is counted and said, and the gateway goes on', async () => {
  const { audit, trail, folder, lines } = await open();
  await rm(folder.path, { recursive: true });
  trail.close();
  audit.streamOpened(facts);
  expect(audit.trailFailures.value()).toBe(1);
  expect(lines.some(line => line.includes('audit record not written'))).toBe(true);
});

test('metrics are rendered as Prometheus reads them', () => {
  const counter = new Counter('sluice_things_total', 'Things.');
  counter.add(2, { kind: 'a "quoted"\nname' });
  counter.add(1, { kind: 'a "quoted"\nname' });
  expect(counter.render()).toBe(
    '# HELP sluice_things_total Things.\n# TYPE sluice_things_total counter\n' +
      'sluice_things_total{kind="a \\"quoted\\"\\nname"} 3\n',
  );
  expect(new Gauge('sluice_now', 'Now.', () => 7).render()).toEndWith(
    '# TYPE sluice_now gauge\nsluice_now 7\n',
  );
});

test('what policy recorded goes into the trail with the stream it belongs to, and into no log', async () => {
  const { audit, records, lines, folder } = await open();
  await using _ = folder;
  const policy = { type: 'clipboard', direction: 'up', verdict: 'pass', bytes: 5, content: 'hello' } as const;
  audit.policyRecorded(facts, policy);
  expect(await records()).toEqual([{ event: 'policy', atMs: 1000, ...facts, policy }]);
  expect(lines).toEqual([]);
});
