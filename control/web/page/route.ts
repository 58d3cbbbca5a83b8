/** Where in the page the user is: read from and written to the part of the address after `#`. Pure. */
import { parseId, type SessionId, type UserId } from '../../../config/ids.ts';

export type Route =
  | { readonly name: 'login' }
  | { readonly name: 'launcher' }
  | {
      readonly name: 'viewer';
      readonly sessionId: SessionId;
      readonly userId: UserId;
      readonly streamToken: string;
    }
  | { readonly name: 'unknown'; readonly hash: string };

/** What a stream token is made of; anything else would break out of the cookie that carries it. */
const tokenShape = /^[A-Za-z0-9._~-]{16,512}$/;

/**
 * Reads `location.hash`, with or without its `#` and leading slash. Ids may be written with or without dashes.
 * A query behind the path (`?disable_control_panel=1`) is ignored.
 */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '').replace(/\?.*$/, '');
  const parts = path.split('/').filter(part => part !== '');
  if (parts.length === 0) return { name: 'launcher' };
  if (parts.length === 1 && parts[0] === 'login') return { name: 'login' };
  if (parts.length === 5 && parts[0] === 'connect' && parts[1] === 'kasm') {
    const sessionId = parseId<SessionId>(parts[2]);
    const userId = parseId<UserId>(parts[3]);
    const streamToken = parts[4] ?? '';
    if (sessionId !== undefined && userId !== undefined && tokenShape.test(streamToken)) {
      return { name: 'viewer', sessionId, userId, streamToken };
    }
  }
  return { name: 'unknown', hash };
}

/** The hash part of a `kasm_url` as the API gives it (`/#/connect/…`, or a whole address), or undefined. */
export function hashOfKasmUrl(kasmUrl: string): string | undefined {
  const at = kasmUrl.indexOf('#');
  if (at < 0) return undefined;
  const hash = kasmUrl.slice(at);
  return parseRoute(hash).name === 'viewer' ? hash : undefined;
}
