import { expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { waitFor } from '../harness/wait-for.ts';
import { runProcess, startServer } from './processes.mjs';

const timeMs = 20_000;
const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}/environ`);

test('the exit code and both outputs come back', async () => {
  const lines: string[] = [];
  const onLine = (line: string) => lines.push(line);
  const result = await runProcess(['sh', '-c', 'echo one; echo two >&2; exit 3'], { timeMs, onLine });
  expect(result).toMatchObject({ exitCode: 3, timedOut: false, leftBehind: false });
  expect(lines.sort()).toEqual(['one', 'two']);
});

test('a program that is not there is an exit code too', async () => {
  expect(await runProcess(['/nowhere/at-all'], { timeMs })).toMatchObject({
    exitCode: 127,
    leftBehind: false,
  });
});

test('a program that takes too long is ended', async () => {
  const result = await runProcess(['sleep', '600'], { timeMs: 100 });
  expect(result).toMatchObject({ timedOut: true, leftBehind: false });
});

test.each(['sleep 600 & echo $!', 'setsid sleep 600 & echo $!'])(
  'what a program leaves running is noticed and ended: %s',
  async script => {
    const result = await runProcess(['sh', '-c', script], { timeMs });
    expect(result).toMatchObject({ exitCode: 0, leftBehind: true });
    await waitFor('its id to be free', () => !isRunning(Number(result.output.trim())));
  },
);

test('a server is ready at its first line, and stopped with all it started', async () => {
  const server = startServer(['sh', '-c', 'setsid sleep 600 & echo $!; wait'], () => {});
  const pid = Number(await server.ready);
  expect(isRunning(pid)).toBe(true);
  await server.stop();
  await waitFor('the sleep to end', () => !isRunning(pid));
});

test('a server that ends before it is ready says why', async () => {
  const server = startServer(['sh', '-c', 'echo no disk >&2; exit 4'], () => {});
  await expect(server.ready).rejects.toThrow('ended with exit code 4:\nno disk');
  await server.stop();
});
