/** Real worker processes, and what their parent does when one can't be started. */
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { gatewaySchema } from '../../config/gateway.ts';
import { createLog } from '../../config/log.ts';
import { makeTempFolder } from '../../test/harness/temp-folder.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import { Fleet } from './fleet.ts';
import { protocolVersion, type SpendEntry } from './message.ts';
import { WorkerProcess } from './worker-process.ts';

setDefaultTimeout(60_000);

const program = process.execPath;
const started: AsyncDisposable[] = [];

afterEach(async () => {
  process.execPath = program;
  for (const each of started.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

interface Line {
  readonly message: string;
  readonly ms?: number;
}

async function setUp() {
  const folder = await makeTempFolder('fleet');
  started.push(folder);
  const lines: Line[] = [];
  const write = (line: string): number => lines.push(JSON.parse(line));
  const log = createLog({ program: 'gateway', level: 'info', now: Date.now, write });
  const config = gatewaySchema.parse({
    listen: { host: '127.0.0.1', port: 0 },
    data_dir: folder.file('data'),
    log: { level: 'error' },
    sessions: [],
  });
  const described = { config, hashKey: '' };
  return { lines, log, described };
}

async function startFleet(history: readonly (readonly SpendEntry[])[] = []) {
  const { lines, log, described } = await setUp();
  const fleet = new Fleet({
    host: '127.0.0.1',
    port: 0,
    log,
    describe: () => described,
    history: () => history,
    onMessage: () => {},
    onGone: () => {},
    onDied: () => {},
    protocol: protocolVersion,
    reportMs: 1_000,
  });
  started.push(fleet);
  await fleet.renew(1, 0);
  const [worker] = fleet.workers;
  return { fleet, lines, worker: worker! };
}

test('a worker that can not be started again is tried less and less often, however long the one before it lived', async () => {
  const { fleet, lines, worker } = await startFleet();
  // It lived for two minutes.
  Object.assign(worker, { startedAtMs: performance.now() - 120_000 });
  process.execPath = '/nowhere/bun';
  worker.kill();
  const failures = () => lines.filter(({ message }) => message === 'a worker could not be started');
  await waitFor('three tries', () => failures().length >= 3);
  expect(
    failures()
      .slice(0, 3)
      .map(({ ms }) => ms),
  ).toEqual([200, 400, 800]);
  // One death, told once.
  expect(lines.filter(({ message }) => message.startsWith('a worker died')).length).toBe(1);
  process.execPath = program;
  await waitFor('a worker again', () => fleet.readyCount === 1);
});

test('a worker comes back though there is more to tell it of earlier spends than a message holds', async () => {
  const batch = Array.from({ length: 1_000 }, (_, at) => {
    const sessionId = `11111111-1111-4111-8111-${String(at).padStart(12, '0')}`;
    return { sessionId, kind: 'keys', amount: 1, ageMs: 12_345.678_901_234 } as const;
  });
  const { fleet, worker, lines } = await startFleet(Array.from({ length: 120 }, () => batch));
  worker.kill();
  await waitFor('another worker', () => fleet.readyCount === 1 && ![...fleet.workers].includes(worker));
  expect(lines.map(({ message }) => message)).not.toContain('a worker was not told');
});

test('what a worker did not report before it listened is no sign that it hangs', async () => {
  const { log, described } = await setUp();
  const { fleet } = await startFleet();
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const [sibling] = fleet.workers;
  expect(sibling?.isReady).toBe(true);
  const { openListeningSocket } = await import('./listening-socket.ts');
  const socket = openListeningSocket('127.0.0.1', 0);
  const worker = new WorkerProcess({
    start: {
      kind: 'start',
      protocol: protocolVersion,
      worker: 1,
      generation: 1,
      workers: 1,
      endpoint: { host: '127.0.0.1', port: socket.port, fd: socket.fd, furtherFds: [] },
      reportMs: 1_000,
      ...described,
    },
    log,
    onMessage: () => {},
    onExit: () => resolve(),
  });
  try {
    for (let period = 0; period < 100; period++) expect(worker.missesReports()).toBe(false);
    await worker.ready;
    expect(worker.missesReports()).toBe(false);
  } finally {
    worker.kill();
    await gone;
    socket.close();
  }
});
