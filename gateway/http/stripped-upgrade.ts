/**
 * A stream that arrives as a plain request. Behind a proxy that does not pass on the hop-by-hop headers of an upgrade
 * (RFC 9110, section 7.8) the page loads, the login works, and the desktop stays white: this says why.
 */
import { errorResponse, isPageRequest, pageResponse } from './error-response.ts';

export interface StrippedUpgrade {
  readonly response: Response;
  /** The client did ask for a WebSocket: somebody on the way dropped that. */
  readonly isProxyAtFault: boolean;
  /** The headers that did not arrive, in words. */
  readonly missing: string;
}

const upgradeHeaders = { Upgrade: 'websocket', Connection: 'Upgrade' } as const;

/** Answers 426 (RFC 9110, section 15.5.22): a page for people, JSON for programs; both name what is missing. */
export function answerStrippedUpgrade(request: Request): StrippedUpgrade {
  const missing = missingHeaders(request);
  const message = `a stream is opened by a WebSocket, and ${missing} did not arrive`;
  const isProxyAtFault =
    request.headers.has('sec-websocket-key') || request.headers.has('sec-websocket-version');
  if (isPageRequest(request)) return { response: strippedPage(missing), isProxyAtFault, missing };
  const advice = isProxyAtFault ? ': a proxy in front of the gateway has to pass both headers on' : '';
  return { response: errorResponse(426, message + advice, upgradeHeaders), isProxyAtFault, missing };
}

function missingHeaders({ headers }: Request): string {
  const tokens = (headers.get('connection') ?? '').split(',').map(token => token.trim().toLowerCase());
  const missing = [
    ...((headers.get('upgrade') ?? '').toLowerCase() === 'websocket' ? [] : ['"Upgrade: websocket"']),
    ...(tokens.includes('upgrade') ? [] : ['"Connection: Upgrade"']),
  ];
  return missing.length === 2
    ? `the headers ${missing.join(' and ')}`
    : `the header ${missing[0] ?? '"Upgrade"'}`;
}

function strippedPage(missing: string): Response {
  const text =
    `This address is a desktop's stream: it is opened by a WebSocket, and ${missing} did not arrive here. ` +
    'Opened by hand that is as it should be. If desktops stay white after login, a proxy in front of the gateway ' +
    'does not pass these headers on: in nginx that takes proxy_http_version 1.1, proxy_set_header Upgrade ' +
    '$http_upgrade and proxy_set_header Connection "upgrade".';
  const page = pageResponse(426, 'A WebSocket belongs here', text);
  for (const [name, value] of Object.entries(upgradeHeaders)) page.headers.set(name, value);
  return page;
}
