/**
 * The HTTP side of the front door: everything but streams. A `Bun.serve` inside the process, on loopback only, that
 * the edge splices connections to. Who the client is travels by the source port of that loopback connection, never
 * by a header; whoever else on this machine connects to the port is refused.
 *
 * Routes: `/desktop/<id>/events` (server-sent events) · `/desktop/<id>/vnc/websockify` without an upgrade (426) ·
 * `/desktop/<id>/vnc/…` (KasmVNC's own web client) · `/desktop/<id>/policy` (what holds, and why) ·
 * `/desktop/<id>/token` (puts the token of a page into a cookie) ·
 * anything else under `/desktop` (404) · `/link`, which is for nodes only (404) · the rest goes to control, or is
 * 404 in a gateway that runs alone.
 */

import { type GatewayHttpConfig, gatewayHttpDefaults } from '../../config/gateway-http.ts';
import { parseId, type SessionId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import { errorText, type Log } from '../../config/log.ts';
import { answerPreflight, isPreflight, setCrossOrigin } from './cross-origin.ts';
import { type AuthorisePages, DesktopPages } from './desktop-pages.ts';
import {
  errorResponse,
  isPageRequest,
  pageResponse,
  refusalResponse,
  type ToldRefusal,
} from './error-response.ts';
import { EventStreams, type EventSubscription } from './event-stream.ts';
import type { Exchange } from './exchange.ts';
import { HardeningHeaders, type RouteClass } from './hardening-headers.ts';
import { OriginRules } from './origin-rules.ts';
import { isWithin, plainPath } from './plain-path.ts';
import { type HttpDoor, type RefusalOf, RequestGate, type Seen } from './request-gate.ts';
import { ReverseProxy } from './reverse-proxy.ts';
import { findQueryValue, findStreamToken } from './stream-token.ts';
import { answerStrippedUpgrade, type UpgradeFault } from './stripped-upgrade.ts';
import { answerToken, dropTokenCookie } from './token-cookie.ts';
import { watchBody } from './watched-body.ts';

export interface EventsRequest {
  readonly sessionId: SessionId;
  /** As the client showed it; undefined when it showed none. */
  readonly token: string | undefined;
  readonly address: string;
}

export type EventsAuthorisation =
  | { readonly subscribe: EventSubscription }
  | { readonly refusal: ToldRefusal };

/** What is answered to who asks for a session's policy: the explanation as JSON, or why there is none. */
export type ExplainPolicy = (
  request: EventsRequest,
) => Promise<{ readonly explanation: object } | { readonly refusal: ToldRefusal }>;

export interface HttpSideOptions {
  /** Headers and origins; default: `gatewayHttpDefaults`. */
  readonly http?: GatewayHttpConfig;
  /** Whether the front door listens without TLS; default: false. */
  readonly plainHttp?: boolean;
  /** Omitted: the gateway runs alone. */
  readonly controlUrl?: string | undefined;
  /** The client behind the spliced connection from this port of 127.0.0.1; undefined when there is none. */
  readonly clientAddressOf: (port: number) => string | undefined;
  /** Omitted: it may have every path. */
  readonly refusalOf?: RefusalOf;
  /** Omitted: a connection is of one client, and it may ask as often as it likes. */
  readonly door?: HttpDoor | undefined;
  readonly events: {
    authorise(request: EventsRequest): Promise<EventsAuthorisation>;
    /** Tells a session's viewers, if the token is right, what a proxy did to the upgrade of their stream. */
    upgradeStripped?(request: EventsRequest, fault: UpgradeFault): Promise<void>;
  };
  /** Omitted: desktops have no pages and no policy to be told of. */
  readonly desktops?: { readonly authorisePages: AuthorisePages; readonly explainPolicy: ExplainPolicy };
  readonly log: Log;
  /** Default: `limits.eventHeartbeatMs`. */
  readonly heartbeatMs?: number;
  /** How long a client may take nothing of an answer; default: `limits.connectionIdleTimeMs`. */
  readonly stallMs?: number;
  /** How long a connection may be open without a request in it; default: `limits.connectionIdleTimeMs`. */
  readonly idleMs?: number;
}

export interface HttpSide extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  /** Another process takes over: every answer from now on is the last of its connection. */
  closeAfterAnswers(): void;
  /** Viewers that listen to events have to come again. */
  endEvents(): void;
}

type InnerServer = Bun.Server<undefined>;

