/** postmaster.pid: what a server that runs (or died) on a data folder left there. */
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedPort } from './connect.ts';

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
  const found = await readPostmasterFile(dataFolder);
  return found !== undefined && (await isPostgresOn(found.pid, dataFolder)) ? found : undefined;
}

/**
 * Takes away the files of a server that is dead for sure. PostgreSQL does so itself, unless the process id
 * is taken: by another program since, or by the dead server, where nobody collects dead processes.
 * @returns false when processes of that server still end: the file must stay for now.
 */
export async function removeStaleFile(dataFolder: string): Promise<boolean> {
  const left = await readPostmasterFile(dataFolder);
  if (process.platform !== 'linux' || left === undefined) return true;
  if ((await findProcessesIn(dataFolder)).length > 0) return false;
  const socket = join(left.socketFolder, `.s.PGSQL.${embeddedPort}`);
  for (const file of [socket, `${socket}.lock`, fileIn(dataFolder)]) await rm(file, { force: true });
  return true;
}

const fileIn = (dataFolder: string): string => join(dataFolder, 'postmaster.pid');

async function readPostmasterFile(dataFolder: string): Promise<PostmasterFile | undefined> {
  return parsePostmasterFile(await readFile(fileIn(dataFolder), 'utf8').catch(() => ''));
}

/** Process ids are used again: only a process whose command line names the folder counts. */
async function isPostgresOn(pid: number, dataFolder: string): Promise<boolean> {
  if (process.platform !== 'linux') return isAlive(pid);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.split('\0').includes(dataFolder);
}

/** All processes of a PostgreSQL server work in its data folder. Dead ones have no folder. */
async function findProcessesIn(folder: string): Promise<number[]> {
  const real = await realpath(folder);
  const pids = (await readdir('/proc')).filter(name => /^[0-9]+$/.test(name));
  const folders = await Promise.all(pids.map(pid => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return pids.filter((_pid, index) => folders[index] === real).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
