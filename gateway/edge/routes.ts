/** What the first request head of a connection asks for. */
import { parseId, type SessionId } from '../../config/ids.ts';
import type { RequestHead } from '../http/request-head.ts';
import { asksForUpgrade } from '../websocket/handshake.ts';

export type Route =
  /** A stream channel of a session, to be served by a relay. */
  | { readonly kind: 'stream'; readonly sessionId: SessionId; readonly channel: 'vnc' }
  /** Anything else, to be spliced to the HTTP side. */
  | { readonly kind: 'http' };

const http: Route = { kind: 'http' };

/**
 * Only the exact spelling `/desktop/<id>/vnc/websockify` is a stream: an escaped or otherwise bent one is
 * answered by the HTTP side, which opens none.
 */
export function routeOf(head: RequestHead): Route {
  if (!asksForUpgrade(head)) return http;
  const [, id, channel] = /^\/desktop\/([0-9A-Fa-f-]{32,36})\/([a-z_]+)\/websockify$/.exec(head.path) ?? [];
  const sessionId = parseId<SessionId>(id);
  if (sessionId === undefined || channel !== 'vnc') return http;
  return { kind: 'stream', sessionId, channel };
}
