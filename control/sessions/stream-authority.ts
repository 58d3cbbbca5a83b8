/**
 * Decides who may open the streams of a session, and says under which policy: the answers to
 * gateways' questions, and what they are told when the answer changes.
 */
import { parseId, type SessionId, type UserId } from '../../config/ids.ts';
import type { KasmvncSection } from '../../config/kasmvnc-file.ts';
import type { AuthoriseReply, AuthoriseRequest, PolicyChanged } from '../../config/link/link.ts';
import { errorText, type Log } from '../../config/log.ts';
import { type Access, type PolicyDocument, parsePolicy } from '../../config/policy.ts';
import { type PolicySource, type PolicySources, sourcesOfSection } from '../../config/policy-sources.ts';
import type { EffectiveSettings } from '../groups/effective-settings.ts';
import { kasmvncSection } from './kasmvnc-section.ts';
import type { StreamFacts, StreamStore } from './stream-store.ts';
import { issueStreamToken, streamTokenExpiry, streamTokenId, verifyStreamToken } from './stream-token.ts';

export interface StreamAuthorityParts {
  readonly streams: StreamStore;
  /** The settings that hold for a user, and which group says so. */
  readonly effectiveSettings: (userId: UserId) => Promise<EffectiveSettings>;
  /** 32 random bytes, the same in all control instances. */
  readonly tokenKey: Uint8Array;
  readonly tokenLifeMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/** How a session stands for streams that are open already. */
export type StreamStanding =
  | { readonly kind: 'gone' }
  | { readonly kind: 'barred' }
  | { readonly kind: 'broken_policy' }
  | { readonly kind: 'open'; readonly policy: PolicyChanged };

/** The policy of a session, and where its values come from. */
export interface ExplainedPolicy {
  readonly userId: UserId;
  readonly username: string;
  readonly policyVersion: number;
  readonly document: PolicyDocument;
  readonly sources: PolicySources;
}

export class StreamAuthority {
  readonly #parts: StreamAuthorityParts;

  constructor(parts: StreamAuthorityParts) {
    this.#parts = parts;
  }

  /** A token for the streams of one session; calls shortly after one another get the same. */
  issueToken(session: { sessionId: SessionId; tokenGeneration: number }, access: Access): string {
    const { tokenKey, tokenLifeMs, now } = this.#parts;
    const expiresAtMs = streamTokenExpiry(now(), tokenLifeMs);
    return issueStreamToken(tokenKey, session.sessionId, {
      access,
      generation: session.tokenGeneration,
      expiresAtMs,
    });
  }

  /** What a session is or was is told only to those who show a genuine token for it. */
  async authorise(request: AuthoriseRequest): Promise<AuthoriseReply> {
    const sessionId = parseId<SessionId>(request.sessionId);
    const token = request.token ?? '';
    const facts = sessionId === undefined ? undefined : await this.#parts.streams.find(sessionId);
    if (facts === undefined) return { refusal: 'unknown_session' };
    const now = { generation: facts.tokenGeneration, timeMs: this.#parts.now() };
    const verdict = verifyStreamToken(this.#parts.tokenKey, facts.sessionId, token, now);
    if (!verdict.ok) return { refusal: verdict.refusal };
    if (facts.userBarred) return { refusal: 'locked' };
    if (facts.status !== 'running' || facts.upstream === null) return { refusal: 'not_running' };
    const policy = await this.#policyOf(facts, verdict.claims.access);
    if (policy === undefined) return { refusal: 'busy' };
    return {
      grant: {
        sessionId: facts.sessionId,
        userId: facts.userId,
        username: facts.username,
        protocol: facts.upstream.protocol,
        upstream: facts.upstream.address,
        upstreamAuthorization: facts.upstream.authorization,
        upstreamPassword: facts.upstream.password,
        upstreamTlsVerify: facts.upstream.tlsVerify,
        policyJson: policy.json,
        policySourcesJson: JSON.stringify({ ...policy.sources, access: { from: 'token' } }),
        policyVersion: facts.policyVersion,
        // The token's expiry bounds the opening of streams; an open one lasts as long as its session.
        expiresAtMs: 0,
        tokenExpiresAtMs: verdict.claims.expiresAtMs,
        access: verdict.claims.access,
        tokenId: streamTokenId(token),
      },
    };
  }

  /** For streams that are open: whether they may stay, and under which policy. */
  async standingOf(sessionId: SessionId): Promise<StreamStanding> {
    const facts = await this.#parts.streams.find(sessionId);
    if (facts === undefined || facts.status !== 'running') return { kind: 'gone' };
    if (facts.userBarred) return { kind: 'barred' };
    const policy = await this.#policyOf(facts, 'full');
    if (policy === undefined) return { kind: 'broken_policy' };
    const { policyVersion } = facts;
    const policySourcesJson = JSON.stringify(policy.sources);
    return { kind: 'open', policy: { sessionId, policyJson: policy.json, policyVersion, policySourcesJson } };
  }

  /** What a desktop of KasmVNC must do of its session's policy itself; undefined: nothing, or nothing can be said. */
  async kasmvncSection(sessionId: SessionId): Promise<KasmvncSection | undefined> {
    const facts = await this.#parts.streams.find(sessionId);
    if (facts === undefined || !facts.imageTellKasmvnc) return undefined;
    const policy = await this.#policyOf(facts, 'full');
    // Without a policy that can be enforced no stream opens anyway.
    return policy === undefined ? undefined : kasmvncSection(policy.document, facts.username);
  }

  /** The policy of a session for those who have all of it, for administrators to look at. */
  async explain(sessionId: SessionId): Promise<ExplainedPolicy | 'unknown_session' | 'broken_policy'> {
    const facts = await this.#parts.streams.find(sessionId);
    if (facts === undefined) return 'unknown_session';
    const policy = await this.#policyOf(facts, 'full');
    if (policy === undefined) return 'broken_policy';
    const { userId, username, policyVersion } = facts;
    return { userId, username, policyVersion, document: policy.document, sources: policy.sources };
  }

  /** @returns undefined when a gateway would refuse the document: it is not sent, nothing is let through. */
  async #policyOf(facts: StreamFacts, access: Access): Promise<SessionPolicy | undefined> {
    const { settings, provenance } = await this.#parts.effectiveSettings(facts.userId);
    const { imageDataLossPrevention: data_loss_prevention, imageFriendlyName: name } = facts;
    const json = JSON.stringify({ access, settings, data_loss_prevention });
    try {
      const document = parsePolicy(JSON.parse(json));
      const ofImage = sourcesOfSection(document.data_loss_prevention, { from: 'image', name });
      return { json, document, sources: { ...sourcesOf(provenance), ...ofImage } };
    } catch (error) {
      const { sessionId, userId } = facts;
      this.#parts.log.error('the policy of a session cannot be enforced', {
        sessionId,
        userId,
        error: errorText(error),
      });
      return undefined;
    }
  }
}

interface SessionPolicy {
  /** As it is sent: without the values that a document may leave out. */
  readonly json: string;
  readonly document: PolicyDocument;
  readonly sources: PolicySources;
}

/** Settings that no group defines have no source: they are the locked-down defaults. */
function sourcesOf(provenance: EffectiveSettings['provenance']): PolicySources {
  const sources: Record<string, PolicySource> = {};
  for (const [name, { groupName, priority }] of Object.entries(provenance)) {
    sources[`settings.${name}`] = { from: 'group', name: groupName, priority };
  }
  return sources;
}
