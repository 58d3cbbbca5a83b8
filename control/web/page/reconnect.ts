/** Whether and when the viewer dials again after its stream ended. Pure: the caller brings the randomness. */

/** How a stream came to its end, as far as the browser can know. */
export interface StreamEnd {
  /** WebSocket close code; 1006 when the connection just went away */
  readonly code: number;
  /** the close frame's sentence, possibly empty */
  readonly message: string;
  /** what the gateway said beside the stream, when it came through */
  readonly event?: EndEvent | undefined;
}

/** The gateway's `{"type":"end"}` event: its name for the end (gateway/relay/close-reason.ts) and its sentence. */
export interface EndEvent {
  readonly reason: string;
  readonly message: string;
  /** whether dialling again with the same token can help */
  readonly retry: boolean;
}

export type AfterEnd =
  /** `text`: why it has to wait, where that is known; `waitMs`: how long at the least. */
  | { readonly next: 'dial'; readonly text?: string; readonly waitMs?: number }
  /** Nothing to dial for: the page says why. `asked` when that was the user's own doing. */
  | { readonly next: 'stop'; readonly title: string; readonly text: string };

const stop = (title: string, text: string): AfterEnd => ({ next: 'stop', title, text });

/** Words for the ends after which the same token can't help. */
const finalReasons: Readonly<Record<string, AfterEnd>> = {
  session_ended: stop('Session ended', 'This desktop was ended.'),
  user_locked: stop('Access withdrawn', 'Your account was locked, so the connection was cut.'),
  token_revoked: stop('Access withdrawn', 'Access to this session was withdrawn.'),
  grant_expired: stop(
    'Access expired',
    'The time for this connection is over. Open the session again to go on.',
  ),
  policy_ended: stop('Ended by policy', 'A rule of your organisation ended this connection.'),
  client_message: stop('Connection refused', 'The gateway did not understand the viewer. Reload the page.'),
  client_websocket: stop('Connection refused', 'The gateway did not understand the viewer. Reload the page.'),
  upstream_authentication: stop('Desktop not reachable', 'The desktop refused the gateway’s credentials.'),
  upstream_certificate: stop('Desktop not reachable', 'The desktop’s certificate was not accepted.'),
  upstream_forbidden: stop('Desktop not reachable', 'The gateway may not dial the address of this desktop.'),
  upgrade_stripped: stop(
    'Streams do not get through',
    'A proxy between this browser and the gateway does not pass on WebSockets: the header “Upgrade” never arrived. ' +
      'Whoever runs that proxy has to set the headers Upgrade and Connection.',
  ),
  upgrade_late: stop(
    'Streams do not get through',
    'A proxy between this browser and the gateway sends WebSockets on connections it has used before. Whoever runs the ' +
      'gateway has to name that proxy in trusted_proxies.',
  ),
  upstream_message: stop('Desktop not understood', 'The desktop sent what the gateway could not check.'),
  upstream_websocket: stop('Desktop not understood', 'The desktop sent what the gateway could not check.'),
};

/** RFC 6455 §7.4.1: 1002 protocol error, 1003 unacceptable data, 1008 policy violation. */
const finalCodes: ReadonlySet<number> = new Set([1002, 1003, 1008]);

/** RFC 6455 §7.4.1 and its registry: try again later. The gateway refuses what is over a limit with it. */
const tryAgainLater = 1013;

/** Decides by what the gateway said where that came through, by the close code otherwise. */
export function afterEnd(end: StreamEnd): AfterEnd {
  if (end.event?.retry === true) return { next: 'dial' };
  if (end.event !== undefined) {
    return finalReasons[end.event.reason] ?? stop('Disconnected', sentenceOf(end.event.message));
  }
  if (end.code === tryAgainLater) return { next: 'dial', text: busyText(end.message) };
  if (finalCodes.has(end.code)) {
    return stop(
      'Disconnected',
      end.message === '' ? 'The gateway closed the connection.' : sentenceOf(end.message),
    );
  }
  return { next: 'dial' };
}

/**
 * What an HTTP answer to the session's address says about dialling: browsers hide why a WebSocket was refused.
 * @param status of `GET /desktop/<id>/events`; @param message its `error_message`, possibly empty
 * @param retryAfterS its `Retry-After`, 0 without one
 */
export function afterRefusal(status: number, message: string, retryAfterS = 0): AfterEnd {
  const own = message === '' ? undefined : sentenceOf(message);
  if (status === 401 || status === 403)
    return stop('No access', own ?? 'The link to this session is no longer valid.');
  if (status === 404 || status === 410)
    return stop('No such session', own ?? 'This session does not exist any more.');
  if (status === 429 || status === 503) {
    const waitMs = Math.min(Math.max(retryAfterS, 0) * 1000, retryAfterMsMax);
    return { next: 'dial', text: busyText(message), waitMs };
  }
  return { next: 'dial' };
}

/** Nobody is left waiting for longer than this, whatever a header says. */
const retryAfterMsMax = 60_000;

const busyText = (message: string): string => (message === '' ? 'The gateway is busy.' : sentenceOf(message));

function sentenceOf(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export const backOffFirstMs = 500;
export const backOffMaxMs = 15_000;
/** After this many dials in a row without a picture the viewer stops and leaves it to the user. */
export const attemptsMax = 12;

/**
 * Pause before dial number `attempt` (1 = the first after a loss): doubles up to the maximum, its upper half random,
 * so that a thousand viewers don't come back to a restarted gateway in the same instant.
 * @param random 0 ≤ random < 1
 */
export function backOffMs(attempt: number, random: number): number {
  const ceiling = Math.min(backOffMaxMs, backOffFirstMs * 2 ** Math.max(0, attempt - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
