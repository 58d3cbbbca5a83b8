/** Real PostgreSQL servers for tests: the embedded one, and Debian's as "a server of one's own" reached over TCP. */
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLog } from '../../config/log.ts';
import { Secret } from '../../config/secret.ts';
import { type DbAddress, openDb } from '../../control/db/connect.ts';
import { startEmbeddedPostgres } from '../../control/db/embedded-postgres.ts';
import { migrate, readMigrations } from '../../control/db/migrate.ts';
import { choosePostgresAccount } from '../../control/db/postgres-account.ts';
import { findFreePort } from './ports.ts';
import { runToEnd, type StartedProcess, startProcess } from './processes.ts';
import { findPostgresFolder, needs } from './requirements.ts';
import { makeTempFolder, type TempFolder } from './temp-folder.ts';
import { waitFor } from './wait-for.ts';

/** Tests of the database run on both: `describe.each(postgresKinds)`. */
export const postgresKinds = ['embedded', 'server'] as const;

export type PostgresKind = (typeof postgresKinds)[number];

/** For `describe.skipIf(!canStartPostgres(kind))`. */
export function canStartPostgres(kind: PostgresKind): boolean {
  return needs(kind === 'embedded' ? 'embedded-postgres' : 'postgres');
}

export interface TestPostgres extends AsyncDisposable {
  /** A fresh database with control's schema, cloned from a template; it goes with the server. */
  createDatabase(): Promise<DbAddress>;
  createEmptyDatabase(): Promise<DbAddress>;
  /** Ends the server as a crash would: all of its processes are gone. */
  crash(): Promise<void>;
  /** Starts it again on the same data and the same address. */
  restart(): Promise<void>;
}

export async function startTestPostgres(kind: PostgresKind): Promise<TestPostgres> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder('postgres'));
  const started = stack.use(await (kind === 'embedded' ? startEmbedded(folder) : startDebian(folder)));
  const admin = openDb(started.address('postgres'), silentLog, 1);
  stack.defer(() => admin.end({ timeout: 1 }));
  await admin`create database template_control`;
  const template = openDb(started.address('template_control'), silentLog, 1);
  await migrate(template, await readMigrations(), silentLog);
  await template.end();
  let count = 0;
  const create = async (from: string): Promise<DbAddress> => {
    count += 1;
    const name = `test_${count}`;
    await admin`create database ${admin(name)} template ${admin(from)}`;
    return started.address(name);
  };
  const parts = stack.move();
  return {
    createDatabase: () => create('template_control'),
    createEmptyDatabase: () => create('template0'),
    crash: () => started.crash(),
    restart: () => started.restart(),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

interface Started extends AsyncDisposable {
  address(database: string): DbAddress;
  crash(): Promise<void>;
  restart(): Promise<void>;
}

async function startEmbedded(folder: TempFolder): Promise<Started> {
  const server = await startEmbeddedPostgres(folder.file('own'), silentLog);
  return {
    address: database => ({ ...server.address, database }) as DbAddress,
    crash: async () => {
      if (server.pid !== undefined) process.kill(server.pid, 'SIGKILL');
    },
    // It starts again by itself.
    restart: async () => {},
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function startDebian(folder: TempFolder): Promise<Started> {
  const programs = findPostgresFolder();
  if (programs === undefined) throw new Error("Debian's PostgreSQL is not installed");
  const data = folder.file('server');
  await mkdir(data, { mode: 0o700 });
  const account = await choosePostgresAccount(data);
  if (account !== undefined) await chown(data, account.uid, account.gid);
  const run = { cwd: '/', env: { LC_ALL: 'C.UTF-8' }, ...account };
  const initdb = [
    join(programs, 'initdb'),
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-sync',
  ];
  const set = await runToEnd(initdb, run);
  if (set.exitCode !== 0) throw new Error(`initdb failed: ${set.stderr}`);
  const port = await findFreePort();
  const options = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${data}`,
    'fsync=off',
  ];
  const command = [join(programs, 'postgres'), '-D', data, ...options.flatMap(option => ['-c', option])];
  const start = async (): Promise<StartedProcess> => {
    const started = await startProcess(command, run);
    try {
      await started.printed('database system is ready to accept connections');
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  };
  let server = await start();
  return {
    address: database => ({
      kind: 'url',
      url: new Secret(`postgres://postgres@127.0.0.1:${port}/${database}`),
    }),
    async crash() {
      server.kill('SIGKILL');
      await server.exited();
    },
    async restart() {
      // Children of the killed server hold its shared memory for a moment.
      server = await waitFor('PostgreSQL to start again', start);
    },
    async [Symbol.asyncDispose]() {
      // Fast shutdown: SIGTERM alone would wait for connections that a failed test left open.
      server.kill('SIGINT');
      await server.exited();
    },
  };
}
