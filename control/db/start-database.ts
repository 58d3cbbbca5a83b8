/** The database control runs on: the configured server, or one of its own; migrated. */
import { join } from 'node:path';
import { StartError } from '../../config/command-line.ts';
import type { ControlConfig } from '../../config/control.ts';
import type { Log } from '../../config/log.ts';
import { Secret } from '../../config/secret.ts';
import { type Db, openDb, probeDb } from './connect.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate, readMigrations } from './migrate.ts';

export interface Database extends AsyncDisposable {
  readonly db: Db;
}

/** PostgreSQL 13 brought gen_random_uuid() without an extension. */
const serverVersionMin = 130_000;

/** @throws StartError when there is no usable database. */
export async function startDatabase(config: ControlConfig, log: Log): Promise<Database> {
  await using stack = new AsyncDisposableStack();
  const address =
    config.database === undefined
      ? stack.use(await startEmbeddedPostgres(join(config.data_dir, 'postgres'), log)).address
      : ({ kind: 'url', url: new Secret(config.database.url) } as const);
  const db = openDb(address, log);
  stack.defer(() => db.end({ timeout: 2 }));
  const probe = await probeDb(db);
  if ('problem' in probe) throw new StartError(`the database does not answer: ${probe.problem}`);
  if (probe.version < serverVersionMin) {
    throw new StartError(
      `the database server has version ${probe.version}, at least ${serverVersionMin} is needed`,
    );
  }
  await migrate(db, await readMigrations(), log);
  const parts = stack.move();
  return { db, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}
