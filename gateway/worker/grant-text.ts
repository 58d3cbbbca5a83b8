/** A grant as it travels from the parent process to a worker. Secrets are plain there and nowhere else. */
import { Secret } from '../../config/secret.ts';
import type { StreamGrant } from '../session/grant.ts';

type Secrets = 'upstreamAuthorization' | 'upstreamPassword';

export type GrantText = Omit<StreamGrant, Secrets> & {
  readonly [name in Secrets]?: string | undefined;
};

export function encodeGrant(grant: StreamGrant): GrantText {
  return {
    ...grant,
    upstreamAuthorization: grant.upstreamAuthorization?.reveal(),
    upstreamPassword: grant.upstreamPassword?.reveal(),
  };
}

/** What JSON leaves out comes back as undefined. */
export function decodeGrant(text: GrantText): StreamGrant {
  const { upstreamAuthorization: authorization, upstreamPassword: password } = text;
  return {
    ...text,
    tlsCa: text.tlsCa,
    expiresAtMs: text.expiresAtMs,
    upstreamAuthorization: authorization === undefined ? undefined : new Secret(authorization),
    upstreamPassword: password === undefined ? undefined : new Secret(password),
  };
}
