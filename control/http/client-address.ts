/** The client's address behind gateways, which set x-forwarded-for anew from what they know themselves. */
import type { Context } from 'hono';
import { type AddressRanges, normaliseAddress } from '../../config/address-range.ts';
import { findForwardedClient, unreadableForwarded } from '../../config/forwarded.ts';
import { ApiError } from './api-error.ts';
import type { ControlEnv } from './env.ts';

/**
 * @throws ApiError 400 when the header can not be read.
 * @param trusted gateways, and proxies between them and control: from elsewhere the header is the client's own word.
 */
export function clientAddress(http: Context<ControlEnv>, trusted: AddressRanges): string {
  const { peerAddress } = http.env;
  const peer = normaliseAddress(peerAddress) ?? peerAddress;
  const client = findForwardedClient(peer, 'x-forwarded-for', trusted, name => http.req.header(name));
  if (client === 'unreadable') throw new ApiError(400, unreadableForwarded);
  return client.address;
}
