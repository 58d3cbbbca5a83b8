/** One desktop of the process runtime: its folder, its X server, its window manager and terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Secret } from '../../config/secret.ts';
import type { DesktopOrder } from './desktop-runtime.ts';
import { DesktopStartError } from './desktop-runtime.ts';
import { agentVariable, endProcesses, removeDisplayFiles, sessionVariable } from './process-sweep.ts';
import { asUser, chooseUser, type DesktopUser } from './process-user.ts';
import { waitForRfb } from './rfb-probe.ts';
import { encodeXauthority } from './xauthority.ts';

const printedCharsMax = 4_000;
const linesKept = 3;
/** In a desktop's folder: its display number, for the next process of an agent that was killed. */
const displayFile = 'display';

export interface ProcessDesktopOptions {
  readonly order: DesktopOrder;
  readonly agentId: string;
  /** Of this desktop alone; made and removed by it. */
  readonly folder: string;
  readonly password: Secret;
}

export class ProcessDesktop {
  port = 0;
  readonly #options: ProcessDesktopOptions;
  #user: DesktopUser;
  #display = -1;
  #xvnc: ChildProcess | undefined;
  #printed = '';
  /** Resolves with the X server's exit in words. */
  readonly ended: Promise<string>;
  #endedNow: (how: string) => void = () => {};

  constructor(options: ProcessDesktopOptions) {
    this.#options = options;
    this.ended = new Promise(resolve => {
      this.#endedNow = resolve;
    });
  }

  /** Resolves when the VNC server answers and the programs are started. @throws DesktopStartError, AbortError */
  async start(signal: AbortSignal): Promise<void> {
    this.#user = await chooseUser();
    await this.#prepareFolder();
    this.port = await freePort();
    signal.throwIfAborted();
    this.#display = await this.#startXvnc(signal);
    await writeFile(this.#file(displayFile), String(this.#display));
    const stopWaiting = new AbortController();
    try {
      const answered = waitForRfb('127.0.0.1', this.port, AbortSignal.any([signal, stopWaiting.signal]));
      const died = this.ended.then(how => {
        throw new DesktopStartError(`the desktop ended while starting (${how})${this.#lastLines()}`);
      });
      await Promise.race([answered, died]);
    } finally {
      stopWaiting.abort();
    }
    // The terminal comes from the window manager: one that maps its window before openbox listens stays unseen.
    this.#spawn(['openbox', '--startup', 'xterm -geometry 100x30+60+60']);
  }

  /** Ends everything and removes all of it. Twice is no error. */
  async remove(): Promise<void> {
    await endProcesses({ variable: sessionVariable, value: this.#options.order.sessionId, user: this.#user });
    await removeDesktopFiles(this.#options.folder);
  }

  #file(name: string): string {
    return join(this.#options.folder, name);
  }

  async #prepareFolder(): Promise<void> {
    const { folder, password } = this.#options;
    await mkdir(folder, { mode: 0o700 });
    await mkdir(this.#file('home'), { mode: 0o700 });
    await writeFile(this.#file('password'), await obfuscate(password), { mode: 0o600 });
    const cookie = crypto.getRandomValues(new Uint8Array(16));
    await writeFile(this.#file('xauthority'), encodeXauthority(cookie), { mode: 0o600 });
    if (this.#user === undefined) return;
    for (const file of ['password', 'xauthority', 'home'])
      await chown(this.#file(file), this.#user, this.#user);
    await chown(folder, this.#user, this.#user);
    // As the X server wants it: only root can make it so.
    await mkdir('/tmp/.X11-unix', { recursive: true });
    await chmod('/tmp/.X11-unix', 0o1777);
  }

  /** @returns the display number the server chose */
  async #startXvnc(signal: AbortSignal): Promise<number> {
    const { order } = this.#options;
    const command = [
      'Xvnc',
      '-displayfd',
      '1',
      '-geometry',
      `${order.width}x${order.height}`,
      '-depth',
      '24',
    ];
    command.push(
      '-rfbport',
      String(this.port),
      '-localhost',
      '-nolisten',
      'tcp',
      '-auth',
      this.#file('xauthority'),
    );
    command.push('-SecurityTypes', 'VncAuth', '-rfbauth', this.#file('password'));
    // To the X server all users come from the gateway's address: its blacklist would lock all of them out after five
    // that are in their handshake at once. The password is random, and a session's own.
    command.push('-UseBlacklist=0');
    command.push('-AlwaysShared', '-AcceptSetDesktopSize', '-noreset', '-desktop', order.hostname);
    // A mere selection stays inside: it would replace what the user copied outside at every double click.
    command.push('-SendPrimary=0');
    const xvnc = this.#spawn(command);
    this.#xvnc = xvnc;
    xvnc.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#printed = (this.#printed + text).slice(-printedCharsMax);
    });
    xvnc.once('error', error => this.#endedNow(error.message));
    xvnc.once('exit', (code, killedBy) =>
      this.#endedNow(killedBy === null ? `exit code ${code}` : `killed by ${killedBy}`),
    );
    const display = await Promise.race([
      readNumber(xvnc),
      this.ended,
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      ),
    ]);
    if (typeof display === 'number') return display;
    throw new DesktopStartError(
      `the desktop's X server ended while starting (${display})${this.#lastLines()}`,
    );
  }

  #spawn(command: readonly string[]): ChildProcess {
    const { order, agentId } = this.#options;
    const [file = '', ...args] = [...asUser(this.#user), ...command];
    return spawn(file, args, {
      cwd: this.#file('home'),
      detached: true,
      stdio: this.#xvnc === undefined ? ['ignore', 'pipe', 'pipe'] : 'ignore',
      env: {
        ...order.environment,
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: this.#file('home'),
        SHELL: '/bin/bash',
        LANG: 'C.UTF-8',
        XAUTHORITY: this.#file('xauthority'),
        ...(this.#display < 0 ? {} : { DISPLAY: `:${this.#display}` }),
        [agentVariable]: agentId,
        [sessionVariable]: order.sessionId,
      },
    });
  }

  #lastLines(): string {
    const lines = this.#printed.split('\n').map(line => line.trim());
    const last = lines.filter(line => line !== '').slice(-linesKept);
    return last.length === 0 ? '' : `; it printed: ${last.join(' · ')}`;
  }
}

/** What a desktop without processes has on the host: its folder, and the socket of the display noted in it. */
export async function removeDesktopFiles(folder: string): Promise<void> {
  const owner = await stat(folder).catch(() => undefined);
  const display = await readFile(join(folder, displayFile), 'utf8').catch(() => '');
  if (owner !== undefined && /^\d+$/.test(display)) await removeDisplayFiles(Number(display), owner.uid);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** The password file's form, made by TigerVNC's own tool. */
async function obfuscate(password: Secret): Promise<Uint8Array> {
  const tool = Bun.spawn(['tigervncpasswd', '-f'], { stdin: 'pipe', stdout: 'pipe', stderr: 'ignore' });
  tool.stdin.write(`${password.reveal()}\n`);
  await tool.stdin.end();
  const bytes = new Uint8Array(await new Response(tool.stdout).arrayBuffer());
  if ((await tool.exited) !== 0 || bytes.length === 0) throw new Error('tigervncpasswd failed');
  return bytes;
}

function readNumber(child: ChildProcess): Promise<number> {
  return new Promise(resolve => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.includes('\n')) resolve(Number.parseInt(text, 10));
    });
  });
}

/** Free a moment ago: whoever takes it meanwhile makes the X server end, and the start fail with its words. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>(resolve => server.close(() => resolve()));
  return port;
}
