/** One running PostgreSQL server process on a data folder: start, wait until it serves, stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { StartError } from '../../config/command-line.ts';
import type { Log } from '../../config/log.ts';
import type { PostgresLaunch } from './postgres-account.ts';
import type { PostgresProgram } from './postgres-program.ts';

export interface ServerOptions {
  readonly program: PostgresProgram;
  readonly launch: PostgresLaunch;
  readonly dataFolder: string;
  /** Where the socket goes; nothing listens on TCP. */
  readonly socketFolder: string;
  readonly log: Log;
}

const startTimeMs = 60_000;
const stopTimeMs = 20_000;
const keptLines = 20;

/** Small: one control instance, on a machine that has better things to do. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: '32MB',
  lc_messages: 'C',
  log_timezone: 'UTC',
};

export function postgresEnvironment(program: PostgresProgram): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    LD_LIBRARY_PATH: program.libraryPath,
  };
}

/** Runs a PostgreSQL program; its own process group, so that a terminal's Ctrl-C reaches only us. */
export function spawnPostgres(
  program: PostgresProgram,
  launch: PostgresLaunch,
  command: readonly string[],
): ChildProcess {
  const [file = '', ...rest] = [...launch.prefix, ...command];
  return spawn(file, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    detached: true,
    env: postgresEnvironment(program),
    ...launch.spawnAs,
  });
}

export class PostgresServer {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly exited: Promise<void>;

  private constructor(options: ServerOptions) {
    const flags = Object.entries({ ...settings, unix_socket_directories: options.socketFolder });
    this.#child = spawnPostgres(options.program, options.launch, [
      options.program.postgres,
      '-D',
      options.dataFolder,
      ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    this.exited = new Promise(resolve => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', error => {
        this.#lines.push(error.message);
        resolve();
      });
    });
  }

  /** @throws StartError with the server's last words when it does not come up. */
  static async start(options: ServerOptions): Promise<PostgresServer> {
    const server = new PostgresServer(options);
    const ready = new Promise<'ready'>(resolve => {
      server.#onLine(line => {
        options.log.debug('postgresql', { reason: line });
        if (line.includes('database system is ready to accept connections')) resolve('ready');
      });
    });
    const outcome = await Promise.race([ready, server.exited.then(() => 'exited'), timeout(startTimeMs)]);
    if (outcome === 'ready') return server;
    await server.stop();
    throw new StartError(`the embedded PostgreSQL did not start (${outcome}): ${server.#lastWords()}`);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Fast shutdown (open transactions roll back), then the hard one. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGINT');
    if ((await Promise.race([this.exited, timeout(stopTimeMs)])) === 'timeout') {
      this.#child.kill('SIGQUIT');
      await this.exited;
    }
  }

  #onLine(listener: (line: string) => void): void {
    let rest = '';
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        this.#lines.push(line);
        if (this.#lines.length > keptLines) this.#lines.shift();
        listener(line);
      }
    });
    this.#child.stdout?.resume();
  }

  #lastWords(): string {
    const telling = this.#lines.filter(line => !/LOG: {2}(starting|listening|database system)/.test(line));
    return telling.join(' | ') || 'it said nothing';
  }
}

async function timeout(ms: number): Promise<'timeout'> {
  return new Promise(resolve => {
    setTimeout(() => resolve('timeout'), ms).unref();
  });
}
