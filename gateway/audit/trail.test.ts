import { expect, test } from 'bun:test';
import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { bunPath, startProcess } from '../../test/harness/processes.ts';
import { makeTempFolder } from '../../test/harness/temp-folder.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import { AuditTrail, type StreamRecord } from './trail.ts';

const record = (connectionId: string): StreamRecord => ({
  event: 'stream_opened',
  atMs: 0,
  connectionId,
  sessionId: 's',
  userId: '',
  channel: 'vnc',
  address: '192.0.2.1',
});

const linesOf = async (file: string): Promise<StreamRecord[]> =>
  (await readFile(file, 'utf8').catch(() => ''))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as StreamRecord);

test('processes that write one trail while another renames it lose no line and tear none', async () => {
  await using folder = await makeTempFolder('trail');
  const script = `
    import { AuditTrail } from ${JSON.stringify(new URL('trail.ts', import.meta.url).pathname)};
    const trail = new AuditTrail(process.argv[2], Infinity);
    const address = 'x'.repeat(3_000);
    for (let at = 0; at < 500; at++) trail.write({ event: 'stream_opened', connectionId: process.argv[3] + at, address });`;
  await writeFile(folder.file('write.ts'), script);
  // Of 4.7 MB in all: it is renamed once.
  using trail = new AuditTrail(folder.path, 2_500_000);
  const writers = await Promise.all(
    ['a', 'b', 'c'].map(name => startProcess([bunPath, folder.file('write.ts'), folder.path, name])),
  );
  await waitFor('the writers to end', () => {
    trail.rotateIfFull();
    return writers.every(writer => writer.exitCode !== undefined);
  });
  expect(writers.map(writer => writer.exitCode)).toEqual([0, 0, 0]);
  expect(await linesOf(`${trail.file}.1`)).not.toEqual([]);
  const kept = [...(await linesOf(`${trail.file}.1`)), ...(await linesOf(trail.file))];
  expect(new Set(kept.map(({ connectionId }) => connectionId)).size).toBe(1_500);
  expect(kept).toHaveLength(1_500);
});

test('the process that renames does so at the limit, whoever wrote', async () => {
  await using folder = await makeTempFolder('trail');
  let nowMs = 0;
  using own = new AuditTrail(folder.path, 400);
  using other = new AuditTrail(folder.path, Number.POSITIVE_INFINITY, () => nowMs);
  for (const id of ['1', '2', '3', '4']) other.write(record(id));
  expect(await linesOf(own.file)).toHaveLength(4);
  own.rotateIfFull();
  expect(await linesOf(`${own.file}.1`)).toHaveLength(4);
  nowMs += 1_000;
  other.write(record('5'));
  own.rotateIfFull();
  expect((await linesOf(own.file)).map(({ connectionId }) => connectionId)).toEqual(['5']);
});

test('a file that somebody else took away or renamed is found out about within a second', async () => {
  await using folder = await makeTempFolder('trail');
  let nowMs = 0;
  using trail = new AuditTrail(folder.path, Number.POSITIVE_INFINITY, () => nowMs);
  const ids = async (file: string) => (await linesOf(file)).map(({ connectionId }) => connectionId);
  await rename(trail.file, `${trail.file}.old`);
  nowMs = 999;
  trail.write(record('late'));
  nowMs = 1_000;
  trail.write(record('next'));
  expect(await ids(`${trail.file}.old`)).toEqual(['late']);
  expect(await ids(trail.file)).toEqual(['next']);
  await rm(trail.file);
  nowMs = 2_000;
  trail.write(record('anew'));
  expect(await ids(trail.file)).toEqual(['anew']);
});

test('a link that stands in for the trail is not followed', async () => {
  await using folder = await makeTempFolder('trail');
  await writeFile(folder.file('foreign'), 'foreign');
  for (const name of ['audit.ndjson', 'audit-refused.ndjson']) {
    await symlink(folder.file('foreign'), folder.file(name));
    expect(() => new AuditTrail(folder.path)).toThrow('is a link');
    await rm(folder.file(name));
  }
  using trail = new AuditTrail(folder.path, Number.POSITIVE_INFINITY, () => 0);
  trail.close();
  await rm(trail.file);
  await symlink(folder.file('foreign'), trail.file);
  expect(() => trail.write(record('1'))).toThrow('is a link');
  expect(await readFile(folder.file('foreign'), 'utf8')).toBe('foreign');
});
