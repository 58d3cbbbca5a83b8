import { afterEach, describe, expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { silentLog } from '../../config/log.ts';
import type { StreamEvent } from './event-stream.ts';
import { type EventsAuthorisation, type HttpSideOptions, startHttpSide } from './http-side.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const client = '203.0.113.9';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

/** A side on its own port. Every connection is taken for a spliced one of `client` unless told otherwise. */
function start(options: Partial<HttpSideOptions> = {}): string {
  const side = startHttpSide({
    clientAddressOf: () => client,
    events: { authorise: async () => ({ refusal: { status: 401, message: 'a token is needed' } }) },
    log: silentLog,
    ...options,
  });
  open.push(side);
  return `http://${side.hostname}:${side.port}`;
}

/** Stands in for control: a real HTTP server that a reverse proxy can talk to. */
function startControl(answer: (request: Request) => Response | Promise<Response>): string {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer });
  open.push({ [Symbol.asyncDispose]: () => server.stop(true) });
  return `http://127.0.0.1:${server.port}`;
}

const tellRequest = async (request: Request): Promise<Response> =>
  Response.json({
    method: request.method,
    path: new URL(request.url).pathname + new URL(request.url).search,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });

interface Told {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Sends bytes as they are and collects the answer until the other side ends or `enough` says so. */
async function exchange(base: string, request: string, enough: (text: string) => boolean): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: Number(new URL(base).port),
    socket: {
      data(_, bytes) {
        text += bytes.toString('latin1');
        if (enough(text)) resolve(text);
      },
      close: () => resolve(text),
    },
  });
  socket.write(request);
  const answer = await promise;
  socket.terminate();
  return answer;
}

