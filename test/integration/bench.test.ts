/** The benches as users run them: that they come to their end with what they promise, never how fast anything was. */
import { describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UpstreamServer } from '../../bench/load/upstream.ts';
import { startGatewayProcess } from '../harness/gateway-process.ts';
import { bunPath, runToEnd, startProcess } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { repositoryRoot } from '../tidy/source-tree.ts';

const markName = 'SLUICE_BENCH_TEST';
const suite = ['node', join(repositoryRoot, 'bench/run.mjs')];
const load = [bunPath, join(repositoryRoot, 'bench/load.ts')];
const longMs = 120_000;

/** Processes that carry the mark in their environment, however they were started. */
function processesWith(mark: string): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${markName}=${mark}`);
      } catch {
        return false;
      }
    });
}

describe.skipIf(!needs('bench-peers'))('the suite', () => {
  test('prints the table with every target and every relay, and leaves no process behind', async () => {
    const mark = randomUUID();
    const command = [...suite, '--quick', '--only', 'cpu,accept'];
    const { exitCode, stdout, stderr } = await runToEnd(command, {
      env: { [markName]: mark },
      timeMs: longMs,
    });
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Targets: \*\*\d+ met, \d+ missed, \d+ not measured\.\*\*/);
    expect(stdout).toMatch(/CPU per accepted stream .*\*\*(met|missed)(, rounds disagree)?\*\*/);
    for (const relay of [
      'sluice',
      'nginx tuned',
      'nginx as shipped',
      'haproxy tuned',
      'C, a thread',
      'websockify',
    ]) {
      expect(stdout).toMatch(new RegExp(`16 KiB messages · ${relay}.*: \\d+\\.\\d+ CPU s/GB`));
    }
    expect(processesWith(mark)).toEqual([]);
  }, 130_000);

  test('ends everything when it is interrupted', async () => {
    const mark = randomUUID();
    const command = [...suite, '--quick', '--only', 'cpu', '--rounds', '50'];
    await using running = await startProcess(command, { env: { [markName]: mark }, graceMs: 30_000 });
    await running.printed('16 KiB messages · nginx tuned', longMs);
    running.kill('SIGTERM');
    expect(await running.exited(40_000)).not.toBe(0);
    expect(processesWith(mark)).toEqual([]);
  }, 130_000);

  test('names its options, and refuses a part that it does not have', async () => {
    const help = await runToEnd([...suite, '--help']);
    expect(help.exitCode).toBe(0);
    for (const option of ['--only', '--quick', '--rounds', '--sessions', '--record']) {
      expect(help.stdout).toContain(option);
    }
    const wrong = await runToEnd([bunPath, join(repositoryRoot, 'bench/suite/main.ts'), '--only', 'speed']);
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toContain('there is no part speed');
  }, 60_000);
});

describe('the load generator', () => {
  test('plays all kinds of desktops through a gateway of its own without losing a stream', async () => {
    const mark = randomUUID();
    const options = ['--streams', '12', '--rate', '100', '--seconds', '2', '--processes', '2'];
    const command = [...load, ...options, '--mix', 'video=1,typing=1,idle=1'];
    const { exitCode, stdout, stderr } = await runToEnd(command, {
      env: { [markName]: mark },
      timeMs: 60_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/streams opened +\| 12 /);
    expect(stdout).toMatch(/open at the end +\| 12 /);
    expect(stdout).toMatch(/latency, p50 .*\| [\d.]+ \/ /);
    expect(stdout).toMatch(/sessions of this mix on a core 70 % busy +\| (about \d+|these are too few)/);
    expect(exitCode).toBe(0);
    expect(processesWith(mark)).toEqual([]);
  }, 70_000);

  test('looks at the desktops of a deployment by its address, and counts what fails by its cause', async () => {
    using desktops = new UpstreamServer({ kind: 'websocket' });
    const id = '33333333-3333-4333-8333-333333333333';
    const token = 'a-token-for-the-load';
    const upstream = `ws://127.0.0.1:${desktops.port}/0`;
    await using gateway = await startGatewayProcess({
      sessions: [{ id, token, protocol: 'kasmvnc', upstream }],
    });
    const url = `https://127.0.0.1:${gateway.port}/desktop/${id}/vnc/websockify`;
    const run = (ownToken: string) => {
      const options = ['--streams', '4', '--rate', '100', '--seconds', '2', '--mix', 'idle', '--insecure'];
      return runToEnd([...load, ...options, '--url', url, '--token', ownToken], { timeMs: 60_000 });
    };
    const good = await run(token);
    expect(good.stderr).toBe('');
    expect(good.stdout).toMatch(/open at the end +\| 4 /);
    expect(good.stdout).toMatch(/latency, p50 .*\| [\d.]+ \/ /);
    expect(good.exitCode).toBe(0);
    const bad = await run('a-token-that-is-wrong');
    expect(bad.stdout).toMatch(/answered with 40\d +\| 4 /);
    expect(bad.exitCode).toBe(1);
  }, 130_000);
});
