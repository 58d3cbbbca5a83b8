/**
 * What the three programs' command lines have in common:
 * `--config FILE`, `--check` (validate and exit), `--help`; signals end the program cleanly, and where a program can
 * do it, SIGHUP makes it read its configuration again and SIGUSR2 makes it start anew without a gap.
 */
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { createLog, errorText, type Log, type LogLevel } from './log.ts';
import { ConfigError, type ConfigProblem, locateProblems, readConfig } from './read-config.ts';

export interface Program<Config extends { log: { level: LogLevel } }> {
  /** gateway, control or agent: named in logs and messages. */
  readonly name: string;
  readonly help: string;
  readonly schema: z.ZodType<Config>;
  /** Checks that need the world (files named by the config exist…): problems as sentences. For --check and start. */
  readonly check?: (config: Config, file: string) => Promise<readonly (string | ConfigProblem)[]>;
  readonly start: (config: Config, log: Log, file: string) => Promise<RunningProgram<Config>>;
}

export interface RunningProgram<Config> extends AsyncDisposable {
  /** At SIGHUP, with the configuration read again and checked. @throws Error: the old one goes on. */
  reload?(config: Config): Promise<void>;
  /** At SIGUSR2, likewise: new processes take over from the old ones. @throws Error: the old ones go on. */
  restart?(config: Config): Promise<void>;
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
  const config = await loadConfig(program, options.config, options.check).catch(failOnProblems);
  if (options.check) return print(`${options.config}: ok`);
  const { log, setLevel } = createProgramLog(program.name, config.log.level);
  try {
    const running = await program.start(config, log, options.config);
    disposeOnSignal(running, log);
    changeOnSignal(program, options.config, running, log, setLevel);
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

/** A log on standard output whose level can be changed while it is in use. */
export function createProgramLog(
  program: string,
  startLevel: LogLevel,
): { readonly log: Log; readonly setLevel: (level: LogLevel) => void } {
  let level = startLevel;
  const options = {
    program,
    get level() {
      return level;
    },
    write: print,
    now: Date.now,
  };
  return {
    log: createLog(options),
    setLevel: next => {
      level = next;
    },
  };
}

/** @param isThorough whether what a program could live with counts too. @throws ConfigError with every problem. */
async function loadConfig<Config extends { log: { level: LogLevel } }>(
  program: Program<Config>,
  file: string,
  isThorough = false,
): Promise<Config> {
  const config = await readConfig(file, program.schema);
  const problems = ((await program.check?.(config, file)) ?? []).filter(
    problem => isThorough || typeof problem === 'string' || problem.toleratedAtStart !== true,
  );
  if (problems.length > 0) throw new ConfigError(await locateProblems(file, problems));
  return config;
}

function failOnProblems(error: unknown): never {
  if (error instanceof ConfigError) return fail(error.problems);
  throw error;
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

/**
 * Signals that change a running program. A configuration that is refused changes nothing, and its problems are logged;
 * one signal is served after the other.
 */
function changeOnSignal<Config extends { log: { level: LogLevel } }>(
  program: Program<Config>,
  file: string,
  running: RunningProgram<Config>,
  log: Log,
  setLevel: (level: LogLevel) => void,
): void {
  let last = Promise.resolve();
  const change = async (signal: string, apply: (config: Config) => Promise<void>): Promise<void> => {
    log.info('reading the configuration again', { file, cause: signal });
    try {
      const config = await loadConfig(program, file);
      await apply(config);
      setLevel(config.log.level);
    } catch (error) {
      const problems = error instanceof ConfigError ? error.problems : [errorText(error)];
      for (const problem of problems)
        log.error('refused, all goes on as it was', { error: problem, cause: signal });
    }
  };
  const serve = (
    signal: 'SIGHUP' | 'SIGUSR2',
    apply: ((config: Config) => Promise<void>) | undefined,
  ): void => {
    if (apply === undefined) return;
    process.on(signal, () => {
      last = last.then(() => change(signal, apply));
    });
  };
  serve('SIGHUP', running.reload?.bind(running));
  serve('SIGUSR2', running.restart?.bind(running));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}
