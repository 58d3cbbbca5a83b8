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

/** Sets the hardening headers in place, over what was there, and removes banners. */
export function hardenHeaders(headers: Headers): void {
  for (const [name, value] of hardeningHeaders) headers.set(name, value);
  for (const name of bannerHeaders) headers.delete(name);
}
