/** A grant as it travels from the parent process to a worker. Secrets are plain there and nowhere else. */
import type { PolicyDocument } from '../../config/policy.ts';
import { Secret } from '../../config/secret.ts';
import type { StreamGrant } from '../session/grant.ts';
import { SharedPolicies } from '../session/shared-policies.ts';

type Secrets = 'upstreamAuthorization' | 'upstreamPassword';

export type GrantText = Omit<StreamGrant, Secrets | 'policy'> & {
  readonly [name in Secrets]?: string | undefined;
} & {
  /** JSON of its own: the text tells whether the policy is known already. */
  readonly policy: string;
};

/** Of the parent: a session's grants have one document among them. */
const texts = new WeakMap<PolicyDocument, string>();
/** Of a worker. */
const policies = new SharedPolicies();

export function encodeGrant(grant: StreamGrant): GrantText {
  const policy = texts.get(grant.policy) ?? JSON.stringify(grant.policy);
  texts.set(grant.policy, policy);
  return {
    ...grant,
    policy,
    upstreamAuthorization: grant.upstreamAuthorization?.reveal(),
    upstreamPassword: grant.upstreamPassword?.reveal(),
  };
}

/** What JSON leaves out comes back as undefined. Grants of the same policy share its document. */
export function decodeGrant(text: GrantText): StreamGrant {
  const { upstreamAuthorization: authorization, upstreamPassword: password } = text;
  return {
    ...text,
    policy: policies.of(text.policy, () => JSON.parse(text.policy) as PolicyDocument),
    tlsCa: text.tlsCa,
    expiresAtMs: text.expiresAtMs,
    upstreamAuthorization: authorization === undefined ? undefined : new Secret(authorization),
    upstreamPassword: password === undefined ? undefined : new Secret(password),
  };
}
