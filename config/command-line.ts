/**
 * What the three programs' command lines have in common:
 * `--config FILE`, `--check` (validate and exit), `--help`; signals end the program cleanly.
 */
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { createLog, errorText, type Log, type LogLevel } from './log.ts';
import { ConfigError, readConfig } from './read-config.ts';

export interface Program<Config extends { log: { level: LogLevel } }> {
  /** gateway, control or agent: named in logs and messages. */
  readonly name: string;
  readonly help: string;
  readonly schema: z.ZodType<Config>;
  /** Checks that need the world (files named by the config exist…): problems as sentences. For --check and start. */
  readonly check?: (config: Config, file: string) => Promise<readonly string[]>;
  readonly start: (config: Config, log: Log, file: string) => Promise<AsyncDisposable>;
}

/** Thrown by a program's start for what an operator must mend (port in use, wrong certificate): shown without a stack. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}

export async function runProgram<Config extends { log: { level: LogLevel } }>(
  program: Program<Config>,
): Promise<void> {
  const options = readOptions(program.name);
  if (options.help) return print(program.help);
  if (options.config === undefined) fail([`${program.name}: --config FILE is missing (see --help)`]);
  const config = await loadConfig(program, options.config);
  if (options.check) return print(`${options.config}: ok`);
  const log = createLog({ program: program.name, level: config.log.level, write: print, now: Date.now });
  try {
    const running = await program.start(config, log, options.config);
    disposeOnSignal(running, log);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    log.error('could not start', { error: error.message });
    fail([`${program.name}: ${error.message}`]);
  }
}

function readOptions(name: string): { config?: string; check: boolean; help: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string' },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      strict: true,
    });
    return {
      check: values.check,
      help: values.help,
      ...(values.config === undefined ? {} : { config: values.config }),
    };
  } catch (error) {
    return fail([`${name}: ${errorText(error)} (see --help)`]);
  }
}

async function loadConfig<Config extends { log: { level: LogLevel } }>(
  program: Program<Config>,
  file: string,
): Promise<Config> {
  try {
    const config = await readConfig(file, program.schema);
    const problems = (await program.check?.(config, file)) ?? [];
    if (problems.length > 0) throw new ConfigError(problems.map(problem => `${file}:1:1: ${problem}`));
    return config;
  } catch (error) {
    if (error instanceof ConfigError) return fail(error.problems);
    throw error;
  }
}

/** A group's signal and its wrapper's arrive together: only one that comes later is a person's second. */
const impatientAfterMs = 1_000;

/** First signal: dispose and exit 0. A second one while that runs: exit at once. */
function disposeOnSignal(running: AsyncDisposable, log: Log): void {
  let stoppingSinceMs: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppingSinceMs !== undefined) {
      if (performance.now() - stoppingSinceMs > impatientAfterMs) process.exit(1);
      return;
    }
    stoppingSinceMs = performance.now();
    log.info('stopping', { cause: signal });
    running[Symbol.asyncDispose]().then(
      () => process.exit(0),
      error => {
        log.error('could not stop cleanly', { error: errorText(error) });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}
