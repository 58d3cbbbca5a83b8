/** What the pages of a desktop cost the gateway, whoever misbehaves: the desktop or the browser. */
import { afterEach, expect, test } from 'bun:test';
import type { SessionId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import { HttpSideSetup } from '../../test/harness/http-side.ts';
import { KasmvncServer } from '../../test/harness/kasmvnc-server.ts';
import { waitFor } from '../../test/harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111' as SessionId;
const setup = new HttpSideSetup();
afterEach(() => setup.stop());

/** @param answer the desktop's. @returns the address of its pages at the gateway. */
function startPages(answer: (request: Request) => Response | Promise<Response>): string {
  return pagesOf(setup.startControl(answer));
}

/** @param base the desktop's HTTP server. */
function pagesOf(base: string): string {
  const { host } = new URL(base);
  const server = {
    base,
    host,
    socket: undefined,
    authorization: undefined,
    tlsVerify: true,
    tlsCa: undefined,
  };
  const access = { server, isOpen: true, doors: { downloads: false, api: false }, refused: () => {} };
  const desktops = {
    authorisePages: async () => ({ access }),
    explainPolicy: async () => ({ explanation: {} }),
  };
  return `${setup.start({ desktops })}/desktop/${sessionId}/vnc`;
}

const endless = (onCancel: () => void): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull: controller => controller.enqueue(new Uint8Array(64 * 1024)),
    cancel: onCancel,
  });

test('browsers that leave in the middle of a file leave nothing behind', async () => {
  let opened = 0;
  let cancelled = 0;
  const pages = startPages(request => {
    if (request.url.endsWith('/small.js')) return new Response('small');
    opened += 1;
    return new Response(
      endless(() => {
        cancelled += 1;
      }),
    );
  });
  for (let index = 0; index < limits.desktopPageRequestsMax + 8; index++) {
    const leave = new AbortController();
    const { body } = await fetch(`${pages}/large.js`, { signal: leave.signal });
    await body?.getReader().read();
    leave.abort();
  }
  await waitFor('every file to be given up', () => opened > 0 && cancelled === opened);
  expect(await (await fetch(`${pages}/small.js`)).text()).toBe('small');
});

test('a session has so many requests under way and no more; they end, and others may begin', async () => {
  const gate = Promise.withResolvers<void>();
  let waiting = 0;
  const pages = startPages(async () => {
    waiting += 1;
    await gate.promise;
    return new Response('late');
  });
  const first = Array.from({ length: limits.desktopPageRequestsMax }, () => fetch(`${pages}/a.js`));
  await waitFor('the desktop to be asked', () => waiting === limits.desktopPageRequestsMax);
  const over = await fetch(`${pages}/a.js`);
  expect([over.status, over.headers.get('retry-after')]).toEqual([503, '1']);
  gate.resolve();
  for (const answer of await Promise.all(first)) expect(await answer.text()).toBe('late');
  expect((await fetch(`${pages}/a.js`)).status).toBe(200);
});

test('a file that says it is over the limit is not begun, and one that breaks off does not look whole', async () => {
  const length = { '/large.js': limits.desktopPageBytesMax + 1, '/broken.js': 4_000 };
  await using desktop = await KasmvncServer.start({
    web: head => {
      const name = /^GET (\S+)/.exec(head)?.[1] as keyof typeof length;
      return `HTTP/1.1 200 OK\r\nContent-length: ${length[name]}\r\n\r\n${'x'.repeat(2_000)}`;
    },
  });
  const pages = pagesOf(`http://127.0.0.1:${desktop.port}`);
  expect((await fetch(`${pages}/large.js`)).status).toBe(502);
  // Told by the status where the break is seen before the answer begins, else by a body that breaks off too.
  const broken = fetch(`${pages}/broken.js`).then(async answer => {
    await answer.bytes();
    return answer.status;
  });
  expect(await broken.catch(() => 'broke off')).toBeOneOf(['broke off', 502]);
});

test('redirects, compressed answers and other statuses of the desktop end at the gateway', async () => {
  const pages = startPages(request => {
    const { pathname } = new URL(request.url);
    if (pathname === '/moved.js') return Response.redirect('https://elsewhere.example/', 302);
    if (pathname === '/packed.js') {
      return new Response(Bun.gzipSync('x'), { headers: { 'Content-Encoding': 'gzip' } });
    }
    return new Response('no', { status: 500, headers: { 'WWW-Authenticate': 'Basic' } });
  });
  const statuses = [];
  for (const name of ['moved', 'packed', 'broken']) {
    const answer = await fetch(`${pages}/${name}.js`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('www-authenticate')).toBeNull();
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([404, 502, 502]);
});
