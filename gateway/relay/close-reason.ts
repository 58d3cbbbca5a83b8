/**
 * Everything that ends a relay, one row each: whose fault it was, what the browser is told, whether
 * trying again can help, and how loudly we say so. Closed tabs and torn connections are daily life and
 * log at info, as a stream's start does; what an operator should look at logs at warn or error.
 */
import type { LogLevel } from '../../config/log.ts';

export interface CloseReason {
  /** Who caused the end. */
  readonly side: 'client' | 'upstream' | 'control' | 'gateway';
  /** WebSocket close code sent to the client (RFC 6455 §7.4.1). */
  readonly code: number;
  /** Nothing went wrong: a tab was closed, a session ended as asked. */
  readonly benign: boolean;
  /** Whether the viewer may dial again with the same token. */
  readonly retry: boolean;
  readonly logLevel: LogLevel;
  /** Whether the end is written to the audit trail even when nothing was ever relayed. */
  readonly audit: boolean;
  /** What the client reads when no better sentence is known; at most 123 bytes with its code. */
  readonly message: string;
}

const row = (
  side: CloseReason['side'],
  code: number,
  traits: string,
  logLevel: LogLevel,
  message: string,
): CloseReason => ({
  side,
  code,
  benign: traits.includes('benign'),
  retry: traits.includes('retry'),
  audit: traits.includes('audit'),
  logLevel,
  message,
});

export const closeReasons = {
  client_closed: row('client', 1000, 'benign audit', 'info', 'closed by the client'),
  client_gone: row('client', 1001, 'benign retry audit', 'info', 'the client connection was lost'),
  client_websocket: row('client', 1002, 'audit', 'info', 'broken WebSocket frame'),
  client_message: row('client', 1008, 'audit', 'warn', 'a client message could not be understood'),
  client_stalled: row('client', 1001, 'retry audit', 'info', 'the client stopped reading'),
  client_silent: row('client', 1001, 'retry audit', 'info', 'the client did not answer'),
  policy_ended: row('control', 1008, 'audit', 'warn', 'ended by policy'),
  upstream_closed: row('upstream', 1000, 'benign retry audit', 'info', 'the desktop closed the connection'),
  upstream_gone: row('upstream', 1011, 'retry audit', 'warn', 'the connection to the desktop was lost'),
  upstream_refused: row('upstream', 1011, 'retry audit', 'warn', 'the desktop refused the connection'),
  upstream_timeout: row('upstream', 1011, 'retry audit', 'warn', 'the desktop did not answer in time'),
  upstream_forbidden: row(
    'upstream',
    1011,
    'audit',
    'error',
    'the address of the desktop is not one this gateway may dial',
  ),
  upstream_stalled: row('upstream', 1011, 'retry audit', 'warn', 'the desktop stopped reading'),
  upstream_authentication: row('upstream', 1011, 'audit', 'error', 'the desktop refused our credentials'),
  upstream_certificate: row(
    'upstream',
    1011,
    'audit',
    'error',
    'the certificate of the desktop was not accepted',
  ),
  upstream_websocket: row('upstream', 1011, 'audit', 'warn', 'the desktop sent a broken WebSocket frame'),
  upstream_message: row('upstream', 1011, 'audit', 'warn', 'the desktop sent what could not be understood'),
  session_ended: row('control', 1000, 'benign audit', 'info', 'the session has ended'),
  user_locked: row('control', 1008, 'audit', 'info', 'the user was locked'),
  token_revoked: row('control', 1008, 'audit', 'info', 'the access was withdrawn'),
  grant_expired: row('control', 1008, 'audit', 'info', 'the access has expired'),
  going_away: row('gateway', 1001, 'benign retry audit', 'info', 'the gateway is stopping'),
  restarting: row('gateway', 1012, 'benign retry audit', 'info', 'the gateway restarts: connect again'),
  worker_lost: row('gateway', 1011, 'retry audit', 'error', 'the process that served the stream ended'),
  overloaded: row('gateway', 1013, 'retry audit', 'warn', 'there are too many streams: try again later'),
  internal_error: row('gateway', 1011, 'retry audit', 'error', 'the gateway failed'),
} as const satisfies Record<string, CloseReason>;

export type CloseReasonName = keyof typeof closeReasons;

const cuts = ['user_locked', 'token_revoked', 'grant_expired', 'policy_ended', 'going_away'] as const;

/** What a control-plane cut may name as its cause; anything else counts as `session_ended`. */
export function cutReason(cause: string): CloseReasonName {
  return cuts.find(name => name === cause) ?? 'session_ended';
}

const closeTextBytesMax = 123;

/**
 * Shortens a sentence to what a close frame can carry (RFC 6455 §5.5: 125 bytes, 2 of them the code),
 * without cutting a character in half.
 */
export function closeText(message: string): string {
  if (Buffer.byteLength(message) <= closeTextBytesMax) return message;
  const ellipsis = '…';
  let text = message.slice(0, closeTextBytesMax);
  while (Buffer.byteLength(text) > closeTextBytesMax - Buffer.byteLength(ellipsis)) text = text.slice(0, -1);
  return text.replace(/[\ud800-\udbff]$/, '') + ellipsis;
}
