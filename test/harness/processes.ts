import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from './wait-for.ts';

export interface StartProcessOptions {
  readonly cwd?: string;
  /** Added to the environment of the test run; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly gid?: number;
  /** Time between SIGTERM and SIGKILL on dispose. */
  readonly graceMs?: number;
}

export interface StartedProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code, or 128 + signal number as a shell says it; undefined while it runs. */
  readonly exitCode: number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Waits for the end and answers with the exit code. */
  exited(timeMs?: number): Promise<number>;
  /** Waits until what was printed (stdout and stderr) matches; fails at once if the process ends without. */
  printed(pattern: RegExp | string, timeMs?: number): Promise<RegExpMatchArray>;
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** Path of the Bun that runs the tests, for starting the programs with the same one. */
export const bunPath = process.execPath;

class RunningProcess implements StartedProcess {
  readonly pid: number;
  stdout = '';
  stderr = '';
  exitCode: number | undefined;
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #graceMs: number;
  readonly #ended: Promise<number>;

  constructor(child: ChildProcess, name: string, graceMs: number) {
    this.#child = child;
    this.#name = name;
    this.#graceMs = graceMs;
    this.pid = child.pid ?? -1;
    child.stdout?.setEncoding('utf8').on('data', text => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', text => {
      this.stderr += text;
    });
    this.#ended = new Promise(resolve => {
      child.once('close', (code, signal) => {
        this.exitCode = code ?? 128 + (signalNumbers[signal ?? ''] ?? 0);
        resolve(this.exitCode);
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    if (this.exitCode === undefined) this.#child.kill(signal);
  }

  async exited(timeMs = 10_000): Promise<number> {
    await waitFor(`${this.#name} to end`, () => this.exitCode !== undefined, timeMs);
    return this.#ended;
  }

  async printed(pattern: RegExp | string, timeMs = 10_000): Promise<RegExpMatchArray> {
    let found: RegExpMatchArray | null = null;
    await waitFor(
      `${this.#name} to print ${pattern}`,
      () => {
        found = `${this.stdout}\n${this.stderr}`.match(pattern);
        return found !== null || this.exitCode !== undefined;
      },
      timeMs,
    ).catch(error => {
      throw new Error(`${error.message}; it printed: ${this.#tail()}`);
    });
    if (found === null) {
      throw new Error(
        `${this.#name} ended with ${this.exitCode} and never printed ${pattern}; it printed: ${this.#tail()}`,
      );
    }
    return found;
  }

  #tail(): string {
    return `${this.stdout}\n${this.stderr}`.trim().slice(-2000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.exitCode !== undefined) return;
    this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), this.#graceMs);
    await this.#ended;
    clearTimeout(killer);
  }
}

/**
 * Starts a program and collects what it prints; dispose ends it (SIGTERM, then SIGKILL after the grace time).
 * Fails when the program cannot be started at all.
 */
export async function startProcess(
  command: readonly string[],
  options: StartProcessOptions = {},
): Promise<StartedProcess> {
  const [file, ...args] = command;
  if (file === undefined) throw new Error('no program to start: the command is empty');
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const started = new RunningProcess(child, file.split('/').at(-1) ?? file, options.graceMs ?? 5_000);
  await once(child, 'spawn');
  return started;
}

/** Runs a program to its end and answers with its exit code and output; ends it when it takes longer than `timeMs`. */
export async function runToEnd(
  command: readonly string[],
  options: StartProcessOptions & { readonly timeMs?: number } = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  await using started = await startProcess(command, options);
  const exitCode = await started.exited(options.timeMs ?? 30_000);
  return { exitCode, stdout: started.stdout, stderr: started.stderr };
}
