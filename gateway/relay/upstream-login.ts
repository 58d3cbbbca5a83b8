import { loginOfBasic, type UpstreamLogin } from '../rfb/vencrypt.ts';
import type { UpstreamAddress } from './upstream-address.ts';

/**
 * The login for a desktop that asks for one inside RFB, where it is said in clear: only for a way on which nobody
 * hears it, which is TLS, or an address on this machine.
 * @param authorization the grant's value of the Authorization header; only the scheme Basic holds a login.
 */
export function upstreamLoginFor(
  address: UpstreamAddress,
  authorization: string | undefined,
): UpstreamLogin | undefined {
  if (authorization === undefined || !isUnheard(address)) return undefined;
  return loginOfBasic(authorization);
}

function isUnheard({ tls, endpoint }: UpstreamAddress): boolean {
  if (tls || 'socket' in endpoint) return true;
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/.test(endpoint.host);
}
