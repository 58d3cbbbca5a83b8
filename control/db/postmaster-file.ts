/** postmaster.pid: what a server that runs (or died) on a data folder left there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface PostmasterFile {
  readonly pid: number;
  readonly socketFolder: string;
}

/** Lines: pid, data folder, start time, port, socket folder, listen address, … */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isSafeInteger(pid) && pid > 1 ? { pid, socketFolder: lines[4] ?? '' } : undefined;
}

/** The server that runs on this data folder; undefined when none does, whatever the file says. */
export async function findRunningServer(dataFolder: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const found = parsePostmasterFile(text);
  return found !== undefined && (await isPostgresOn(found.pid, dataFolder)) ? found : undefined;
}

/** Process ids are used again: only a process whose command line names the folder counts. */
async function isPostgresOn(pid: number, dataFolder: string): Promise<boolean> {
  if (process.platform !== 'linux') return isAlive(pid);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.split('\0').includes(dataFolder);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
