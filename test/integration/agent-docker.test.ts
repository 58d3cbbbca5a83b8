import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type {
  DesktopOrder,
  DesktopProgressStep,
  DesktopRuntime,
} from '../../agent/runtime/desktop-runtime.ts';
import { connectEngine, type DockerEngine, readLines } from '../../agent/runtime/docker-connection.ts';
import { type DockerRuntimeOptions, startDockerRuntime } from '../../agent/runtime/docker-runtime.ts';
import { ensureImage } from '../../agent/runtime/image-pull.ts';
import { demultiplex } from '../../agent/runtime/log-frames.ts';
import { silentLog } from '../../config/log.ts';
import { findFreePort } from '../harness/ports.ts';
import { startProcess } from '../harness/processes.ts';
import { findProgram, needs, testEnvironment } from '../harness/requirements.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';
import { logIn, VncViewer } from '../harness/vnc-viewer.ts';
import { waitFor } from '../harness/wait-for.ts';

const socket = testEnvironment.dockerSocket ?? '';
const image = testEnvironment.workspaceImage ?? '';
const agentId = crypto.randomUUID();
const never = new AbortController().signal;

describe.skipIf(!needs('docker', 'workspace-image'))('desktops as containers', () => {
  let engine: DockerEngine;
  const ended: Array<{ sessionId: string; message: string }> = [];
  const made: string[] = [];

  const start = (changes: Partial<DockerRuntimeOptions> = {}): Promise<DesktopRuntime> =>
    startDockerRuntime({
      address: { socket },
      agentId,
      log: silentLog,
      events: {
        onDesktopEnded: (sessionId, message) => ended.push({ sessionId, message }),
        onLost: message => {
          throw new Error(`the engine was lost: ${message}`);
        },
      },
      ...changes,
    });

  const orderOf = (changes: Partial<DesktopOrder> = {}): DesktopOrder => ({
    sessionId: crypto.randomUUID(),
    image,
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

  const containers = async (): Promise<readonly string[]> => {
    const found = await engine.listContainers({ all: true, filters: { label: [`sluice.agent=${agentId}`] } });
    return found.map(({ Id }) => Id);
  };

  /** The workspace image with another entry. */
  const makeImage = async (name: string, entry: readonly string[]): Promise<string> => {
    const container = await engine.createContainer({ Image: image });
    await container.commit({ repo: name, tag: '1', changes: `ENTRYPOINT ${JSON.stringify(entry)}` });
    await container.remove();
    made.push(`${name}:1`);
    return `${name}:1`;
  };

  const failureOf = async (starting: Promise<unknown>): Promise<string> =>
    starting.then(
      () => 'it started',
      error => `${error.name}: ${error.message}`,
    );

  beforeAll(() => {
    engine = connectEngine({ socket });
  });

  afterEach(async () => {
    // So that what one test left behind fails that test alone.
    for (const id of await containers()) await engine.getContainer(id).remove({ force: true });
  });

  afterAll(async () => {
    for (const name of new Set(made)) await engine.getImage(name).remove({ force: true });
  });

  test('a desktop starts, answers to its password only, and leaves nothing when stopped', async () => {
    await using runtime = await start();
    const order = orderOf();
    const steps: string[] = [];
    const desktop = await runtime.start(order, step => steps.push(step.phase), never);
    expect(steps).toEqual(['creating', 'starting']);
    const password = desktop.password?.reveal() ?? '';
    expect(await logIn(desktop.containerIp, 5901, password)).toEqual({
      width: 1024,
      height: 768,
      name: 'desk',
    });
    expect(await logIn(desktop.containerIp, 5901, 'wrong')).toBe('refused');
    expect(await runtime.images()).toContain(image);

    const { Config, HostConfig } = await engine.getContainer(desktop.containerId).inspect();
    expect(JSON.stringify(Config.Labels)).not.toContain(password);
    expect(HostConfig).toMatchObject({ Memory: order.memoryBytes, NanoCpus: 1e9, PidsLimit: 4096 });

    await runtime.stop(order.sessionId);
    expect(await containers()).toEqual([]);
    expect(ended).toEqual([]);
  });

  /** What a command prints in the container. */
  const printed = async (containerId: string, command: string): Promise<string> => {
    const run = await engine
      .getContainer(containerId)
      .exec({ Cmd: ['sh', '-c', command], AttachStdout: true });
    const chunks: Uint8Array[] = [];
    for await (const chunk of await run.start({})) chunks.push(chunk as unknown as Uint8Array);
    return demultiplex(Buffer.concat(chunks));
  };

  test('the clipboard goes both ways by Xvnc alone', async () => {
    await using runtime = await start();
    const order = orderOf();
    const { containerId, containerIp, password } = await runtime.start(order, () => {}, never);
    using viewer = new VncViewer(containerIp, 5901);
    await viewer.logIn(password?.reveal() ?? '');

    viewer.sendClipboard('from outside');
    const paste = (): Promise<string> => printed(containerId, 'xclip -o -selection clipboard');
    await waitFor('the text to arrive inside', async () => (await paste()) === 'from outside');

    // xclip stays to serve what was copied; its output must not keep the command open.
    await printed(containerId, 'printf "from inside" | xclip -selection clipboard >/dev/null 2>&1');
    expect(await viewer.readClipboard()).toBe('from inside');
    await runtime.stop(order.sessionId);
  });

  test("the password is not in the environment of the user's programs, and its file is the user's alone", async () => {
    await using runtime = await start();
    const order = orderOf();
    const { containerId } = await runtime.start(order, () => {}, never);
    const command = 'for pid in $(pidof xterm openbox Xvnc); do tr "\\0" "\\n" </proc/$pid/environ; done';
    const environment = await waitFor('the programs to run', async () => {
      const text = await printed(containerId, command);
      return text.split('HOME=').length > 3 && text;
    });
    expect(environment).not.toContain('VNC_PW');
    expect(await printed(containerId, 'stat -c "%a %U" /home/user/.vnc/passwd')).toBe('600 user\n');
    await runtime.stop(order.sessionId);
  });

  test('an agent that starts again finds its desktops with their credentials', async () => {
    const order = orderOf();
    const before = await start();
    const desktop = await before.start(order, () => {}, never);
    await before[Symbol.asyncDispose]();

    await using after = await start();
    const [found] = await after.desktops();
    expect(found).toEqual(desktop);
    expect(found?.password?.reveal()).toBe(desktop.password?.reveal() ?? '');
    await using other = await start({ agentId: crypto.randomUUID() });
    expect(await other.desktops()).toEqual([]);
    await after.stop(order.sessionId);
  });

  test('a desktop that ends by itself is told and removed', async () => {
    await using runtime = await start();
    const order = orderOf();
    const { containerId } = await runtime.start(order, () => {}, never);
    await engine.getContainer(containerId).kill({ signal: 'SIGKILL' });
    const told = await waitFor('the end to be told', () =>
      ended.find(one => one.sessionId === order.sessionId),
    );
    expect(told.message).toStartWith(
      'the desktop ended by itself (exit code 137: killed, often for want of memory)',
    );
    expect(await containers()).toEqual([]);
  });

  test('a container whose engine starts it again after a kill has a working desktop', async () => {
    await using runtime = await start();
    const order = orderOf();
    const desktop = await runtime.start(order, () => {}, never);
    const container = engine.getContainer(desktop.containerId);
    await using other = await start({ agentId: crypto.randomUUID() });
    await runtime[Symbol.asyncDispose]();
    await container.kill({ signal: 'SIGKILL' });
    await container.start();
    const password = desktop.password?.reveal() ?? '';
    const screen = await waitFor('the desktop to answer', () => logIn(desktop.containerIp, 5901, password));
    expect(screen).toMatchObject({ width: 1024 });
    expect(other.kind).toBe('docker');
    await container.remove({ force: true });
  });

  describe('leaves no container, and says why, when', () => {
    test('the local image was not built', async () => {
      await using runtime = await start();
      const failure = await failureOf(runtime.start(orderOf({ image: 'sluice/none:1' }), () => {}, never));
      expect(failure).toBe(
        'DesktopStartError: the image sluice/none:1 is not on this host and is never pulled: ' +
          'build it there with "npm run image"',
      );
      expect(await containers()).toEqual([]);
    });

    test('the registry cannot be reached', async () => {
      await using runtime = await start();
      const name = `127.0.0.1:${await findFreePort()}/none:1`;
      const failure = await failureOf(
        runtime.start(orderOf({ image: name, imageIsLocal: false }), () => {}, never),
      );
      expect(failure).toContain(`the image ${name} could not be pulled: its registry cannot be reached`);
      expect(await containers()).toEqual([]);
    });

    test('the container dies while starting', async () => {
      await using runtime = await start();
      const dying = await makeImage('sluice-test/dying', ['/bin/sh', '-c', 'echo out of cheese >&2; exit 3']);
      const failure = await failureOf(runtime.start(orderOf({ image: dying }), () => {}, never));
      expect(failure).toBe(
        'DesktopStartError: the desktop ended while starting (exit code 3); it printed: out of cheese',
      );
      expect(await containers()).toEqual([]);
    });

    test('the image has no such program', async () => {
      await using runtime = await start();
      const broken = await makeImage('sluice-test/broken', ['/no/such/program']);
      const failure = await failureOf(runtime.start(orderOf({ image: broken }), () => {}, never));
      expect(failure).toContain('/no/such/program');
      expect(await containers()).toEqual([]);
    });

    test('nothing answers in time', async () => {
      await using runtime = await start({ startTimeMs: 3_000 });
      const silent = await makeImage('sluice-test/silent', [
        '/bin/sh',
        '-c',
        'echo thinking; exec sleep 600',
      ]);
      const failure = await failureOf(runtime.start(orderOf({ image: silent }), () => {}, never));
      expect(failure).toBe(
        'DesktopStartError: the desktop did not answer on port 5901 within 3 s; it printed: thinking',
      );
      expect(await containers()).toEqual([]);
    });

    test('the engine refuses the limits', async () => {
      await using runtime = await start();
      const failure = await failureOf(runtime.start(orderOf({ memoryBytes: 1000 }), () => {}, never));
      expect(failure).toContain('the Docker Engine refused the container: Minimum memory limit allowed is');
      expect(await containers()).toEqual([]);
    });

    test('the start is stopped on the way', async () => {
      await using runtime = await start();
      const silent = await makeImage('sluice-test/silent', ['/bin/sleep', '600']);
      const stop = new AbortController();
      const onProgress = (step: DesktopProgressStep): void => {
        if (step.phase === 'starting') setTimeout(() => stop.abort(), 200);
      };
      const failure = await failureOf(runtime.start(orderOf({ image: silent }), onProgress, stop.signal));
      expect(failure).toStartWith('AbortError');
      expect(await containers()).toEqual([]);
    });
  });

  test('there is no runtime without an engine', async () => {
    const starting = start({ address: { socket: '/nowhere/docker.sock' } });
    expect(await failureOf(starting)).toContain('/nowhere/docker.sock');
  });

  test.skipIf(!testEnvironment.strict && findProgram('docker-registry') === undefined)(
    'an image is pulled from a registry with progress that grows, and one that it lacks is named',
    async () => {
      await using folder = await makeTempFolder('registry');
      const port = await findFreePort();
      const config = { version: 0.1, storage: { filesystem: { rootdirectory: folder.file('data') } } };
      await Bun.write(
        folder.file('config.yml'),
        JSON.stringify({ ...config, http: { addr: `127.0.0.1:${port}` }, log: { level: 'error' } }),
      );
      await using registry = await startProcess(['docker-registry', 'serve', folder.file('config.yml')]);
      await waitFor('the registry to answer', async () => (await fetch(`http://127.0.0.1:${port}/v2/`)).ok);
      expect(registry.exitCode).toBeUndefined();

      // Bytes that cannot be compressed, so that the layer takes a while to come.
      await Bun.write(folder.file('random'), crypto.getRandomValues(new Uint8Array(65_536)));
      const tar = await startProcess(['tar', '-C', folder.path, '-cf', folder.file('layer.tar'), 'random']);
      await tar.exited();
      const repo = `127.0.0.1:${port}/small`;
      const imported = await engine.importImage(folder.file('layer.tar'), { repo, tag: '1' });
      for await (const line of readLines<{ error?: string }>(imported)) expect(line.error).toBeUndefined();
      const pushed = await engine.getImage(`${repo}:1`).push({ authconfig: { username: '', password: '' } });
      for await (const line of readLines<{ error?: string }>(pushed)) expect(line.error).toBeUndefined();
      await engine.getImage(`${repo}:1`).remove();

      const steps: DesktopProgressStep[] = [];
      await ensureImage(engine, `${repo}:1`, false, step => steps.push(step), never);
      const figures = steps.map(step => step.progress);
      expect(steps[0]?.message).toBe('asking the registry for the image');
      expect(steps.at(-1)).toEqual({
        phase: 'pulling',
        message: 'pulling the image: 1 of 1 layers',
        progress: 100,
      });
      expect(figures).toEqual(figures.toSorted((one, other) => one - other));
      made.push(`${repo}:1`);

      await using runtime = await start();
      const missing = orderOf({ image: `${repo}:2`, imageIsLocal: false });
      expect(await failureOf(runtime.start(missing, () => {}, never))).toContain(
        'its registry does not know it',
      );
      expect(await containers()).toEqual([]);
    },
  );
});
