/** The client's address behind a gateway on the same machine, which sets x-forwarded-for itself. */
import type { Context } from 'hono';
import type { ControlEnv } from './env.ts';

/**
 * The last entry of x-forwarded-for counts, and only from a peer on loopback: earlier entries, and the header
 * from elsewhere, are the client's own words.
 */
export function clientAddress(http: Context<ControlEnv>): string {
  const peer = http.env.peerAddress;
  if (!isLoopback(peer)) return peer;
  const last = http.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
  return last !== undefined && /^[0-9a-fA-F.:]{2,45}$/.test(last) ? last : peer;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
