import { Database } from 'bun:sqlite';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StartError } from './start-error.ts';

export interface DataFolder extends AsyncDisposable {
  /** Absolute path. */
  readonly path: string;
  readonly configFolder: string;
  readonly logFolder: string;
  /** Pids of the running programs, for the next start if this one ends hard. */
  readonly runFolder: string;
}

/**
 * Opens (creates) the data folder and holds it for this process alone.
 * The lock is the operating system's, on an SQLite file: it ends with the process however that ends, so there is no
 * stale lock to recover from. The pid beside it is for the message only. The lock lives as long as the answer is
 * referenced: the caller keeps it and disposes of it.
 * @throws StartError when another process holds it or it can't be written
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  const configFolder = join(path, 'config');
  const logFolder = join(path, 'log');
  const runFolder = join(path, 'run');
  try {
    await mkdir(path, { recursive: true });
    // Others may pass through but not look: a database server that gave up root reaches its own folder below.
    await chmod(path, 0o711);
    for (const inner of [configFolder, logFolder, runFolder])
      await mkdir(inner, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`can't use the data folder ${path}: ${why}`);
  }
  const pidFile = join(runFolder, 'supervisor.pid');
  const lock = takeLock(join(runFolder, 'lock.sqlite'));
  if (lock === undefined) {
    const pid = (await readFile(pidFile, 'utf8').catch(() => '')).trim();
    throw new StartError(`the data folder ${path} is in use by another Sluice${pid && ` (pid ${pid})`}`);
  }
  await writeFile(pidFile, `${process.pid}\n`);
  return {
    path,
    configFolder,
    logFolder,
    runFolder,
    [Symbol.asyncDispose]: async () => {
      await rm(pidFile, { force: true });
      lock.close();
    },
  };
}

/** @returns undefined when another process holds the lock. */
function takeLock(file: string): Database | undefined {
  const database = new Database(file, { create: true });
  try {
    database.run('pragma busy_timeout = 0');
    database.run('pragma locking_mode = exclusive');
    database.run('begin exclusive');
    return database;
  } catch (error) {
    database.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('SQLITE_BUSY')) return undefined;
    throw new StartError(`can't lock ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
