/** As whom a program runs: not as root without saying so, and as somebody else once its port is bound. */
import { chown, mkdir, readdir, readFile } from 'node:fs/promises';
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
 * root. Links in it are not followed.
 */
export async function giveFolder(folder: string, account: Account): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, account.uid, account.gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await giveFolder(path, account);
    else if (entry.isFile()) await chown(path, account.uid, account.gid);
  }
}

/** Bun has it, its types do not. */
const withGroups = process as { readonly initgroups?: (user: string, extraGroup: number) => void };

/**
 * Goes on as the account, with its groups and for good: every thread of the process, with no way back. Does nothing
 * when this process is the account already.
 * @throws StartError when this process has no right to.
 */
export function becomeAccount({ name, uid, gid }: Account, log: Log): void {
  if (process.getuid?.() === uid) return;
  try {
    withGroups.initgroups?.(name, gid);
    process.setgid?.(gid);
    process.setuid?.(uid);
  } catch {
    throw new StartError(
      `run_as: only root can go on as ${name}; this process is account ${process.getuid?.()}`,
    );
  }
  if (process.getuid?.() !== uid || process.geteuid?.() !== uid) {
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
