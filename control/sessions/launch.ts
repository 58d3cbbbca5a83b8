/** Launching a session: the limits, then a place on an agent, then the order to start. */
import type { SessionId } from '../../config/ids.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { type Placement, placeDesktop } from '../agents/schedule.ts';
import type { Db } from '../db/connect.ts';
import type { SignalBus } from '../link/signal-bus.ts';
import type { NewSession, SessionStore } from './session-store.ts';

export type LaunchAnswer =
  | { readonly ok: true; readonly sessionId: SessionId }
  | { readonly ok: false; readonly refusal: 'session_limit'; readonly count: number; readonly limit: number }
  | { readonly ok: false; readonly refusal: 'no_resources'; readonly why: string };

type Refusal = Exclude<LaunchAnswer, { readonly ok: true }>;

/** Thrown within the transaction to undo it: a refused launch leaves no row. */
class LaunchRefused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.refusal);
    this.refusal = refusal;
  }
}

/**
 * All in one transaction under two locks: launches of one user are counted one after another, and
 * no two launches are promised the same capacity, on however many control instances they come.
 */
export async function launchSession(
  parts: { db: Db; sessions: SessionStore; agents: AgentStore; signals: SignalBus },
  wanted: NewSession,
  sessionsMax: number,
): Promise<LaunchAnswer> {
  const { db, sessions, agents, signals } = parts;
  try {
    const sessionId = await db.begin(async transaction => {
      await sessions.lockUser(transaction, wanted.userId);
      const count = await sessions.countOfUser(transaction, wanted.userId);
      if (count >= sessionsMax) throw limitReached(count, sessionsMax);
      const added = await sessions.add(transaction, wanted);
      await sessions.lockPlacement(transaction);
      const demand = { image: wanted.imageName, cores: wanted.cores, memoryBytes: wanted.memoryBytes };
      const placement = placeDesktop(await agents.listConnected(transaction), demand);
      if (!placement.ok) throw noResources(placement);
      await sessions.assign(transaction, added, placement.agentId, 'waiting for the agent');
      const signal = { kind: 'start_desktop', agentId: placement.agentId, sessionId: added } as const;
      await signals.publish(signal, transaction);
      return added;
    });
    return { ok: true, sessionId };
  } catch (error) {
    if (error instanceof LaunchRefused) return error.refusal;
    throw error;
  }
}

function limitReached(count: number, limit: number): LaunchRefused {
  return new LaunchRefused({ ok: false, refusal: 'session_limit', count, limit });
}

function noResources(placement: Extract<Placement, { readonly ok: false }>): LaunchRefused {
  return new LaunchRefused({ ok: false, refusal: 'no_resources', why: placement.why });
}
