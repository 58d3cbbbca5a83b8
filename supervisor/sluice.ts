import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogLevel } from '../config/log.ts';
import type { StartOptions } from './command-line.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { endLeftovers } from './leftovers.ts';
import { LogFile } from './log-file.ts';
import type { LogLine } from './log-line.ts';
import { findListenPort, findLoopbackPort } from './ports.ts';
import {
  type ProgramFiles,
  type ProgramName,
  readFirstPasswords,
  writeProgramFiles,
} from './program-files.ts';
import { waitForHealth } from './readiness.ts';
import { StartError } from './start-error.ts';
import { SupervisedProgram } from './supervised-program.ts';
import type { Terminal } from './terminal.ts';
import { prepareWorkspaceImage } from './workspace-image.ts';

const root = dirname(import.meta.dir);

const times = {
  readyTimeMs: 90_000,
  /** The agent may first install TigerVNC. */
  agentReadyTimeMs: 900_000,
  stopTimeMs: 10_000,
  backOffMs: 500,
  backOffMaxMs: 30_000,
  /** How long the address waits for the agent's word on where desktops run. */
  agentWordTimeMs: 5_000,
} as const;

/** The agent's log line once control has welcomed it. */
const linkUpMessage = 'link up';

/** What the agent's log field `runtime` means to the person at the terminal. */
const runtimeTexts: Readonly<Record<string, readonly string[]>> = {
  docker: ['agent: desktops run in containers of the Docker Engine'],
  process: [
    'agent: desktops run as processes on this host (no Docker Engine): for trying out only, they are not',
    '       isolated from this machine or from each other',
  ],
  none: [
    'agent: no way to run desktops on this host yet. Two ways out:',
    '       1. install and start a Docker Engine (Debian, Ubuntu: apt-get install docker.io); if its socket is not',
    '          /var/run/docker.sock, start with --docker-socket PATH',
    '       2. for trying out only: start with --runtime process. As root on Debian or Ubuntu this installs TigerVNC,',
    '          elsewhere install Xvnc, vncpasswd, openbox and xterm yourself',
  ],
};

/** Starts Sluice and runs it until `signal` aborts, then stops it. @throws StartError for what a person must mend */
export async function runSluice(
  options: StartOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  await using folder = await openDataFolder(options.dataDir);
  terminal.print(`Starting Sluice; everything it keeps is in ${folder.path}`);
  await endLeftovers(folder, line => terminal.print(line));
  const ports = {
    gateway: await findListenPort(options.host, options.port),
    control: await findLoopbackPort(),
  };
  const files = await writeProgramFiles(folder, options, ports);
  await using sluice = new Sluice({
    folder,
    files,
    terminal,
    host: options.host,
    logLevel: options.logLevel,
    dockerSocket: options.dockerSocket,
    buildImage: options.install,
    ports,
  });
  await sluice.run(signal);
  terminal.print('Stopping …');
}

interface SluiceOptions {
  readonly folder: DataFolder;
  readonly files: ProgramFiles;
  readonly terminal: Terminal;
  readonly host: string;
  readonly logLevel: LogLevel;
  readonly dockerSocket: string | undefined;
  /** May the workspace image be built when it is missing? */
  readonly buildImage: boolean;
  readonly ports: { readonly gateway: number; readonly control: number };
}

class Sluice implements AsyncDisposable {
  readonly #options: SluiceOptions;
  readonly #programs = new Map<ProgramName, SupervisedProgram>();
  readonly #logFiles: LogFile[] = [];
  readonly #agentSpoke = Promise.withResolvers<void>();
  readonly #stopping = new AbortController();
  #agentUp: (() => void) | undefined;
  #runtime: string | undefined;
  #stopped = false;

