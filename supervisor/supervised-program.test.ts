import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { bunPath } from '../test/harness/processes.ts';
import { makeTempFolder, type TempFolder } from '../test/harness/temp-folder.ts';
import { waitFor } from '../test/harness/wait-for.ts';
import { LogFile } from './log-file.ts';
import type { LogLine } from './log-line.ts';
import { type ProgramOptions, SupervisedProgram } from './supervised-program.ts';

/** A program of a few lines under supervision, ready once it has printed the log line "up". */
class Trial implements AsyncDisposable {
  readonly events: string[] = [];
  readonly lines: LogLine[] = [];
  readonly texts: string[] = [];
  readonly folder: TempFolder;
  readonly program: SupervisedProgram;
  readonly #logFile: LogFile;

  private constructor(folder: TempFolder, script: string, options: Partial<ProgramOptions>) {
    this.folder = folder;
    this.#logFile = new LogFile(folder.file('a.log'));
    writeFileSync(folder.file('a.ts'), script);
    this.program = new SupervisedProgram({
      name: 'trial',
      command: [
        bunPath,
        '--preload',
        `${import.meta.dir}/end-with-parent.ts`,
        folder.file('a.ts'),
        folder.path,
      ],
      logFile: this.#logFile,
      logLevel: 'info',
      pidFile: folder.file('a.pid'),
      waitUntilReady: signal => this.#isUp(signal),
      readyTimeMs: 10_000,
      stopTimeMs: 5_000,
      backOffMs: 1,
      backOffMaxMs: 4,
      onLogLine: line => this.lines.push(line),
      onText: text => this.texts.push(text),
      onEvent: sentence => this.events.push(sentence),
      ...options,
    });
  }

  static async make(script: string, options: Partial<ProgramOptions> = {}): Promise<Trial> {
    return new Trial(await makeTempFolder('supervised'), script, options);
  }

  get upCount(): number {
    return this.lines.filter(line => line.message === 'up').length;
  }

  get pid(): number {
    return Number(readFileSync(this.folder.file('a.pid'), 'utf8'));
  }

  async #isUp(signal: AbortSignal): Promise<boolean> {
    const before = this.upCount;
    while (!signal.aborted && this.upCount === before) await Bun.sleep(2);
    return !signal.aborted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program.stop();
    this.#logFile[Symbol.dispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

const say = (level: string, message: string): string =>
  `console.log('{"level":"${level}","message":"${message}"}');\n`;
const stayUp = `${say('info', 'up')}setInterval(() => {}, 1000);\n`;
const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}/cmdline`);

describe('the first start', () => {
  test('ends when the program is ready, with what it printed in the log file', async () => {
    await using trial = await Trial.make(`${say('debug', 'detail')}console.error('text');\n${stayUp}`);
    await trial.program.start();
    expect(trial.lines.map(line => line.message)).toEqual(['detail', 'up']);
    await waitFor('the text', () => trial.texts.length > 0);
    const kept = readFileSync(trial.folder.file('a.log'), 'utf8');
    expect(kept).toContain('up');
    expect(kept).toContain('text');
    expect(kept).not.toContain('detail');
  });

  test('fails with the exit code and what the program said last', async () => {
    await using trial = await Trial.make("console.error('no database\\nat all'); process.exit(3);");
    await expect(trial.program.start()).rejects.toThrow(
      'trial could not start: it ended with exit code 3; it said:\n  no database\n  at all',
    );
  });

  test('fails when the program runs but is not ready in time, and ends it', async () => {
    await using trial = await Trial.make('setInterval(() => {}, 1000);', { readyTimeMs: 300 });
    await expect(trial.program.start()).rejects.toThrow(
      'trial could not start: it was not ready within 0.3 s',
    );
    await waitFor('the pid file to go', () => !existsSync(trial.folder.file('a.pid')));
  });

  test('fails when there is no such program', async () => {
    await using trial = await Trial.make('', { command: ['/nowhere/at-all'] });
    await expect(trial.program.start()).rejects.toThrow('trial could not start: it could not be run: ');
  });
});

describe('a program that dies later', () => {
  test('is started again, and that is said', async () => {
    await using trial = await Trial.make(stayUp);
    await trial.program.start();
    process.kill(trial.pid, 'SIGKILL');
    await waitFor('the second life', () => trial.events.includes('works again'));
    expect(trial.upCount).toBe(2);
    expect(trial.events).toEqual(['it was ended by SIGKILL; starting it again in 0.001 s', 'works again']);
  });

  test('is started again even when something it started holds on to its output', async () => {
    await using trial = await Trial.make(
      `const { spawn } = require('node:child_process');
       const child = spawn('sleep', ['600'], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
       console.log(JSON.stringify({ level: 'info', message: String(child.pid) }));
       ${stayUp}`,
    );
    await trial.program.start();
    process.kill(trial.pid, 'SIGKILL');
    await waitFor('the second life', () => trial.events.includes('works again'));
    for (const { message } of trial.lines)
      if (/^\d+$/.test(message)) process.kill(Number(message), 'SIGKILL');
  });

  test('is started again and again, more slowly each time up to a limit', async () => {
    await using trial = await Trial.make(
      `const { existsSync, writeFileSync } = require('node:fs');
       const first = process.argv[2] + '/first';
       if (existsSync(first)) process.exit(7);
       writeFileSync(first, '');
       ${stayUp}`,
    );
    await trial.program.start();
    process.kill(trial.pid, 'SIGTERM');
    await waitFor('five deaths', () => trial.events.length >= 5);
    expect(trial.events[0]).toMatch(/starting it again in 0\.001 s$/);
    expect(trial.events.slice(1, 5)).toEqual([
      'it ended with exit code 7; starting it again in 0.002 s',
      'it ended with exit code 7; starting it again in 0.004 s',
      'it ended with exit code 7; starting it again in 0.004 s',
      'it ended with exit code 7; starting it again in 0.004 s',
    ]);
  });
});

describe('stopping', () => {
  test('asks by SIGTERM and waits for the end', async () => {
    await using trial = await Trial.make(
      `process.on('SIGTERM', () => { ${say('info', 'bye')} process.exit(0); });\n${stayUp}`,
    );
    await trial.program.start();
    const { pid } = trial;
    await trial.program.stop();
    expect(isRunning(pid)).toBe(false);
    expect(trial.lines.at(-1)?.message).toBe('bye');
    expect(trial.events).toEqual([]);
  });

  test('kills a program that will not end', async () => {
    await using trial = await Trial.make(`process.on('SIGTERM', () => {});\n${stayUp}`, { stopTimeMs: 100 });
    await trial.program.start();
    const { pid } = trial;
    await trial.program.stop();
    expect(isRunning(pid)).toBe(false);
    expect(trial.events).toEqual([`did not stop in 0.1 s and is killed (pid ${pid})`]);
  });

  test('ends the wait for the next start too', async () => {
    await using trial = await Trial.make(stayUp, { backOffMs: 60_000, backOffMaxMs: 60_000 });
    await trial.program.start();
    process.kill(trial.pid, 'SIGKILL');
    await waitFor('the end to be noticed', () => trial.events.length > 0);
    await trial.program.stop();
    expect(trial.upCount).toBe(1);
  });
});
