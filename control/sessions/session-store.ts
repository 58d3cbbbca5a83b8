/**
 * Sessions in the database. Which steps are legal is the database's rule (session_transition); the
 * conditions here only make a statement that came too late change nothing.
 */
import type { ImageId, NodeId, SessionId, UserId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { DesktopRunning } from '../../config/link/link.ts';
import type { Db, DbOrTransaction } from '../db/connect.ts';
import type { DestroyReason, EndedSession, PolicyScope, Session, SessionStatus } from './session.ts';

export interface NewSession {
  readonly userId: UserId;
  readonly imageId: ImageId;
  readonly imageName: string;
  readonly imageLocal: boolean;
  readonly protocol: 'kasmvnc' | 'rfb';
  readonly cores: number;
  readonly memoryBytes: number;
  readonly width: number;
  readonly height: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** What an agent needs to be told to start a desktop. */
export interface DesktopOrder extends NewSession {
  readonly sessionId: SessionId;
  readonly agentId: NodeId;
  readonly username: string;
}

/** A session whose row is locked until the transaction ends. */
export interface HeldSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly agentId: NodeId | null;
  readonly status: SessionStatus;
  readonly destroyReason: DestroyReason | null;
  readonly errorMessage: string;
}

/** Any fixed numbers will do; the first parts them from other locks of this program. */
const userLockSpace = 7_203;
const placementLock = 7_203_114_003;

type SessionRow = Omit<Session, 'memoryBytes'> & { readonly memoryBytes: string };

export class SessionStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Until the transaction ends no other one counts or adds sessions of this user. */
  async lockUser(on: DbOrTransaction, userId: UserId): Promise<void> {
    await on`select pg_advisory_xact_lock(${userLockSpace}, hashtext(${userId}))`;
  }

  /** Until the transaction ends no other one promises capacity of an agent. Taken after `lockUser`. */
  async lockPlacement(on: DbOrTransaction): Promise<void> {
    await on`select pg_advisory_xact_lock(${placementLock})`;
  }

  /** Sessions that count against the user's limit: all but those on their way out. */
  async countOfUser(on: DbOrTransaction, userId: UserId): Promise<number> {
    const rows = await on<{ count: number }[]>`
      select count(*)::int as count from session
      where user_id = ${userId} and operational_status <> 'deleting'`;
    return rows[0]?.count ?? 0;
  }

  async add(on: DbOrTransaction, session: NewSession): Promise<SessionId> {
    const rows = await on<{ sessionId: SessionId }[]>`
      insert into session (user_id, image_id, operational_status, image_name, image_local, protocol, cores,
        memory_bytes, width, height, environment)
      values (${session.userId}, ${session.imageId}, 'requested', ${session.imageName}, ${session.imageLocal},
        ${session.protocol}, ${session.cores}, ${session.memoryBytes}, ${session.width}, ${session.height},
        ${this.#db.json({ ...session.environment })})
      returning session_id as "sessionId"`;
    const row = rows[0];
    if (row === undefined) throw new Error('the database returned no row for a new session');
    return row.sessionId;
  }

  async assign(on: DbOrTransaction, sessionId: SessionId, agentId: string, message: string): Promise<void> {
    await on`
      update session set operational_status = 'starting', agent_id = ${agentId},
        operational_message = ${message}, heard_at = now()
      where session_id = ${sessionId}`;
  }

  async find(sessionId: SessionId): Promise<Session | undefined> {
    return (await this.#select(this.#db`where s.session_id = ${sessionId}`))[0];
  }

  /** All sessions, or those of one user; oldest first. */
  async list(userId?: UserId): Promise<Session[]> {
    return this.#select(userId === undefined ? this.#db`` : this.#db`where s.user_id = ${userId}`);
  }

  async listIdsOf(on: DbOrTransaction, userId: UserId): Promise<SessionId[]> {
    const rows = await on<{ sessionId: SessionId }[]>`
      select session_id as "sessionId" from session where user_id = ${userId} order by requested_at, session_id`;
    return rows.map(row => row.sessionId);
  }

  async findEnded(sessionId: SessionId): Promise<EndedSession | undefined> {
    const rows = await this.#db<EndedSession[]>`
      select session_id as "sessionId", user_id as "userId", destroy_reason as "destroyReason",
        error_message as "errorMessage", ended_at as "endedAt"
      from session_history where session_id = ${sessionId}`;
    return rows[0];
  }

  /** What to ask the agent for; undefined once the session is no longer starting. */
  async findOrder(sessionId: string): Promise<DesktopOrder | undefined> {
    const rows = await this.#db<(Omit<DesktopOrder, 'memoryBytes'> & { memoryBytes: string })[]>`
      select s.session_id as "sessionId", s.agent_id as "agentId", s.user_id as "userId", u.username,
        s.image_id as "imageId", s.image_name as "imageName", s.image_local as "imageLocal", s.protocol, s.cores,
        s.memory_bytes as "memoryBytes", s.width, s.height, s.environment
      from session s join user_account u using (user_id)
      where s.session_id = ${sessionId} and s.operational_status = 'starting'`;
    const row = rows[0];
    return row === undefined ? undefined : { ...row, memoryBytes: Number(row.memoryBytes) };
  }

  /** Sessions that an agent has, or should have, a desktop for. */
  async listAssigned(
    agentId: string,
  ): Promise<{ sessionId: string; status: 'starting' | 'running' | 'deleting' }[]> {
    return this.#db`
      select session_id as "sessionId", operational_status as status from session where agent_id = ${agentId}`;
  }

  /** @returns undefined when there is no such session (any more). */
  async hold(on: DbOrTransaction, sessionId: string): Promise<HeldSession | undefined> {
    const rows = await on<HeldSession[]>`
      select session_id as "sessionId", user_id as "userId", agent_id as "agentId", operational_status as status,
        destroy_reason as "destroyReason", error_message as "errorMessage"
      from session where session_id = ${sessionId} for update`;
    return rows[0];
  }

  async progress(agentId: string, sessionId: string, message: string, progress: number): Promise<void> {
    await this.#db`
      update session set operational_message = ${message}, operational_progress = ${progress}, heard_at = now()
      where session_id = ${sessionId} and agent_id = ${agentId} and operational_status = 'starting'`;
  }

  /** The desktop of a held session is there: stores how it is reached. */
  async run(on: DbOrTransaction, sessionId: SessionId, desktop: DesktopRunning): Promise<void> {
    await on`
      update session set operational_status = 'running', operational_message = 'running',
        operational_progress = 100, heard_at = now(), started_at = coalesce(started_at, now()),
        container_id = ${desktop.containerId ?? ''}, container_ip = ${desktop.containerIp ?? ''}
      where session_id = ${sessionId}`;
    await on`
      insert into session_upstream (session_id, protocol, upstream, upstream_authorization, upstream_password,
        upstream_tls_verify)
      values (${sessionId}, ${desktop.protocol ?? ''}, ${desktop.upstream ?? ''},
        ${desktop.upstreamAuthorization ?? ''}, ${desktop.upstreamPassword ?? ''},
        ${desktop.upstreamTlsVerify ?? false})
      on conflict on constraint session_upstream_pkey do update set protocol = excluded.protocol,
        upstream = excluded.upstream, upstream_authorization = excluded.upstream_authorization,
        upstream_password = excluded.upstream_password, upstream_tls_verify = excluded.upstream_tls_verify`;
  }

  /** A held session is on its way out. */
  async giveUp(
    on: DbOrTransaction,
    sessionId: SessionId,
    reason: DestroyReason,
    errorMessage: string,
  ): Promise<void> {
    await on`
      update session set operational_status = 'deleting', operational_message = 'deleting', deleting_at = now(),
        destroy_reason = ${reason}, error_message = ${errorMessage}
      where session_id = ${sessionId}`;
  }

  /** Moves a held session into the history. */
  async archive(
    on: DbOrTransaction,
    sessionId: SessionId,
    reason: DestroyReason,
    errorMessage: string,
  ): Promise<void> {
    await on`
      insert into session_history (session_id, user_id, username, image_id, image_name, agent_id, last_status,
        destroy_reason, error_message, requested_at, started_at)
      select s.session_id, s.user_id, u.username, s.image_id, s.image_name, s.agent_id, s.operational_status,
        ${reason}, ${errorMessage}, s.requested_at, s.started_at
      from session s join user_account u using (user_id) where s.session_id = ${sessionId}`;
    await on`delete from session where session_id = ${sessionId}`;
  }

  /** Starting sessions whose agent has said nothing for so long, with the last it said. */
  async listSilentStarts(silenceMs: number): Promise<{ sessionId: SessionId; message: string }[]> {
    return this.#db`
      select session_id as "sessionId", operational_message as message from session
      where operational_status = 'starting' and heard_at < now() - ${silenceMs} * interval '1 millisecond'`;
  }

  /**
   * Running sessions that nobody will bring back: of agents that are away for so long, or away while another one has
   * enrolled under the same name since, which is what an agent does that lost its data folder.
   */
  async listAbandoned(
    lostMs: number,
    replacedMs: number,
  ): Promise<{ sessionId: SessionId; agentName: string; seenAt: Date; replaced: boolean }[]> {
    const replaced = this.#db`exists (
      select from node other
      where other.role = 'agent' and other.name = n.name and other.enrolled_at > n.seen_at)`;
    return this.#db`
      select s.session_id as "sessionId", n.name as "agentName", n.seen_at as "seenAt", ${replaced} as replaced
      from session s join node n on n.node_id = s.agent_id
      where s.operational_status = 'running' and not coalesce(${this.#connected()}, false)
        and (n.seen_at < now() - ${lostMs} * interval '1 millisecond'
          or n.seen_at < now() - ${replacedMs} * interval '1 millisecond' and ${replaced})`;
  }

  /** Sessions being deleted for longer than so, with whether their agent could still be asked. */
  async listSlowDeletes(
    ageMs: number,
  ): Promise<{ sessionId: SessionId; agentId: NodeId | null; connected: boolean }[]> {
    return this.#db`
      select s.session_id as "sessionId", s.agent_id as "agentId", ${this.#connected()} as connected
      from session s left join node n on n.node_id = s.agent_id
      where s.operational_status = 'deleting' and s.deleting_at < now() - ${ageMs} * interval '1 millisecond'`;
  }

  async touchActive(sessionId: string): Promise<void> {
    await this.#db`update session set active_at = now() where session_id = ${sessionId}`;
  }

  /** Running sessions of these users, or of this image, get a policy of a higher version. @returns which. */
  async raisePolicyVersion(on: DbOrTransaction, of: PolicyScope): Promise<SessionId[]> {
    const where =
      'imageId' in of ? on`image_id = ${of.imageId}` : on`user_id = any(${[...of.userIds]}::uuid[])`;
    const rows = await on<{ sessionId: SessionId }[]>`
      update session set policy_version = policy_version + 1
      where ${where} and operational_status = 'running'
      returning session_id as "sessionId"`;
    return rows.map(row => row.sessionId);
  }

  /** Stream tokens issued so far for this session, or for all of a user's, are void. */
  async revokeTokens(on: DbOrTransaction, of: { sessionId: SessionId } | { userId: UserId }): Promise<void> {
    const where = 'sessionId' in of ? on`session_id = ${of.sessionId}` : on`user_id = ${of.userId}`;
    await on`update session set token_generation = token_generation + 1 where ${where}`;
  }

  #connected() {
    return this.#db`(n.control_id is not null
      and n.seen_at > now() - ${limits.linkSilenceMs} * interval '1 millisecond')`;
  }

  async #select(where: ReturnType<Db>): Promise<Session[]> {
    const rows = await this.#db<SessionRow[]>`
      select s.session_id as "sessionId", s.user_id as "userId", u.username, s.image_id as "imageId",
        s.image_name as "imageName", i.friendly_name as "imageFriendlyName", i.image_src as "imageSrc",
        s.agent_id as "agentId", n.name as "agentName", coalesce(${this.#connected()}, false) as "agentConnected",
        s.operational_status as status, s.operational_message as message, s.operational_progress as progress,
        s.requested_at as "requestedAt", s.started_at as "startedAt", s.active_at as "activeAt", s.protocol, s.cores,
        s.memory_bytes as "memoryBytes", s.hostname, s.container_id as "containerId",
        s.container_ip as "containerIp", s.token_generation as "tokenGeneration",
        s.policy_version as "policyVersion"
      from session s join user_account u using (user_id) join image i using (image_id)
        left join node n on n.node_id = s.agent_id
      ${where} order by s.requested_at, s.session_id`;
    return rows.map(row => ({ ...row, memoryBytes: Number(row.memoryBytes) }));
  }
}