export function startHttpSide(options: HttpSideOptions): HttpSide {
  const side = new HttpRoutes(options);
  const server: InnerServer = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: side.idleTimeS,
    maxRequestBodySize: limits.httpBodyBytesMax,
    development: false,
    fetch: (request, inner) => side.answer(request, inner),
    error: error => {
      options.log.error('a request failed', { error: errorText(error) });
      return side.harden(errorResponse(500, 'the gateway could not answer the request'), 'pages');
    },
  });
  return {
    hostname: '127.0.0.1',
    port: server.port!,
    closeAfterAnswers: () => side.closeAfterAnswers(),
    endEvents: () => side.close(),
    async [Symbol.asyncDispose](): Promise<void> {
      side.close();
      await server.stop(true);
    },
  };
}

class HttpRoutes {
  readonly #options: HttpSideOptions;
  /** Bun counts it from the last answer on, whatever comes: a head that drips in buys no more of it. */
  readonly idleTimeS: number;
  readonly #requestTimeS: number;
  readonly #origins: OriginRules;
  readonly #headers: HardeningHeaders;
  readonly #gate: RequestGate;
  readonly #proxy: ReverseProxy | undefined;
  readonly #eventStreams: EventStreams;
  readonly #pages: DesktopPages | undefined;
  #retired = false;

  constructor(options: HttpSideOptions) {
    this.#options = options;
    const { headers, origins, limits: own } = options.http ?? gatewayHttpDefaults;
    this.idleTimeS = seconds(options.idleMs ?? limits.connectionIdleTimeMs);
    this.#requestTimeS = own.request_time_s;
    this.#origins = new OriginRules(origins, options.plainHttp);
    this.#headers = new HardeningHeaders(headers);
    const { door, refusalOf } = options;
    this.#gate = new RequestGate({ door, refusalOf, origins: this.#origins, headers });
    this.#proxy =
      options.controlUrl === undefined ? undefined : new ReverseProxy(options.controlUrl, options.log);
    this.#eventStreams = new EventStreams(options.heartbeatMs ?? limits.eventHeartbeatMs);
    const { desktops, log } = options;
    this.#pages = desktops === undefined ? undefined : new DesktopPages(desktops.authorisePages, log);
  }

  close(): void {
    this.#eventStreams.close();
  }

  closeAfterAnswers(): void {
    this.#retired = true;
  }

  async answer(request: Request, server: InnerServer): Promise<Response> {
    const { address: peer, port } = server.requestIP(request) ?? { address: '', port: -1 };
    // Who has this port of another loopback address is another program.
    const connection = peer === '127.0.0.1' ? this.#options.clientAddressOf(port) : undefined;
    if (connection === undefined) {
      this.#options.log.warn('refused a connection that did not come through the front door');
      const refusal = errorResponse(403, 'this port is for the gateway itself', { Connection: 'close' });
      return this.harden(refusal, 'pages');
    }
    const url = URL.parse(request.url, 'https://localhost');
    const path = url === null ? undefined : plainPath(url.pathname);
    const entry = this.#gate.enter({ request, connection, port, url, path });
    if ('refusal' in entry) return this.#finish(entry.refusal, request, entry, connection);
    let watched = false;
    const startIdleTime = (): void => server.timeout(request, this.idleTimeS);
    server.timeout(request, this.#requestTimeS);
    const watch: Exchange['watch'] = body => {
      watched = true;
      server.timeout(request, 0);
      return watchBody(body, this.#options.stallMs ?? limits.connectionIdleTimeMs, startIdleTime);
    };
    const { address, forwarded } = entry;
    const answer =
      entry.routeClass !== 'pages' && isPreflight(request)
        ? answerPreflight(this.#origins, entry.verdict)
        : await this.#route(entry.path, { request, url: entry.url, address, forwarded, watch });
    const response = this.#finish(answer, request, entry, connection);
    if (!watched) startIdleTime();
    this.#options.log.debug('answered a request', {
      address,
      method: request.method,
      path: entry.url.pathname,
      status: response.status,
    });
    return response;
  }

  #finish(answer: Response, request: Request, seen: Seen, connection: string): Response {
    const { routeClass, verdict, host } = seen;
    if (routeClass !== 'pages') setCrossOrigin(answer, request, this.#origins, verdict);
    const response = this.harden(answer, routeClass, host);
    // A proxy that kept the connection would send the next client's WebSocket on it, and no stream can begin here.
    const isProxy = this.#options.door?.isProxy(connection) === true;
    if (this.#retired || isProxy) response.headers.set('Connection', 'close');
    return response;
  }

  /** For an answer with no request that could be understood. */
  harden(response: Response, routeClass: RouteClass, host = 'localhost'): Response {
    return this.#headers.harden(response, routeClass, host);
  }

  #route(path: string, exchange: Exchange): Response | Promise<Response> {
    if (isWithin(path, '/desktop')) return this.#routeDesktop(path, exchange);
    if (isWithin(path, '/link')) return notFound();
    if (this.#proxy !== undefined) return this.#proxy.forward(exchange);
    if (path === '/') return aloneResponse(exchange.request);
    return notFound();
  }

  #routeDesktop(path: string, exchange: Exchange): Response | Promise<Response> {
    const [, , id, ...rest] = path.split('/');
    const sessionId = parseId<SessionId>(id);
    if (sessionId === undefined) return notFound();
    const channel = rest.join('/');
    if (channel === 'vnc/websockify') return this.#answerStripped(sessionId, exchange);
    if (channel === 'vnc' || channel.startsWith('vnc/')) return this.#answerPage(sessionId, exchange);
    if (channel === 'token') return answerToken(exchange);
    if (channel !== 'events' && channel !== 'policy') return notFound();
    if (exchange.request.method !== 'GET') {
      return errorResponse(405, `${channel} is read by GET`, { Allow: 'GET' });
    }
    return channel === 'events'
      ? this.#openEvents(sessionId, exchange)
      : this.#explainPolicy(sessionId, exchange);
  }

  async #answerStripped(sessionId: SessionId, exchange: Exchange): Promise<Response> {
    const { address, url } = exchange;
    const { response, isProxyAtFault, fault, hint } = answerStrippedUpgrade(exchange.request);
    if (!isProxyAtFault) return response;
    const message =
      fault === 'late'
        ? 'a request for a stream came on a connection used before'
        : 'a request for a stream came without its upgrade';
    this.#options.log.warn(message, { sessionId, address, hint });
    const token = shownToken(exchange, url.search.slice(1));
    await this.#options.events.upgradeStripped?.({ sessionId, token, address }, fault);
    return response;
  }

