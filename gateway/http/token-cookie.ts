/** The cookie that carries a session's token, as the gateway itself sets it: out of the reach of scripts. */
import { findCookie, sessionTokenCookie } from './stream-token.ts';

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
  const cookie = `${sessionTokenCookie}=; Path=${prefix}/; Max-Age=0; HttpOnly; Secure; SameSite=Strict`;
  return { 'Set-Cookie': cookie };
}
