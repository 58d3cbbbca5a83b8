/** The client's address behind gateways, which set x-forwarded-for anew from what they know themselves. */
import type { Context } from 'hono';
import { type AddressRanges, normaliseAddress } from '../../config/address-range.ts';
import { findForwardedClient } from '../../config/forwarded.ts';
import type { ControlEnv } from './env.ts';

/** @param trusted gateways, and proxies between them and control: from elsewhere the header is the client's own word. */
export function clientAddress(http: Context<ControlEnv>, trusted: AddressRanges): string {
  const { peerAddress } = http.env;
  const peer = normaliseAddress(peerAddress) ?? peerAddress;
  return findForwardedClient(peer, 'x-forwarded-for', trusted, name => http.req.header(name)).address;
}
