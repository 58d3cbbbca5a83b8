/** Headers that go on every response of the HTTP side, whoever made it, by the class of its route. */
import type { HeadersConfig } from '../../config/gateway-http.ts';

/**
 * - `pages`: what a browser shows: our own pages and their files.
 * - `api`: answers for programs; nothing in them runs or is shown in a frame.
 * - `streams`: everything of one session: events, policy, and the desktop's own web client.
 */
export type RouteClass = 'pages' | 'api' | 'streams';

/** By the plain path of a request (decoded, lower case). */
export function routeClassOf(path: string): RouteClass {
  if (path === '/api' || path.startsWith('/api/')) return 'api';
  return path === '/desktop' || path.startsWith('/desktop/') ? 'streams' : 'pages';
}

/**
 * Our pages load scripts and styles from files only, so nothing inline and no eval. The viewer draws cursors and
 * pictures from data: and blob: URLs, and talks to the gateway over wss:, which older browsers do not count as 'self'.
 */
function pagesPolicy(host: string): string {
  return [
    "default-src 'self'",
    "base-uri 'none'",
    `connect-src 'self' wss://${host}`,
    "font-src 'self'",
    "form-action 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "worker-src 'self' blob:",
  ].join('; ');
}

const inertPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'";

const defaultPermissions =
  'clipboard-read=(self), clipboard-write=(self), fullscreen=(self), camera=(), display-capture=(), ' +
  'geolocation=(), microphone=(), payment=(), usb=()';

/** What tells a stranger which software and version answers. */
const bannerHeaders = ['server', 'x-powered-by', 'via'];

type HeaderList = readonly (readonly [name: string, value: string])[];

/** What a response is instead of an answer in our own words: see `markDesktopContent`. */
interface DesktopContent {
  readonly policy: string;
}

const desktopContents = new WeakMap<Response, DesktopContent>();

export class HardeningHeaders {
  readonly #config: HeadersConfig;
  readonly #everywhere: HeaderList;
  readonly #ancestors: string;

