/** Sessions for scripts that are about streams: launched before the load and destroyed after it, or one that is there. */
import { destroySession, findImage, launchSession, logIn, type SessionAccess } from './api.ts';
import { textOption } from './deployment.ts';

/** What `setup` hands to every virtual user. */
export interface Stage {
  readonly sessions: readonly SessionAccess[];
  /** Bearer token that launched them; empty: they are not ours to end. */
  readonly login: string;
}

/** @param count sessions to launch, unless SLUICE_SESSION names one. @throws Error when that fails */
export function openStage(count: number, timeMs: number): Stage {
  const sessionId = textOption('SLUICE_SESSION');
  if (sessionId !== '') {
    const token = textOption('SLUICE_TOKEN');
    if (token === '') throw new Error('SLUICE_TOKEN is not set: a session is opened with its stream token');
    return { sessions: [{ sessionId, token }], login: '' };
  }
  const login = logIn();
  const imageId = findImage(login);
  const sessions: SessionAccess[] = [];
  try {
    for (let index = 0; index < count; index++) sessions.push(launchSession(login, imageId, timeMs));
  } catch (error) {
    closeStage({ sessions, login });
    throw error;
  }
  return { sessions, login };
}

export function closeStage({ sessions, login }: Stage): void {
  if (login === '') return;
  for (const { sessionId } of sessions) destroySession(login, sessionId);
}

/** The session of the caller's turn, one after another. @throws Error when the stage has none */
export function sessionFor({ sessions }: Stage, turn: number): SessionAccess {
  const session = sessions[turn % sessions.length];
  if (session === undefined) throw new Error('there is no session');
  return session;
}
