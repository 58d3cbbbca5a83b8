/**
 * What to do when an agent comes (back) and says which desktops it runs. Pure.
 *
 * Rows are what should be, the list is what is. A desktop nobody asked for, or that was given up
 * meanwhile, is stopped. A session whose desktop is gone has ended. One that was starting is asked
 * for again: the agent may have been restarted before it began, and asking twice does no harm.
 */
export interface AssignedSession {
  readonly sessionId: string;
  readonly status: 'starting' | 'running' | 'deleting';
}

export interface ReconcilePlan {
  /** Ask for these desktops (again). */
  readonly start: ReadonlyArray<string>;
  /** Desktops that must go, and sessions being deleted whose desktop may still be half made. */
  readonly stop: ReadonlyArray<string>;
  /** Desktops that are there and should be: their upstreams are to be stored, they may have changed. */
  readonly adopt: ReadonlyArray<string>;
  /** Sessions that were running and have no desktop any more. */
  readonly vanished: ReadonlyArray<string>;
}

export function reconcileAgent(
  assigned: ReadonlyArray<AssignedSession>,
  desktops: ReadonlyArray<string>,
): ReconcilePlan {
  const present = new Set(desktops);
  const wanted = new Set(assigned.filter(one => one.status !== 'deleting').map(one => one.sessionId));
  const unwanted = [...present].filter(sessionId => !wanted.has(sessionId));
  const deleting = assigned.filter(one => one.status === 'deleting').map(one => one.sessionId);
  const missing = (status: AssignedSession['status']): string[] =>
    assigned.filter(one => one.status === status && !present.has(one.sessionId)).map(one => one.sessionId);
  return {
    start: missing('starting'),
    stop: [...new Set([...unwanted, ...deleting])],
    adopt: [...present].filter(sessionId => wanted.has(sessionId)),
    vanished: missing('running'),
  };
}
