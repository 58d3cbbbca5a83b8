/** As whom a program runs: not as root without saying so, and as somebody else once its port is bound. */
import { closeSync, constants, fchownSync, fstatSync, openSync, readdirSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StartError } from './command-line.ts';
import type { Log } from './log.ts';

/** Key of a program: whether it may be root. Left out, it may, and says so at every start. */
export const allowRootSchema = z.boolean().optional();

/** Name of the account that a program goes on as. */
export const runAsSchema = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be the name of an account')
  .optional();

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface RootQuestion {
  /** Of this process; undefined where the system has none. */
  readonly uid: number | undefined;
  readonly allowRoot: boolean | undefined;
  readonly runAs: string | undefined;
}

/** Whether a program may go on as it was started. */
export function judgeRoot({ uid, allowRoot, runAs }: RootQuestion): 'fine' | 'warn' | 'refuse' {
  if (uid !== 0 || allowRoot === true || runAs !== undefined) return 'fine';
  return allowRoot === undefined ? 'warn' : 'refuse';
}

/**
 * Says so, or refuses to start, when this process is root and nobody said it should be.
 * @param dropKey the key that makes it go on as somebody else, if the program has one.
 * @throws StartError
 */
export function objectToRoot(question: Omit<RootQuestion, 'uid'>, log: Log, dropKey?: 'run_as'): void {
  const verdict = judgeRoot({ ...question, uid: process.getuid?.() });
  const ways =
    dropKey === undefined ? 'start it as an account of its own' : 'set run_as to an account of its own';
  if (verdict === 'warn') {
    log.warn('running as root: whoever breaks in would have the whole machine', {
      hint: `${ways}, or say allow_root: true`,
    });
  }
  if (verdict === 'refuse') throw new StartError(`allow_root is false, and this process is root: ${ways}`);
}

/** @throws StartError for an account that does not exist or is root. */
export async function findAccount(name: string, passwdFile = '/etc/passwd'): Promise<Account> {
  const lines = (await readFile(passwdFile, 'utf8').catch(() => '')).split('\n');
  const [, , uid, gid] = lines.find(line => line.startsWith(`${name}:`))?.split(':') ?? [];
  if (!/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) {
    throw new StartError(`run_as: there is no account ${name} on this machine`);
  }
  if (uid === '0') throw new StartError(`run_as: the account ${name} is root`);
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * Gives a data folder to the account, so that it can be written after the change. Does nothing unless this process is
 * root. The folder may be the account's already, and whoever broke into the account may swap what is in it for links at
 * any moment: each thing is opened once, never through a link, and what was opened is given, whatever its name leads to
 * by then.
 * @throws StartError for a folder that is a link, and for what would give away something outside of it.
 */
export async function giveFolder(folder: string, account: Account): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!openAndGive(folder, folder, 'folder', account)) {
    throw new StartError(`data_dir ${folder} is a link: name the folder that it leads to`);
  }
}

/** @returns false when there is no such thing there, or no more. */
function openAndGive(path: string, shownPath: string, kind: 'file' | 'folder', account: Account): boolean {
  // Without O_NONBLOCK a pipe would hold the start up for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let descriptor: number;
  try {
    descriptor = openSync(path, kind === 'folder' ? flags | constants.O_DIRECTORY : flags);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ELOOP', 'ENOTDIR', 'ENOENT', 'ENXIO'].includes(code)) return false;
    throw error;
  }
  try {
    if (kind === 'folder') giveContent(descriptor, shownPath, account);
    else giveFile(descriptor, shownPath, account);
    return true;
  } finally {
    closeSync(descriptor);
  }
}

/** A folder that is open, under its number: a path through it can't be led elsewhere. */
function giveContent(descriptor: number, shownPath: string, account: Account): void {
  fchownSync(descriptor, account.uid, account.gid);
  const opened = `/proc/self/fd/${descriptor}`;
  for (const entry of readdirSync(opened, { withFileTypes: true })) {
    const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : undefined;
    if (kind === undefined) continue;
    openAndGive(join(opened, entry.name), join(shownPath, entry.name), kind, account);
  }
}

function giveFile(descriptor: number, shownPath: string, { name, uid, gid }: Account): void {
  const found = fstatSync(descriptor);
  if (!found.isFile() || (found.uid === uid && found.gid === gid)) return;
  if (found.nlink > 1) {
    throw new StartError(`${shownPath} has a second name elsewhere, and is not given to ${name}: delete it`);
  }
  fchownSync(descriptor, uid, gid);
}

/** What of a process it takes to go on as somebody else. Bun has initgroups, its types do not. */
export interface AccountSystem
  extends Partial<Pick<NodeJS.Process, 'getuid' | 'geteuid' | 'getgid' | 'getegid' | 'setgid' | 'setuid'>> {
  readonly initgroups?: (user: string, extraGroup: number) => void;
}

/**
 * Goes on as the account, with its groups and for good: every thread of the process, with no way back. Does nothing
 * when this process is the account already.
 * @throws StartError when this process has no right to, and where the system lacks a step: without it this process would
 * keep rights of root.
 */
export function becomeAccount({ name, uid, gid }: Account, log: Log, system: AccountSystem = process): void {
  if (system.getuid?.() === uid) return;
  const { initgroups, setgid, setuid } = system;
  if (initgroups === undefined || setgid === undefined || setuid === undefined) {
    throw new StartError('run_as: this runtime can not change the groups and the account of a process');
  }
  try {
    initgroups.call(system, name, gid);
    setgid.call(system, gid);
    setuid.call(system, uid);
  } catch {
    throw new StartError(
      `run_as: only root can go on as ${name}; this process is account ${system.getuid?.()}`,
    );
  }
  const ids = [system.getuid?.(), system.geteuid?.(), system.getgid?.(), system.getegid?.()];
  if (ids.join() !== [uid, uid, gid, gid].join()) {
    throw new StartError(`run_as: this process could not become ${name}`);
  }
  log.info('gave up root', { name });
}

/**
 * Once everything is bound and read that takes root: the data folder becomes the account's, and so does this process.
 * @throws StartError
 */
export async function goOnAs(runAs: string | undefined, dataDir: string, log: Log): Promise<void> {
  if (runAs === undefined) return;
  const account = await findAccount(runAs);
  await giveFolder(dataDir, account);
  becomeAccount(account, log);
}
