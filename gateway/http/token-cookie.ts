/** The cookie that carries a session's token, as the gateway itself sets it: out of the reach of scripts. */
import { limits } from '../../config/limits.ts';
import { errorResponse } from './error-response.ts';
import type { Exchange } from './exchange.ts';
import { findCookie, parseBearer, sessionTokenCookie } from './stream-token.ts';

/** RFC 6265, section 4.1.1: cookie-octet. */
const cookieValue = /^[!#-+\--:<-[\]-~]+$/;

/**
 * @param prefix `/desktop/<id>` as the client spelt it, for cookies go by spelling.
 * @returns the Set-Cookie value; undefined for a token with characters that no cookie may have.
 */
export function keepTokenCookie(prefix: string, token: string): string | undefined {
  if (!cookieValue.test(token)) return undefined;
  return `${sessionTokenCookie}=${token}; Path=${prefix}/; HttpOnly; Secure; SameSite=Strict`;
}

/**
 * A cookie whose token is refused is taken back: scripts can't, and the viewer could set no other in its place.
 * @returns headers for the refusal; none when the request showed no such cookie.
 */
export function dropTokenCookie(request: Request, prefix: string): Readonly<Record<string, string>> {
  if (findCookie(request.headers.get('cookie') ?? undefined, sessionTokenCookie) === undefined) return {};
  return { 'Set-Cookie': emptyCookie(prefix) };
}

const emptyCookie = (prefix: string): string =>
  `${sessionTokenCookie}=; Path=${prefix}/; Max-Age=0; HttpOnly; Secure; SameSite=Strict`;

/**
 * `POST` puts the bearer of the request into the cookie, `DELETE` takes it out. A viewer has its token from its address,
 * where no server sees it, and a WebSocket shows nothing but cookies. Whether the token is right is not looked at: that
 * is done wherever it is shown.
 */
export function answerToken({ request, url }: Exchange): Response {
  const { method, headers } = request;
  const [, prefix] = /^(\/desktop\/[0-9A-Fa-f-]{32,36})\/token$/.exec(url.pathname) ?? [];
  if (prefix === undefined) return errorResponse(400, 'the path is not spelt plainly');
  if (method === 'DELETE') return noContent(emptyCookie(prefix));
  if (method !== 'POST') return errorResponse(405, 'a token is kept by POST', { Allow: 'POST, DELETE' });
  const token = parseBearer(headers.get('authorization') ?? undefined);
  if (token === undefined) return errorResponse(401, 'the token to be kept is shown as a bearer');
  if (token.length > limits.tokenCharsMax) {
    return errorResponse(
      400,
      `the token has ${token.length} characters, the limit is ${limits.tokenCharsMax}`,
    );
  }
  const cookie = keepTokenCookie(prefix, token);
  return cookie === undefined
    ? errorResponse(400, 'the token has characters that a cookie can not carry')
    : noContent(cookie);
}

function noContent(cookie: string): Response {
  return new Response(null, { status: 204, headers: { 'Cache-Control': 'no-store', 'Set-Cookie': cookie } });
}
