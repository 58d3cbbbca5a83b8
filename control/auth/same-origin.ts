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
  return host === request.headers.get('host');
}
