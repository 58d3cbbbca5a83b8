/** What `GET /desktop/<id>/policy` answers: which rules hold, where each comes from, and what they did lately. */
import { type PolicyDocument, watermarkOf } from '../../config/policy.ts';
import { listPolicyRules, type PolicyRule } from '../../config/policy-sources.ts';
import type { Watermark } from '../../config/watermark.ts';
import type { Decision } from './decision-log.ts';
import type { StreamGrant } from './grant.ts';

export interface PolicyExplanation {
  readonly session_id: string;
  readonly protocol: string;
  /** What the token that asked may do. */
  readonly access: string;
  readonly username: string;
  readonly policy_version: number;
  readonly policy: PolicyDocument;
  /** Every value of `policy`, with where it comes from. */
  readonly rules: readonly PolicyRule[];
  /** For viewers to draw; null: none. */
  readonly watermark: Watermark | null;
  /** The newest first. */
  readonly decisions: readonly ExplainedDecision[];
}

type ExplainedDecision = Omit<Decision, 'timeMs' | 'sinceMs'> & {
  /** ISO 8601; of a repeated decision the last and the first time. */
  readonly time: string;
  readonly since: string;
};

export function explainPolicy(grant: StreamGrant, decisions: readonly Decision[]): PolicyExplanation {
  const { sessionId, protocol, access, username, policy, policyVersion, policySources } = grant;
  return {
    session_id: sessionId,
    protocol,
    access,
    username,
    policy_version: policyVersion,
    policy,
    rules: listPolicyRules(policy, policySources),
    watermark: watermarkOf(policy) ?? null,
    decisions: decisions.map(({ timeMs, sinceMs, ...decision }) => ({
      time: new Date(timeMs).toISOString(),
      since: new Date(sinceMs).toISOString(),
      ...decision,
    })),
  };
}