  /** The path as it was spelt decides, not what it decodes to. */
  #answerPage(sessionId: SessionId, exchange: Exchange): Response | Promise<Response> {
    const { pathname, search } = exchange.url;
    const [, prefix, path = ''] = /^(\/desktop\/[0-9A-Fa-f-]{32,36})\/vnc(\/.*)?$/.exec(pathname) ?? [];
    if (this.#pages === undefined) return notFound();
    if (prefix === undefined) return errorResponse(400, 'the path is not spelt plainly');
    const queryToken = findQueryValue(search.slice(1), 'token');
    return this.#pages.answer({
      ...exchange,
      sessionId,
      prefix,
      path,
      token: shownToken(exchange, ''),
      queryToken,
    });
  }

  async #explainPolicy(sessionId: SessionId, exchange: Exchange): Promise<Response> {
    const { desktops } = this.#options;
    if (desktops === undefined) return notFound();
    const { url, address } = exchange;
    const token = shownToken(exchange, url.search.slice(1));
    const answer = await desktops.explainPolicy({ sessionId, token, address });
    if ('refusal' in answer) return refuseToken(answer.refusal, exchange);
    return Response.json(answer.explanation, { headers: { 'Cache-Control': 'no-store' } });
  }

  async #openEvents(sessionId: SessionId, exchange: Exchange): Promise<Response> {
    const { url, address, watch } = exchange;
    const token = shownToken(exchange, url.search.slice(1));
    const answer = await this.#options.events.authorise({ sessionId, token, address });
    if ('refusal' in answer) return refuseToken(answer.refusal, exchange);
    return this.#eventStreams.open(sessionId, answer.subscribe, watch);
  }
}

/** @param query in which it may stand too, without its question mark. */
function shownToken({ request }: Exchange, query: string): string | undefined {
  return findStreamToken({
    authorization: request.headers.get('authorization') ?? undefined,
    cookie: request.headers.get('cookie') ?? undefined,
    query,
  });
}

/** A cookie that was refused is taken back. */
function refuseToken(refusal: ToldRefusal, { request, url }: Exchange): Response {
  const prefix = url.pathname.replace(/\/[^/]*$/, '');
  return refusalResponse(refusal, refusal.status === 401 ? dropTokenCookie(request, prefix) : {});
}

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

function notFound(): Response {
  return errorResponse(404, 'there is nothing at this address');
}

function aloneResponse(request: Request): Response {
  const text =
    'This gateway runs alone, with the sessions of its configuration file. It has no pages of its own.';
  if (isPageRequest(request)) return pageResponse(200, 'Sluice gateway', text);
  return Response.json({ name: 'sluice gateway', mode: 'standalone' });
}
