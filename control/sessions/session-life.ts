/**
 * The steps of a session after its launch. Each is one transaction that holds the session's row,
 * and carries its signals: streams are cut and desktops stopped when, and only when, it commits.
 */
import type { SessionId, UserId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { DesktopProgress, DesktopRunning } from '../../config/link/link.ts';
import type { Log } from '../../config/log.ts';
import type { Db, DbOrTransaction } from '../db/connect.ts';
import type { SignalBus } from '../link/signal-bus.ts';
import type { DestroyReason, PolicyScope } from './session.ts';
import type { HeldSession, SessionStore } from './session-store.ts';

/** A signal's payload is bounded, and nobody reads a longer one in a viewer. */
const cutMessageCharsMax = 500;

/** What an agent's word about a desktop led to. */
export type DesktopAnswer = 'kept' | 'unwanted';

export class SessionLife {
  readonly #db: Db;
  readonly #sessions: SessionStore;
  readonly #signals: SignalBus;
  readonly #log: Log;

  constructor(parts: { db: Db; sessions: SessionStore; signals: SignalBus; log: Log }) {
    this.#db = parts.db;
    this.#sessions = parts.sessions;
    this.#signals = parts.signals;
    this.#log = parts.log;
  }

  async desktopProgressed(agentId: string, progress: DesktopProgress): Promise<void> {
    const message = progress.message || progress.phase || 'starting';
    const percent = Math.min(100, Math.max(0, progress.progress ?? 0));
    await this.#sessions.progress(agentId, progress.sessionId ?? '', clip(message), percent);
  }

  /** @returns unwanted when no session of this agent asks for that desktop: it must be stopped. */
  async desktopRunning(agentId: string, desktop: DesktopRunning): Promise<DesktopAnswer> {
    const sessionId = desktop.sessionId ?? '';
    const answer = await this.#holding(sessionId, async (transaction, held): Promise<DesktopAnswer> => {
      if (held.agentId !== agentId || held.status === 'deleting') return 'unwanted';
      const problem = desktopProblem(desktop);
      if (problem !== undefined) {
        await this.#giveUp(transaction, held, 'start_failed', problem);
        return 'kept';
      }
      await this.#sessions.run(transaction, held.sessionId, desktop);
      if (held.status === 'starting') this.#log.info('session running', { sessionId, agentId });
      return 'kept';
    });
    return answer ?? 'unwanted';
  }

  /** The desktop is gone: so is the session, with the reason it was given up for, or the agent's. */
  async desktopEnded(
    agentId: string,
    sessionId: string,
    cause: 'start_failed' | 'exited' | 'vanished' | 'stopped',
    message: string,
  ): Promise<void> {
    await this.#holding(sessionId, async (transaction, held) => {
      if (held.agentId !== agentId) return;
      if (held.status === 'deleting') {
        await this.#archive(transaction, held, held.destroyReason ?? 'user_destroyed', held.errorMessage);
        return;
      }
      const reason = reasonOf(cause, held);
      await this.#archive(transaction, held, reason, clip(message) || fallbackMessages[reason]);
    });
  }

  /**
   * Gives a session up: its streams are cut, its desktop is stopped, its row goes when that is done.
   * A session that is being deleted already keeps its reason. Unknown ones are no error.
   */
  async destroy(sessionId: SessionId, reason: DestroyReason, errorMessage = ''): Promise<void> {
    await this.#holding(sessionId, async (transaction, held) => {
      if (held.status === 'deleting') return;
      await this.#giveUp(transaction, held, reason, errorMessage);
    });
  }

  /** As `destroy`, but the row goes at once: the user's own row is about to. Agents stop what is left. */
  async destroyAllOf(userId: UserId, reason: DestroyReason): Promise<void> {
    await this.#db.begin(async transaction => {
      await this.#sessions.lockUser(transaction, userId);
      for (const sessionId of await this.#sessions.listIdsOf(transaction, userId)) {
        const held = await this.#sessions.hold(transaction, sessionId);
        if (held === undefined) continue;
        if (held.agentId !== null) await this.#stop(transaction, held.agentId, held.sessionId, reason);
        await this.#archive(transaction, held, reason, '');
      }
    });
  }

  /**
   * A given-up session whose agent is away leaves the list; when the agent comes back with the
   * desktop, nobody asks for it and it is stopped. Where the agent is there, it is asked again.
   */
  async finishSlowDelete(sessionId: SessionId, agentConnected: boolean): Promise<void> {
    await this.#holding(sessionId, async (transaction, held) => {
      if (held.status !== 'deleting') return;
      const reason = held.destroyReason ?? 'user_destroyed';
      if (held.agentId === null || !agentConnected) {
        await this.#archive(transaction, held, reason, held.errorMessage);
        return;
      }
      await this.#stop(transaction, held.agentId, held.sessionId, reason);
    });
  }

  /** Stream tokens of a session, or of all of a user's, are void, and what they opened is cut. */
  async revokeTokens(
    of: { sessionId: SessionId } | { userId: UserId },
    cause: 'user_locked' | 'token_revoked',
    message: string,
  ): Promise<void> {
    await this.#db.begin(async transaction => {
      await this.#sessions.revokeTokens(transaction, of);
      await this.#signals.publish({ kind: 'cut_streams', ...of, cause, message }, transaction);
    });
  }

  /** What these users, or the desktops of this image, may do has changed: running streams are told at once. */
  async changePolicies(of: PolicyScope): Promise<void> {
    await this.#db.begin(async transaction => {
      for (const sessionId of await this.#sessions.raisePolicyVersion(transaction, of)) {
        await this.#signals.publish({ kind: 'policy_changed', sessionId }, transaction);
      }
    });
  }

  async #giveUp(
    on: DbOrTransaction,
    held: HeldSession,
    reason: DestroyReason,
    message: string,
  ): Promise<void> {
    const { sessionId, agentId } = held;
    if (agentId === null) return this.#archive(on, held, reason, message);
    await this.#sessions.giveUp(on, sessionId, reason, message);
    await this.#cut(on, sessionId, cutMessage(reason, message));
    await this.#stop(on, agentId, sessionId, reason);
    this.#log.info('session given up', { sessionId, userId: held.userId, reason, cause: message });
  }

  async #archive(
    on: DbOrTransaction,
    held: HeldSession,
    reason: DestroyReason,
    message: string,
  ): Promise<void> {
    await this.#sessions.archive(on, held.sessionId, reason, message);
    await this.#cut(on, held.sessionId, cutMessage(reason, message));
    this.#log.info('session ended', {
      sessionId: held.sessionId,
      userId: held.userId,
      reason,
      cause: message,
    });
  }

  async #cut(on: DbOrTransaction, sessionId: string, message: string): Promise<void> {
    await this.#signals.publish({ kind: 'cut_streams', sessionId, cause: 'session_ended', message }, on);
  }

  async #stop(on: DbOrTransaction, agentId: string, sessionId: string, reason: string): Promise<void> {
    await this.#signals.publish({ kind: 'stop_desktop', agentId, sessionId, reason }, on);
  }

  /** Runs a step with the session's row locked; undefined when there is no such session. */
  async #holding<Answer>(
    sessionId: string,
    step: (transaction: DbOrTransaction, held: HeldSession) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const outcome = await this.#db.begin(async transaction => {
      const held = await this.#sessions.hold(transaction, sessionId);
      return { answer: held === undefined ? undefined : await step(transaction, held) };
    });
    return outcome.answer as Answer | undefined;
  }
}

