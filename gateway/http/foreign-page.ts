/**
 * Which requests a page of a foreign origin has its visitor's browser make. Browsers hide the answers of most of them,
 * but make them: a picture's address can show a wrong token, a form can post a login, and each counts as the
 * visitor's. Pure.
 */
import type { OriginVerdict } from './origin-rules.ts';

/** What the configuration gives to pages of other origins, beside the API. */
export interface GivenToOthers {
  /** Somebody may show ours in a frame. */
  readonly frames: boolean;
  /** Cross-Origin-Resource-Policy of what is asked for: who may load it without asking. */
  readonly resources: 'same-origin' | 'same-site' | 'cross-origin';
}

/**
 * By `Origin`, and where a browser sends none (pictures, frames, links) by Fetch Metadata, which no page can set. A
 * link from anywhere may open a page of ours: top-level navigation is what the web is made of. A request that has none
 * of these headers is a program's.
 * @param get finds a header's value by its name in lower case.
 */
export function isOfForeignPage(
  get: (name: string) => string | null,
  verdict: OriginVerdict,
  given: GivenToOthers,
): boolean {
  const site = get('sec-fetch-site');
  // Also for a form of ours, whose origin our referrer policy hides, and behind a proxy that hides our host from us.
  if (verdict === 'own' || verdict === 'listed' || site === 'same-origin') return false;
  if (verdict === 'foreign') return true;
  if (site === null || site === 'none') return false;
  if (get('sec-fetch-mode') === 'navigate') {
    const destination = get('sec-fetch-dest') ?? 'document';
    return destination !== 'document' && !given.frames;
  }
  return !(given.resources === 'cross-origin' || (given.resources === 'same-site' && site === 'same-site'));
}
