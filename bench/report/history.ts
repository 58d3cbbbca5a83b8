/** What every bench prints and keeps. */
import { appendFile } from 'node:fs/promises';

export const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Prints an entry and, when it is to be kept, appends it to bench/history.ndjson. */
export async function report(entry: object, isKept: boolean): Promise<void> {
  print(JSON.stringify(entry));
  if (isKept) await keep([entry]);
}

/** Appends entries to bench/history.ndjson, one a line. */
export async function keep(entries: readonly object[]): Promise<void> {
  const lines = entries.map(entry => `${JSON.stringify(entry)}\n`);
  await appendFile(new URL('../history.ndjson', import.meta.url), lines.join(''));
}
