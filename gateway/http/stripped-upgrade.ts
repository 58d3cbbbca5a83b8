/**
 * A stream that arrives as a plain request. Behind a proxy that does not pass on the hop-by-hop headers of an upgrade
 * (RFC 9110, section 7.8) the page loads, the login works, and the desktop stays white: this says why. A proxy that is
 * not known as one may also pass them on, but on a connection that carried other requests before: no stream can begin
 * there.
 */
import { errorResponse, isPageRequest, pageResponse } from './error-response.ts';

export interface StrippedUpgrade {
  readonly response: Response;
  /** The client did ask for a WebSocket: somebody on the way dropped that. */
  readonly isProxyAtFault: boolean;
  /** `late`: both headers arrived, and the request was not the first of its connection. */
  readonly fault: UpgradeFault;
  /** What whoever runs the proxy has to do. */
  readonly hint: string;
}

export type UpgradeFault = 'stripped' | 'late';

const upgradeHeaders = { Upgrade: 'websocket', Connection: 'Upgrade' } as const;

/** Answers 426 (RFC 9110, section 15.5.22): a page for people, JSON for programs; both name what is missing. */
export function answerStrippedUpgrade(request: Request): StrippedUpgrade {
  const missing = missingHeaders(request);
  if (missing === undefined) return answerLate(request);
  const message = `a stream is opened by a WebSocket, and ${missing} did not arrive`;
  const isProxyAtFault =
    request.headers.has('sec-websocket-key') || request.headers.has('sec-websocket-version');
  const hint = `a proxy in front of the gateway does not pass on ${missing}: see docs/reverse-proxy.md`;
  const found = { isProxyAtFault, fault: 'stripped', hint } as const;
  if (isPageRequest(request)) return { ...found, response: answerPage(strippedText(missing)) };
  const advice = isProxyAtFault ? ': a proxy in front of the gateway has to pass both headers on' : '';
  return { ...found, response: errorResponse(426, message + advice, upgradeHeaders) };
}

const lateSentence =
  'a stream is opened by the first request of a connection, and this one came on a connection used before';
const lateAdvice =
  'the proxy that keeps its connections open has to be named in trusted_proxies, or to open one for each WebSocket';

function answerLate(request: Request): StrippedUpgrade {
  const hint = `${lateAdvice}: see docs/reverse-proxy.md`;
  const found = { isProxyAtFault: true, fault: 'late', hint } as const;
  if (isPageRequest(request)) {
    const text = `${lateSentence}: ${lateAdvice}.`;
    const page = answerPage(`${text[0]?.toUpperCase()}${text.slice(1)}`);
    page.headers.set('Connection', 'close');
    return { ...found, response: page };
  }
  // No connection is kept after that, so that the next try has a new one.
  const headers = { ...upgradeHeaders, Connection: 'close' };
  return { ...found, response: errorResponse(426, `${lateSentence}: ${lateAdvice}`, headers) };
}

/** In words; undefined when both arrived. */
function missingHeaders({ headers }: Request): string | undefined {
  const tokens = (headers.get('connection') ?? '').split(',').map(token => token.trim().toLowerCase());
  const missing = [
    ...((headers.get('upgrade') ?? '').toLowerCase() === 'websocket' ? [] : ['"Upgrade: websocket"']),
    ...(tokens.includes('upgrade') ? [] : ['"Connection: Upgrade"']),
  ];
  if (missing.length === 0) return undefined;
  return missing.length === 2 ? `the headers ${missing.join(' and ')}` : `the header ${missing[0]}`;
}

function strippedText(missing: string): string {
  return (
    `This address is a desktop's stream: it is opened by a WebSocket, and ${missing} did not arrive here. ` +
    'Opened by hand that is as it should be. If desktops stay white after login, a proxy in front of the gateway ' +
    'does not pass these headers on: in nginx that takes proxy_http_version 1.1, proxy_set_header Upgrade ' +
    '$http_upgrade and proxy_set_header Connection "upgrade".'
  );
}

function answerPage(text: string): Response {
  const page = pageResponse(426, 'A WebSocket belongs here', text);
  for (const [name, value] of Object.entries(upgradeHeaders)) page.headers.set(name, value);
  return page;
}
