/** The one way to a PostgreSQL: the driver with our settings. Stores hold the only SQL. */
import postgres from 'postgres';
import { errorText, type Log } from '../../config/log.ts';
import type { Secret } from '../../config/secret.ts';

export type Db = postgres.Sql;

/** A `Db` or the transaction within one: what a store's query runs on. */
export type DbOrTransaction = postgres.Sql | postgres.TransactionSql;

/** A server of one's own, or the embedded one on its private socket. */
export type DbAddress =
  | { readonly kind: 'url'; readonly url: Secret }
  | { readonly kind: 'socket'; readonly folder: string; readonly user: string; readonly database: string };

/** The port number only names the socket's file: nothing listens on TCP. */
export const embeddedPort = 5432;

const connectionsMax = 10;
const connectTimeoutSeconds = 10;
/** Between dials to a server that is away; statements wait so long before they fail. The driver's own grows to 20 s. */
const redialSecondsMax = 1;

/** A pool that connects at its first query; `db.end()` closes it. */
export function openDb(address: DbAddress, log: Log, max = connectionsMax): Db {
  const options: postgres.Options<Record<string, postgres.PostgresType>> = {
    max,
    connect_timeout: connectTimeoutSeconds,
    backoff: attempt => Math.min(0.05 * 2 ** attempt, redialSecondsMax),
    connection: { application_name: 'sluice-control' },
    onnotice: notice => log.debug('database notice', { reason: notice.message }),
  };
  if (address.kind === 'url') return postgres(address.url.reveal(), options);
  return postgres({
    ...options,
    path: `${address.folder}/.s.PGSQL.${embeddedPort}`,
    user: address.user,
    database: address.database,
  });
}

/**
 * Asks the server for its version, the first thing that can fail.
 * @returns the version's number, e.g. 180004, or a sentence that says why there is none.
 */
export async function probeDb(db: Db): Promise<{ version: number } | { problem: string }> {
  try {
    const rows = await db<{ version: string }[]>`select current_setting('server_version_num') as version`;
    return { version: Number(rows[0]?.version) };
  } catch (error) {
    return { problem: errorText(error) };
  }
}

/** The name of the constraint a failed statement broke, for stores that turn it into an answer. */
export function brokenConstraint(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.constraint_name : undefined;
}

/** Names of the driver's and the system's errors that mean: no server answers at this moment. */
const awayCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  // Server states: shutting down, crashed, starting up, too many connections.
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

/** Whether a statement failed because the database is away: the same statement may succeed soon. */
export function isDatabaseAway(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && awayCodes.has(code);
}
