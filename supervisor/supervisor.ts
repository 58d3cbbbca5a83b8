/** Runs under Bun, started by start.mjs: control, agent and gateway with embedded defaults, until a signal. */
import { helpText, parseCommandLine, type StartOptions } from './command-line.ts';
import { runSluice } from './sluice.ts';
import { StartError } from './start-error.ts';
import { Terminal } from './terminal.ts';

async function main(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(args);
  switch (commandLine.kind) {
    case 'help':
      process.stdout.write(`${helpText}\n`);
      return 0;
    case 'error':
      process.stderr.write(`${commandLine.message}\n`);
      return 1;
    case 'start':
      return runUntilSignal(commandLine.options);
  }
}

async function runUntilSignal(options: StartOptions): Promise<number> {
  const stop = new AbortController();
  // A terminal's Ctrl-C arrives twice, from the terminal and from start.mjs: further signals change nothing, because
  // stopping has a time limit of its own.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  // start.mjs is gone, however it ended.
  process.on('disconnect', () => stop.abort());
  try {
    await runSluice(options, new Terminal(text => process.stdout.write(text)), stop.signal);
    return 0;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exit(await main(process.argv.slice(2)));
