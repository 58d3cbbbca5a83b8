/** What every bench prints and keeps. */
import { appendFile } from 'node:fs/promises';
import { runToEnd } from '../test/harness/processes.ts';

export const print = (line: string): boolean => process.stdout.write(`${line}\n`);

export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Three digits behind the point are more than any of these figures is good for. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;

export async function originOfRun(): Promise<{ readonly date: string; readonly commit: string }> {
  const { stdout } = await runToEnd(['git', 'rev-parse', '--short', 'HEAD']);
  return { date: new Date().toISOString().slice(0, 10), commit: stdout.trim() };
}

/** Prints an entry and, when it is to be kept, appends it to history.ndjson. */
export async function report(entry: object, isKept: boolean): Promise<void> {
  const line = JSON.stringify(entry);
  print(line);
  if (isKept) await appendFile(new URL('history.ndjson', import.meta.url), `${line}\n`);
}
