/** The sessions of the configuration file: a gateway that runs with no control service at all. */
import { hash, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { StaticSession } from '../../config/gateway.ts';
import type { SessionId } from '../../config/ids.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import { sourcesOfFile } from '../../config/policy-sources.ts';
import { Secret } from '../../config/secret.ts';
import type {
  Authorisation,
  AuthorisationRequest,
  Cut,
  PolicyChange,
  SessionDirectory,
  StreamGrant,
} from './grant.ts';

interface Entry {
  readonly tokenHash: Buffer;
  readonly grant: StreamGrant;
}

/** What running streams are told of when the file is read again. */
export interface StaticDirectoryListener {
  readonly streams: { setPolicy(change: PolicyChange): number };
  readonly onCut: (cut: Cut) => void;
}

/** SHA-256, so that tokens of any length compare in constant time. */
const digestOf = (token: string): Buffer => hash('sha256', token, 'buffer');

export class StaticDirectory implements SessionDirectory {
  readonly link = 'none';
  readonly #listener: StaticDirectoryListener | undefined;
  #entries: ReadonlyMap<SessionId, Entry>;

  /** @param authorities PEM texts of the files that `upstream_tls.ca` names, by file. */
  constructor(
    sessions: readonly StaticSession[],
    authorities: ReadonlyMap<string, string>,
    listener?: StaticDirectoryListener,
  ) {
    this.#listener = listener;
    this.#entries = new Map(sessions.map(session => [session.id, createEntry(session, authorities, 1)]));
  }

  authorise(request: AuthorisationRequest): Authorisation {
    const entry = this.#entries.get(request.sessionId);
    if (entry === undefined) return { refusal: 'unknown_session' };
    if (request.token === undefined) return { refusal: 'missing_token' };
    if (!timingSafeEqual(digestOf(request.token), entry.tokenHash)) return { refusal: 'bad_token' };
    return { grant: entry.grant };
  }

  /**
   * The file was read again. Streams of sessions that are gone, or whose token is another, are cut; those of sessions
   * with another policy get it. Another upstream holds for the streams that open from now on.
   */
  replace(sessions: readonly StaticSession[], authorities: ReadonlyMap<string, string>): void {
    const before = this.#entries;
    const entries = sessions.map((session): [SessionId, Entry] => {
      const old = before.get(session.id)?.grant;
      const entry = createEntry(session, authorities, old?.policyVersion ?? 1);
      if (old === undefined || isDeepStrictEqual(old.policy, entry.grant.policy)) return [session.id, entry];
      return [session.id, createEntry(session, authorities, old.policyVersion + 1)];
    });
    this.#entries = new Map(entries);
    for (const [sessionId, old] of before) this.#tell(sessionId, old, this.#entries.get(sessionId));
  }

  #tell(sessionId: SessionId, old: Entry, now: Entry | undefined): void {
    if (this.#listener === undefined) return;
    const { streams, onCut } = this.#listener;
    if (now === undefined) {
      onCut({ sessionId, cause: 'session_ended', message: 'the session was taken out of the configuration' });
    } else if (!old.tokenHash.equals(now.tokenHash)) {
      onCut({ sessionId, cause: 'token_revoked', message: 'the token of the session was changed' });
    } else if (now.grant.policyVersion !== old.grant.policyVersion) {
      const { policy, policyVersion } = now.grant;
      streams.setPolicy({ sessionId, policy, policyVersion });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function createEntry(
  session: StaticSession,
  authorities: ReadonlyMap<string, string>,
  policyVersion: number,
): Entry {
  const policy: PolicyDocument = {
    access: session.access,
    data_loss_prevention: session.data_loss_prevention,
    settings: session.settings,
  };
  const { upstream_authorization: authorization, upstream_password: password, upstream_tls: tls } = session;
  return {
    tokenHash: digestOf(session.token),
    grant: {
      sessionId: session.id,
      userId: '',
      username: '',
      protocol: session.protocol === 'kasmvnc' ? 'kasmvnc' : 'rfb',
      upstream: session.upstream,
      upstreamAuthorization: authorization === undefined ? undefined : new Secret(authorization),
      upstreamPassword: password === undefined ? undefined : new Secret(password),
      tlsVerify: tls?.verify ?? true,
      tlsCa: tls?.ca === undefined ? undefined : authorities.get(tls.ca),
      policy,
      policyVersion,
      policySources: sourcesOfFile(policy),
      expiresAtMs: undefined,
      access: session.access,
      tokenId: session.id,
    },
  };
}
