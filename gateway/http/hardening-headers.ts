/** Headers that go on every response of the HTTP side, whoever made it. */

/**
 * Our pages load scripts and styles from files only, so nothing inline and no eval. Desktops draw cursors and
 * pictures from data: and blob: URLs, and talk to the gateway over wss:.
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  "base-uri 'none'",
  "connect-src 'self' wss:",
  "font-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "worker-src 'self' blob:",
].join('; ');

const hardeningHeaders: readonly (readonly [name: string, value: string])[] = [
  ['Content-Security-Policy', contentSecurityPolicy],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  [
    'Permissions-Policy',
    'clipboard-read=(self), clipboard-write=(self), fullscreen=(self), camera=(), display-capture=(), ' +
      'geolocation=(), microphone=(), payment=(), usb=()',
  ],
  // A viewer's address names its session.
  ['Referrer-Policy', 'no-referrer'],
  // Browsers ignore it over a certificate they do not trust, so a self-signed trial locks nobody out.
  ['Strict-Transport-Security', 'max-age=31536000'],
  ['X-Content-Type-Options', 'nosniff'],
  // For what is older than frame-ancestors.
  ['X-Frame-Options', 'SAMEORIGIN'],
];

/** What tells a stranger which software and version answers. */
const bannerHeaders = ['server', 'x-powered-by', 'via'];

/** Where a response needs other values than our own pages do. */
const ownHardening = new WeakMap<Response, Readonly<Record<string, string>>>();

/** Sets the hardening headers in place, over what was there, and removes banners. */
export function harden(response: Response): Response {
  const { headers } = response;
  for (const [name, value] of hardeningHeaders) headers.set(name, value);
  for (const [name, value] of Object.entries(ownHardening.get(response) ?? {})) headers.set(name, value);
  for (const name of bannerHeaders) headers.delete(name);
  return response;
}

/**
 * Marks a response as content of a desktop: what runs in a desktop may have written it, and it shares its origin
 * with our own pages. It may load and reach what lies under the paths of its own session and nothing else, no page
 * may frame it, and its opener is cut off from it (its cross-origin isolation differs from that of our pages).
 * Inline code is its own affair. In downloads and answers of the desktop's API nothing runs at all.
 *
 * @param desktop address of the session's paths, `https://host/desktop/<id>/`: paths in a policy keep their host.
 */
export function hardenDesktopContent(response: Response, desktop: string, kind: 'page' | 'data'): Response {
  const policy = kind === 'page' ? desktopPagePolicy(desktop) : inertPolicy;
  ownHardening.set(response, {
    'Content-Security-Policy': policy,
    // KasmVNC's client shares memory with its decoding workers, which browsers allow isolated pages only.
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'X-Frame-Options': 'DENY',
  });
  return response;
}

const inertPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function desktopPagePolicy(desktop: string): string {
  const pages = `${desktop}vnc/`;
  const stream = `${pages}websockify`.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "base-uri 'none'",
    `connect-src ${desktop} ${stream} data: blob:`,
    `font-src ${pages} data:`,
    "form-action 'none'",
    "frame-ancestors 'none'",
    `img-src ${pages} data: blob:`,
    `manifest-src ${pages}`,
    `media-src ${pages} data: blob:`,
    `script-src ${pages} blob: 'unsafe-inline' 'wasm-unsafe-eval'`,
    `style-src ${pages} 'unsafe-inline'`,
    `worker-src ${pages} blob:`,
  ].join('; ');
}
