/** What comes before a route: whose page asks, how often its address may, and what no route is asked with. */
import { afterEach, describe, expect, test } from 'bun:test';
import { gatewayHttpSchema } from '../../config/gateway-http.ts';
import { exchangeBytes, HttpSideSetup } from '../../test/harness/http-side.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const events = `/desktop/${sessionId}/events?token=guess`;
const login = '/api/public/login';
const own = 'https://desk.example';
const evil = 'https://evil.example';

const setup = new HttpSideSetup();
afterEach(() => setup.stop());

/** What the request came to, beside its status: the rates it was charged to, control, the directory. */
interface Reached {
  readonly charged: string[];
  readonly control: string[];
  readonly tokens: (string | undefined)[];
  foreign: number;
}

function start(http: object = {}, tooOften = false): { base: string; reached: Reached } {
  const reached: Reached = { charged: [], control: [], tokens: [], foreign: 0 };
  const controlUrl = setup.startControl(request => {
    reached.control.push(`${request.method} ${new URL(request.url).pathname}`);
    return new Response('answered');
  });
  const base = setup.start({
    controlUrl,
    refusalOf: (_, path) => (path === '/secret' ? { status: 403, message: 'no certificate' } : undefined),
    http: gatewayHttpSchema.parse(http),
    door: {
      clientOf: address => ({ address, host: undefined, protocol: undefined }),
      isProxy: () => false,
      tooOften: (_, method, path) => {
        reached.charged.push(`${method} ${path}`);
        return tooOften ? { status: 429, message: 'there are too many', retryAfterS: 3 } : undefined;
      },
      foreign: () => {
        reached.foreign += 1;
      },
    },
    events: {
      authorise: async ({ token }) => {
        reached.tokens.push(token);
        return { refusal: { status: 401, message: 'wrong' } };
      },
    },
  });
  return { base, reached };
}

type Sent = Readonly<Record<string, string>>;

async function ask(
  { base }: { base: string },
  path: string,
  headers: Sent,
  method = 'GET',
): Promise<Response> {
  return fetch(base + path, { method, headers: { Host: 'desk.example', ...headers } });
}

/** What browsers say of the requests that a page may make. */
const noCors: Sent = {
  'Sec-Fetch-Site': 'cross-site',
  'Sec-Fetch-Mode': 'no-cors',
  'Sec-Fetch-Dest': 'image',
};
const topLevel: Sent = {
  'Sec-Fetch-Site': 'cross-site',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
};
const inFrame: Sent = { ...topLevel, 'Sec-Fetch-Dest': 'iframe' };
const form: Sent = { 'Content-Type': 'text/plain' };

