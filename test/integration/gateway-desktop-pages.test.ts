/** KasmVNC's own web client through a gateway that runs alone, against the stand-in of KasmVNC's HTTP server. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { type GatewayLogLine, type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { KasmvncWeb } from '../harness/kasmvnc-web.ts';
import { waitFor } from '../harness/wait-for.ts';

const id = (digit: number): string => '00000000-0000-4000-8000-000000000000'.replaceAll('0', String(digit));
const token = 'only-for-the-gateway-4711';
const credentials = 'kasm_user:upstream-password';
const basic = `Basic ${Buffer.from(credentials).toString('base64')}`;
const cookie = `session_token=${token}`;

const closed = id(1);
const opened = id(2);
const watching = id(3);
const plain = id(4);
const wrongCredential = id(5);
const gone = id(6);
const switchedOff = id(7);

let web: KasmvncWeb;
let server: KasmvncServer;
let gateway: GatewayProcess;

beforeAll(async () => {
  web = new KasmvncWeb();
  server = await KasmvncServer.start({ credentials, web: head => web.answer(head) });
  const unused = await KasmvncServer.start();
  const closedPort = unused.port;
  await unused[Symbol.asyncDispose]();
  const upstream = `ws://127.0.0.1:${server.port}/websockify`;
  const session = { token, protocol: 'kasmvnc', upstream, upstream_authorization: basic };
  const settings = { allow_kasm_downloads: true, allow_kasmvnc_api: true };
  gateway = await startGatewayProcess({
    sessions: [
      { ...session, id: closed },
      { ...session, id: opened, settings },
      { ...session, id: watching, settings, access: 'view_only' },
      { ...session, id: switchedOff, settings: { allow_kasmvnc_web_client: false } },
      { ...session, id: plain, protocol: 'rfb' },
      { ...session, id: wrongCredential, upstream_authorization: 'Basic eDp5' },
      { ...session, id: gone, upstream: `wss://127.0.0.1:${closedPort}/websockify` },
    ],
  });
});

afterAll(async () => {
  for (const each of [gateway, server]) await each?.[Symbol.asyncDispose]();
});

beforeEach(() => {
  web.targets.length = 0;
  web.heads.length = 0;
});

interface Asking {
  readonly session?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

/** @param path behind `/desktop/<id>/vnc`. */
function ask(path: string, { session = closed, headers = { Cookie: cookie }, method = 'GET' }: Asking = {}) {
  return fetch(`https://127.0.0.1:${gateway.port}/desktop/${session}/vnc${path}`, {
    method,
    headers,
    redirect: 'manual',
    tls: { rejectUnauthorized: false },
  });
}

async function reasonOf(answer: Response): Promise<string> {
  return ((await answer.json()) as { error_message: string }).error_message;
}

