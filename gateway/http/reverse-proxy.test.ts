import { afterEach, describe, expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import {
  clientAddress,
  exchangeBytes,
  HttpSideSetup,
  type ToldRequest,
  tellRequest,
} from '../../test/harness/http-side.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';

const setup = new HttpSideSetup();
afterEach(() => setup.stop());

describe('the reverse proxy', () => {
  test('passes method, path, query, headers and body on', async () => {
    const base = setup.start({ controlUrl: setup.startControl(tellRequest) });
    const answer = await fetch(`${base}/api/public/login?a=%20b&c`, {
      method: 'POST',
      body: '{"x":1}',
      headers: { 'X-Own': 'kept', Cookie: 'login=abc' },
    });
    const told = (await answer.json()) as ToldRequest;
    expect(told).toMatchObject({ method: 'POST', path: '/api/public/login?a=%20b&c', body: '{"x":1}' });
    expect(told.headers).toMatchObject({ 'x-own': 'kept', cookie: 'login=abc' });
  });

  test('says itself who the client is and drops what a client says about that', async () => {
    const base = setup.start({ controlUrl: setup.startControl(tellRequest) });
    const lies = [
      'Forwarded',
      'X-Real-IP',
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'X-Forwarded-Port',
      'X-Client-IP',
    ];
    const headers = Object.fromEntries(lies.map(name => [name, 'lie']));
    const told = (await (
      await fetch(base, { headers: { ...headers, Host: 'desk.example' } })
    ).json()) as ToldRequest;
    expect(Object.values(told.headers)).not.toContain('lie');
    expect(told.headers).toMatchObject({
      'x-forwarded-for': clientAddress,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'desk.example',
    });
  });

  test('answers an expectation itself and passes none on, for control would answer it a second time', async () => {
    const base = setup.start({ controlUrl: setup.startControl(tellRequest) });
    const head = (expected: string): string =>
      `POST /a HTTP/1.1\r\nHost: x\r\nExpect: ${expected}\r\nContent-Length: 3\r\n\r\nabc`;
    const answer = await exchangeBytes(base, head('100-continue'), text => text.includes('}'));
    expect(answer).toStartWith('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200');
    expect(answer).toContain('"body":"abc"');
    expect(answer).not.toContain('"expect"');
    const other = await exchangeBytes(base, head('200-ok'), text => text.includes('}'));
    expect(other).toStartWith('HTTP/1.1 417');
  });

  test('keeps headers of one connection to that connection', async () => {
    const control = setup.startControl(async request => {
      const answer = await tellRequest(request);
      answer.headers.set('Proxy-Authenticate', 'Basic');
      return answer;
    });
    const base = setup.start({ controlUrl: control });
    const request =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\nUpgrade: h2c\r\n' +
      'Proxy-Authorization: Basic eDp5\r\nX-End: 1\r\n\r\n';
    const answer = await exchangeBytes(base, request);
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    const told = JSON.parse(body) as ToldRequest;
    for (const name of ['x-hop', 'te', 'upgrade', 'proxy-authorization'])
      expect(told.headers[name]).toBeUndefined();
    expect(told.headers['x-end']).toBe('1');
    expect(answer.toLowerCase()).not.toContain('proxy-authenticate');
  });

  test('passes several cookies back, redirects unfollowed, and no-content answers', async () => {
    const control: string = setup.startControl(request => {
      const { pathname } = new URL(request.url);
      if (pathname === '/empty') return new Response(null, { status: 204 });
      if (pathname === '/same') return new Response(null, { status: 304, headers: { ETag: '"1"' } });
      const headers = new Headers({
        Location: pathname === '/in' ? `${control}/login?x=1` : 'https://id.example/',
      });
      headers.append('Set-Cookie', 'a=1');
      headers.append('Set-Cookie', 'b=2');
      return new Response(null, { status: 302, headers });
    });
    const base = setup.start({ controlUrl: control });
    const inside = await fetch(`${base}/in`, { redirect: 'manual' });
    expect([inside.status, inside.headers.get('location')]).toEqual([302, '/login?x=1']);
    expect(inside.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const outside = await fetch(`${base}/out`, { redirect: 'manual' });
    expect(outside.headers.get('location')).toBe('https://id.example/');
    expect((await fetch(`${base}/empty`)).status).toBe(204);
    const same = await fetch(`${base}/same`);
    expect([same.status, same.headers.get('etag')]).toEqual([304, '"1"']);
  });

  test('leaves compressed bodies as they are', async () => {
    const packed = Bun.gzipSync(Buffer.from('hello '.repeat(100)));
    const control = setup.startControl(
      () => new Response(packed, { headers: { 'Content-Encoding': 'gzip' } }),
    );
    const base = setup.start({ controlUrl: control });
    const answer = await fetch(base, { decompress: false });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(Buffer.compare(await answer.bytes(), packed)).toBe(0);
  });

  test('streams both ways: the first part of an answer is there while the rest is not', async () => {
    const gate = Promise.withResolvers<void>();
    const control = setup.startControl(
      () =>
        new Response(
          new ReadableStream<Uint8Array>({
            async start(controller) {
              controller.enqueue(Buffer.from('first'));
              await gate.promise;
              controller.enqueue(Buffer.from('second'));
              controller.close();
            },
          }),
        ),
    );
    const reader = (await fetch(setup.start({ controlUrl: control }))).body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('first');
    gate.resolve();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('second');
    expect((await reader.read()).done).toBe(true);
  });

  test('passes a body of the largest size and refuses a larger one', async () => {
    const control = setup.startControl(async request => new Response(String((await request.bytes()).length)));
    const base = setup.start({ controlUrl: control });
    const most = new Uint8Array(limits.httpBodyBytesMax);
    expect(await (await fetch(base, { method: 'POST', body: most })).text()).toBe(String(most.length));
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${most.length + 1}\r\n\r\n`;
    expect(await exchangeBytes(base, head, text => text.includes('\r\n'))).toStartWith('HTTP/1.1 413');
  });

  test('goes to control directly, also where the environment names a proxy', async () => {
    const before = { ...process.env };
    for (const name of ['HTTP_PROXY', 'http_proxy']) process.env[name] = 'http://127.0.0.1:9';
    for (const name of ['NO_PROXY', 'no_proxy']) process.env[name] = '.example';
    try {
      const base = setup.start({ controlUrl: setup.startControl(() => new Response('control')) });
      const answer = await exchangeBytes(base, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', text =>
        text.includes('\r\n\r\n'),
      );
      expect(answer).toStartWith('HTTP/1.1 200');
      expect(process.env.NO_PROXY).toBe('.example,127.0.0.1');
    } finally {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });

  test('gives up an answer that the client does not take', async () => {
    const cancelled = Promise.withResolvers<void>();
    const control = setup.startControl(
      () =>
        new Response(
          new ReadableStream<Uint8Array>({
            pull: controller => controller.enqueue(new Uint8Array(64 * 1024)),
            cancel: () => cancelled.resolve(),
          }),
        ),
    );
    const base = setup.start({ controlUrl: control, stallMs: 50 });
    const socket = await Bun.connect({
      hostname: '127.0.0.1',
      port: Number(new URL(base).port),
      socket: { data: () => {} },
    });
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await cancelled.promise;
    socket.terminate();
  });

  test('tells a program and a person in their own ways that control is down', async () => {
    const gone = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('') });
    const controlUrl = `http://127.0.0.1:${gone.port}`;
    await gone.stop(true);
    const base = setup.start({ controlUrl });
    const program = await fetch(`${base}/api/public/get_kasms`, { method: 'POST', body: '{}' });
    expect(program.status).toBe(502);
    expect(await program.json()).toEqual({ error_message: 'the control service can not be reached' });
    const person = await fetch(base, { headers: { Accept: 'text/html,*/*' } });
    expect(person.status).toBe(502);
    expect(person.headers.get('content-type')).toStartWith('text/html');
    expect(await person.text()).toContain('Desktops that are already open go on');
  });

  test('never passes the path that nodes dial, however it is spelt', async () => {
    let asked = 0;
    const control = setup.startControl(() => {
      asked += 1;
      return new Response('x');
    });
    const base = setup.start({ controlUrl: control });
    for (const path of [
      '/link',
      '/link/',
      '/link?x',
      '//link',
      '/%6cink',
      '/LINK',
      '/a/../link',
      '/link%2fx',
      '/%5Clink',
    ]) {
      const answer = await exchangeBytes(base, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`, text =>
        text.includes('\r\n'),
      );
      expect(`${path} ${answer.slice(0, 12)}`).toBe(`${path} HTTP/1.1 404`);
    }
    expect(asked).toBe(0);
    expect((await fetch(`${base}/links`)).status).toBe(200);
    expect((await fetch(`${base}/%ff`)).status).toBe(400);
  });

  test('never passes anything under /desktop, where session tokens are', async () => {
    const base = setup.start({ controlUrl: setup.startControl(() => new Response('x')) });
    for (const path of [
      '/desktop',
      '/desktop/',
      '/desktop/x/events',
      `/desktop/${sessionId}/files`,
      '/Desktop/y',
    ]) {
      expect((await fetch(base + path)).status).toBe(404);
    }
  });
});
