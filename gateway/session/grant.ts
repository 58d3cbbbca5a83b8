/**
 * A grant: what one stream may reach, under which policy, until when. A session directory turns a
 * session id and a token into a grant or a refusal; nothing is dialled without one.
 */
import type { StaticSession } from '../../config/gateway.ts';
import type { ConnectionId, SessionId } from '../../config/ids.ts';
import type { Refusal as ControlRefusal } from '../../config/link/link.ts';
import { type Access, narrowerAccess, type PolicyDocument } from '../../config/policy.ts';
import type { PolicySources } from '../../config/policy-sources.ts';
import type { Secret } from '../../config/secret.ts';
import type { ToldRefusal } from '../http/error-response.ts';

export interface StreamGrant {
  readonly sessionId: SessionId;
  /** Empty in a standalone gateway, which knows no users. */
  readonly userId: string;
  readonly username: string;
  readonly protocol: 'kasmvnc' | 'rfb';
  /** ws://, wss://, tcp://, tls:// or unix+ws://: the only address this stream may dial. */
  readonly upstream: string;
  /** Value of the Authorization header of the upstream WebSocket handshake. */
  readonly upstreamAuthorization: Secret | undefined;
  /** Answers the upstream's VncAuth challenge. */
  readonly upstreamPassword: Secret | undefined;
  readonly tlsVerify: boolean;
  /** PEM of the authorities that may sign the upstream's certificate. */
  readonly tlsCa: string | undefined;
  readonly policy: PolicyDocument;
  readonly policyVersion: number;
  /** Where the policy's values come from. */
  readonly policySources: PolicySources;
  /** Milliseconds since the epoch; undefined: as long as the session. */
  readonly expiresAtMs: number | undefined;
  readonly access: Access;
  /** Names the token without being it, so that a token can be revoked by name. */
  readonly tokenId: string;
}

/** A session's policy as it holds for one token: a token that may only watch stays so under any policy. */
export function policyFor(access: Access, policy: PolicyDocument): PolicyDocument {
  const narrower = narrowerAccess(access, policy.access);
  return narrower === policy.access ? policy : { ...policy, access: narrower };
}

export type Refusal =
  | ControlRefusal
  | 'missing_token'
  | 'busy'
  | 'unservable'
  | 'foreign_origin'
  | 'too_many_tokens'
  | 'too_many_streams';

export type Authorisation =
  | {
      readonly grant: StreamGrant;
      /** To be called when no stream comes of it: it may have been counted elsewhere already. */
      readonly release?: (() => void) | undefined;
    }
  | {
      readonly refusal: Refusal;
      /** With `too_many_streams`: which limit was reached. */
      readonly full?: { readonly kind: 'session_streams' | 'user_streams'; readonly limit: number };
      /** With `too_many_tokens`: when there is room again. */
      readonly retryAfterS?: number;
    };

export interface AuthorisationRequest {
  readonly sessionId: SessionId;
  /** As the client showed it; undefined when it showed none. */
  readonly token: string | undefined;
  readonly channel: 'vnc' | 'events' | 'pages' | 'policy';
  /** Of the stream that is to be opened; undefined where none is. */
  readonly connectionId?: ConnectionId | undefined;
  /** The client's address. */
  readonly address: string;
}

/** Which streams to end: those of a session, of a user, or of one token. Unset fields match any; all unset matches none. */
export interface Cut {
  readonly sessionId?: string | undefined;
  readonly userId?: string | undefined;
  readonly tokenId?: string | undefined;
  /** session_ended, user_locked or token_revoked. */
  readonly cause: string;
  /** For the user; may be empty. */
  readonly message: string;
}

/** Whether a cut covers what these ids name. A field that is unset or empty (as protobuf sends it) covers any. */
export function isCovered(
  ids: { readonly sessionId: string; readonly userId: string; readonly tokenId: string },
  cut: Cut,
): boolean {
  const named = (['sessionId', 'userId', 'tokenId'] as const).filter(field => (cut[field] ?? '') !== '');
  return named.length > 0 && named.every(field => ids[field] === cut[field]);
}

export interface PolicyChange {
  readonly sessionId: string;
  readonly policy: PolicyDocument;
  readonly policyVersion: number;
}

export interface SessionDirectory extends AsyncDisposable {
  /** Whether the control service can be asked; `none` where there is none to ask. */
  readonly link: 'up' | 'down' | 'none';
  /** A promise where somebody else has to be asked. */
  authorise(request: AuthorisationRequest): Authorisation | Promise<Authorisation>;
  /** Of a directory whose sessions stand in the configuration file: the file was read again. */
  replace?(sessions: readonly StaticSession[], authorities: ReadonlyMap<string, string>): void;
}

/** How a refusal is answered over HTTP, before any upgrade. */
export const refusals = {
  missing_token: { status: 401, message: 'a token is needed to open this session' },
  bad_token: { status: 401, message: 'the token is not valid for this session' },
  expired_token: { status: 401, message: 'the token has expired' },
  locked: { status: 403, message: 'the user is locked' },
  foreign_origin: { status: 403, message: 'pages of this origin may not open streams here' },
  too_many_tokens: {
    status: 429,
    message: 'there were too many wrong tokens from your address, try again later',
  },
  too_many_streams: { status: 503, message: 'there are too many streams at once' },
  unknown_session: { status: 404, message: 'there is no such session' },
  not_running: { status: 503, message: 'the session is not running' },
  busy: { status: 503, message: 'the session takes no further streams at the moment' },
  unservable: { status: 503, message: 'this gateway can not serve the session as it is set up' },
  control_unreachable: { status: 503, message: 'the control service can not be reached' },
} as const satisfies Record<Refusal, { status: number; message: string }>;

/** A refusal as the HTTP side tells it. */
export function toldRefusal(answer: {
  readonly refusal: Refusal;
  readonly retryAfterS?: number;
}): ToldRefusal {
  const { refusal, retryAfterS } = answer;
  return { ...refusals[refusal], ...(retryAfterS === undefined ? {} : { retryAfterS }) };
}
