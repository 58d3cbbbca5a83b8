/** Work that only one control instance on a database does at a time. */
import type { Db } from './connect.ts';

/** Fixed numbers, which only have to differ from each other in one database. */
export const advisoryLocks = {
  migration: 7_203_114_001,
  firstStart: 7_203_114_002,
} as const;

/** Waits for the lock, does the work, and gives the lock back, whatever happens to the work or to this process. */
export async function withAdvisoryLock(
  db: Db,
  lock: keyof typeof advisoryLocks,
  work: () => Promise<void>,
): Promise<void> {
  await db.begin(async transaction => {
    await transaction`select pg_advisory_xact_lock(${advisoryLocks[lock]})`;
    await work();
  });
}
