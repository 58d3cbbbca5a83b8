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
  for (let count = 0; count < 30; count++) audit.streamRefused(facts, 'bad_token');
  expect((await readFile(trail.file)).length).toBeLessThanOrEqual(1000);
  expect((await records(`${trail.file}.1`)).length).toBeGreaterThan(3);
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
