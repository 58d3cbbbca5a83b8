/**
 * Looks after sessions nobody else will: launches whose agent fell silent, deletions that do not end, and sessions
 * whose agent will not come back. Every control instance sweeps; each step checks again with the session's row locked.
 */
import { limits } from '../../config/limits.ts';
import { errorText, type Log } from '../../config/log.ts';
import type { SessionLife } from './session-life.ts';
import type { SessionStore } from './session-store.ts';

export interface SessionSweepParts {
  readonly sessions: SessionStore;
  readonly life: SessionLife;
  readonly log: Log;
  /** A launch without a word of its agent for so long has failed. */
  readonly startTimeoutMs: number;
}

/** One round. */
export async function sweepSessions(parts: SessionSweepParts): Promise<void> {
  const { sessions, life, startTimeoutMs } = parts;
  for (const { sessionId, message } of await sessions.listSilentStarts(startTimeoutMs)) {
    const seconds = Math.round(startTimeoutMs / 1000);
    const why = `its agent said nothing for ${seconds} s while it was starting, the limit (last: ${message})`;
    await life.destroy(sessionId, 'start_timeout', why);
  }
  for (const slow of await sessions.listSlowDeletes(limits.sessionDeleteTimeMs)) {
    await life.finishSlowDelete(slow.sessionId, slow.connected);
  }
}

/**
 * Ends sessions whose agent is lost. Only for a control that has been up for `agentReplacedTimeMs`: before that it is
 * control that was away, and agents are on their way back.
 */
export async function endAbandonedSessions({ sessions, life, log }: SessionSweepParts): Promise<void> {
  const abandoned = await sessions.listAbandoned(limits.agentLostTimeMs, limits.agentReplacedTimeMs);
  for (const { sessionId, agentName, seenAt, replaced } of abandoned) {
    const because = replaced ? 'another agent of that name has enrolled since' : 'it did not come back';
    const why = `its agent ${agentName} was last heard of at ${seenAt.toISOString()}, and ${because}`;
    log.warn('session without an agent given up', { sessionId, reason: why });
    await life.destroy(sessionId, 'vanished', why);
  }
}

/** Rounds every `sessionSweepMs`, never two at once, until disposed. */
export function startSessionSweep(parts: SessionSweepParts): AsyncDisposable {
  let running: Promise<void> | undefined;
  const startedAtMs = performance.now();
  const sweep = async (): Promise<void> => {
    await sweepSessions(parts);
    if (performance.now() - startedAtMs > limits.agentReplacedTimeMs) await endAbandonedSessions(parts);
  };
  const timer = setInterval(() => {
    running ??= sweep()
      .catch(error => parts.log.error('sessions could not be looked after', { error: errorText(error) }))
      .finally(() => {
        running = undefined;
      });
  }, limits.sessionSweepMs);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