describe('the loopback port', () => {
  test('answers 403 to a connection that is no spliced one, and closes it', async () => {
    const base = start({ clientAddressOf: () => undefined, controlUrl: 'http://127.0.0.1:9' });
    const answer = await exchange(base, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', () => false);
    expect(answer).toStartWith('HTTP/1.1 403');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('knows a spliced connection by its source port', async () => {
    const clients = new Map<number, string>();
    const control = startControl(tellRequest);
    const base = start({ controlUrl: control, clientAddressOf: port => clients.get(port) });
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
    const control = startControl(
      () =>
        new Response('page', {
          headers: {
            'Content-Security-Policy': 'default-src *',
            Server: 'brand/1.2',
            'X-Powered-By': 'brand',
          },
        }),
    );
    const base = start({ controlUrl: control });
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

describe('the reverse proxy', () => {
  test('passes method, path, query, headers and body on', async () => {
    const base = start({ controlUrl: startControl(tellRequest) });
    const answer = await fetch(`${base}/api/public/login?a=%20b&c`, {
      method: 'POST',
      body: '{"x":1}',
      headers: { 'X-Own': 'kept', Cookie: 'login=abc' },
    });
    const told = (await answer.json()) as Told;
    expect(told).toMatchObject({ method: 'POST', path: '/api/public/login?a=%20b&c', body: '{"x":1}' });
    expect(told.headers).toMatchObject({ 'x-own': 'kept', cookie: 'login=abc' });
  });

  test('says itself who the client is and drops what a client says about that', async () => {
    const base = start({ controlUrl: startControl(tellRequest) });
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
    ).json()) as Told;
    expect(Object.values(told.headers)).not.toContain('lie');
    expect(told.headers).toMatchObject({
      'x-forwarded-for': client,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'desk.example',
    });
  });

  test('keeps headers of one connection to that connection', async () => {
    const control = startControl(async request => {
      const answer = await tellRequest(request);
      answer.headers.set('Proxy-Authenticate', 'Basic');
      return answer;
    });
    const base = start({ controlUrl: control });
    const request =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\nUpgrade: h2c\r\n' +
      'Proxy-Authorization: Basic eDp5\r\nX-End: 1\r\n\r\n';
    const answer = await exchange(base, request, () => false);
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    const told = JSON.parse(body) as Told;
    for (const name of ['x-hop', 'te', 'upgrade', 'proxy-authorization'])
      expect(told.headers[name]).toBeUndefined();
    expect(told.headers['x-end']).toBe('1');
    expect(answer.toLowerCase()).not.toContain('proxy-authenticate');
  });

  test('passes several cookies back, redirects unfollowed, and no-content answers', async () => {
    const control: string = startControl(request => {
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
    const base = start({ controlUrl: control });
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
    const control = startControl(() => new Response(packed, { headers: { 'Content-Encoding': 'gzip' } }));
    const base = start({ controlUrl: control });
    const answer = await fetch(base, { decompress: false });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(Buffer.compare(await answer.bytes(), packed)).toBe(0);
  });

  test('streams both ways: the first part of an answer is there while the rest is not', async () => {
    const gate = Promise.withResolvers<void>();
    const control = startControl(
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
    const reader = (await fetch(start({ controlUrl: control }))).body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('first');
    gate.resolve();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('second');
    expect((await reader.read()).done).toBe(true);
  });

  test('passes a body of the largest size and refuses a larger one', async () => {
    const control = startControl(async request => new Response(String((await request.bytes()).length)));
    const base = start({ controlUrl: control });
    const most = new Uint8Array(limits.httpBodyBytesMax);
    expect(await (await fetch(base, { method: 'POST', body: most })).text()).toBe(String(most.length));
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${most.length + 1}\r\n\r\n`;
    expect(await exchange(base, head, text => text.includes('\r\n'))).toStartWith('HTTP/1.1 413');
  });

  test('goes to control directly, also where the environment names a proxy', async () => {
    const before = { ...process.env };
    for (const name of ['HTTP_PROXY', 'http_proxy']) process.env[name] = 'http://127.0.0.1:9';
    for (const name of ['NO_PROXY', 'no_proxy']) process.env[name] = '.example';
    try {
      const base = start({ controlUrl: startControl(() => new Response('control')) });
      const answer = await exchange(base, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', text =>
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

  test('tells a program and a person in their own ways that control is down', async () => {
    const gone = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('') });
    const controlUrl = `http://127.0.0.1:${gone.port}`;
    await gone.stop(true);
    const base = start({ controlUrl });
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
    const control = startControl(() => {
      asked += 1;
      return new Response('x');
    });
    const base = start({ controlUrl: control });
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
      const answer = await exchange(base, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`, text =>
        text.includes('\r\n'),
      );
      expect(`${path} ${answer.slice(0, 12)}`).toBe(`${path} HTTP/1.1 404`);
    }
    expect(asked).toBe(0);
    expect((await fetch(`${base}/links`)).status).toBe(200);
    expect((await fetch(`${base}/%ff`)).status).toBe(400);
  });

  test('never passes anything under /desktop, where session tokens are', async () => {
    const base = start({ controlUrl: startControl(() => new Response('x')) });
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

describe('a stream path without an upgrade', () => {
  test('is answered 426 and names what is missing', async () => {
    const answer = await fetch(`${start()}/desktop/${sessionId}/vnc/websockify`);
    expect(answer.status).toBe(426);
    expect(answer.headers.get('upgrade')).toBe('websocket');
    const { error_message: message } = (await answer.json()) as { error_message: string };
    expect(message).toContain('"Upgrade: websocket" is missing');
  });
});

describe('a gateway that runs alone', () => {
  test('says so to programs and people, and has nothing else', async () => {
    const base = start();
    expect(await (await fetch(base)).json()).toEqual({ name: 'sluice gateway', mode: 'standalone' });
    const page = await fetch(base, { headers: { Accept: 'text/html' } });
    expect(await page.text()).toContain('This gateway runs alone');
    const other = await fetch(`${base}/api/public/login`, { method: 'POST' });
    expect(other.status).toBe(404);
    expect(await other.json()).toEqual({ error_message: 'there is nothing at this address' });
  });
});

/** A session's events as a directory gives them, with a look at who listens. */
class Events {
  readonly listeners = new Set<(event: StreamEvent) => void>();
  readonly closers = new Set<() => void>();
  readonly requests: { token: string | undefined; address: string }[] = [];
  recent: StreamEvent[] = [];

  readonly authorise: HttpSideOptions['events']['authorise'] = async (
    request,
  ): Promise<EventsAuthorisation> => {
    this.requests.push({ token: request.token, address: request.address });
    if (request.token !== 'right') return { refusal: { status: 401, message: 'the token is not valid' } };
    return {
      subscribe: (listener, close) => {
        for (const event of this.recent) listener(event);
        this.listeners.add(listener);
        this.closers.add(close);
        return () => this.listeners.delete(listener);
      },
    };
  };

  publish(event: StreamEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** Reads an event stream until its text satisfies the condition, or its end. */
async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  enough: (text: string) => boolean,
): Promise<string> {
  let text = '';
  while (!enough(text)) {
    const { done, value } = await reader.read();
    if (done) return `${text}<end>`;
    text += Buffer.from(value).toString();
  }
  return text;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve));
}

describe('the events of a session', () => {
  const path = `/desktop/${sessionId}/events`;
  const listen = (base: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`${base}${path}`, {
      headers: { Cookie: 'session_token=right' },
      ...(signal === undefined ? {} : { signal }),
    });

  test('come as server-sent events with JSON, after what happened in the last seconds', async () => {
    const events = new Events();
    events.recent = [{ type: 'keyboard' }];
    const answer = await listen(start({ events }));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const reader = answer.body!.getReader();
    expect(await readUntil(reader, text => text.includes('keyboard'))).toBe(
      `retry: ${limits.eventRetryMs}\n\ndata: {"type":"keyboard"}\n\n`,
    );
    events.publish({ type: 'clipboard' });
    expect(await readUntil(reader, text => text !== '')).toBe('data: {"type":"clipboard"}\n\n');
    await reader.cancel();
  });

  test('are refused with the status and the reason of the directory', async () => {
    const answer = await fetch(`${start({ events: new Events() })}${path}`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error_message: 'the token is not valid' });
  });

  test('take the token from bearer, cookie or query and pass the true client address', async () => {
    const events = new Events();
    const base = start({ events });
    await (await fetch(`${base}${path}`, { headers: { Authorization: 'Bearer one' } })).text();
    await (await fetch(`${base}${path}`, { headers: { Cookie: 'a=b; session_token=two' } })).text();
    await (await fetch(`${base}${path}?token=three`)).text();
    await (await fetch(`${base}${path}`)).text();
    expect(events.requests).toEqual(
      ['one', 'two', 'three', undefined].map(token => ({ token, address: client })),
    );
  });

  test('are read by GET only', async () => {
    const answer = await fetch(`${start({ events: new Events() })}${path}?token=right`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('hold the connection with a heartbeat', async () => {
    const answer = await listen(start({ events: new Events(), heartbeatMs: 5 }));
    const reader = answer.body!.getReader();
    expect(await readUntil(reader, text => text.split(': heartbeat').length > 3)).toContain(
      ': heartbeat\n\n',
    );
    await reader.cancel();
  });

  test('stop being listened to when the viewer goes', async () => {
    const events = new Events();
    const abort = new AbortController();
    const answer = await listen(start({ events, heartbeatMs: 20 }), abort.signal);
    await readUntil(answer.body!.getReader(), text => text !== '');
    expect(events.listeners.size).toBe(1);
    abort.abort();
    await until(() => events.listeners.size === 0);
  });

  test('end when the directory closes them, after what was queued', async () => {
    const events = new Events();
    const reader = (await listen(start({ events }))).body!.getReader();
    await readUntil(reader, text => text !== '');
    events.publish({ type: 'end' });
    for (const close of events.closers) close();
    expect(await readUntil(reader, () => false)).toBe('data: {"type":"end"}\n\n<end>');
    expect(events.listeners.size).toBe(0);
  });

  test('are limited in number for each session, and a closed one makes room', async () => {
    const events = new Events();
    const base = start({ events, heartbeatMs: 20 });
    const aborts: AbortController[] = [];
    for (let count = 0; count < limits.eventStreamsPerSessionMax; count++) {
      const abort = new AbortController();
      aborts.push(abort);
      expect((await listen(base, abort.signal)).status).toBe(200);
    }
    const refused = await listen(base);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({
      error_message: 'the session has 16 event streams, the limit is 16',
    });
    aborts[0]!.abort();
    await until(() => events.listeners.size < limits.eventStreamsPerSessionMax);
    const abort = new AbortController();
    expect((await listen(base, abort.signal)).status).toBe(200);
    for (const each of [...aborts, abort]) each.abort();
  });

  test('are lost beyond the limit when the viewer does not read, and it is told how many', async () => {
    const events = new Events();
    const base = start({ events });
    const reader = (await listen(base)).body!.getReader();
    await readUntil(reader, text => text !== '');
    const count = limits.eventsQueuedMax + 50;
    // In one turn: nothing can be written meanwhile.
    for (let index = 0; index < count; index++) events.publish({ type: 'pointer' });
    const text = await readUntil(reader, all => all.includes('lost'));
    expect(text.split('data: ').length - 1).toBe(limits.eventsQueuedMax);
    expect(text).toContain(': 50 events lost\n\n');
    await reader.cancel();
  });
});