describe('a page of a foreign origin', () => {
  const attacks: readonly (readonly [name: string, path: string, headers: Sent, method?: string])[] = [
    ['pictures whose address shows wrong tokens', events, noCors],
    ['frames whose address shows wrong tokens', events, inFrame],
    ['the same of a sibling of our site', events, { ...noCors, 'Sec-Fetch-Site': 'same-site' }],
    ['logins that need no preflight', login, { ...noCors, ...form, Origin: evil }, 'POST'],
    ['logins of a browser that knows no Sec-Fetch-Site', login, { ...form, Origin: evil }, 'POST'],
    ['logins from a sandbox', login, { ...form, Origin: 'null' }, 'POST'],
    ['logins by a form that opens a page', login, { ...topLevel, ...form, Origin: evil }, 'POST'],
    ['a preflight', login, { Origin: evil, 'Access-Control-Request-Method': 'POST' }, 'OPTIONS'],
    ['pictures of our pages', '/favicon.svg', noCors],
    ['a path that no route knows', '/%zz', noCors],
  ];
  for (const [name, path, headers, method] of attacks) {
    test(`spends nothing of its visitor's: ${name}`, async () => {
      const door = start();
      const answer = await ask(door, path, headers, method);
      expect(answer.status).toBe(403);
      expect(await answer.json()).toEqual({ error_message: 'pages of this origin may not use this gateway' });
      expect(door.reached).toEqual({ charged: [], control: [], tokens: [], foreign: 1 });
    });
  }

  const fine: readonly (readonly [name: string, path: string, headers: Sent, method?: string])[] = [
    ['a link to our pages', '/', topLevel],
    ['a link to a desktop', events, topLevel],
    ['a program', login, {}, 'POST'],
    ['an address typed in', '/', { ...topLevel, 'Sec-Fetch-Site': 'none' }],
    ['our own page', login, { Origin: own, 'Sec-Fetch-Site': 'same-origin' }, 'POST'],
    ['our own page in an old browser', login, { Origin: own }, 'POST'],
    [
      'a form of ours, of which a browser tells no more',
      login,
      { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' },
      'POST',
    ],
    [
      'our own page behind a proxy that hides its host',
      login,
      { Origin: evil, 'Sec-Fetch-Site': 'same-origin' },
      'POST',
    ],
  ];
  for (const [name, path, headers, method] of fine) {
    test(`is none: ${name}`, async () => {
      const door = start();
      expect((await ask(door, path, headers, method)).status).not.toBe(403);
      expect(door.reached).toMatchObject({ foreign: 0, charged: [expect.stringContaining(method ?? 'GET')] });
    });
  }
});

describe('a page that the configuration lets in', () => {
  const listed = { origins: { allow: ['https://portal.example'] } };

  test('uses the API and events with its name, and no others', async () => {
    const door = start(listed);
    const named = {
      Origin: 'https://portal.example',
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'cors',
    };
    expect((await ask(door, login, named, 'POST')).status).toBe(200);
    expect((await ask(door, events, named)).status).toBe(401);
    expect((await ask(door, events, noCors)).status).toBe(403);
    expect((await ask(door, events, { ...named, Origin: evil })).status).toBe(403);
  });

  test('is told how long to wait, as its preflights are under the rate of requests, too', async () => {
    const door = start(listed, true);
    const named = { Origin: 'https://portal.example', 'Access-Control-Request-Method': 'POST' };
    const answer = await ask(door, login, named, 'OPTIONS');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://portal.example');
    expect(answer.headers.get('retry-after')).toBe('3');
  });

  test('frames ours where embedders are listed', async () => {
    const door = start({ headers: { frame_ancestors: ['https://portal.example'] } });
    expect((await ask(door, '/', inFrame)).status).toBe(200);
    expect((await ask(start(), '/', inFrame)).status).toBe(403);
  });

  test('loads files of our pages where cross_origin_resource_policy gives them to others, and nothing else', async () => {
    const sameSite = { ...noCors, 'Sec-Fetch-Site': 'same-site' };
    const statuses = async (policy: string): Promise<number[]> => {
      const door = start({ headers: { cross_origin_resource_policy: policy } });
      const answers = [
        await ask(door, '/logo.svg', sameSite),
        await ask(door, '/logo.svg', noCors),
        await ask(door, events, noCors),
      ];
      return answers.map(({ status }) => status);
    };
    expect(await statuses('same-origin')).toEqual([403, 403, 403]);
    expect(await statuses('same-site')).toEqual([200, 403, 403]);
    expect(await statuses('cross-origin')).toEqual([200, 200, 403]);
  });
});

describe('the rate of requests', () => {
  const heads: readonly (readonly [name: string, head: string])[] = [
    ['a method that is none of ours', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a;b\r\n\r\n'],
    ['a path that can not be decoded', 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['what a client certificate is missing for', 'GET /secret HTTP/1.1\r\nHost: a\r\n\r\n'],
  ];
  for (const [name, head] of heads) {
    test(`is spent by what is refused for its form, too: ${name}`, async () => {
      const { base, reached } = start();
      const answer = await exchangeBytes(base, head, text => text.includes('\r\n\r\n'));
      expect(answer).toMatch(/^HTTP\/1\.1 (400|403|405)/);
      expect(reached.charged).toHaveLength(1);
      const over = start({}, true);
      expect(await exchangeBytes(over.base, head, text => text.includes('\r\n\r\n'))).toStartWith(
        'HTTP/1.1 429',
      );
    });
  }
});

describe('a Host header', () => {
  for (const host of ['a%3bsandbox', 'a%2520', 'a~b', 'a;b', 'a b', "a'none'", '[::1', 'a:1:2'])
    test(`is refused with what no host has: ${host}`, async () => {
      const head = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      const answer = await exchangeBytes(start().base, head, text => text.includes('\r\n\r\n'));
      expect(answer).toStartWith('HTTP/1.1 400');
      expect(answer).not.toContain('wss://a');
    });

  for (const host of ['a.b-c_d:8443', '[2001:db8::1]:8443', '192.0.2.1'])
    test(`names the host that pages may reach: ${host}`, async () => {
      const head = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      const answer = await exchangeBytes(start().base, head, text => text.includes('\r\n\r\n'));
      expect(answer).toContain(`wss://${host};`);
    });
});
