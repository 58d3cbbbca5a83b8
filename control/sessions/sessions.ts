/** The sessions room: builds its parts, listens to the other rooms, and offers what control.ts mounts. */
import { readFile } from 'node:fs/promises';
import type { UserId } from '../../config/ids.ts';
import { AgentLinks } from '../agents/agent-links.ts';
import { AgentStore } from '../agents/agent-store.ts';
import type { ControlContext } from '../context.ts';
import type { SettingsChanged, UserDeleting, UserKasm, UserLocked } from '../hooks.ts';
import { ApiError } from '../http/api-error.ts';
import { LinkServer } from '../link/link-server.ts';
import { NodeStore } from '../link/node-store.ts';
import { SignalBus } from '../link/signal-bus.ts';
import { kasmDate } from '../users/user.ts';
import { GatewayLinks, type OpenStream } from './gateway-links.ts';
import { type LaunchAnswer, launchSession } from './launch.ts';
import { SessionLife } from './session-life.ts';
import { type NewSession, SessionStore } from './session-store.ts';
import { startSessionSweep } from './session-sweep.ts';
import { StreamAuthority } from './stream-authority.ts';
import { StreamStore } from './stream-store.ts';

export interface Sessions extends AsyncDisposable {
  /** The endpoint of gateways and agents. */
  readonly link: LinkServer;
  readonly nodes: NodeStore;
  readonly agents: AgentStore;
  readonly store: SessionStore;
  readonly life: SessionLife;
  readonly authority: StreamAuthority;
  launch(wanted: NewSession, sessionsMax: number): Promise<LaunchAnswer>;
  openStreams(): OpenStream[];
}

const controlVersion = '0.1.0';

/** Starts the room; the database must be migrated. Dispose it before the database is closed. */
export async function startSessions(context: ControlContext): Promise<Sessions> {
  const { db, log, config } = context;
  const signals = new SignalBus(db, log);
  const nodes = new NodeStore(db);
  const agents = new AgentStore(db);
  const store = new SessionStore(db);
  const life = new SessionLife({ db, sessions: store, signals, log });
  const authority = new StreamAuthority({
    streams: new StreamStore(db),
    effectiveSettings: userId => context.settings.effective(userId),
    tokenKey: context.secrets.streamTokenKey,
    tokenLifeMs: config.sessions.token_lifetime_s * 1000,
    now: () => context.clock.now(),
    log,
  });
  const agentLinks = new AgentLinks({ agents, sessions: store, life, authority, signals, log });
  const gatewayLinks = new GatewayLinks({ authority, sessions: store, signals, log });
  const link = new LinkServer({
    controlId: crypto.randomUUID(),
    controlVersion,
    nodes,
    signals,
    readEnrolmentToken: async () => (await readFile(config.enrolment_token_file, 'utf8')).trim(),
    listeners: { agent: agentLinks, gateway: gatewayLinks },
    log,
  });
  await signals.listen();
  const startTimeoutMs = config.sessions.start_timeout_s * 1000;
  const sweep = startSessionSweep({ sessions: store, life, log, startTimeoutMs });
  const forget = listenToRooms(context, store, life);
  return {
    link,
    nodes,
    agents,
    store,
    life,
    authority,
    launch: (wanted, sessionsMax) =>
      launchSession({ db, sessions: store, agents, signals }, wanted, sessionsMax),
    openStreams: () => gatewayLinks.openStreams(),
    [Symbol.asyncDispose]: async () => {
      for (const one of forget) one();
      await sweep[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
      await Promise.all([agentLinks[Symbol.asyncDispose](), gatewayLinks[Symbol.asyncDispose]()]);
      await signals[Symbol.asyncDispose]();
    },
  };
}

function listenToRooms(context: ControlContext, store: SessionStore, life: SessionLife): (() => void)[] {
  const { hooks, settings } = context;
  hooks.kasmsOfUsers.answerWith(userIds => kasmsOfUsers(store, userIds));
  return [
    hooks.userLocked.add(event => life.revokeTokens({ userId: event.userId }, ...barring(event))),
    hooks.settingsChanged.add(async (event: SettingsChanged) => {
      if ('imageId' in event) return life.changePolicies(event);
      const userIds = 'userId' in event ? [event.userId] : await settings.membersOf(event.groupId);
      await life.changePolicies({ userIds });
    }),
    hooks.userDeleting.add(event => endSessionsOf(event, store, life)),
  ];
}

/** What the streams of a user who may do nothing any more are cut with. */
function barring(event: UserLocked): ['user_locked' | 'token_revoked', string] {
  return event.cause === 'logged_out'
    ? ['token_revoked', 'you were logged out by an administrator']
    : ['user_locked', `the user is ${event.cause}`];
}

async function endSessionsOf(event: UserDeleting, store: SessionStore, life: SessionLife): Promise<void> {
  const { length } = await store.list(event.userId);
  if (length > 0 && !event.force) {
    throw new ApiError(409, `the user has ${length} sessions: end them first, or delete with force`);
  }
  await life.destroyAllOf(event.userId, 'user_deleted');
}

async function kasmsOfUsers(
  store: SessionStore,
  userIds: readonly UserId[],
): Promise<ReadonlyMap<UserId, readonly UserKasm[]>> {
  const wanted = new Set(userIds);
  const kasms = new Map<UserId, UserKasm[]>();
  for (const session of await store.list(userIds.length === 1 ? userIds[0] : undefined)) {
    if (!wanted.has(session.userId)) continue;
    const own = kasms.get(session.userId) ?? [];
    kasms.set(session.userId, own);
    own.push({
      kasm_id: session.sessionId,
      start_date: kasmDate(session.startedAt ?? session.requestedAt),
      keepalive_date: kasmDate(session.activeAt),
      expiration_date: null,
    });
  }
  return kasms;
}
