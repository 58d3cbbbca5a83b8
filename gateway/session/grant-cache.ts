/**
 * The grants control gave, by the hash of their token, for the time it can't be asked: a viewer whose connection broke
 * comes back in while control restarts. While control is heard, cuts and policies arrive here as they happen, so a grant
 * is as good as new; once control is silent it stays good for a short while. Pure.
 */
import { limits } from '../../config/limits.ts';
import type { PolicySources } from '../../config/policy-sources.ts';
import {
  type Authorisation,
  type Cut,
  isCovered,
  type PolicyChange,
  policyFor,
  type StreamGrant,
} from './grant.ts';

export interface GrantCacheOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long nothing has been heard of control. */
  readonly controlSilentMs: () => number;
}

interface KeptGrant {
  readonly grant: StreamGrant;
  /** 0: not told. */
  readonly tokenExpiresAtMs: number;
}

/** Those that were not asked for the longest go first. */
const keptGrantsMax = 10_000;

export class GrantCache {
  readonly #options: GrantCacheOptions;
  readonly #kept = new Map<string, KeptGrant>();

  constructor(options: GrantCacheOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** @param tokenExpiresAtMs when the token stops to open streams; 0: unknown. */
  put(key: string, grant: StreamGrant, tokenExpiresAtMs: number): void {
    this.#kept.delete(key);
    const oldest = this.#kept.size >= keptGrantsMax ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { grant, tokenExpiresAtMs });
  }

  /** What control would say, as far as it was heard lately. */
  find(key: string): Authorisation {
    const kept = this.#kept.get(key);
    const { now, controlSilentMs } = this.#options;
    if (kept === undefined || controlSilentMs() > limits.grantCacheMs)
      return { refusal: 'control_unreachable' };
    const { grant, tokenExpiresAtMs } = kept;
    const nowMs = now();
    const ends = [grant.expiresAtMs ?? 0, tokenExpiresAtMs].filter(ms => ms > 0);
    if (ends.some(ms => ms <= nowMs)) return { refusal: 'expired_token' };
    return { grant };
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }

  clear(): void {
    this.#kept.clear();
  }

  cut(cut: Cut): void {
    for (const [key, { grant }] of this.#kept) if (isCovered(grant, cut)) this.#kept.delete(key);
  }

  forgetSession(sessionId: string): void {
    for (const [key, { grant }] of this.#kept) if (grant.sessionId === sessionId) this.#kept.delete(key);
  }

  /** The session's grants take the policy that was pushed last; an older one changes nothing. */
  renew(change: PolicyChange, sources: PolicySources): void {
    const { sessionId, policy, policyVersion } = change;
    const policySources = { ...sources, access: { from: 'token' } } as const;
    for (const [key, kept] of this.#kept) {
      const { grant } = kept;
      if (grant.sessionId !== sessionId || grant.policyVersion > policyVersion) continue;
      const renewed = { ...grant, policy: policyFor(grant.access, policy), policyVersion, policySources };
      this.#kept.set(key, { ...kept, grant: renewed });
    }
  }
}
