import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connectEngine } from '../../agent/runtime/docker-connection.ts';
import type { StartDesktop } from '../../config/link/link.ts';
import { AgentLinkControl } from '../harness/agent-link-control.ts';
import { bunPath, runToEnd, type StartedProcess, startProcess } from '../harness/processes.ts';
import { needs, testEnvironment } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { logIn } from '../harness/vnc-viewer.ts';
import { waitFor } from '../harness/wait-for.ts';

const program = join(import.meta.dir, '../../agent/main.ts');
const socket = testEnvironment.dockerSocket ?? '';
const image = testEnvironment.workspaceImage ?? '';

describe('the agent on the link', () => {
  let folder: TempFolder;
  let control: AgentLinkControl;
  let agents: StartedProcess[];

  beforeEach(async () => {
    folder = await makeTempFolder('agent');
    control = new AgentLinkControl();
    agents = [];
    await Bun.write(folder.file('token'), `${control.welcome[0]}\n`);
  });

  afterEach(async () => {
    for (const agent of agents) await agent[Symbol.asyncDispose]();
    await control[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const startAgent = async (settings: Record<string, unknown>): Promise<StartedProcess> => {
    const config = {
      control: { url: control.url, enrolment_token_file: 'token' },
      data_dir: 'data',
      name: 'host-1',
      log: { level: 'debug' },
      ...settings,
    };
    await Bun.write(folder.file('agent.yaml'), JSON.stringify(config));
    const agent = await startProcess([bunPath, program, '--config', folder.file('agent.yaml')]);
    agents.push(agent);
    return agent;
  };

  /** The first state among the frames from this index on. */
  const nextState = (from: number) =>
    control.next('the agent to tell its state', frame => frame.agentState, from);

  const order = (changes: StartDesktop = {}): StartDesktop => ({
    sessionId: crypto.randomUUID(),
    image,
    imageIsLocal: true,
    protocol: 'rfb',
    cores: 1,
    memoryBytes: 512 * 1024 * 1024,
    hostname: 'desk',
    width: 800,
    height: 600,
    ...changes,
  });

  const running = (sessionId: string | null | undefined, from = 0) =>
    control.next(
      'the desktop to run',
      ({ desktopRunning }) => (desktopRunning?.sessionId === sessionId ? desktopRunning : undefined),
      from,
    );

  const ended = (sessionId: string | null | undefined, from = 0) =>
    control.next(
      'the desktop to end',
      ({ desktopEnded }) => (desktopEnded?.sessionId === sessionId ? desktopEnded : undefined),
      from,
    );

  test('without Docker and without leave to install, it says so with both ways out, and goes on', async () => {
    const settings = { runtime: 'docker', docker: { socket: folder.file('no-docker.sock') } };
    const agent = await startAgent(settings);
    const state = await nextState(0);
    expect(state.runtime).toBe('none');
    expect(state.runtimeProblem).toContain('install and start Docker, or name the engine');
    const startDesktop = order({ image: 'x:1' });
    control.send({ startDesktop });
    const end = await ended(startDesktop.sessionId);
    expect(end.cause).toBe('start_failed');
    expect(end.message).toStartWith('this host cannot run desktops: no Docker Engine answers');
    expect(agent.exitCode).toBeUndefined();
  });

  test('enrols with the token, keeps the credential to itself, and shows that from then on', async () => {
    const settings = { runtime: 'docker', docker: { socket: folder.file('no-docker.sock') } };
    const agent = await startAgent(settings);
    await nextState(0);
    await waitFor('the credential to be kept', () => stat(folder.file('data', 'node.json')));
    expect((await stat(folder.file('data', 'node.json'))).mode & 0o777).toBe(0o600);
    control.cut();
    await waitFor('the agent to dial again', () => control.tokens.length >= 2);
    expect(control.tokens).toEqual([...control.welcome]);
    await nextState(1);
    expect(control.hellos.map(hello => hello.name)).toEqual(['host-1', 'host-1']);
    expect(control.hellos[0]?.instance).toBe(control.hellos[1]?.instance ?? '');
    for (const secret of control.welcome) expect(agent.stdout + agent.stderr).not.toContain(secret);
  });

  test('enrols anew with a control that was set up anew and knows its credential no more', async () => {
    await Bun.write(
      folder.file('data', 'node.json'),
      JSON.stringify({ node_id: crypto.randomUUID(), credential: 'of-a-control-long-gone' }),
    );
    await startAgent({ runtime: 'docker', docker: { socket: folder.file('no-docker.sock') } });
    await nextState(0);
    expect(control.tokens.at(-1)).toBe(control.welcome[0] ?? '');
    const kept = async (): Promise<string> => readFile(folder.file('data', 'node.json'), 'utf8');
    await waitFor('the new credential to be kept', async () =>
      (await kept()).includes(control.welcome[1] ?? '?'),
    );
  }, 30_000);

  test('refuses orders it cannot read, and goes on', async () => {
    const agent = await startAgent({ runtime: 'docker', docker: { socket: folder.file('no-docker.sock') } });
    await nextState(0);
    const bad = order({ image: 'sluice/desktop' });
    control.send({ startDesktop: bad });
    expect((await ended(bad.sessionId)).message).toContain('has no tag');
    control.send({ stopDesktop: { sessionId: 'no-id' } });
    const unknown = crypto.randomUUID();
    control.send({ stopDesktop: { sessionId: unknown } });
    expect((await ended(unknown)).cause).toBe('stopped');
    expect(agent.exitCode).toBeUndefined();
  });

  test('ends at SIGTERM with 0', async () => {
    const agent = await startAgent({ runtime: 'docker', docker: { socket: folder.file('no-docker.sock') } });
    await nextState(0);
    agent.kill('SIGTERM');
    expect(await agent.exited()).toBe(0);
  });

  test('cannot start without the enrolment token, and names the file', async () => {
    await Bun.write(
      folder.file('agent.yaml'),
      `control: { url: '${control.url}', enrolment_token_file: nowhere }`,
    );
    const { exitCode, stderr } = await runToEnd([bunPath, program, '--config', folder.file('agent.yaml')]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('nowhere');
    expect(stderr).not.toContain('    at ');
  });

  test('--check names every mistake with its place', async () => {
    await Bun.write(
      folder.file('agent.yaml'),
      'control: { url: x, enrolment_token_file: token }\nruntyme: docker\n',
    );
    const command = [bunPath, program, '--config', folder.file('agent.yaml'), '--check'];
    const { exitCode, stderr } = await runToEnd(command);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/agent\.yaml:1:\d+: .*http/);
    expect(stderr).toMatch(/agent\.yaml:2:1: .*runtime/);
  });

  describe.skipIf(!needs('docker', 'workspace-image'))('with a Docker Engine', () => {
    const settings = { docker: { socket } };
    const engine = connectEngine({ socket });

    const containersOf = async (sessionId: string | null | undefined): Promise<number> =>
      (await engine.listContainers({ all: true, filters: { label: [`sluice.session=${sessionId}`] } }))
        .length;

    const sessions: StartDesktop[] = [];
    const ordered = (changes: StartDesktop = {}): StartDesktop => {
      const made = order(changes);
      sessions.push(made);
      return made;
    };

    afterAll(async () => {
      for (const { sessionId } of sessions) {
        const filters = { label: [`sluice.session=${sessionId}`] };
        for (const { Id } of await engine.listContainers({ all: true, filters })) {
          await engine.getContainer(Id).remove({ force: true });
        }
      }
    });

    test('tells what this host offers', async () => {
      await startAgent({ ...settings, capacity: { cores: 3.5, memory_bytes: 4_000_000_000 } });
      const state = await nextState(0);
      expect(state).toMatchObject({ runtime: 'docker', runtimeProblem: '', cores: 3.5, desktops: [] });
      expect(Number(state.memoryBytes)).toBe(4_000_000_000);
      expect(state.images).toContain(image);
      expect(state.runtimeVersion).toMatch(/^\d+\./);
    });

    test('starts a desktop, tells every step, and stops it so that nothing is left', async () => {
      const agent = await startAgent(settings);
      await nextState(0);
      const desktop = ordered();
      control.send({ startDesktop: desktop });
      const told = await running(desktop.sessionId);
      const phases = control.frames.flatMap(({ desktopProgress }) => desktopProgress?.phase ?? []);
      expect(phases).toEqual(['creating', 'starting']);
      expect(await logIn(told.containerIp ?? '', 5901, told.upstreamPassword ?? '')).toMatchObject({
        width: 800,
      });
      const listed = await control.next('the desktop to be listed', frame => frame.agentState?.desktops?.[0]);
      expect(listed.sessionId).toBe(desktop.sessionId ?? '');
      // A second order for it changes nothing and is answered.
      const from = control.frames.length;
      control.send({ startDesktop: desktop });
      expect(await running(desktop.sessionId, from)).toEqual(told);
      control.send({ stopDesktop: { sessionId: desktop.sessionId ?? '' } });
      expect((await ended(desktop.sessionId)).cause).toBe('stopped');
      expect(await containersOf(desktop.sessionId)).toBe(0);
      expect(agent.stdout + agent.stderr).not.toContain(told.upstreamPassword ?? '?');
    });

    test('a start that fails is told with its reason', async () => {
      await startAgent(settings);
      await nextState(0);
      const desktop = ordered({ image: 'sluice/none:1' });
      control.send({ startDesktop: desktop });
      expect(await ended(desktop.sessionId)).toMatchObject({ cause: 'start_failed' });
      expect((await ended(desktop.sessionId)).message).toContain('npm run image');
    });

    test('a stop that comes while the desktop starts ends the start', async () => {
      await startAgent(settings);
      await nextState(0);
      const desktop = ordered();
      control.send({ startDesktop: desktop });
      await control.next('the start to begin', ({ desktopProgress }) => desktopProgress);
      control.send({ stopDesktop: { sessionId: desktop.sessionId ?? '' } });
      expect((await ended(desktop.sessionId)).cause).toBe('stopped');
      expect(await containersOf(desktop.sessionId)).toBe(0);
    });

    test('a desktop that dies is told; one that died while control was away is told later', async () => {
      await startAgent(settings);
      await nextState(0);
      const [one, other] = [ordered(), ordered()];
      for (const startDesktop of [one, other]) control.send({ startDesktop });
      const [first, second] = await Promise.all([running(one.sessionId), running(other.sessionId)]);
      await engine.getContainer(first.containerId ?? '').kill();
      expect((await ended(one.sessionId)).cause).toBe('exited');

      const refused = control.welcome.splice(0);
      control.cut();
      await engine.getContainer(second.containerId ?? '').kill();
      await waitFor('the container to be removed', async () => (await containersOf(other.sessionId)) === 0);
      const from = control.frames.length;
      control.welcome.push(...refused);
      expect((await ended(other.sessionId, from)).cause).toBe('exited');
      expect((await nextState(from)).desktops).toEqual([]);
    }, 40_000);

    test('desktops survive the agent: killed or stopped, its next start finds them', async () => {
      const agent = await startAgent(settings);
      await nextState(0);
      const desktop = ordered();
      control.send({ startDesktop: desktop });
      const before = await running(desktop.sessionId);
      agent.kill('SIGKILL');
      await agent.exited();
      const from = control.frames.length;
      const again = await startAgent(settings);
      const state = await nextState(from);
      expect(state.desktops).toEqual([before]);
      again.kill('SIGTERM');
      expect(await again.exited()).toBe(0);
      expect(await containersOf(desktop.sessionId)).toBe(1);
      const last = control.frames.length;
      await startAgent(settings);
      await nextState(last);
      control.send({ stopDesktop: { sessionId: desktop.sessionId ?? '' } });
      await ended(desktop.sessionId, last);
      expect(await containersOf(desktop.sessionId)).toBe(0);
    }, 40_000);
  });
});
