/**
 * A PostgreSQL of control's own, below its data folder, reached over a private socket only.
 *
 * The folder is ours while we hold an advisory lock in its server. A server that a killed control left
 * running is found by postmaster.pid: when nobody holds the lock there, it is stopped and replaced.
 */
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StartError } from '../../config/command-line.ts';
import { errorText, type Log } from '../../config/log.ts';
import { type Db, type DbAddress, openDb } from './connect.ts';
import {
  canReach,
  choosePostgresAccount,
  type PostgresAccount,
  type PostgresLaunch,
  planLaunch,
} from './postgres-account.ts';
import { findPostgresProgram, type PostgresProgram } from './postgres-program.ts';
import { PostgresServer, type ServerOptions, spawnPostgres } from './postgres-server.ts';
import { findRunningServer, type PostmasterFile, removeStaleFile } from './postmaster-file.ts';

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly address: DbAddress;
  /** For tests and logs; changes when the server is started again. */
  readonly pid: number | undefined;
}

const majorVersion = '18';
const superuser = 'sluice';
const database = 'sluice';
const folderLock = 7_203_114_000;
/** A socket's path is at most 107 bytes on Linux, 103 on macOS; its file name takes 15. */
const socketFolderCharsMax = 85;
const restartDelayMs = 1_000;
const leftoverStopTimeMs = 30_000;

/** @throws StartError when the folder is another control's, or PostgreSQL can't run here: with the ways out. */
export async function startEmbeddedPostgres(folder: string, log: Log): Promise<EmbeddedPostgres> {
  const base = resolve(folder);
  const dataFolder = join(base, 'data');
  await mkdir(base, { recursive: true, mode: 0o755 });
  const account = await choosePostgresAccount(dataFolder);
  const program = await findPostgresProgram({
    linkFolder: join(base, 'lib'),
    isReachable: path => canReach(account, path),
  });
  const launch = await planLaunch(account, [base, join(base, 'lib')]);
  await stopLeftover(dataFolder, log);
  await initialise(dataFolder, program, launch, log);
  const socketFolder = await prepareSocketFolder(base, account);
  const cluster = new Cluster({ program, launch, dataFolder, socketFolder, log });
  await cluster.start();
  return cluster;
}

