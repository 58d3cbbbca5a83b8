/**
 * Passes requests on to control and its answers back, both as streams. Control trusts what this file says about the
 * client, so everything a client could say about itself in forwarding headers is dropped.
 */
import { connectDirectly } from '../../config/direct-host.ts';
import { errorText, type Log } from '../../config/log.ts';
import { errorResponse, isPageRequest, pageResponse } from './error-response.ts';
import type { Exchange } from './exchange.ts';

/** RFC 9110, section 7.6.1: they belong to one connection. Content of TE and trailers ends here as well. */
const hopByHopHeaders = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Every header in which proxies tell who the client is. */
const forwardingHeaders = [
  'forwarded',
  'x-client-ip',
  'x-forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-original-url',
  'x-real-ip',
  'x-rewrite-url',
];

const retrySeconds = 5;

export class ReverseProxy {
  readonly #origin: string;
  readonly #log: Log;

  /** @param controlUrl its origin; a path in it is not used. */
  constructor(controlUrl: string, log: Log) {
    const { origin, hostname } = new URL(controlUrl);
    connectDirectly(hostname);
    this.#origin = origin;
    this.#log = log;
  }

  async forward(exchange: Exchange): Promise<Response> {
    const { request, url } = exchange;
    const headers = requestHeaders(exchange);
    try {
      const answer = await fetch(`${this.#origin}${url.pathname}${url.search}`, {
        method: request.method,
        headers,
        body: request.body,
        redirect: 'manual',
        decompress: false,
        signal: request.signal,
      });
      return new Response(answer.body === null ? null : exchange.watch(answer.body), {
        status: answer.status,
        headers: responseHeaders(answer.headers, this.#origin),
      });
    } catch (error) {
      if (!request.signal.aborted) {
        this.#log.warn('control can not be reached', { url: this.#origin, error: errorText(error) });
      }
      return unreachable(request);
    }
  }
}

function requestHeaders({ request, url, address, forwarded }: Exchange): Headers {
  const headers = new Headers(request.headers);
  dropHopByHop(headers);
  // Our server has answered it (RFC 9110, section 10.1.1).
  headers.delete('expect');
  // A length without its body would make control take the next request for it.
  if (request.body === null) headers.delete('content-length');
  for (const name of forwardingHeaders) headers.delete(name);
  headers.delete('host');
  headers.set('X-Forwarded-For', address);
  headers.set('X-Forwarded-Proto', forwarded.protocol ?? 'https');
  headers.set('X-Forwarded-Host', url.host);
  return headers;
}

function responseHeaders(from: Headers, origin: string): Headers {
  const headers = new Headers(from);
  dropHopByHop(headers);
  const location = headers.get('location');
  // Control's own address means nothing outside.
  if (location?.startsWith(`${origin}/`)) headers.set('Location', location.slice(origin.length));
  return headers;
}

function dropHopByHop(headers: Headers): void {
  for (const name of (headers.get('connection') ?? '').split(',')) {
    const named = name.trim().toLowerCase();
    if (/^[a-z0-9-]+$/.test(named)) headers.delete(named);
  }
  for (const name of hopByHopHeaders) headers.delete(name);
}

function unreachable(request: Request): Response {
  const message = 'the control service can not be reached';
  if (!isPageRequest(request)) return errorResponse(502, message, { 'Retry-After': String(retrySeconds) });
  const text =
    'The control service of this gateway does not answer. Desktops that are already open go on. ' +
    `This page tries again every ${retrySeconds} seconds.`;
  return pageResponse(502, 'One moment, please', text, retrySeconds);
}
