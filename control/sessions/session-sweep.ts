/**
 * Looks after sessions nobody else will: launches whose agent fell silent, and deletions that do
 * not end. Every control instance sweeps; each step checks again with the session's row locked.
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

/** Rounds every `sessionSweepMs`, never two at once, until disposed. */
export function startSessionSweep(parts: SessionSweepParts): AsyncDisposable {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= sweepSessions(parts)
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
