/**
 * Brings a database to this program's schema: the numbered files in migrations/, each once, in order,
 * in one transaction under an advisory lock, so that several starters may race.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../config/command-line.ts';
import { errorText, type Log } from '../../config/log.ts';
import { advisoryLocks } from './advisory-lock.ts';
import type { Db } from './connect.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const fileForm = /^(\d{6})_([a-z0-9_]+)\.sql$/;

/** Reads the migrations beside this file. @throws Error when a number is missing, doubled, or a name is wrong. */
export async function readMigrations(folder = join(import.meta.dir, 'migrations')): Promise<Migration[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const match = fileForm.exec(file);
      const number = Number(match?.[1]);
      if (match === null || number !== index + 1) {
        throw new Error(
          `migration ${file} must be named ${String(index + 1).padStart(6, '0')}_some_name.sql`,
        );
      }
      return { number, name: match[2] ?? '', sql: await readFile(join(folder, file), 'utf8') };
    }),
  );
}

/**
 * Applies what is missing.
 * @returns how many were applied.
 * @throws StartError when the database is newer than this program, or a migration fails (nothing is left half done).
 */
export async function migrate(db: Db, migrations: readonly Migration[], log: Log): Promise<number> {
  return db.begin(async transaction => {
    await transaction`select pg_advisory_xact_lock(${advisoryLocks.migration})`;
    await transaction`
      create table if not exists migration (
        number integer not null,
        name text not null,
        applied_at timestamptz not null default now(),
        constraint migration_pkey primary key (number)
      )`;
    const rows = await transaction<{ number: number }[]>`select number from migration`;
    const applied = new Set(rows.map(row => row.number));
    refuseNewer(applied, migrations);
    const missing = migrations.filter(migration => !applied.has(migration.number));
    for (const migration of missing) {
      try {
        await transaction.unsafe(migration.sql).simple();
      } catch (error) {
        const name = `${migration.number} (${migration.name})`;
        throw new StartError(`migration ${name} failed, the database is as it was: ${errorText(error)}`);
      }
      await transaction`insert into migration ${transaction({ number: migration.number, name: migration.name })}`;
      log.info('database migrated', { name: migration.name, count: migration.number });
    }
    return missing.length;
  }) as Promise<number>;
}

function refuseNewer(applied: ReadonlySet<number>, migrations: readonly Migration[]): void {
  const newest = Math.max(0, ...applied);
  if (newest <= migrations.length) return;
  throw new StartError(
    `the database is at migration ${newest}, this program knows ${migrations.length}: ` +
      'start the version that wrote it, or a newer one',
  );
}
