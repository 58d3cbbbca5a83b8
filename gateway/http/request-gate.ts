/**
 * What every request of the HTTP side passes before its route: who asks, for which host, from whose page, how often.
 * A page of a foreign origin is refused before anything is charged to its visitor; all else that is refused is charged.
 */
import { type ForwardedAnswer, type ForwardedClient, unreadableForwarded } from '../../config/forwarded.ts';
import type { HeadersConfig } from '../../config/gateway-http.ts';
import { errorResponse, isPageRequest, pageResponse } from './error-response.ts';
import { type GivenToOthers, isOfForeignPage } from './foreign-page.ts';
import { type RouteClass, routeClassOf } from './hardening-headers.ts';
import type { OriginRules, OriginVerdict } from './origin-rules.ts';
import { lowerAscii } from './plain-path.ts';

/** What the front door knows and rules. */
export interface HttpDoor {
  /** Who asks, behind proxies that are trusted. @param connection address of the connection. */
  clientOf(connection: string, get: (name: string) => string | undefined): ForwardedAnswer;
  /** Whether the connection is a trusted proxy's. */
  isProxy(connection: string): boolean;
  /** Whether this client asks too often. @param path decoded, without doubled slashes. */
  tooOften(address: string, method: string, path: string): TooOften | undefined;
  /** Counts a request that a page of a foreign origin made. */
  foreign(address: string): void;
}

interface TooOften {
  readonly status: number;
  readonly message: string;
  readonly retryAfterS: number;
}

/** Why the client behind that port may not have this path; undefined: it may. */
export type RefusalOf = (
  port: number,
  path: string,
) => { readonly status: number; readonly message: string } | undefined;

export interface RequestGateOptions {
  /** Omitted: a connection is of one client, and it may ask as often as it likes. */
  readonly door: HttpDoor | undefined;
  readonly refusalOf: RefusalOf | undefined;
  readonly origins: OriginRules;
  readonly headers: Pick<HeadersConfig, 'frame_ancestors' | 'cross_origin_resource_policy'>;
}

/** A request as it came. */
export interface Arrival {
  readonly request: Request;
  /** Address of the connection. */
  readonly connection: string;
  /** By which the client of the connection is known. */
  readonly port: number;
  /** Null where the request names no address. */
  readonly url: URL | null;
  /** Decoded, without doubled slashes; undefined where that can not be done. */
  readonly path: string | undefined;
}

/** What the answer needs, whatever it is. */
export interface Seen {
  readonly routeClass: RouteClass;
  readonly verdict: OriginVerdict;
  /** Under which the client reached us, with its port. */
  readonly host: string;
}

export interface Admitted extends Seen {
  readonly url: URL;
  readonly path: string;
  readonly address: string;
  readonly forwarded: Pick<ForwardedClient, 'host' | 'protocol'>;
}

export interface TurnedAway extends Seen {
  readonly refusal: Response;
}

/** As sent: nothing that could end a directive of a content policy, no escapes, no user and no path. */
const plainHost = /^[A-Za-z0-9._-]+(:\d*)?$|^\[[0-9A-Fa-f:.]+\](:\d*)?$/;

const close = { Connection: 'close' } as const;

export class RequestGate {
  readonly #options: RequestGateOptions;

  constructor(options: RequestGateOptions) {
    this.#options = options;
  }

  enter(arrival: Arrival): Admitted | TurnedAway {
    const { request, connection, url, path } = arrival;
    const { door, origins } = this.#options;
    const { headers, method } = request;
    const routeClass = routeClassOf(lowerAscii(path ?? ''));
    const client = door?.clientOf(connection, name => headers.get(name) ?? undefined);
    if (client === 'unreadable') {
      const refusal = errorResponse(400, unreadableForwarded, close);
      return { refusal, routeClass, verdict: 'absent', host: 'localhost' };
    }
    const address = client?.address ?? connection;
    const hosts = [headers.get('host'), client?.host];
    const verdict = origins.judge(headers.get('origin'), hosts, client?.protocol);
    const refuse = (refusal: Response): TurnedAway => ({ refusal, routeClass, verdict, host: 'localhost' });
    if (isOfForeignPage(name => headers.get(name), verdict, this.#given(routeClass))) {
      door?.foreign(address);
      return refuse(errorResponse(403, 'pages of this origin may not use this gateway'));
    }
    const tooOften = door?.tooOften(address, method, path ?? '');
    if (tooOften !== undefined) return refuse(busyResponse(request, tooOften));
    const fault = this.#faultOf(arrival);
    if (fault !== undefined) return refuse(fault);
    if (url === null || path === undefined) return refuse(errorResponse(400, 'the request has no address'));
    if (client?.host !== undefined) {
      // Set without a port, a host keeps the port that was there.
      url.port = '';
      url.host = client.host;
    }
    const forwarded = { host: client?.host, protocol: client?.protocol };
    return { url, path, address, forwarded, routeClass, verdict, host: url.host };
  }

  /** What lies under `/desktop` and `/api` is for nobody to load who does not ask with its name. */
  #given(routeClass: RouteClass): GivenToOthers {
    const { frame_ancestors, cross_origin_resource_policy } = this.#options.headers;
    const resources = routeClass === 'pages' ? cross_origin_resource_policy : 'same-origin';
    return { frames: frame_ancestors.length > 0, resources };
  }

  #faultOf({ request, url, path, port }: Arrival): Response | undefined {
    if (request.method === 'CONNECT' || request.method === 'TRACE') {
      return errorResponse(405, 'the front door is no proxy', close);
    }
    // A request of HTTP/1.0 may come without a Host; one with a Host that is none has no address.
    const host = request.headers.get('host') ?? '';
    if (host.includes(',')) return errorResponse(400, 'there is more than one Host header');
    if (url === null || (host !== '' && !plainHost.test(host))) {
      return errorResponse(400, 'the Host header is no host');
    }
    const refusal = this.#options.refusalOf?.(port, url.pathname);
    if (refusal !== undefined) return errorResponse(refusal.status, refusal.message);
    if (path === undefined) return errorResponse(400, 'the path is not validly percent-encoded');
    const expectation = (request.headers.get('expect') ?? '100-continue').toLowerCase();
    if (expectation !== '100-continue') return errorResponse(417, 'nothing but 100-continue can be expected');
    // The front door reads the first head of a connection strictly; later ones come straight to this server, which
    // joins repeated headers and takes equal lengths for one.
    const length = request.headers.get('content-length') ?? '';
    return length.includes(',') ? errorResponse(400, 'the Content-Length header is repeated') : undefined;
  }
}

function busyResponse(request: Request, { status, message, retryAfterS }: TooOften): Response {
  const headers = { 'Retry-After': String(retryAfterS) };
  if (!isPageRequest(request)) return errorResponse(status, message, headers);
  const text = `${message[0]?.toUpperCase()}${message.slice(1)}. This page tries again by itself.`;
  const page = pageResponse(status, 'One moment, please', text, retryAfterS);
  page.headers.set('Retry-After', headers['Retry-After']);
  return page;
}