class Cluster implements EmbeddedPostgres {
  readonly address: DbAddress;
  readonly #options: ServerOptions;
  #server: PostgresServer | undefined;
  #lock: Db | undefined;
  #stopping = false;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.address = { kind: 'socket', folder: options.socketFolder, user: superuser, database };
  }

  get pid(): number | undefined {
    return this.#server?.pid;
  }

  async start(): Promise<void> {
    const server = await PostgresServer.start(this.#options);
    try {
      this.#lock = await takeFolderLock(this.#options.socketFolder, this.#options.log);
    } catch (error) {
      await server.stop();
      throw error;
    }
    this.#server = server;
    void server.exited.then(() => this.#restart());
    this.#options.log.info('embedded PostgreSQL started', {
      pid: server.pid,
      file: this.#options.dataFolder,
    });
  }

  /** A server that dies by itself (out of memory, killed) is started again: running desktops don't need it, users do. */
  async #restart(): Promise<void> {
    if (this.#stopping) return;
    const { log } = this.#options;
    log.error('embedded PostgreSQL ended by itself, starting it again');
    await this.#lock?.end({ timeout: 0 });
    while (!this.#stopping) {
      await Bun.sleep(restartDelayMs);
      if (this.#stopping) return;
      try {
        return await this.start();
      } catch (error) {
        log.error('embedded PostgreSQL did not start again', { error: errorText(error) });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    await this.#lock?.end({ timeout: 1 });
    await this.#server?.stop();
    if (!this.#options.socketFolder.startsWith(resolve(this.#options.dataFolder, '..'))) {
      await rm(this.#options.socketFolder, { recursive: true, force: true });
    }
  }
}

/** Makes the database at the first start and takes the lock that says the folder is ours. */
async function takeFolderLock(socketFolder: string, log: Log): Promise<Db> {
  const admin = openDb(
    { kind: 'socket', folder: socketFolder, user: superuser, database: 'postgres' },
    log,
    1,
  );
  const rows = await admin<{ locked: boolean }[]>`select pg_try_advisory_lock(${folderLock}) as locked`;
  if (rows[0]?.locked !== true) {
    await admin.end({ timeout: 1 });
    throw new StartError('another control took the database at the same moment');
  }
  const known = await admin`select from pg_database where datname = ${database}`;
  if (known.length === 0) await admin`create database ${admin(database)}`;
  return admin;
}

/**
 * Clears the way for a server of ours: stops one that outlived its control, and waits until a killed one's
 * processes are gone. @throws StartError when a control is alive on this folder.
 */
async function stopLeftover(dataFolder: string, log: Log): Promise<void> {
  const deadline = performance.now() + leftoverStopTimeMs;
  let stopping: number | undefined;
  for (;;) {
    const found = await findRunningServer(dataFolder);
    if (found === undefined && (await removeStaleFile(dataFolder))) return;
    if (found !== undefined && found.pid !== stopping) {
      await refuseInUse(found, dataFolder, log);
      log.warn('stopping the PostgreSQL that an earlier control left running', { pid: found.pid });
      process.kill(found.pid, 'SIGINT');
      stopping = found.pid;
    }
    if (performance.now() > deadline) {
      throw new StartError(`an earlier PostgreSQL still works in ${dataFolder} and does not stop: end it`);
    }
    await Bun.sleep(20);
  }
}

async function refuseInUse(found: PostmasterFile, dataFolder: string, log: Log): Promise<void> {
  if (!(await isInUse(found, log))) return;
  throw new StartError(
    `another control runs on ${resolve(dataFolder, '../..')} (its PostgreSQL is process ${found.pid}): ` +
      'stop it, or choose another data_dir',
  );
}

async function isInUse(found: PostmasterFile, log: Log): Promise<boolean> {
  const folder = found.socketFolder;
  const admin = openDb({ kind: 'socket', folder, user: superuser, database: 'postgres' }, log, 1);
  try {
    const rows = await admin<{ locked: boolean }[]>`select pg_try_advisory_lock(${folderLock}) as locked`;
    return rows[0]?.locked !== true;
  } catch {
    // It starts or stops at this moment, or its socket is gone: nobody is served by it.
    return false;
  } finally {
    await admin.end({ timeout: 1 });
  }
}

/** Makes the cluster beside its place and moves it there whole: a start that is killed half-way leaves none. */
async function initialise(
  dataFolder: string,
  program: PostgresProgram,
  launch: PostgresLaunch,
  log: Log,
): Promise<void> {
  const version = await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) return checkVersion(version.trim(), dataFolder);
  const fresh = `${dataFolder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  if (launch.account !== undefined) await chown(fresh, launch.account.uid, launch.account.gid);
  const child = spawnPostgres(program, launch, [
    program.initdb,
    `--pgdata=${fresh}`,
    `--username=${superuser}`,
    // Whoever can open the socket in its 0700 folder is root or the server's own account.
    '--auth-local=trust',
    '--auth-host=reject',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  let words = '';
  child.stdout?.resume();
  child.stderr?.on('data', chunk => {
    words += String(chunk);
  });
  const code = await new Promise<number | string>(settle => {
    child.once('error', error => settle(error.message));
    child.once('close', (exit, signal) => settle(exit ?? signal ?? 'unknown'));
  });
  if (code !== 0)
    throw new StartError(`the embedded PostgreSQL could not be set up (${code}): ${words.trim()}`);
  await rename(fresh, dataFolder);
  log.info('embedded PostgreSQL set up', { file: dataFolder });
}

function checkVersion(version: string, dataFolder: string): void {
  if (version === majorVersion) return;
  throw new StartError(
    `${dataFolder} was written by PostgreSQL ${version}, this program brings ${majorVersion}: ` +
      'move its content with pg_dump, or set database.url',
  );
}

async function prepareSocketFolder(base: string, account: PostgresAccount | undefined): Promise<string> {
  const own = join(base, 'run');
  const folder = own.length <= socketFolderCharsMax ? own : await mkdtemp(join(tmpdir(), 'sluice-'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  return folder;
}