  constructor(config: HeadersConfig) {
    this.#config = config;
    this.#ancestors = config.frame_ancestors.join(' ');
    this.#everywhere = [
      ['Cross-Origin-Opener-Policy', config.cross_origin_opener_policy],
      ['Cross-Origin-Resource-Policy', config.cross_origin_resource_policy],
      ['Permissions-Policy', config.permissions_policy ?? defaultPermissions],
      // A viewer's address names its session.
      ['Referrer-Policy', config.referrer_policy],
      // Browsers ignore it over a certificate they do not trust, so a self-signed trial locks nobody out.
      ['Strict-Transport-Security', strictTransport(config.hsts)],
      ['X-Content-Type-Options', 'nosniff'],
    ];
  }

  /**
   * Sets the headers in place, over what was there, and removes banners.
   * @param host under which the client reached us, for the policy of our pages.
   */
  harden(response: Response, routeClass: RouteClass, host: string): Response {
    const { headers } = response;
    // Only a desktop's content has it: see below.
    headers.delete('Cross-Origin-Embedder-Policy');
    for (const [name, value] of this.#everywhere) headers.set(name, value);
    const desktop = desktopContents.get(response);
    if (desktop !== undefined) this.#setFrameOptions(headers, 'DENY');
    else if (routeClass === 'pages' || isHtml(headers)) this.#hardenPage(headers, host);
    else this.#hardenInert(headers);
    if (routeClass === 'api' && !headers.has('cache-control')) headers.set('Cache-Control', 'no-store');
    this.#setOwn(headers, routeClass);
    if (desktop !== undefined) this.#isolateDesktop(headers, desktop);
    return response;
  }

  /** Names and values for refusals of this class that are answered before the HTTP side, as its own have them. */
  ofRefusals(routeClass: RouteClass): HeaderList {
    const refusal = new Response(null, { headers: { 'Cache-Control': 'no-store' } });
    for (const [name, value] of this.#everywhere) refusal.headers.set(name, value);
    this.#hardenInert(refusal.headers);
    this.#setOwn(refusal.headers, routeClass);
    return [...refusal.headers];
  }

  #hardenPage(headers: Headers, host: string): void {
    const policy = this.#config.content_security_policy ?? pagesPolicy(host);
    headers.set('Content-Security-Policy', `${policy}; frame-ancestors 'self'${this.#listed()}`);
    this.#setFrameOptions(headers, 'SAMEORIGIN');
  }

  #hardenInert(headers: Headers): void {
    headers.set('Content-Security-Policy', `${inertPolicy}; frame-ancestors 'none'`);
    headers.set('X-Frame-Options', 'DENY');
  }

  /**
   * Over whatever the configuration says, for a desktop's content shares its origin with our pages. None of them frames
   * it; a listed embedder may. A window it opens on a page of ours is another browsing context group (WHATWG HTML,
   * section 7.1.3): with COEP its opener policy counts as `same-origin-plus-COEP`, which no page of ours can have.
   */
  #isolateDesktop(headers: Headers, { policy }: DesktopContent): void {
    const ancestors = this.#ancestors === '' ? " 'none'" : this.#listed();
    headers.set('Content-Security-Policy', `${policy}; frame-ancestors${ancestors}`);
    // KasmVNC's client shares memory with its decoding workers, which browsers allow isolated pages only.
    headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('X-Content-Type-Options', 'nosniff');
  }

  #listed(): string {
    return this.#ancestors === '' ? '' : ` ${this.#ancestors}`;
  }

  /** What the operator adds and takes away; banners go whoever set them. */
  #setOwn(headers: Headers, routeClass: RouteClass): void {
    for (const [name, value] of Object.entries(this.#config[routeClass])) {
      if (value === '') headers.delete(name);
      else headers.set(name, value);
    }
    for (const name of bannerHeaders) headers.delete(name);
  }

  /** For what is older than frame-ancestors. It can name no other origin, so a list leaves it out. */
  #setFrameOptions(headers: Headers, value: string): void {
    if (this.#ancestors === '') headers.set('X-Frame-Options', value);
    else headers.delete('X-Frame-Options');
  }
}

function strictTransport({ max_age, include_subdomains, preload }: HeadersConfig['hsts']): string {
  return `max-age=${max_age}${include_subdomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`;
}

function isHtml(headers: Headers): boolean {
  return (headers.get('content-type') ?? '').startsWith('text/html');
}

/**
 * Marks a response as content of a desktop: what runs in a desktop may have written it, and it shares its origin
 * with our own pages. It may load and reach what lies under the paths of its own session and nothing else, no page
 * of ours may frame it, and its opener is cut off from it (its cross-origin isolation differs from that of our
 * pages). Inline code is its own affair. In downloads and answers of the desktop's API nothing runs at all.
 *
 * @param desktop address of the session's paths, `https://host/desktop/<id>/`: paths in a policy keep their host.
 */
export function markDesktopContent(response: Response, desktop: string, kind: 'page' | 'data'): Response {
  desktopContents.set(response, { policy: kind === 'page' ? desktopPagePolicy(desktop) : inertPolicy });
  return response;
}

function desktopPagePolicy(desktop: string): string {
  const pages = `${desktop}vnc/`;
  const stream = `${pages}websockify`.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "base-uri 'none'",
    `connect-src ${desktop} ${stream} data: blob:`,
    `font-src ${pages} data:`,
    "form-action 'none'",
    `img-src ${pages} data: blob:`,
    `manifest-src ${pages}`,
    `media-src ${pages} data: blob:`,
    `script-src ${pages} blob: 'unsafe-inline' 'wasm-unsafe-eval'`,
    `style-src ${pages} 'unsafe-inline'`,
    `worker-src ${pages} blob:`,
  ].join('; ');
}
