/**
 * Sessions as the control service knows them, over the link. Grants are kept (grant-cache.ts), so that a viewer whose
 * connection broke comes back in while control restarts.
 */
import { hash } from 'node:crypto';
import { hostname } from 'node:os';
import { StartError } from '../../config/command-line.ts';
import type { GatewayConfig } from '../../config/gateway.ts';
import { createId, parseId, type SessionId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { Frame, Grant as LinkGrant } from '../../config/link/link.ts';
import { LinkClient, type Welcome } from '../../config/link/link-client.ts';
import { NodeCredential } from '../../config/link/node-credential.ts';
import { errorText, type Log } from '../../config/log.ts';
import { accessKinds, type PolicyDocument, parsePolicy } from '../../config/policy.ts';
import { type PolicySources, parsePolicySources } from '../../config/policy-sources.ts';
import { Secret } from '../../config/secret.ts';
import {
  type Authorisation,
  type AuthorisationRequest,
  type Cut,
  type PolicyChange,
  policyFor,
  type Refusal,
  refusals,
  type SessionDirectory,
  type StreamGrant,
} from './grant.ts';
import { GrantCache } from './grant-cache.ts';
import type { LiveStream, RegistryWatcher } from './registry.ts';
import { SharedPolicies } from './shared-policies.ts';

/** The streams that run now, in this process or in its workers. */
export interface StreamBook extends Iterable<StreamEntry> {
  watch(watcher: RegistryWatcher<StreamEntry>): void;
  /** Gives the session's streams a new policy. @returns how many there were */
  setPolicy(change: PolicyChange): number;
}

type StreamEntry = Pick<
  LiveStream,
  'connectionId' | 'sessionId' | 'userId' | 'channel' | 'address' | 'openedAtMs' | 'bytes'
>;

export interface ControlDirectoryOptions {
  readonly control: NonNullable<GatewayConfig['control']>;
  readonly dataDir: string;
  readonly version: string;
  readonly streams: StreamBook;
  readonly onCut: (cut: Cut) => void;
  readonly log: Log;
  readonly now: () => number;
}

export class ControlDirectory implements SessionDirectory {
  readonly #options: ControlDirectoryOptions;
  readonly #cache: GrantCache;
  readonly #link: LinkClient;
  readonly #credential: NodeCredential;
  readonly #policies = new SharedPolicies();

  /** Reads the credential (or the enrolment token) and starts to dial. @throws StartError */
  static async open(options: ControlDirectoryOptions): Promise<ControlDirectory> {
    const { control, dataDir, log } = options;
    try {
      const enrolmentTokenFile = control.enrolment_token_file;
      return new ControlDirectory(options, await NodeCredential.open({ dataDir, enrolmentTokenFile, log }));
    } catch (error) {
      throw new StartError(`no way to enrol at control: ${errorText(error)}`);
    }
  }

  constructor(options: ControlDirectoryOptions, credential: NodeCredential) {
    this.#options = options;
    this.#credential = credential;
    this.#link = new LinkClient({
      url: options.control.url,
      token: () => this.#credential.token(),
      hello: { role: 'gateway', name: hostname(), version: options.version, instance: createId() },
      onWelcome: welcome => this.#welcomed(welcome),
      onFrame: frame => this.#take(frame),
      onRefused: () => this.#credential.refused(),
      log: options.log.child({ side: 'control' }),
    });
    this.#cache = new GrantCache({ now: options.now, controlSilentMs: () => this.#link.silentMs });
    options.streams.watch({
      added: stream => this.#link.send({ streamOpened: openedFrame(stream) }),
      removed: (stream, reason) =>
        this.#link.send({ streamClosed: closedFrame(stream, reason, options.now()) }),
    });
  }

  get link(): 'up' | 'down' {
    return this.#link.connected ? 'up' : 'down';
  }

  async authorise(request: AuthorisationRequest): Promise<Authorisation> {
    const { sessionId, token, channel, address } = request;
    if (token === undefined) return { refusal: 'missing_token' };
    if (token.length > limits.tokenCharsMax) return { refusal: 'bad_token' };
    const key = hash('sha256', `${sessionId} ${token}`, 'base64');
    let reply: Frame;
    try {
      reply = await this.#link.request({ authoriseRequest: { sessionId, token, channel, address } });
    } catch (error) {
      this.#options.log.warn('control was not asked', { sessionId, error: errorText(error) });
      return this.#cache.find(key);
    }
    const answer = reply.authoriseReply;
    // Control is there, but its database is not, or too many ask at once: it can not say, as when it is away.
    if (answer?.refusal === 'busy') return this.#cache.find(key);
    this.#cache.delete(key);
    if (!answer?.grant) return { refusal: readRefusal(answer?.refusal) };
    try {
      return this.#granted(key, answer.grant);
    } catch (error) {
      // Refused, never guessed at: a grant half understood is a policy half in force.
      this.#options.log.error('control sent a grant that can not be served', {
        sessionId,
        error: errorText(error),
      });
      return { refusal: 'unservable' };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
  }

  /** @throws Error when the grant can't be understood. */
  #granted(key: string, linkGrant: LinkGrant): Authorisation {
    const grant = readGrant(linkGrant, this.#policies);
    this.#cache.put(key, grant, Number(linkGrant.tokenExpiresAtMs ?? 0));
    return { grant };
  }

  #welcomed(welcome: Welcome): void {
    this.#credential.welcomed(welcome);
    // What was revoked while control could not tell us is not known: it is asked about everything anew.
    this.#cache.clear();
    const streams = [...this.#options.streams].map(openedFrame);
    this.#link.send({ gatewayState: { streams } });
  }

  #take(frame: Frame): void {
    const { log, onCut } = this.#options;
    const { streamsCut, policyChanged } = frame;
    if (streamsCut) {
      const { sessionId, userId, tokenId, cause, message } = streamsCut;
      const cut: Cut = {
        sessionId: sessionId ?? '',
        userId: userId ?? '',
        tokenId: tokenId ?? '',
        cause: cause ?? '',
        message: message ?? '',
      };
      this.#cache.cut(cut);
      onCut(cut);
    } else if (policyChanged) {
      this.#changePolicy(
        policyChanged.sessionId ?? '',
        policyChanged.policyJson ?? '',
        policyChanged.policyVersion ?? 0,
        parsePolicySources(policyChanged.policySourcesJson),
      );
    } else {
      log.warn('control sent a frame this version does not know');
    }
  }

  /** A policy that can't be read must not leave the old one in force: the session's streams are cut. */
  #changePolicy(
    sessionId: string,
    policyJson: string,
    policyVersion: number,
    policySources: PolicySources,
  ): void {
    const { log, streams, onCut } = this.#options;
    let policy: PolicyDocument | undefined;
    try {
      policy = parsePolicy(JSON.parse(policyJson));
      streams.setPolicy({ sessionId, policy, policyVersion });
    } catch (error) {
      log.error('control sent a policy that can not be enforced', { sessionId, error: errorText(error) });
      onCut({
        sessionId,
        cause: 'policy_ended',
        message: 'the new policy of the session can not be enforced',
      });
    }
    if (policy === undefined) this.#cache.forgetSession(sessionId);
    else this.#cache.renew({ sessionId, policy, policyVersion }, policySources);
  }
}

