/**
 * `GET /desktop/<id>/vnc/…`: KasmVNC's own web client, fetched from the session's desktop. The session token opens
 * it and goes no further; the desktop's credential is added here and comes no further. Of what the browser sends
 * nothing reaches the desktop but the path, of what the desktop answers nothing reaches the browser but the body.
 */
import { connectAllDirectly } from '../../config/direct-host.ts';
import type { SessionId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import { errorText, type Log } from '../../config/log.ts';
import { boundBody } from './bounded-body.ts';
import { type DesktopServer, fetchFromDesktop } from './desktop-fetch.ts';
import { type ClosedReason, closedAnswers, readDesktopPath, type SideDoors } from './desktop-path.ts';
import {
  beginsAsListing,
  contentLength,
  contentResponse,
  type OpenPath,
  problemOf,
} from './desktop-response.ts';
import { errorResponse, pageResponse, refusalResponse, type ToldRefusal } from './error-response.ts';
import type { Exchange } from './exchange.ts';
import { findCookie, sessionTokenCookie } from './stream-token.ts';
import { dropTokenCookie, keepTokenCookie } from './token-cookie.ts';

/** What the bearer of a token may have of a session's pages. */
export interface DesktopAccess {
  /** Undefined: the desktop speaks standard VNC, which brings no web client. */
  readonly server: DesktopServer | undefined;
  /** Whether policy lets the web client be opened at all. */
  readonly isOpen: boolean;
  readonly doors: SideDoors;
  /** Keeps for the user that something was refused, and why. */
  refused(reason: ClosedReason | 'method' | 'disabled'): void;
}

export interface DesktopRequest {
  readonly sessionId: SessionId;
  /** As the client showed it; undefined when it showed none. */
  readonly token: string | undefined;
  readonly address: string;
}

export type DesktopAuthorisation = { readonly access: DesktopAccess } | { readonly refusal: ToldRefusal };

/** A request for a page, taken apart. */
export interface PageExchange extends Exchange {
  readonly sessionId: SessionId;
  /** `/desktop/<id>` as the client spelt it. */
  readonly prefix: string;
  /** What stands behind the prefix and `/vnc`, as the client spelt it. */
  readonly path: string;
  /** Shown as a bearer or in the cookie. */
  readonly token: string | undefined;
  /** Shown in the query, where it must not stay. */
  readonly queryToken: string | undefined;
}

export type AuthorisePages = (request: DesktopRequest) => Promise<DesktopAuthorisation>;

const noWebClient =
  'this desktop speaks standard VNC and brings no web client of its own: open the session in the viewer';

export class DesktopPages {
  readonly #authorise: AuthorisePages;
  readonly #log: Log;
  /** Requests under way, by session. */
  readonly #running = new Map<SessionId, number>();

  constructor(authorise: AuthorisePages, log: Log) {
    connectAllDirectly();
    this.#authorise = authorise;
    this.#log = log;
  }

  async answer(exchange: PageExchange): Promise<Response> {
    const { sessionId, prefix, path, queryToken, address, request, url } = exchange;
    const answer = await this.#authorise({ sessionId, token: queryToken ?? exchange.token, address });
    if ('refusal' in answer) {
      const { refusal } = answer;
      return refusalResponse(refusal, refusal.status === 401 ? dropTokenCookie(request, prefix) : {});
    }
    const { access } = answer;
    if (access.server === undefined) return errorResponse(404, noWebClient);
    if (!access.isOpen) {
      access.refused('disabled');
      return errorResponse(403, "the policy of this session does not open the desktop's own web client");
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      access.refused('method');
      return errorResponse(405, "the desktop's pages are read by GET and HEAD", { Allow: 'GET, HEAD' });
    }
    // A service worker would stay behind in the browser and answer in the desktop's place.
    if (request.headers.has('service-worker'))
      return errorResponse(403, 'a desktop installs no service worker');
    if (queryToken !== undefined) return takeTokenOut(exchange, queryToken);
    if (path === '') return redirect(`${prefix}/vnc/${url.search}`);
    return this.#answerPath(exchange, access, access.server);
  }

  async #answerPath(exchange: PageExchange, access: DesktopAccess, server: DesktopServer): Promise<Response> {
    const path = readDesktopPath(exchange.path, access.doors);
    if (path.kind === 'closed') return this.#refuse(exchange, access, path.reason);
    if (path.kind === 'page' && path.entry && !exchange.url.searchParams.has('path')) {
      return redirect(entryAddress(exchange));
    }
    const release = this.#admit(exchange.sessionId);
    if (release === undefined) {
      const message = `the session has ${limits.desktopPageRequestsMax} requests for pages under way, the limit`;
      return errorResponse(503, message, { 'Retry-After': '1' });
    }
    try {
      const { signal, method } = exchange.request;
      const search = path.kind === 'api' ? exchange.url.search : '';
      const answer = await fetchFromDesktop(server, path.path + search, signal);
      const problem = problemOf(answer, path);
      if (problem !== undefined || method === 'HEAD') await answer.body?.cancel().catch(() => {});
      if (problem !== undefined) {
        release();
        if (problem.status === 502) this.#warn(exchange, problem.message);
        return errorResponse(problem.status, problem.message);
      }
      if (method !== 'HEAD') return await this.#pass(exchange, access, path, answer, release);
      release();
      return contentResponse(exchange, path, answer, null);
    } catch (error) {
      release();
      if (!exchange.request.signal.aborted) this.#warn(exchange, errorText(error));
      return errorResponse(502, 'the web client of the desktop can not be fetched');
    }
  }

  /** @throws Error when the body is over the limit or breaks before its first bytes. */
  async #pass(
    exchange: PageExchange,
    access: DesktopAccess,
    path: OpenPath,
    answer: Response,
    release: () => void,
  ): Promise<Response> {
    const bytesMax = path.kind === 'download' ? limits.desktopDownloadBytesMax : limits.desktopPageBytesMax;
    const length = contentLength(answer) ?? 0;
    if (length > bytesMax) {
      await answer.body?.cancel();
      throw new Error(`the body has ${length} bytes, the limit is ${bytesMax}`);
    }
    const bounds = { bytesMax, stallMs: limits.stallTimeMs, onEnd: release };
    const { start, stream } = await boundBody(answer.body, bounds);
    if (path.kind === 'page' && beginsAsListing(start)) {
      await stream.cancel();
      return this.#refuse(exchange, access, 'listing');
    }
    const response = contentResponse(exchange, path, answer, exchange.watch(stream));
    if (path.kind === 'page' && path.entry) hideToken(exchange, response);
    return response;
  }

  /** @returns what to call at the request's end, once or more; undefined when the session has too many. */
  #admit(sessionId: SessionId): (() => void) | undefined {
    const running = this.#running.get(sessionId) ?? 0;
    if (running >= limits.desktopPageRequestsMax) return undefined;
    this.#running.set(sessionId, running + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#running.get(sessionId) ?? 1) - 1;
      if (left > 0) this.#running.set(sessionId, left);
      else this.#running.delete(sessionId);
    };
  }

  #refuse({ sessionId, address }: PageExchange, access: DesktopAccess, reason: ClosedReason): Response {
    access.refused(reason);
    const { status, message } = closedAnswers[reason];
    this.#log.info('refused a path of a desktop', { sessionId, address, cause: reason, status });
    return errorResponse(status, message);
  }

  #warn({ sessionId }: PageExchange, error: string): void {
    this.#log.warn("a desktop's page was not fetched", { sessionId, error });
  }
}

