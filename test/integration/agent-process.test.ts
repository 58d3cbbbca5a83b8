import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DesktopOrder, DesktopRuntime } from '../../agent/runtime/desktop-runtime.ts';
import { startProcessRuntime } from '../../agent/runtime/process-runtime.ts';
import { createLog, silentLog } from '../../config/log.ts';
import { bunPath, runToEnd, startProcess } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { logIn, VncViewer } from '../harness/vnc-viewer.ts';
import { waitFor } from '../harness/wait-for.ts';

const never = new AbortController().signal;

/** Living processes with this variable in their environment: pid and program. */
async function processesOf(
  variable: string,
  value: string,
): Promise<ReadonlyArray<{ pid: number; name: string }>> {
  const found: Array<{ pid: number; name: string }> = [];
  for (const entry of await readdir('/proc')) {
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`${variable}=${value}`)) continue;
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '');
    found.push({ pid: Number(entry), name: name.trim() });
  }
  return found;
}

describe.skipIf(!needs('desktop'))('desktops as processes of this host', () => {
  let agentId = '';
  let runtime: DesktopRuntime;
  let ended: Array<{ sessionId: string; message: string }> = [];

  const start = (): Promise<DesktopRuntime> =>
    startProcessRuntime({
      agentId,
      log: silentLog,
      events: {
        onDesktopEnded: (sessionId, message) => ended.push({ sessionId, message }),
        onLost: () => {},
      },
    });

  const orderOf = (changes: Partial<DesktopOrder> = {}): DesktopOrder => ({
    sessionId: crypto.randomUUID(),
    image: 'sluice/desktop:1',
    imageIsLocal: true,
    protocol: 'rfb',
    cores: 1,
    memoryBytes: 512 * 1024 * 1024,
    environment: {},
    hostname: 'desk',
    width: 1024,
    height: 768,
    ...changes,
  });

  const portOf = (upstream: string): number => Number(new URL(upstream).port);
  const folderOf = (order: DesktopOrder): string =>
    join(tmpdir(), `sluice-desktop-${agentId.slice(0, 8)}-${order.sessionId}`);

  const pidOf = (name: string, sessionId: string): Promise<number> =>
    waitFor(`${name} to run`, async () => {
      const processes = await processesOf('SLUICE_SESSION', sessionId);
      return processes.find(one => one.name.includes(name))?.pid;
    });

  beforeEach(async () => {
    agentId = crypto.randomUUID();
    ended = [];
    runtime = await start();
  });

  afterEach(async () => {
    await runtime[Symbol.asyncDispose]();
    expect(await processesOf('SLUICE_AGENT', agentId)).toEqual([]);
    const left = (await readdir(tmpdir())).filter(name =>
      name.startsWith(`sluice-desktop-${agentId.slice(0, 8)}`),
    );
    expect(left).toEqual([]);
  });

  test('a desktop starts, answers to its password only, and leaves nothing when stopped', async () => {
    const order = orderOf();
    const desktop = await runtime.start(order, () => {}, never);
    expect(desktop.upstream).toStartWith('tcp://127.0.0.1:');
    const port = portOf(desktop.upstream);
    const password = desktop.password?.reveal() ?? '';
    expect(await logIn('127.0.0.1', port, password)).toEqual({ width: 1024, height: 768, name: 'desk' });
    expect(await logIn('127.0.0.1', port, 'wrong')).toBe('refused');
    expect(await runtime.desktops()).toEqual([desktop]);

    const display = await readFile(join(folderOf(order), 'display'), 'utf8');
    expect(existsSync(`/tmp/.X11-unix/X${display}`)).toBeTrue();
    await runtime.stop(order.sessionId);
    expect(await processesOf('SLUICE_SESSION', order.sessionId)).toEqual([]);
    expect(existsSync(folderOf(order))).toBeFalse();
    expect(existsSync(`/tmp/.X11-unix/X${display}`)).toBeFalse();
    expect(ended).toEqual([]);
  });

  test('has a window manager and a terminal', async () => {
    const order = orderOf();
    await runtime.start(order, () => {}, never);
    await pidOf('openbox', order.sessionId);
    await pidOf('xterm', order.sessionId);
  });

  test('the clipboard goes both ways', async () => {
    const order = orderOf();
    const desktop = await runtime.start(order, () => {}, never);
    const xterm = await pidOf('xterm', order.sessionId);
    const entries = (await readFile(`/proc/${xterm}/environ`, 'utf8')).split('\0');
    const env = Object.fromEntries(
      entries.map(entry => [entry.split('=')[0], entry.slice(entry.indexOf('=') + 1)]),
    );
    using viewer = new VncViewer('127.0.0.1', portOf(desktop.upstream));
    await viewer.logIn(desktop.password?.reveal() ?? '');
    viewer.sendClipboard('from outside');
    await waitFor('the text to arrive inside', async () => {
      const paste = await runToEnd(['xclip', '-o', '-selection', 'clipboard'], { env, timeMs: 2_000 });
      return paste.stdout === 'from outside';
    });
    // xclip goes to the background to serve what was copied; stopping the desktop ends it.
    await runToEnd(['sh', '-c', 'printf "from inside" | xclip -selection clipboard >/dev/null 2>&1'], {
      env,
    });
    expect(await viewer.readClipboard()).toBe('from inside');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'under root, each runs as a user of its own that owns nothing else',
    async () => {
      const [one, other] = [orderOf(), orderOf()];
      await Promise.all([runtime.start(one, () => {}, never), runtime.start(other, () => {}, never)]);
      const owners = await Promise.all(
        [one, other].map(
          async ({ sessionId }) => (await stat(`/proc/${await pidOf('Xvnc', sessionId)}`)).uid,
        ),
      );
      expect(owners[0]).not.toBe(owners[1]);
      for (const uid of owners) expect(uid).toBeWithin(61_184, 65_520);
      const status = await readFile(`/proc/${await pidOf('xterm', one.sessionId)}/status`, 'utf8');
      expect(status).toContain('NoNewPrivs:\t1');
      expect(status).toMatch(/^Groups:\s*$/m);
      expect((await stat(folderOf(one))).mode & 0o777).toBe(0o700);
      expect((await stat(join(folderOf(one), 'password'))).mode & 0o777).toBe(0o600);
    },
  );

  test('a desktop whose X server dies is told and removed', async () => {
    const order = orderOf();
    await runtime.start(order, () => {}, never);
    process.kill(await pidOf('Xvnc', order.sessionId), 'SIGKILL');
    const told = await waitFor('the end to be told', () => ended[0]);
    expect(told).toEqual({
      sessionId: order.sessionId,
      message: 'the desktop ended by itself (killed by SIGKILL)',
    });
    expect(await processesOf('SLUICE_SESSION', order.sessionId)).toEqual([]);
    expect(await runtime.desktops()).toEqual([]);
  });

  test('stopping ends what the user started in the background, too', async () => {
    const order = orderOf();
    await runtime.start(order, () => {}, never);
    await pidOf('xterm', order.sessionId);
    const env = { SLUICE_SESSION: order.sessionId, SLUICE_AGENT: agentId };
    // It left every process group and ignores the polite signal.
    await using stubborn = await startProcess(['setsid', '--wait', 'sh', '-c', 'trap "" TERM; sleep 600'], {
      env,
    });
    await runtime.stop(order.sessionId);
    await stubborn.exited();
    expect(await processesOf('SLUICE_SESSION', order.sessionId)).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)('and, under root, even what hides its environment', async () => {
    const order = orderOf();
    await runtime.start(order, () => {}, never);
    const { uid } = await stat(`/proc/${await pidOf('Xvnc', order.sessionId)}`);
    await using hidden = await startProcess(
      [
        'setpriv',
        `--reuid=${uid}`,
        `--regid=${uid}`,
        '--clear-groups',
        'env',
        '-i',
        'setsid',
        '--wait',
        'sleep',
        '600',
      ],
      { cwd: '/' },
    );
    await runtime.stop(order.sessionId);
    await hidden.exited();
  });

  test('an image that needs KasmVNC is refused with the reason', async () => {
    const starting = runtime.start(
      orderOf({ protocol: 'kasmvnc', image: 'kasmweb/terminal:1.16.0' }),
      () => {},
      never,
    );
    expect(await starting.catch(error => error.message)).toContain(
      'kasmweb/terminal:1.16.0 needs a Docker Engine',
    );
  });

  test('an X server that does not come up is told in its own words', async () => {
    const starting = runtime.start(orderOf({ width: 100_000 }), () => {}, never);
    expect(await starting.catch(error => error.message)).toContain(
      "the desktop's X server ended while starting",
    );
    expect(await processesOf('SLUICE_AGENT', agentId)).toEqual([]);
  });

  test('a start that is stopped leaves nothing', async () => {
    const stop = new AbortController();
    const starting = runtime.start(orderOf(), () => stop.abort(), stop.signal);
    expect(await starting.catch(error => error.name)).toBe('AbortError');
  });

  test('says in the log that this is for trying out only', async () => {
    const lines: string[] = [];
    const log = createLog({
      program: 'agent',
      level: 'info',
      now: Date.now,
      write: line => lines.push(line),
    });
    await using other = await startProcessRuntime({
      agentId: crypto.randomUUID(),
      log,
      events: { onDesktopEnded: () => {}, onLost: () => {} },
    });
    expect(other.kind).toBe('process');
    expect(lines.join()).toContain('for trying out only');
  });

  test('desktops die with an agent that is killed, and its next start removes their files', async () => {
    const killed = crypto.randomUUID();
    const source = `
      import { startProcessRuntime } from '${join(import.meta.dir, '../../agent/runtime/process-runtime.ts')}';
      import { silentLog } from '${join(import.meta.dir, '../../config/log.ts')}';
      const events = { onDesktopEnded() {}, onLost() {} };
      const runtime = await startProcessRuntime({ agentId: '${killed}', log: silentLog, events });
      await runtime.start(${JSON.stringify(orderOf())}, () => {}, new AbortController().signal);
      process.stdout.write('running');
      await new Promise(resolve => setTimeout(resolve, 60_000));`;
    await using agent = await startProcess([bunPath, '-e', source]);
    await agent.printed('running');
    await waitFor(
      'X server, window manager and terminal',
      async () => (await processesOf('SLUICE_AGENT', killed)).length >= 3,
    );
    agent.kill('SIGKILL');
    await waitFor(
      'its desktops to die',
      async () => (await processesOf('SLUICE_AGENT', killed)).length === 0,
    );
    const files = async (): Promise<number> =>
      (await readdir(tmpdir())).filter(name => name.startsWith(`sluice-desktop-${killed.slice(0, 8)}`))
        .length;
    expect(await files()).toBe(1);
    agentId = killed;
    await using again = await start();
    expect(await again.desktops()).toEqual([]);
    expect(await files()).toBe(0);
  });
});
