/**
 * A private Docker Engine for tests: its own data, sockets, containerd and bridge, no iptables rules, so that it
 * lives beside an engine the machine already has. Containers are reached by their address and reach nobody outside.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBridge, removeBridge } from './docker-bridge.ts';
import { mountCgroups } from './docker-cgroups.ts';
import { runToEnd, type StartedProcess, startProcess } from './processes.ts';
import { findProgram } from './requirements.ts';
import { waitFor } from './wait-for.ts';

/** Debian's packages for it. */
export const dockerPackages = ['docker.io', 'containerd', 'runc', 'iptables', 'iproute2', 'mount'] as const;

export interface DockerEngine extends AsyncDisposable {
  /** Path of the engine's Unix socket. */
  readonly socket: string;
  readonly pid: number;
  /** Ends the engine by SIGKILL, as a crash would; its containers' processes go with the next start. */
  crash(): Promise<void>;
  /** Starts it again on the same socket and data after a crash. */
  restart(): Promise<void>;
}

export interface DockerEngineOptions {
  /**
   * Folder that keeps images between runs. Used by one engine at a time: when another run holds it, this engine
   * takes a temporary folder instead. Omitted: temporary.
   */
  readonly folder?: string;
}

/** True where a private engine can be started: root on Linux with dockerd installed. */
export function canStartDockerEngine(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && findProgram('dockerd') !== undefined;
}

/**
 * Starts an engine and waits until it answers. Dispose stops it, its containers, its mounts and its bridge; images
 * stay in `folder`.
 * @throws Error with the end of the engine's log when it does not come up
 */
export async function startDockerEngine(options: DockerEngineOptions = {}): Promise<DockerEngine> {
  await mountCgroups();
  // Sockets have a path limit of 107 bytes, and a repository may lie deep: they stay in the temporary folder.
  const runFolder = await mkdtemp(join(tmpdir(), 'sluice-docker-'));
  const dataFolder = await takeDataFolder(options.folder, runFolder);
  const bridge = await createBridge();
  const engine = new PrivateEngine(runFolder, dataFolder, bridge);
  try {
    await engine.restart();
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
  return engine;
}

/** The kept folder if no living engine holds it, else one inside the temporary folder. */
async function takeDataFolder(folder: string | undefined, runFolder: string): Promise<string> {
  if (folder === undefined) return join(runFolder, 'data');
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const holder = join(folder, 'holder.pid');
  const pid = existsSync(holder) ? Number(await readFile(holder, 'utf8')) : 0;
  if (pid !== 0 && pid !== process.pid && existsSync(`/proc/${pid}`)) return join(runFolder, 'data');
  await writeFile(holder, String(process.pid));
  return folder;
}

class PrivateEngine implements DockerEngine {
  readonly socket: string;
  readonly #runFolder: string;
  readonly #dataFolder: string;
  readonly #bridge: string;
  #process: StartedProcess | undefined;

  constructor(runFolder: string, dataFolder: string, bridge: string) {
    this.#runFolder = runFolder;
    this.#dataFolder = dataFolder;
    this.#bridge = bridge;
    this.socket = join(runFolder, 'docker.sock');
  }

  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  async restart(): Promise<void> {
    const file = (name: string): string => join(this.#runFolder, name);
    // Without a key of its own it would share the machine's engine id.
    await writeFile(file('daemon.json'), JSON.stringify({ 'deprecated-key-path': file('key.json') }));
    await rm(file('docker.pid'), { force: true });
    const options = {
      'config-file': file('daemon.json'),
      host: `unix://${this.socket}`,
      'data-root': join(this.#dataFolder, 'engine'),
      'exec-root': file('exec'),
      pidfile: file('docker.pid'),
      bridge: this.#bridge,
      iptables: 'false',
      ip6tables: 'false',
      'ip-forward': 'false',
      'ip-masq': 'false',
      'userland-proxy': 'false',
      'containerd-namespace': `sluice-${process.pid}`,
      'containerd-plugins-namespace': `sluice-plugins-${process.pid}`,
      'shutdown-timeout': '2',
    };
    const started = await startProcess(
      ['dockerd', ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)],
      { graceMs: 20_000 },
    );
    this.#process = started;
    await waitFor('the Docker Engine to answer', () => this.#answers(started), 30_000).catch(error => {
      throw new Error(`${error.message}; it printed: ${started.stderr.trim().slice(-1500)}`);
    });
  }

  async #answers(started: StartedProcess): Promise<boolean> {
    if (started.exitCode !== undefined) throw new Error(`dockerd ended with ${started.exitCode}`);
    const answer = await fetch('http://engine/_ping', {
      unix: this.socket,
      signal: AbortSignal.timeout(1_000),
    });
    await answer.text();
    return answer.ok;
  }

  async crash(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#process?.exited();
    await endStrayContainerd(join(this.#runFolder, 'exec'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await endStrayContainerd(join(this.#runFolder, 'exec'));
    await endStrayContainers(this.#runFolder);
    await unmountBelow(this.#runFolder);
    await unmountBelow(this.#dataFolder);
    await removeBridge(this.#bridge);
    await rm(join(this.#dataFolder, 'holder.pid'), { force: true });
    await rm(this.#runFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * A killed engine's containerd may go on, and its pid file, which the next engine believes, may name a process that has
 * ended but was not reaped.
 */
async function endStrayContainerd(execFolder: string): Promise<void> {
  const pidFile = join(execFolder, 'containerd', 'containerd.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(await readFile(pidFile, 'utf8'));
  const isOurs = async (): Promise<boolean> =>
    (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(execFolder);
  if (await isOurs()) {
    process.kill(pid, 'SIGTERM');
    await waitFor('containerd to end', async () => !(await isOurs()), 10_000);
  }
  await rm(pidFile, { force: true });
}

/** Containers whose engine could not end them: each hangs below a shim that names our folder. */
async function endStrayContainers(runFolder: string): Promise<void> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (!commandLine.includes('containerd-shim') || !commandLine.includes(runFolder)) continue;
    const children = await readFile(`/proc/${name}/task/${name}/children`, 'utf8').catch(() => '');
    for (const pid of [...children.split(' ').filter(Boolean), name]) kill(Number(pid));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/mounts', 'utf8'))
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
    .filter(path => path.startsWith(`${folder}/`))
    .reverse();
  for (const path of mounts) await runToEnd(['umount', '--lazy', path]);
}
