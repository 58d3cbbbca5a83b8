/**
 * Whether a browser sent a request from our own pages. Browsers say so in Sec-Fetch-Site, older ones
 * in Origin; a cookie-carrying writing request that says neither is refused.
 */
export function isSameOrigin(request: Request, publicUrl: string | undefined): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  if (origin === null || !URL.canParse(origin)) return false;
  const { host, protocol, origin: text } = new URL(origin);
  if (publicUrl !== undefined && text === new URL(publicUrl).origin) return true;
  // Our gateway tells the host it was asked for in x-forwarded-host, and how. A foreign page cannot set these headers:
  // the browser would ask us first (CORS), and we never allow it.
  const scheme = request.headers.get('x-forwarded-proto');
  if (scheme !== null && protocol !== `${scheme}:`) return false;
  return host === (request.headers.get('x-forwarded-host') ?? request.headers.get('host'));
}

/**
 * Whether a page of another site made its visitor's browser send this without asking first. JSON is asked for first
 * (WHATWG Fetch, section 3.2.2), and the gateway lets only pages that it lists send it; text and forms go unasked.
 */
export function isUnaskedForeign(request: Request, publicUrl: string | undefined): boolean {
  const { headers } = request;
  const site = headers.get('sec-fetch-site') ?? 'none';
  const isBrowser = site !== 'none' || headers.has('origin');
  if (!isBrowser || isSameOrigin(request, publicUrl)) return false;
  return !/^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '');
}