function reasonOf(
  cause: 'start_failed' | 'exited' | 'vanished' | 'stopped',
  held: HeldSession,
): 'start_failed' | 'exited' | 'vanished' {
  // Before it ran, however it ended, the launch failed.
  if (held.status === 'starting' || held.status === 'requested') return 'start_failed';
  return cause === 'vanished' ? 'vanished' : 'exited';
}

const fallbackMessages = {
  start_failed: 'the desktop did not start, and its agent did not say why',
  exited: 'the desktop ended by itself',
  vanished: 'the desktop was gone when its agent came back',
} as const;

function cutMessage(reason: DestroyReason, message: string): string {
  if (message !== '') return message.slice(0, cutMessageCharsMax);
  return reason === 'admin_destroyed' ? 'the session was ended by an administrator' : 'the session has ended';
}

/** A desktop that no gateway could open is no desktop. */
function desktopProblem(desktop: DesktopRunning): string | undefined {
  if (desktop.protocol !== 'kasmvnc' && desktop.protocol !== 'rfb') {
    return `its agent named the unknown protocol "${clean(desktop.protocol ?? '').slice(0, 40)}"`;
  }
  if (!/^(ws|wss|tcp|tls|unix\+ws):\/\/\S+$/.test(desktop.upstream ?? '')) {
    return 'its agent named no address that a gateway can dial';
  }
  return undefined;
}

/** Messages of agents come from outside: one line, of bounded length. */
function clip(message: string): string {
  const text = clean(message);
  if (text.length <= limits.sessionMessageCharsMax) return text;
  return `${text.slice(0, limits.sessionMessageCharsMax - 1)}…`;
}

function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
