import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { LogLevel } from '../config/log.ts';
import type { LogFile } from './log-file.ts';
import { isAtLeast, type LogLine, parseLogLine } from './log-line.ts';
import { StartError } from './start-error.ts';

export interface ProgramOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly logFile: LogFile;
  /** The least level kept in the file. */
  readonly logLevel: LogLevel;
  /** Where its pid is written while it runs. */
  readonly pidFile: string;
  /** Resolves true once the program works; is told by the signal that the program ended or must not be waited for. */
  readonly waitUntilReady: (signal: AbortSignal) => Promise<boolean>;
  readonly readyTimeMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeMs: number;
  /** First pause before a program that died is started again; doubles up to `backOffMaxMs`. */
  readonly backOffMs: number;
  readonly backOffMaxMs: number;
  readonly onLogLine: (line: LogLine) => void;
  /** Any other line on standard error: a crash, or what a program under it printed. */
  readonly onText: (text: string) => void;
  /** A sentence about the program's own life, for the terminal. */
  readonly onEvent: (sentence: string) => void;
}

const lastTextLinesMax = 12;
const lastWordsTimeMs = 500;
/** A program that lived this long is no longer failing at its start: its back-off begins anew. */
const steadyTimeMs = 60_000;

/** One program: started, watched, started again with back-off when it dies, stopped in the end. */
export class SupervisedProgram {
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<string> = Promise.resolve('');
  #lastText: string[] = [];
  #restarts: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /**
   * Starts the program for the first time and waits until it works; from then on it is started again whenever it dies.
   * @throws StartError when it ends or is not ready in time
   */
  async start(): Promise<void> {
    const problem = await this.#launch();
    if (problem !== undefined) {
      await this.stop();
      throw new StartError(`${this.#options.name} could not start: ${problem}${this.#describeLastText()}`);
    }
    this.#restarts = this.#restartWhenItDies();
  }

  /** Ends the program: SIGTERM, and SIGKILL after the stop time. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#child !== undefined) {
      const { pid } = this.#child;
      this.#child.kill('SIGTERM');
      const killer = setTimeout(() => {
        this.#options.onEvent(
          `did not stop in ${this.#options.stopTimeMs / 1000} s and is killed (pid ${pid})`,
        );
        this.#child?.kill('SIGKILL');
      }, this.#options.stopTimeMs);
      await this.#ended;
      clearTimeout(killer);
    }
    await this.#restarts;
  }

  /** @returns why it is not ready; undefined when it is. */
  async #launch(): Promise<string | undefined> {
    this.#spawn();
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), this.#options.readyTimeMs);
    const signal = AbortSignal.any([waiting.signal, this.#stopping.signal]);
    const ready = this.#options.waitUntilReady(signal).then(isReady => {
      return isReady ? undefined : `it was not ready within ${this.#options.readyTimeMs / 1000} s`;
    });
    const problem = await Promise.race([ready, this.#ended]);
    clearTimeout(timer);
    waiting.abort();
    return problem;
  }

  #spawn(): void {
    const [file, ...args] = this.#options.command;
    if (file === undefined) throw new Error(`no command for ${this.#options.name}`);
    // A session of its own: Ctrl-C at the terminal reaches the supervisor alone, which stops the programs in order.
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    this.#lastText = [];
    this.#readLines(child.stdout, () => {});
    this.#readLines(child.stderr, text => {
      this.#lastText = [...this.#lastText, text].slice(-lastTextLinesMax);
      this.#options.onText(text);
    });
    const { pidFile } = this.#options;
    // The file is there while the program runs, so that the next start finds what a hard end left over.
    if (child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`);
    this.#ended = new Promise(resolve => {
      child.once('error', error => resolve(`it could not be run: ${error.message}`));
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        rmSync(pidFile, { force: true });
        const why = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
        // Its last words are still in the pipes; a desktop or a database that outlives it may hold them open.
        const timer = setTimeout(() => resolve(why), lastWordsTimeMs);
        child.once('close', () => {
          clearTimeout(timer);
          resolve(why);
        });
      });
    });
  }

  #readLines(stream: Readable, onText: (text: string) => void): void {
    createInterface({ input: stream }).on('line', text => {
      const line = parseLogLine(text);
      if (line === undefined || isAtLeast(line.level, this.#options.logLevel)) {
        this.#options.logFile.writeLine(text);
      }
      if (line !== undefined) this.#options.onLogLine(line);
      else if (text.trim() !== '') onText(text);
    });
  }

  #describeLastText(): string {
    return this.#lastText.length === 0 ? '' : `; it said:\n  ${this.#lastText.join('\n  ')}`;
  }

  async #restartWhenItDies(): Promise<void> {
    let pauseMs = this.#options.backOffMs;
    for (;;) {
      const sinceMs = performance.now();
      const why = await this.#ended;
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - sinceMs >= steadyTimeMs) pauseMs = this.#options.backOffMs;
      this.#options.onEvent(`${why}; starting it again in ${pauseMs / 1000} s`);
      await this.#pause(pauseMs);
      if (this.#stopping.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, this.#options.backOffMaxMs);
      const problem = await this.#launch();
      if (this.#child !== undefined) this.#options.onEvent(problem ?? 'works again');
    }
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer);
        this.#stopping.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, pauseMs);
      this.#stopping.signal.addEventListener('abort', done);
    });
  }
}
