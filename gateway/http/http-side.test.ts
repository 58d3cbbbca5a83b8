import { afterEach, describe, expect, test } from 'bun:test';
import { exchangeBytes, HttpSideSetup, tellRequest } from '../../test/harness/http-side.ts';

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
      expect(headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
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
    expect(message).toContain('"Upgrade: websocket" is missing');
  });
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
