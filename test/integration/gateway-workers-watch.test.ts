/** What a parent does about a worker that hangs, and that it has its uses with one worker alone. */
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { gatewaySchema } from '../../config/gateway.ts';
import { createLog } from '../../config/log.ts';
import { type ParentGateway, startParent } from '../../gateway/worker/parent.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';
import { isRunning } from '../harness/worker-stage.ts';

setDefaultTimeout(60_000);

/** How often a worker reports: one that missed fifteen in a row hangs. Usually it is given half a minute for that. */
const reportMs = 40;
const started: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

interface Line {
  readonly message: string;
  readonly pid?: number;
  readonly error?: string;
}

async function start(workers: number, reportMs?: number) {
  const folder = await makeTempFolder('watch');
  started.push(folder);
  const lines: Line[] = [];
  const config = gatewaySchema.parse({
    listen: { host: '127.0.0.1', port: 0, workers },
    data_dir: folder.file('data'),
    log: { level: 'error' },
    sessions: [],
  });
  const before = await children();
  const write = (line: string): number => lines.push(JSON.parse(line));
  const log = createLog({ program: 'gateway', level: 'info', now: Date.now, write });
  const parent = await startParent(config, log, reportMs);
  started.push(parent);
  const pids = async (): Promise<number[]> => (await children()).filter(pid => !before.includes(pid));
  return { config, parent, lines, pids };
}

async function children(): Promise<number[]> {
  const text = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** The status line of an answer on a connection of its own. */
async function ask({ port }: ParentGateway): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  let text = '';
  socket.on('data', chunk => {
    text += chunk;
  });
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await new Promise<void>((resolve, reject) => socket.on('close', () => resolve()).on('error', reject));
  return text.slice(0, 12);
}

test('a worker that hangs is killed and replaced, and what waited for it is served', async () => {
  const { parent, lines, pids } = await start(1, reportMs);
  const [pid = 0] = await pids();
  process.kill(pid, 'SIGSTOP');
  const waiting = ask(parent);
  const line = await waitFor('the log line', () =>
    lines.find(({ message }) => message === 'a worker hangs and is killed'),
  );
  expect(line.pid).toBe(pid);
  expect(await waiting).toBe('HTTP/1.1 200');
  expect(await isRunning(pid)).toBe(false);
  expect(lines.find(({ message }) => message === 'a worker died, starting it again')?.error).toBe(
    'it said nothing for 600 ms',
  );
  const [next] = await pids();
  expect(next).not.toBe(pid);
});

test('one worker under a parent restarts without a gap', async () => {
  const { config, parent, pids } = await start(1);
  const [old = 0] = await pids();
  const answers: string[] = [];
  let asking = true;
  const load = (async () => {
    while (asking) answers.push(await ask(parent));
  })();
  await parent.restart?.(config);
  const count = answers.length;
  await waitFor('answers of the new worker', () => answers.length > count + 5);
  asking = false;
  await load;
  expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 200']));
  const left = await waitFor('the old worker to be gone', async () => {
    const now = await pids();
    return now.length === 1 && now;
  });
  expect(left).not.toEqual([old]);
});