/** Into the cookie and out of the address, where histories, bookmarks and screens would keep it. */
function takeTokenOut({ prefix, url, request }: PageExchange, token: string): Response {
  const cookie = keepTokenCookie(prefix, token);
  if (cookie === undefined) {
    return errorResponse(400, 'the token has characters that a cookie can not carry: show it as a bearer');
  }
  const query = new URLSearchParams(url.searchParams);
  query.delete('token');
  const address = url.pathname + (query.size === 0 ? '' : `?${query}`);
  if (request.headers.get('sec-fetch-site') !== 'cross-site')
    return redirect(address, { 'Set-Cookie': cookie });
  // A redirect goes on in the name of the other site the link stands on, and would not show a strict cookie.
  const page = pageResponse(200, 'Opening the desktop', 'One moment, please.');
  page.headers.set('Refresh', `0; url=${address}`);
  page.headers.set('Set-Cookie', cookie);
  return page;
}

/** A cookie that some viewer's script set can be read by scripts: from here on it can not, for these are the desktop's. */
function hideToken({ request, token, prefix }: PageExchange, response: Response): void {
  const shown = findCookie(request.headers.get('cookie') ?? undefined, sessionTokenCookie);
  const cookie = token !== undefined && shown === token ? keepTokenCookie(prefix, token) : undefined;
  if (cookie !== undefined) response.headers.set('Set-Cookie', cookie);
}

/** KasmVNC's client learns from its address where the stream is; untold it would look at the root of this host. */
function entryAddress({ prefix, path, url }: PageExchange): string {
  const query = new URLSearchParams(url.searchParams);
  query.set('path', `${prefix.slice(1)}/vnc/websockify`);
  if (!query.has('autoconnect')) query.set('autoconnect', 'true');
  return `${prefix}/vnc${path}?${query}`;
}

/** @param address begins with `/desktop/`, so it stays at this host. */
function redirect(address: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { Location: address, 'Cache-Control': 'no-store', ...headers },
  });
}
