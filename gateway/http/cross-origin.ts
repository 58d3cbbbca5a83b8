/**
 * CORS (WHATWG Fetch, section 3.2): only listed origins are told that they may read an answer, with their own name
 * and never a star; control's word on it is dropped, so that there is one place to look.
 */
import { errorResponse } from './error-response.ts';
import type { OriginRules, OriginVerdict } from './origin-rules.ts';

const corsHeaders = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-allow-private-network',
  'access-control-expose-headers',
  'access-control-max-age',
];

const allowedMethods = 'GET, HEAD, POST';
const allowedHeaders = 'Authorization, Content-Type';
const exposedHeaders = 'Retry-After';

/** Whether a browser asks, before the request itself, if it may make it. */
export function isPreflight(request: Request): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.has('origin') &&
    request.headers.has('access-control-request-method')
  );
}

/** Answered here: control never sees one. */
export function answerPreflight(rules: OriginRules, verdict: OriginVerdict): Response {
  if (verdict === 'foreign') return errorResponse(403, 'pages of this origin may not use this gateway');
  const headers = new Headers({ 'Cache-Control': 'no-store' });
  if (verdict === 'listed') {
    headers.set('Access-Control-Allow-Methods', allowedMethods);
    headers.set('Access-Control-Allow-Headers', allowedHeaders);
    headers.set('Access-Control-Max-Age', String(rules.config.preflight_max_age_s));
  }
  return new Response(null, { status: 204, headers });
}

/** Says, in place, to whom this answer may be shown. */
export function setCrossOrigin(
  response: Response,
  request: Request,
  rules: OriginRules,
  verdict: OriginVerdict,
): void {
  const { headers } = response;
  const isAnsweredPreflight = response.status === 204 && isPreflight(request);
  if (!isAnsweredPreflight) for (const name of corsHeaders) headers.delete(name);
  if (!rules.hasListed) return;
  headers.append('Vary', 'Origin');
  const origin = request.headers.get('origin');
  if (verdict !== 'listed' || origin === null) return;
  // What was judged is the lower-case spelling; browsers send no other.
  headers.set('Access-Control-Allow-Origin', origin);
  if (rules.config.credentials) headers.set('Access-Control-Allow-Credentials', 'true');
  if (!isAnsweredPreflight) headers.set('Access-Control-Expose-Headers', exposedHeaders);
}
