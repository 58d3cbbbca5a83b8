/**
 * As whom the embedded PostgreSQL runs. It refuses to run as root, so under root it gets an account of
 * its own. That account often cannot reach our folders (a clone below /root): then its processes keep
 * the one capability that lets them walk and read there, and nothing else.
 */
import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { StartError } from '../../config/command-line.ts';

export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
}

/** How to start a PostgreSQL program: what goes before its name, and the spawn options. */
export interface PostgresLaunch {
  readonly prefix: readonly string[];
  readonly account: PostgresAccount | undefined;
  /** Given to spawn; with a prefix, setpriv changes the account instead. */
  readonly spawnAs: Partial<PostgresAccount>;
}

const distributionAccount = 'postgres';
const ownAccount = 'sluice-postgres';

/**
 * @param dataFolder the cluster, which may not exist yet: whoever owns it stays its account
 * @returns undefined when this process is no root: then PostgreSQL runs as it does.
 */
export async function choosePostgresAccount(dataFolder: string): Promise<PostgresAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (
    (await findAccount(distributionAccount)) ??
    (await findAccount(ownAccount)) ??
    (await createAccount(ownAccount))
  );
}

/** `name:x:uid:gid:…` lines; accounts from elsewhere (LDAP) are not looked for. */
async function findAccount(name: string): Promise<PostgresAccount | undefined> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  const parts = lines.find(line => line.startsWith(`${name}:`))?.split(':');
  return parts === undefined ? undefined : { uid: Number(parts[2]), gid: Number(parts[3]) };
}

async function createAccount(name: string): Promise<PostgresAccount> {
  const flags = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  const result = await run(['useradd', ...flags, '--shell', '/usr/sbin/nologin', name]);
  const account = await findAccount(name);
  if (account !== undefined) return account;
  throw new StartError(
    `PostgreSQL does not run as root, and the account ${name} could not be made (${result.problem}): ` +
      `make an account named ${distributionAccount}, start as an ordinary user, or set database.url`,
  );
}

/**
 * @param paths the account must walk to and read: programs, libraries, the cluster's folder
 * @throws StartError when it can't, and no capability is there to help.
 */
export async function planLaunch(
  account: PostgresAccount | undefined,
  paths: readonly string[],
): Promise<PostgresLaunch> {
  if (account === undefined) return { prefix: [], account, spawnAs: {} };
  const change = ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const unreachable = await firstUnreachable(account, paths);
  if (unreachable === undefined) return { prefix: [], account, spawnAs: account };
  for (const capability of ['dac_read_search', 'dac_override']) {
    const prefix = [...change, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
    if ((await run([...prefix, 'ls', unreachable])).ok) return { prefix, account, spawnAs: {} };
  }
  throw new StartError(
    `PostgreSQL does not run as root, and the account it runs as (user id ${account.uid}) can't reach ` +
      `${unreachable}: open the folders above it to other users (chmod o+x), choose another data_dir, ` +
      'or set database.url',
  );
}

async function firstUnreachable(
  account: PostgresAccount,
  paths: readonly string[],
): Promise<string | undefined> {
  for (const path of paths) if (!(await canReach(account, path))) return path;
  return undefined;
}

/** Asks by `ls`, for `test -r` asks access(2), which leaves capabilities out. */
export async function canReach(account: PostgresAccount | undefined, path: string): Promise<boolean> {
  return account === undefined || (await run(['ls', path], account)).ok;
}

/** Runs a small program to its end; a program that is not there counts as failed. */
async function run(
  command: readonly string[],
  account?: PostgresAccount,
): Promise<{ ok: boolean; problem: string }> {
  return new Promise(resolve => {
    const [program = '', ...rest] = command;
    const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/', ...account });
    let problem = '';
    child.stderr?.on('data', chunk => {
      problem += String(chunk);
    });
    child.on('error', error => resolve({ ok: false, problem: error.message }));
    child.on('close', code => resolve({ ok: code === 0, problem: problem.trim() || `exit code ${code}` }));
  });
}
