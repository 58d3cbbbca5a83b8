/** Where a stream's token may stand in a request: blueprint §7. Pure. */

/** The name of the cookie that carries it; the viewer sets it for the path of one session. */
export const sessionTokenCookie = 'session_token';

/**
 * The token of a request, from the first place that has one: `Authorization: Bearer`, the cookie, `?token=`.
 * @param query without its question mark.
 * @returns undefined when none has one; whether it is right is not looked at.
 */
export function findStreamToken(request: {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly query: string;
}): string | undefined {
  return (
    parseBearer(request.authorization) ??
    findCookie(request.cookie, sessionTokenCookie) ??
    findQueryValue(request.query, 'token')
  );
}

/** The token of an `Authorization: Bearer …` value, RFC 6750 section 2.1; any visible ASCII is taken. */
export function parseBearer(authorization: string | undefined): string | undefined {
  return /^bearer +([!-~]+) *$/i.exec(authorization ?? '')?.[1];
}

/** A cookie's value by name, RFC 6265 section 5.4; quotes around it are dropped. The first of several wins. */
export function findCookie(cookie: string | undefined, name: string): string | undefined {
  for (const pair of (cookie ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    const bare =
      value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    return bare === '' ? undefined : bare;
  }
  return undefined;
}

/** A query parameter by name, decoded; undefined when missing, empty, or not decodable. */
export function findQueryValue(query: string, name: string): string | undefined {
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals) !== name) continue;
    try {
      return decodeURIComponent(pair.slice(equals + 1).replaceAll('+', ' ')) || undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
