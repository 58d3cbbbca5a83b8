/** Sessions: the record, and how the API writes it (a Kasm object). Pure. */
import type { ImageId, NodeId, SessionId, UserId } from '../../config/ids.ts';
import { groupSettings, type SettingName, type Settings } from '../../config/settings.ts';
import { kasmDate } from '../users/user.ts';

export type SessionStatus = 'requested' | 'starting' | 'running' | 'deleting';

export type DestroyReason =
  | 'user_destroyed'
  | 'admin_destroyed'
  | 'user_deleted'
  | 'start_failed'
  | 'start_timeout'
  | 'exited'
  | 'vanished';

export interface Session {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly username: string;
  readonly imageId: ImageId;
  /** Docker reference, as it was when the session was requested. */
  readonly imageName: string;
  readonly imageFriendlyName: string;
  readonly imageSrc: string;
  readonly agentId: NodeId | null;
  readonly agentName: string | null;
  readonly agentConnected: boolean;
  readonly status: SessionStatus;
  readonly message: string;
  /** 0 … 100. */
  readonly progress: number;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly activeAt: Date;
  readonly protocol: 'kasmvnc' | 'rfb';
  readonly cores: number;
  readonly memoryBytes: number;
  readonly hostname: string;
  readonly containerId: string;
  readonly containerIp: string;
  readonly tokenGeneration: number;
  readonly policyVersion: number;
}

/** Whose sessions a change of policy is for. */
export type PolicyScope = { readonly userIds: readonly UserId[] } | { readonly imageId: ImageId };

/** What remains of a session that ended. */
export interface EndedSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly destroyReason: DestroyReason;
  readonly errorMessage: string;
  readonly endedAt: Date;
}

/** Where the viewer page opens a session; the token is in the fragment, which browsers send nowhere. */
export function viewerPath(session: Pick<Session, 'sessionId' | 'userId'>, token: string): string {
  return `/#/connect/kasm/${session.sessionId}/${session.userId}/${token}`;
}

/** What people read of the session now; says so when its agent is away, for then nothing else here is fresh. */
export function operationalMessage(session: Session): string {
  if (session.agentId === null || session.agentConnected || session.status === 'requested')
    return session.message;
  const name = session.agentName ?? session.agentId;
  if (session.status === 'running') return `agent ${name} is not connected, the desktop may not be reachable`;
  return `agent ${name} is not connected, waiting for it`;
}

export interface KasmViewParts {
  /** Where users reach the gateway; empty when the configuration does not say. */
  readonly publicHost: string;
  readonly viewOnlyToken: string;
  /** The user's effective settings, where the call shows them. */
  readonly settings: Settings | undefined;
}

/** The API's Kasm object. Fields this version has no room for are there, empty, as clients read them. */
export function kasmView(session: Session, parts: KasmViewParts) {
  const { sessionId } = session;
  return {
    kasm_id: sessionId,
    user_id: session.userId,
    username: session.username,
    user: { username: session.username },
    image_id: session.imageId,
    image: {
      image_id: session.imageId,
      name: session.imageName,
      friendly_name: session.imageFriendlyName,
      image_src: session.imageSrc,
    },
    operational_status: session.status,
    operational_message: operationalMessage(session),
    operational_progress: session.progress,
    host: parts.publicHost,
    hostname: session.hostname,
    port: 443,
    server_id: session.agentId,
    server: { server_id: session.agentId, hostname: session.agentName, port: 443 },
    zone_name: 'default',
    container_id: session.containerId,
    container_ip: session.containerIp,
    docker_network: '',
    share_id: null,
    token: null,
    view_only_token: parts.viewOnlyToken,
    cores: session.cores,
    memory: session.memoryBytes,
    gpus: 0,
    created_date: kasmDate(session.requestedAt),
    start_date: kasmDate(session.startedAt ?? session.requestedAt),
    keepalive_date: kasmDate(session.activeAt),
    expiration_date: null,
    is_persistent_profile: false,
    persistent_profile_mode: 'Disabled',
    point_of_presence: null,
    client_settings: clientSettings(parts.settings),
    port_map: { vnc: { port: 443, path: `desktop/${sessionId}/vnc` } },
    connection_info: {},
    is_standby: false,
    queued_tasks: [],
  };
}

/** The effective settings that a viewer acts on. */
function clientSettings(settings: Settings | undefined): Record<string, unknown> {
  if (settings === undefined) return {};
  const names = Object.keys(groupSettings) as SettingName[];
  return Object.fromEntries(
    names.filter(name => groupSettings[name].type !== 'json').map(name => [name, settings[name]]),
  );
}

/** Why a session is no more, for the one who asks for it. */
export function describeEnd(ended: EndedSession): string {
  switch (ended.destroyReason) {
    case 'user_destroyed':
    case 'user_deleted':
      return 'This session has ended.';
    case 'admin_destroyed':
      return 'This session was ended by an administrator.';
    case 'start_failed':
    case 'start_timeout':
      return `Unable to create session: ${ended.errorMessage}`;
    case 'exited':
    case 'vanished':
      return `This session has ended: ${ended.errorMessage}`;
  }
}

/** Whether the session never ran: its requester is told so as a failure of the launch. */
export function isFailedLaunch(reason: DestroyReason): boolean {
  return reason === 'start_failed' || reason === 'start_timeout';
}