  constructor(options: SluiceOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>(resolve => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
    // Whatever fails at the start ends everything; after an abort a start that breaks off is no failure.
    await Promise.race([aborted, this.#startAll().then(() => aborted)]);
  }

  async #startAll(): Promise<void> {
    const { ports, terminal } = this.#options;
    terminal.print('control: starting …');
    await this.#start('control', abort => waitForHealth(`http://127.0.0.1:${ports.control}`, abort));
    terminal.print('control: ready');
    const agent = this.#start('agent', abort => this.#waitForAgent(abort));
    const gateway = this.#start('gateway', abort => waitForHealth(this.#localOrigin(), abort));
    const address = gateway.then(async () => {
      terminal.print('gateway: ready');
      await Promise.race([this.#agentSpoke.promise, Bun.sleep(times.agentWordTimeMs)]);
      await this.#prepareImage();
      if (!this.#stopped) await this.#showAddress();
    });
    await Promise.all([agent, address]);
  }

  async #prepareImage(): Promise<void> {
    const { buildImage, dockerSocket, terminal } = this.#options;
    if (this.#runtime !== 'docker' || !buildImage) return;
    const print = (line: string): void => terminal.print(line);
    await prepareWorkspaceImage({ socket: dockerSocket, print, signal: this.#stopping.signal });
  }

  async #start(name: ProgramName, waitUntilReady: (abort: AbortSignal) => Promise<boolean>): Promise<void> {
    const { folder, files, terminal, logLevel } = this.#options;
    if (this.#stopped) throw new StartError(`${name} is not started: Sluice is stopping`);
    const logFile = new LogFile(join(folder.logFolder, `${name}.log`));
    this.#logFiles.push(logFile);
    const preload = join(root, 'supervisor', 'end-with-parent.ts');
    let ready = false;
    const program = new SupervisedProgram({
      name,
      command: [
        process.execPath,
        '--preload',
        preload,
        join(root, name, 'main.ts'),
        '--config',
        files.config[name],
      ],
      logFile,
      logLevel,
      pidFile: join(folder.runFolder, `${name}.pid`),
      waitUntilReady,
      readyTimeMs: name === 'agent' ? times.agentReadyTimeMs : times.readyTimeMs,
      stopTimeMs: times.stopTimeMs,
      backOffMs: times.backOffMs,
      backOffMaxMs: times.backOffMaxMs,
      onLogLine: line => {
        if (name === 'agent') this.#hearAgent(line);
        terminal.showLogLine(name, line);
      },
      // While it starts, what it says is kept for the message of a start that fails.
      onText: text => ready && terminal.showText(name, text),
      onEvent: sentence => terminal.print(`${name}: ${sentence}`),
    });
    this.#programs.set(name, program);
    await program.start();
    ready = true;
  }

  /** Ready once control has welcomed it and it has said how it runs desktops; false when told to stop waiting. */
  #waitForAgent(abort: AbortSignal): Promise<boolean> {
    return new Promise(resolve => {
      this.#agentUp = () => resolve(true);
      abort.addEventListener('abort', () => resolve(false));
    });
  }

  #hearAgent(line: LogLine): void {
    const runtime = line.fields.get('runtime');
    if (runtime !== undefined && runtime !== this.#runtime) {
      this.#runtime = runtime;
      for (const text of runtimeTexts[runtime] ?? []) this.#options.terminal.print(text);
      this.#agentSpoke.resolve();
    }
    if (line.message === linkUpMessage) this.#agentUp?.();
    // It takes a minute, and changes the machine.
    if (line.fields.get('phase') === 'installing') {
      this.#options.terminal.print(
        'agent: installing TigerVNC and a window manager by apt (--no-install refuses this) …',
      );
    }
  }

  /** The gateway from this machine: a listener on every address is reached on loopback. */
  #localOrigin(): string {
    const { host, ports } = this.#options;
    const address = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    return `https://${address.includes(':') ? `[${address}]` : address}:${ports.gateway}`;
  }

  async #showAddress(): Promise<void> {
    const { host, ports, files, terminal } = this.#options;
    const everywhere = host === '0.0.0.0' || host === '::';
    const address = everywhere ? `https://localhost:${ports.gateway}` : this.#localOrigin();
    terminal.print('');
    terminal.print(`Sluice is running: ${address}/`);
    terminal.print('(the certificate is self-signed, so the browser warns at the first visit)');
    const passwords = await readFirstPasswords(files.passwordsFile);
    if (passwords !== undefined) {
      terminal.print('');
      terminal.print('First start. These passwords are shown this once:');
      for (const [username, password] of passwords) terminal.print(`  ${username}  ${password}`);
      await rm(files.passwordsFile);
    }
    terminal.print('');
    terminal.print('Ctrl-C stops it.');
  }

  /** Streams first, desktops next, the database last. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#stopping.abort();
    for (const name of ['gateway', 'agent', 'control'] as const) {
      await this.#programs.get(name)?.stop();
    }
    for (const logFile of this.#logFiles) logFile[Symbol.dispose]();
  }
}
