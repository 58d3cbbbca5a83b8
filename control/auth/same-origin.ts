/**
 * Whether a browser sent a request from our own pages. Browsers say so in Sec-Fetch-Site, older ones
 * in Origin; a cookie-carrying writing request that says neither is refused.
 */
export function isSameOrigin(request: Request, publicUrl: string | undefined): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  if (origin === null || !URL.canParse(origin)) return false;
  const host = new URL(origin).host;
  if (publicUrl !== undefined && host === new URL(publicUrl).host) return true;
  // Our gateway tells the host it was asked for in x-forwarded-host. A foreign page cannot set that header:
  // the browser would ask us first (CORS), and we never allow it.
  return host === (request.headers.get('x-forwarded-host') ?? request.headers.get('host'));
}