describe('the files of the web client', () => {
  test('come out of the desktop, fetched with its credential, which no browser sees', async () => {
    const answer = await ask('/app/ui.js');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('window.uiLoaded = true;');
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('content-length')).toBe('23');
    expect(web.targets).toEqual(['/app/ui.js']);
    expect(web.heads[0]).toContain(`Authorization: ${basic}\r\n`);
    expect(JSON.stringify([...answer.headers])).not.toContain(basic);
  });

  test('are asked for with nothing of what the browser sent', async () => {
    const headers = {
      Cookie: `a=b; ${cookie}`,
      'X-Forwarded-For': '6.6.6.6',
      Referer: 'https://x/',
      'X-Own': '1',
    };
    expect((await ask('/app/ui.js?v=2&q=planted-query', { headers })).status).toBe(200);
    expect((await ask('/app/ui.js', { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    const [first = '', second = ''] = web.heads;
    for (const head of [first, second]) {
      expect(head).not.toContain(token);
      expect(head).not.toMatch(/cookie|6\.6\.6\.6|referer|x-own|planted-query|bearer/i);
      expect(head.match(/authorization/gi)).toHaveLength(1);
    }
  });

  test('bring no header of the desktop along, and a policy that holds them to their session', async () => {
    const { headers } = await ask('/app/ui.js');
    for (const name of ['set-cookie', 'server', 'x-own', 'www-authenticate', 'location']) {
      expect(headers.get(name)).toBeNull();
    }
    const policy = headers.get('content-security-policy') ?? '';
    const pages = `https://127.0.0.1:${gateway.port}/desktop/${closed}/`;
    expect(policy).toContain(`script-src ${pages}vnc/ blob: 'unsafe-inline' 'wasm-unsafe-eval'`);
    expect(policy).toContain(`connect-src ${pages} wss:${pages.slice(6)}vnc/websockify`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/default-src (\*|'self')|'unsafe-eval'/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    // Our own pages stay as strict as they were.
    const own = await fetch(`https://127.0.0.1:${gateway.port}/`, { tls: { rejectUnauthorized: false } });
    expect(own.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test('are streamed whole, and answered to HEAD without their body', async () => {
    const whole = await ask('/app/sounds/bell.oga');
    expect((await whole.bytes()).every(byte => byte === 7)).toBe(true);
    const head = await ask('/app/sounds/bell.oga', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'audio/ogg']);
    expect(await head.text()).toBe('');
    expect(web.heads.every(text => text.startsWith('GET '))).toBe(true);
  });

  test('are there for a token that may only watch', async () => {
    expect((await ask('/app/ui.js', { session: watching })).status).toBe(200);
  });
});

describe('the token', () => {
  test('of a link goes into a cookie out of the reach of scripts, and out of the address', async () => {
    const answer = await ask(`/?quality=3&token=${token}`, { headers: {} });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/desktop/${closed}/vnc/?quality=3`);
    expect(answer.headers.getSetCookie()).toEqual([
      `${cookie}; Path=/desktop/${closed}/; HttpOnly; Secure; SameSite=Strict`,
    ]);
    expect(web.targets).toEqual([]);
  });

  test('of a link on another site gets a page between, for a redirect would not show the cookie', async () => {
    const link = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    };
    const answer = await ask(`/?token=${token}`, { headers: link });
    expect([answer.status, answer.headers.get('refresh')]).toEqual([200, `0; url=/desktop/${closed}/vnc/`]);
    expect(answer.headers.getSetCookie()[0]).toStartWith(cookie);
    expect(await answer.text()).not.toContain(token);
  });

  test('that is wrong opens nothing, sets no cookie, and a stale cookie is taken back', async () => {
    for (const path of ['/', '/app/ui.js', '/?token=wrong-token-0123456789', '/api/get_users']) {
      const answer = await ask(path, { headers: {} });
      expect(answer.status).toBe(401);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(answer.headers.get('www-authenticate')).toBeNull();
    }
    const stale = await ask('/', { headers: { Cookie: 'session_token=stale-token-0123456789' } });
    expect(stale.headers.getSetCookie()[0]).toContain('session_token=; Path=/desktop/');
    expect(stale.headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(web.targets).toEqual([]);
  });

  test('that a script put into the cookie is taken out of the reach of scripts by the page', async () => {
    const page = await ask('/?path=x');
    expect(page.headers.getSetCookie()).toEqual([
      `${cookie}; Path=/desktop/${closed}/; HttpOnly; Secure; SameSite=Strict`,
    ]);
    const bearer = await ask('/?path=x', { headers: { Authorization: `Bearer ${token}` } });
    expect([bearer.status, bearer.headers.getSetCookie()]).toEqual([200, []]);
  });

  test('of one session opens no other', async () => {
    const other = await ask('/app/ui.js', { headers: { Cookie: `session_token=${token}-of-another` } });
    expect(other.status).toBe(401);
    const unknown = await ask('/app/ui.js', { session: id(9) });
    expect(unknown.status).toBe(404);
  });
});

test('the page is told in its address where the stream is', async () => {
  const bare = await ask('', {});
  expect(bare.headers.get('location')).toBe(`/desktop/${closed}/vnc/`);
  const answer = await ask('/?quality=3');
  const location = new URL(answer.headers.get('location') ?? '', 'https://x');
  expect(location.pathname).toBe(`/desktop/${closed}/vnc/`);
  expect(location.searchParams.get('path')).toBe(`desktop/${closed}/vnc/websockify`);
  expect(location.searchParams.get('quality')).toBe('3');
  const page = await ask(`/${location.search}`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(web.targets).toEqual(['/']);
});

describe('the side doors', () => {
  const doors = [
    '/api/get_users',
    '/api/get_screenshot?width=9',
    '/api/downloads',
    '/Downloads/secret%20plans.txt',
  ];

  test('are closed, and the desktop hears nothing of who knocks', async () => {
    for (const path of [...doors, '/Downloads/', '/Downloads', '/API/get_users', '/%61pi/get_users']) {
      const answer = await ask(path);
      expect(`${path} ${answer.status}`).toBe(`${path} 403`);
      expect(await reasonOf(answer)).toContain('policy of this session');
    }
    expect(web.targets).toEqual([]);
  });

  test('stay closed for who may only watch, whatever the settings say', async () => {
    for (const path of doors) expect((await ask(path, { session: watching })).status).toBe(403);
    expect(web.targets).toEqual([]);
  });

  test('open by a setting each; what comes through them runs no script', async () => {
    const [users, picture, list, file] = await Promise.all(doors.map(path => ask(path, { session: opened })));
    expect(await users?.json()).toEqual([{ user: 'kasm_user', owner: true }]);
    expect(picture?.headers.get('content-type')).toBe('image/jpeg');
    expect(await list?.json()).toEqual({ files: [] });
    expect(await file?.text()).toBe('the plans');
    expect(file?.headers.get('content-disposition')).toBe('attachment');
    for (const answer of [users, picture, list, file]) {
      expect(answer?.headers.get('content-security-policy')).toStartWith(
        "default-src 'none'; base-uri 'none'",
      );
    }
    expect(web.targets.toSorted()).toEqual(doors.toSorted());
    expect(await (await ask('/Downloads/', { session: opened })).text()).toContain('secret plans.txt');
    expect((await ask('/api/no_such_call', { session: opened })).status).toBe(400);
  });

  test('listings, other methods and bent paths are refused before the desktop is asked', async () => {
    expect((await ask('/app/')).status).toBe(404);
    expect((await ask('/app')).status).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await ask('/index.html', { method });
      expect(`${method} ${answer.status}`).toBe(`${method} 405`);
    }
    for (const path of [
      '//index.html',
      '/%2e%2e%2fx.js',
      '/app%2fui.js',
      '/app%5cui.js',
      '/ui.js;a=b',
      '/%252e/x.js',
    ]) {
      expect(`${path} ${(await ask(path)).status}`).toBe(`${path} 400`);
    }
    const worker = await ask('/app/ui.js', { headers: { Cookie: cookie, 'Service-Worker': 'script' } });
    expect(worker.status).toBe(403);
    expect(web.targets).toEqual([]);
  });

  test('a listing that comes where a page should be is not passed on', async () => {
    const index = web.files.get('/index.html')!;
    web.files.set('/index.html', '<html><title>Directory Listing</title><body>names');
    const answer = await ask('/?path=x');
    web.files.set('/index.html', index);
    expect([answer.status, await reasonOf(answer)]).toEqual([
      404,
      'directories of the desktop are not listed',
    ]);
  });
});

describe('a desktop that can not serve', () => {
  test('because it speaks standard VNC: a clear word', async () => {
    const answer = await ask('/', { session: plain });
    expect(answer.status).toBe(404);
    expect(await reasonOf(answer)).toContain('speaks standard VNC and brings no web client');
    expect(web.targets).toEqual([]);
  });

  test('because policy keeps its web client closed', async () => {
    const answer = await ask('/', { session: switchedOff });
    expect([answer.status, await reasonOf(answer)]).toEqual([
      403,
      "the policy of this session does not open the desktop's own web client",
    ]);
    expect(web.targets).toEqual([]);
  });

  test('because it refuses our credential: our fault towards the browser, without a password prompt', async () => {
    const answer = await ask('/app/ui.js', { session: wrongCredential });
    expect(answer.status).toBe(502);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await reasonOf(answer)).toBe("the desktop did not accept the gateway's credential");
  });

  test('because it is away', async () => {
    const answer = await ask('/app/ui.js', { session: gone });
    expect([answer.status, await reasonOf(answer)]).toEqual([
      502,
      'the web client of the desktop can not be fetched',
    ]);
  });

  test('what it has not', async () => {
    expect((await ask('/no-such-file.js')).status).toBe(404);
  });
});

test('a refused path can be looked up without the path', async () => {
  const refusedLines = (): GatewayLogLine[] =>
    gateway.logLines().filter(({ message }) => message === 'refused a path of a desktop');
  // The log comes through a pipe, a moment behind the answers.
  await ask('/api/get_users?password=planted-in-a-query');
  const line = await waitFor('the line', () => {
    const last = refusedLines().at(-1);
    return last?.cause === 'api' && last.sessionId === closed ? last : undefined;
  });
  expect(line).toMatchObject({ sessionId: closed, status: 403 });
  expect(gateway.process.stdout).not.toContain('planted-in-a-query');
  expect(gateway.process.stdout).not.toContain(token);
});
