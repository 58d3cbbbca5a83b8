import { describe, expect, test } from 'bun:test';
import { gatewayHttpSchema } from '../../config/gateway-http.ts';
import { HardeningHeaders, markDesktopContent, type RouteClass, routeClassOf } from './hardening-headers.ts';

function harden(config: object, routeClass: RouteClass, response = new Response('x')): Headers {
  const { headers } = gatewayHttpSchema.parse({ headers: config });
  return new HardeningHeaders(headers).harden(response, routeClass, 'desk.example').headers;
}

const directive = (headers: Headers, name: string): string | undefined =>
  (headers.get('content-security-policy') ?? '')
    .split('; ')
    .find(part => part.startsWith(`${name} `))
    ?.slice(name.length + 1);

describe('a route', () => {
  test('is of the class of its path', () => {
    expect(routeClassOf('/')).toBe('pages');
    expect(routeClassOf('/assets/main.js')).toBe('pages');
    expect(routeClassOf('/api')).toBe('api');
    expect(routeClassOf('/api/public/login')).toBe('api');
    expect(routeClassOf('/apis')).toBe('pages');
    expect(routeClassOf('/desktop/x/events')).toBe('streams');
  });
});

describe('pages', () => {
  test('load their own files and reach their own host, and nothing inline and no eval', () => {
    const headers = harden({}, 'pages');
    expect(directive(headers, 'script-src')).toBe("'self'");
    expect(directive(headers, 'style-src')).toBe("'self'");
    expect(directive(headers, 'connect-src')).toBe("'self' wss://desk.example");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test('are framed by themselves only', () => {
    const headers = harden({}, 'pages');
    expect(directive(headers, 'frame-ancestors')).toBe("'self'");
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
  });

  test('are framed by listed embedders too, which X-Frame-Options has no words for', () => {
    const headers = harden(
      { frame_ancestors: ['https://portal.example', 'https://*.intra.example'] },
      'pages',
    );
    expect(directive(headers, 'frame-ancestors')).toBe(
      "'self' https://portal.example https://*.intra.example",
    );
    expect(headers.has('x-frame-options')).toBe(false);
  });

  test('are never isolated as a desktop is, whoever says so', () => {
    const answer = new Response('x', { headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' } });
    expect(harden({}, 'pages', answer).has('cross-origin-embedder-policy')).toBe(false);
  });

  test('can have a policy of the configuration, with frame-ancestors added', () => {
    const headers = harden({ content_security_policy: "default-src 'self' https://cdn.example" }, 'pages');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self' https://cdn.example; frame-ancestors 'self'",
    );
  });
});

describe('answers for programs', () => {
  test('run nothing, are framed by nobody and are not kept', () => {
    const headers = harden({}, 'api');
    expect(directive(headers, 'default-src')).toBe("'none'");
    expect(directive(headers, 'frame-ancestors')).toBe("'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('keep the cache rule they came with', () => {
    const answer = new Response('x', { headers: { 'Cache-Control': 'private, max-age=5' } });
    expect(harden({}, 'api', answer).get('cache-control')).toBe('private, max-age=5');
  });
});

describe("a desktop's own pages", () => {
  const page = (): Response =>
    markDesktopContent(new Response('x'), 'https://desk.example/desktop/1/', 'page');

  test('are isolated, and framed by nobody', () => {
    const headers = harden({}, 'streams', page());
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(directive(headers, 'frame-ancestors')).toBe("'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  for (const opener of ['same-origin-allow-popups', 'unsafe-none']) {
    test(`stay cut off from windows they open where our own pages are ${opener}`, () => {
      const headers = harden({ cross_origin_opener_policy: opener }, 'streams', page());
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      const ours = harden({ cross_origin_opener_policy: opener }, 'pages');
      expect(ours.get('cross-origin-opener-policy')).toBe(opener);
      expect(ours.has('cross-origin-embedder-policy')).toBe(false);
    });
  }

  test('are what their kind is, whatever the configuration takes away', () => {
    const config = { streams: { 'X-Content-Type-Options': '', 'X-Class': 'streams' } };
    const headers = harden(config, 'streams', page());
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-class')).toBe('streams');
  });

  test('are framed by listed embedders, never by our own pages, whose origin they share', () => {
    const headers = harden({ frame_ancestors: ['https://portal.example'] }, 'streams', page());
    expect(directive(headers, 'frame-ancestors')).toBe('https://portal.example');
    expect(headers.has('x-frame-options')).toBe(false);
  });
});

describe('the configuration', () => {
  test('sets the other headers of every class', () => {
    const config = {
      referrer_policy: 'same-origin',
      permissions_policy: 'camera=()',
      cross_origin_opener_policy: 'unsafe-none',
      cross_origin_resource_policy: 'same-site',
      hsts: { max_age: 63072000, include_subdomains: true, preload: true },
    };
    for (const routeClass of ['pages', 'api', 'streams'] as const) {
      expect(Object.fromEntries(harden(config, routeClass))).toMatchObject({
        'referrer-policy': 'same-origin',
        'permissions-policy': 'camera=()',
        'cross-origin-opener-policy': 'unsafe-none',
        'cross-origin-resource-policy': 'same-site',
        'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  test('adds headers to one class, and takes one away by an empty value', () => {
    const config = { api: { 'X-Robots-Tag': 'noindex', 'Permissions-Policy': '' } };
    const api = harden(config, 'api');
    expect(api.get('x-robots-tag')).toBe('noindex');
    expect(api.has('permissions-policy')).toBe(false);
    expect(harden(config, 'pages').has('x-robots-tag')).toBe(false);
  });

  test('never brings a banner back that an answer came with', () => {
    const answer = new Response('x', {
      headers: { Server: 'brand/1', Via: '1.1 brand', 'X-Powered-By': 'brand' },
    });
    const headers = harden({}, 'pages', answer);
    for (const name of ['server', 'via', 'x-powered-by']) expect(headers.has(name)).toBe(false);
  });

  const wrong: readonly (readonly [what: string, config: object])[] = [
    ['a policy with unsafe-eval', { content_security_policy: "script-src 'self' 'unsafe-eval'" }],
    ['frame-ancestors in two places', { content_security_policy: 'frame-ancestors *' }],
    ['a value with a line break', { pages: { 'X-A': 'a\r\nSet-Cookie: b=c' } }],
    ['a name with a colon', { pages: { 'X-A:': 'a' } }],
    ['a header that frames the message', { pages: { 'Content-Length': '1' } }],
    ['the word of CORS', { api: { 'Access-Control-Allow-Origin': '*' } }],
    ['unsafe-eval past its key', { pages: { 'Content-Security-Policy': "script-src 'unsafe-eval'" } }],
    ['a desktop without its policy', { streams: { 'content-security-policy': '' } }],
    ['an opener policy past its key', { streams: { 'Cross-Origin-Opener-Policy': '' } }],
    ['pages isolated as desktops are', { pages: { 'Cross-Origin-Embedder-Policy': 'require-corp' } }],
    ['a preload that the list would refuse', { hsts: { preload: true } }],
    ['any embedder at all', { frame_ancestors: ['*'] }],
  ];
  for (const [what, config] of wrong) {
    test(`does not take ${what}`, () => {
      expect(gatewayHttpSchema.safeParse({ headers: config }).success).toBe(false);
    });
  }
});
