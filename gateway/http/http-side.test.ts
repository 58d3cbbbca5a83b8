import { afterEach, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { gatewayHttpSchema } from '../../config/gateway-http.ts';
import { exchangeBytes, HttpSideSetup, tellRequest } from '../../test/harness/http-side.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import type { HttpDoor } from './request-gate.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';

const setup = new HttpSideSetup();
afterEach(() => setup.stop());

describe('the loopback port', () => {
  test('answers 403 to a connection that is no spliced one, and closes it', async () => {
    const base = setup.start({ clientAddressOf: () => undefined, controlUrl: 'http://127.0.0.1:9' });
    const answer = await exchangeBytes(base, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer).toStartWith('HTTP/1.1 403');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('knows a spliced connection by its source port', async () => {
    const clients = new Map<number, string>();
    const control = setup.startControl(tellRequest);
    const base = setup.start({ controlUrl: control, clientAddressOf: port => clients.get(port) });
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = await Bun.connect({
      hostname: '127.0.0.1',
      port: Number(new URL(base).port),
      socket: { data: (_, bytes) => resolve(bytes.toString()) },
    });
    clients.set(socket.localPort, '198.51.100.7');
    socket.write('GET / HTTP/1.1\r\nHost: desk.example\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n');
    const answer = await promise;
    socket.terminate();
    expect(answer).toContain('"x-forwarded-for":"198.51.100.7"');
    expect(answer).not.toContain('6.6.6.6');
  });

  test('takes nobody for that client who has the same port of another loopback address', async () => {
    const ports: number[] = [];
    const base = setup.start({
      controlUrl: 'http://127.0.0.1:9',
      clientAddressOf: port => {
        ports.push(port);
        return '198.51.100.7';
      },
    });
    const socket = connect({
      host: '127.0.0.1',
      port: Number(new URL(base).port),
      localAddress: '127.0.0.2',
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    socket.once('data', bytes => resolve(bytes.toString()));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const answer = await promise;
    socket.destroy();
    expect(answer).toStartWith('HTTP/1.1 403');
    expect(ports).toEqual([]);
  });
});

test('a client that no proxy names is refused, and never taken for the proxy', async () => {
  let asked = 0;
  const controlUrl = setup.startControl(() => {
    asked++;
    return new Response('x');
  });
  const door: HttpDoor = {
    clientOf: () => 'unreadable',
    isProxy: () => true,
    tooOften: () => undefined,
    foreign: () => {},
  };
  const answer = await fetch(`${setup.start({ controlUrl, door })}/api/public/login`, { method: 'POST' });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({
    error_message: 'the header in which proxies tell who the client is can not be read',
  });
  expect(asked).toBe(0);
});

describe('hardening headers', () => {
  test('are on every answer, over what control says, and banners are gone', async () => {
    const control = setup.startControl(
      () =>
        new Response('page', {
          headers: {
            'Content-Security-Policy': 'default-src *',
            Server: 'brand/1.2',
            'X-Powered-By': 'brand',
          },
        }),
    );
    const base = setup.start({ controlUrl: control });
    for (const path of ['/', '/link', '/desktop/x', `/desktop/${sessionId}/events`]) {
      const { headers } = await fetch(base + path);
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors '(self|none)'/);
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toStartWith('max-age=');
      expect(headers.get('permissions-policy')).toContain('clipboard-read=(self)');
      expect(headers.get('server')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

describe('requests at the edge of what HTTP allows', () => {
  const heads = [
    'GET / HTTP/1.0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a:\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: %zz\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n',
    'GET //x//y HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /?%zz HTTP/1.1\r\nHost: a\r\n\r\n',
  ];
  for (const head of heads) {
    test(`are answered and no fault of ours: ${JSON.stringify(head)}`, async () => {
      const base = setup.start();
      const answer = await exchangeBytes(base, head, text => text.includes('\r\n'));
      expect(answer).toMatch(/^HTTP\/1\.1 (200|400|404)/);
    });
  }
});

describe('a stream path without an upgrade', () => {
  test('is answered 426 and names what is missing', async () => {
    const answer = await fetch(`${setup.start()}/desktop/${sessionId}/vnc/websockify`);
    expect(answer.status).toBe(426);
    expect(answer.headers.get('upgrade')).toBe('websocket');
    const { error_message: message } = (await answer.json()) as { error_message: string };
    expect(message).toContain('"Upgrade: websocket" and "Connection: Upgrade" did not arrive');
  });

  test('is a page for a person who opened it, with the lines a proxy needs', async () => {
    const headers = { Accept: 'text/html' };
    const answer = await fetch(`${setup.start()}/desktop/${sessionId}/vnc/websockify`, { headers });
    expect(answer.status).toBe(426);
    expect(answer.headers.get('content-type')).toStartWith('text/html');
    expect(await answer.text()).toContain('proxy_set_header Upgrade $http_upgrade');
  });

  test('tells the viewers of the session when it was a WebSocket until some proxy', async () => {
    const told: unknown[] = [];
    const refusal = { status: 401, message: 'no' };
    const base = setup.start({
      events: {
        authorise: async () => ({ refusal }),
        upgradeStripped: async request => void told.push(request),
      },
    });
    const address = `${base}/desktop/${sessionId}/vnc/websockify`;
    await fetch(address, { headers: { Cookie: 'session_token=t' } });
    expect(told).toEqual([]);
    const answer = await fetch(address, {
      headers: { Cookie: 'session_token=t', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' },
    });
    expect(((await answer.json()) as { error_message: string }).error_message).toContain('a proxy in front');
    expect(told).toEqual([{ sessionId, token: 't', address: '203.0.113.9' }]);
  });
});

describe('a token that a page has', () => {
  const address = (): string => `${setup.start()}/desktop/${sessionId}/token`;
  const bearer = (token: string) => ({ method: 'POST', headers: { Authorization: `Bearer ${token}` } });

  test('is kept in a cookie that no script can read, for the paths of its session only', async () => {
    const answer = await fetch(address(), bearer('full.abc-DEF_1'));
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()).toEqual([
      `session_token=full.abc-DEF_1; Path=/desktop/${sessionId}/; HttpOnly; Secure; SameSite=Strict`,
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('is given up where the page asks for it', async () => {
    const answer = await fetch(address(), { method: 'DELETE' });
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()).toEqual([
      `session_token=; Path=/desktop/${sessionId}/; Max-Age=0; HttpOnly; Secure; SameSite=Strict`,
    ]);
  });

  test('is kept of no request without it, none that is read, and none that no cookie can carry', async () => {
    expect((await fetch(address(), { method: 'POST' })).status).toBe(401);
    expect((await fetch(address())).status).toBe(405);
    for (const token of ['a;b', 'a,b', 'x'.repeat(513)]) {
      const answer = await fetch(address(), bearer(token));
      expect(answer.status).toBe(400);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  test('is kept for no page of a foreign origin', async () => {
    const { method, headers } = bearer('full.abc');
    const answer = await fetch(address(), {
      method,
      headers: { ...headers, Origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

test('who has to wait is told how long by events, policy and pages', async () => {
  const refusal = { status: 429, message: 'wait', retryAfterS: 7 };
  const refuse = async () => ({ refusal });
  const base = setup.start({
    events: { authorise: refuse },
    desktops: { authorisePages: refuse, explainPolicy: refuse },
  });
  for (const path of ['events', 'policy', 'vnc/']) {
    const answer = await fetch(`${base}/desktop/${sessionId}/${path}`);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
  }
});

describe('a gateway that runs alone', () => {
  test('says so to programs and people, and has nothing else', async () => {
    const base = setup.start();
    expect(await (await fetch(base)).json()).toEqual({ name: 'sluice gateway', mode: 'standalone' });
    const page = await fetch(base, { headers: { Accept: 'text/html' } });
    expect(await page.text()).toContain('This gateway runs alone');
    const other = await fetch(`${base}/api/public/login`, { method: 'POST' });
    expect(other.status).toBe(404);
    expect(await other.json()).toEqual({ error_message: 'there is nothing at this address' });
  });
});

describe('a page of another origin', () => {
  const origins = { allow: ['https://portal.example', 'https://*.tools.example'] };
  const http = gatewayHttpSchema.parse({ origins });
  const star = (): Response =>
    Response.json(
      {},
      { headers: { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': 'true' } },
    );

  const ask = (origin: string | undefined, path: string, config = http): Promise<Response> => {
    const base = setup.start({ controlUrl: setup.startControl(star), http: config });
    return fetch(base + path, { headers: { ...(origin === undefined ? {} : { Origin: origin }) } });
  };

  test('may read the API when it is listed, with its cookies, and answers differ by origin', async () => {
    for (const origin of ['https://portal.example', 'https://a.tools.example']) {
      const { headers } = await ask(origin, '/api/public/get_kasms');
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('vary')).toContain('Origin');
    }
  });

  test('is told nothing when it is not, whatever control says', async () => {
    for (const origin of ['https://evil.example', 'null', 'https://a.b.tools.example', undefined]) {
      const { headers } = await ask(origin, '/api/public/get_kasms');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('vary')).toContain('Origin');
    }
  });

  test('reads no pages, listed or not', async () => {
    const { headers } = await ask('https://portal.example', '/');
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  test('shows no cookies where the configuration says so', async () => {
    const bare = gatewayHttpSchema.parse({ origins: { ...origins, credentials: false } });
    const { headers } = await ask('https://portal.example', '/api/x', bare);
    expect(headers.get('access-control-allow-origin')).toBe('https://portal.example');
    expect(headers.has('access-control-allow-credentials')).toBe(false);
  });

  test('asks first, and is answered here: control sees no preflight', async () => {
    let asked = 0;
    const controlUrl = setup.startControl(() => {
      asked++;
      return star();
    });
    const base = setup.start({ controlUrl, http });
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${base}/api/public/login`, {
        method: 'OPTIONS',
        headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
      });
    const listed = await preflight('https://portal.example');
    expect(listed.status).toBe(204);
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://portal.example');
    expect(listed.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST');
    expect(listed.headers.get('access-control-max-age')).toBe('600');
    const foreign = await preflight('https://evil.example');
    expect(foreign.status).toBe(403);
    expect([...foreign.headers.keys()].filter(name => name.startsWith('access-control'))).toEqual([]);
    expect(asked).toBe(0);
  });
});

describe('a later request on a kept connection, which the front door has not read', () => {
  test('has the idle time for all of its head: no byte of it buys more', async () => {
    const base = setup.start({ idleMs: 1000 });
    const { promise, resolve } = Promise.withResolvers<string>();
    let text = '';
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(base).port) });
    socket.on('data', bytes => {
      text += bytes.toString();
    });
    socket.on('error', () => {}).on('close', () => resolve(text));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor('the first answer', () => text.includes('standalone'));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const drip = setInterval(() => socket.write('a'), 100);
    const answers = await promise;
    clearInterval(drip);
    expect(answers.split('HTTP/1.1 ')).toHaveLength(2);
  }, 20_000);

  const heads = [
    'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
    'GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
    'GET /a HTTP/1.1\r\nHost: x;script-src\r\n\r\n',
    'GET /a HTTP/1.1\r\nHost: x script-src\r\n\r\n',
  ];
  for (const head of heads) {
    test(`is refused when it can be read in two ways: ${JSON.stringify(head)}`, async () => {
      let asked = 0;
      const controlUrl = setup.startControl(() => {
        asked++;
        return new Response('x');
      });
      const answer = await exchangeBytes(setup.start({ controlUrl }), head, text => text.includes('\r\n'));
      expect(answer).toStartWith('HTTP/1.1 400');
      expect(asked).toBe(0);
    });
  }
});
