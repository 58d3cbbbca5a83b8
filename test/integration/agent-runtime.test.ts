import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { connectEngine, readLines } from '../../agent/runtime/docker-connection.ts';
import type { AgentState, StartDesktop } from '../../config/link/link.ts';
import { AgentLinkControl } from '../harness/agent-link-control.ts';
import { type DockerEngine, startDockerEngine } from '../harness/docker-engine.ts';
import { bunPath, type StartedProcess, startProcess } from '../harness/processes.ts';
import { needs, testEnvironment } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { logIn } from '../harness/vnc-viewer.ts';

const program = join(import.meta.dir, '../../agent/main.ts');
const image = testEnvironment.workspaceImage ?? '';

/** An engine of the test's own, to take down; it gets the workspace image out of the run's engine. */
async function startOwnEngine(withImage: boolean): Promise<DockerEngine> {
  const engine = await startDockerEngine();
  if (!withImage) return engine;
  const archive = await connectEngine({ socket: testEnvironment.dockerSocket ?? '' })
    .getImage(image)
    .get();
  const loading = await connectEngine({ socket: engine.socket }).loadImage(archive);
  for await (const line of readLines<{ error?: string }>(loading)) expect(line.error).toBeUndefined();
  return engine;
}

describe.skipIf(!needs('docker', 'workspace-image', 'desktop'))('the runtime an agent finds', () => {
  let folder: TempFolder;
  let control: AgentLinkControl;
  let agent: StartedProcess;

  const startAgent = async (settings: Record<string, unknown>): Promise<void> => {
    const config = {
      control: { url: control.url, enrolment_token_file: 'token' },
      data_dir: 'data',
      ...settings,
    };
    await Bun.write(folder.file('agent.yaml'), JSON.stringify(config));
    agent = await startProcess([bunPath, program, '--config', folder.file('agent.yaml')]);
  };

  const state = (what: string, fits: (state: AgentState) => boolean, from = 0): Promise<AgentState> =>
    control.next(
      what,
      ({ agentState }) => (agentState && fits(agentState) ? agentState : undefined),
      from,
      30_000,
    );

  const order = (): StartDesktop => ({
    sessionId: crypto.randomUUID(),
    image,
    imageIsLocal: true,
    protocol: 'rfb',
    cores: 1,
    memoryBytes: 512 * 1024 * 1024,
  });

  const start = async (startDesktop: StartDesktop) => {
    control.send({ startDesktop });
    const { sessionId } = startDesktop;
    return control.next('the desktop to run', ({ desktopRunning }) =>
      desktopRunning?.sessionId === sessionId ? desktopRunning : undefined,
    );
  };

  beforeEach(async () => {
    folder = await makeTempFolder('agent');
    control = new AgentLinkControl();
    await Bun.write(folder.file('token'), `${control.welcome[0]}\n`);
  });

  afterEach(async () => {
    await agent[Symbol.asyncDispose]();
    await control[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test('an engine that goes down and comes back is noticed both times, and so is what it lost', async () => {
    await using engine = await startOwnEngine(true);
    await startAgent({ docker: { socket: engine.socket } });
    await state('the engine to be found', ({ runtime }) => runtime === 'docker');
    const desktop = order();
    await start(desktop);

    await engine.crash();
    const down = await state('the engine to be missed', ({ runtime }) => runtime === 'none');
    expect(down.runtimeProblem).toContain('the Docker Engine went down');
    // Streams may still flow: until the engine says otherwise the desktop counts as running.
    expect(down.desktops).toHaveLength(1);
    const other = order();
    control.send({ startDesktop: other });
    const refused = await control.next('an order to be refused', ({ desktopEnded }) => desktopEnded);
    expect(refused).toMatchObject({ sessionId: other.sessionId ?? '', cause: 'start_failed' });

    const from = control.frames.length;
    await engine.restart();
    await state('the engine to be found again', ({ runtime }) => runtime === 'docker', from);
    const lost = await control.next('the loss to be told', ({ desktopEnded }) => desktopEnded, from);
    expect(lost).toEqual({
      sessionId: desktop.sessionId ?? '',
      cause: 'exited',
      message: 'the desktop ended while the Docker Engine was down',
    });
    const left = await connectEngine({ socket: engine.socket }).listContainers({ all: true });
    expect(left).toEqual([]);
  }, 90_000);

  test('without Docker it runs desktops as processes; an engine that comes up takes over once none runs', async () => {
    const socket = folder.file('docker.sock');
    await startAgent({ docker: { socket }, process: { install: false } });
    await state('the process runtime to be chosen', ({ runtime }) => runtime === 'process');
    await agent.printed('for trying out only');
    const desktop = order();
    const running = await start(desktop);
    const port = Number(new URL(running.upstream ?? '').port);
    expect(await logIn('127.0.0.1', port, running.upstreamPassword ?? '')).toMatchObject({ name: 'desktop' });

    await using engine = await startOwnEngine(false);
    await symlink(engine.socket, socket);
    const from = control.frames.length;
    control.send({ stopDesktop: { sessionId: desktop.sessionId ?? '' } });
    await state('the engine to take over', ({ runtime }) => runtime === 'docker', from);
  }, 60_000);

  test('desktops that are processes end with the agent, and control is told', async () => {
    await startAgent({ runtime: 'process', process: { install: false } });
    await state('the process runtime to be chosen', ({ runtime }) => runtime === 'process');
    const desktop = order();
    await start(desktop);
    agent.kill('SIGTERM');
    expect(await agent.exited()).toBe(0);
    const told = await control.next('the end to be told', ({ desktopEnded }) => desktopEnded);
    expect(told).toEqual({
      sessionId: desktop.sessionId ?? '',
      cause: 'exited',
      message: 'the agent stopped, and with it the desktops on its host',
    });
  });

  test('a host that can do neither says what it lacks and both ways out', async () => {
    const bare = folder.file('bin');
    await Bun.write(join(bare, 'placeholder'), '');
    const config = {
      control: { url: control.url, enrolment_token_file: 'token' },
      data_dir: 'data',
      docker: { socket: 'none.sock' },
      process: { install: false },
    };
    await Bun.write(folder.file('agent.yaml'), JSON.stringify(config));
    agent = await startProcess([bunPath, program, '--config', folder.file('agent.yaml')], {
      env: { PATH: bare },
    });
    const { runtimeProblem } = await state('the problem to be told', ({ runtime }) => runtime === 'none');
    expect(runtimeProblem).toContain('install and start Docker, or name the engine');
    expect(runtimeProblem).toContain('this host lacks Xvnc, tigervncpasswd, openbox, xterm');
    expect(runtimeProblem).toContain('apt-get install tigervnc-standalone-server');
    expect(agent.exitCode).toBeUndefined();
  });
});
