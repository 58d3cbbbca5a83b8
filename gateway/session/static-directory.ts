/** The sessions of the configuration file: a gateway that runs with no control service at all. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { StaticSession } from '../../config/gateway.ts';
import type { SessionId } from '../../config/ids.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import { sourcesOfFile } from '../../config/policy-sources.ts';
import { Secret } from '../../config/secret.ts';
import type { Authorisation, AuthorisationRequest, SessionDirectory, StreamGrant } from './grant.ts';

interface Entry {
  readonly tokenHash: Buffer;
  readonly grant: StreamGrant;
}

/** SHA-256, so that tokens of any length compare in constant time. */
const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

export class StaticDirectory implements SessionDirectory {
  readonly link = 'none';
  readonly #entries: ReadonlyMap<SessionId, Entry>;

  /** @param authorities PEM texts of the files that `upstream_tls.ca` names, by file. */
  constructor(sessions: readonly StaticSession[], authorities: ReadonlyMap<string, string>) {
    this.#entries = new Map(sessions.map(session => [session.id, createEntry(session, authorities)]));
  }

  async authorise(request: AuthorisationRequest): Promise<Authorisation> {
    const entry = this.#entries.get(request.sessionId);
    if (entry === undefined) return { refusal: 'unknown_session' };
    if (request.token === undefined) return { refusal: 'missing_token' };
    if (!timingSafeEqual(hash(request.token), entry.tokenHash)) return { refusal: 'bad_token' };
    return { grant: entry.grant };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function createEntry(session: StaticSession, authorities: ReadonlyMap<string, string>): Entry {
  const policy: PolicyDocument = {
    access: session.access,
    data_loss_prevention: session.data_loss_prevention,
    settings: session.settings,
  };
  const { upstream_authorization: authorization, upstream_password: password, upstream_tls: tls } = session;
  return {
    tokenHash: hash(session.token),
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
      policyVersion: 1,
      policySources: sourcesOfFile(policy),
      expiresAtMs: undefined,
      access: session.access,
      tokenId: session.id,
    },
  };
}