function readRefusal(refusal: string | null | undefined): Refusal {
  return refusal !== undefined && refusal !== null && Object.hasOwn(refusals, refusal)
    ? (refusal as Refusal)
    : 'control_unreachable';
}

/** @throws Error when a field is missing or wrong. */
function readGrant(grant: LinkGrant, policies: SharedPolicies): StreamGrant {
  const sessionId = parseId<SessionId>(grant.sessionId);
  if (sessionId === undefined) throw new Error('the grant names no session');
  if (grant.protocol !== 'kasmvnc' && grant.protocol !== 'rfb') {
    throw new Error(`the grant names protocol ${grant.protocol}, which this version does not serve`);
  }
  const text = grant.policyJson ?? '';
  const access = accessKinds.find(kind => kind === grant.access) ?? 'view_only';
  const policy = policies.of(`${access} ${text}`, () => policyFor(access, parsePolicy(JSON.parse(text))));
  return {
    sessionId,
    userId: grant.userId ?? '',
    username: grant.username ?? '',
    protocol: grant.protocol,
    upstream: grant.upstream ?? '',
    upstreamAuthorization: readSecret(grant.upstreamAuthorization),
    upstreamPassword: readSecret(grant.upstreamPassword),
    tlsVerify: grant.upstreamTlsVerify ?? true,
    tlsCa: grant.upstreamTlsCa || undefined,
    policy,
    policyVersion: grant.policyVersion ?? 0,
    policySources: parsePolicySources(grant.policySourcesJson),
    expiresAtMs: Number(grant.expiresAtMs ?? 0) || undefined,
    access,
    tokenId: grant.tokenId ?? '',
  };
}

const readSecret = (text: string | null | undefined): Secret | undefined =>
  text ? new Secret(text) : undefined;

function openedFrame(stream: StreamEntry): NonNullable<Frame['streamOpened']> {
  const { connectionId, sessionId, userId, channel, address, openedAtMs } = stream;
  return { connectionId, sessionId, userId, channel, address, openedAtMs };
}

function closedFrame(
  stream: StreamEntry,
  closeReason: string,
  closedAtMs: number,
): NonNullable<Frame['streamClosed']> {
  const { toClient, toUpstream } = stream.bytes();
  const { connectionId, sessionId } = stream;
  return {
    connectionId,
    sessionId,
    closeReason,
    bytesToClient: toClient,
    bytesToUpstream: toUpstream,
    closedAtMs,
  };
}
