/**
 * KasmVNC's own web client in a browser, through a gateway that runs alone. The client is the stand-in's page (see
 * test/harness/kasmvnc-web.ts): it tries what KasmVNC's client needs, and what a hostile desktop would try.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { KasmvncWeb } from '../harness/kasmvnc-web.ts';
import { enrolmentToken, LinkControl } from '../harness/link-control.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';
import { type BrowserTab, openBrowser } from './browser.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'only-for-the-gateway-4711';
const credentials = 'kasm_user:upstream-password';

let server: KasmvncServer;
let gateway: GatewayProcess;
let tab: BrowserTab;

beforeAll(async () => {
  const web = new KasmvncWeb();
  server = await KasmvncServer.start({ credentials, web: web.answer });
  gateway = await startGatewayProcess({
    sessions: [
      {
        id: sessionId,
        token,
        protocol: 'kasmvnc',
        upstream: `ws://127.0.0.1:${server.port}/websockify`,
        upstream_authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      },
    ],
  });
  tab = await openBrowser();
}, 60_000);

afterAll(async () => {
  for (const each of [tab, gateway, server]) await each?.[Symbol.asyncDispose]();
});

test('the client runs out of the desktop and opens its stream; of the rest of this host it gets nothing', async () => {
  const { page } = tab;
  await page.goto(`https://127.0.0.1:${gateway.port}/desktop/${sessionId}/vnc/?token=${token}`);
  const title = await waitFor('the page to have tried everything', async () => {
    const text = await page.title();
    return text.startsWith('worked: ') ? text : undefined;
  });
  const needed = [
    'script',
    'style',
    'inline-style',
    'storage',
    'wasm',
    'shared-memory',
    'worker',
    'own-policy',
    'stream',
  ];
  expect(title).toBe(`worked: ${needed.join(' ')}`);
  expect(page.url()).not.toContain(token);
  expect(await page.evaluate(() => document.referrer)).toBe('');
  // The gateway greets before it has dialled.
  await waitFor('the stream at the desktop', () =>
    server.requests.some(head => head.includes('Upgrade: websocket')),
  );
  expect(server.requests.join('')).not.toContain(token);
}, 60_000);

test('a window that the desktop opens on our own pages is out of its reach', async () => {
  const { page } = tab;
  const opening = page.context().waitForEvent('page');
  const name = 'opened';
  await page.evaluate(key => Object.assign(window, { [key]: window.open('/') }), name);
  const opened = await opening;
  await waitFor('our page to be there', async () =>
    (await opened.textContent('body'))?.includes('This gateway runs alone'),
  );
  const reached = await page.evaluate(key => {
    const other = (window as unknown as Record<string, Window | null>)[key];
    try {
      return other !== null && other !== undefined && !other.closed && other.document.body.textContent !== '';
    } catch {
      return false;
    }
  }, name);
  expect(reached).toBe(false);
  expect(await opened.evaluate(() => window.opener)).toBe(null);
}, 60_000);

for (const opener of ['same-origin', 'same-origin-allow-popups', 'unsafe-none']) {
  test(`a desktop calls nothing in the name of its visitor through a window of ours that is ${opener}`, async () => {
    await using folder = await makeTempFolder('hostile-desktop');
    await writeFile(folder.file('token'), enrolmentToken);
    await using control = LinkControl.start();
    const called: string[] = [];
    control.pages = request => {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith('/api/')) called.push(pathname);
      return new Response('<!doctype html><body>a page of control', {
        headers: { 'Content-Type': 'text/html' },
      });
    };
    const upstream = `ws://127.0.0.1:${server.port}/websockify`;
    control.answers.set(token, {
      grant: {
        ...{ sessionId, userId: 'u', username: 'u', protocol: 'kasmvnc', upstream, upstreamTlsVerify: true },
        ...{ policyJson: '{"access":"full","settings":{}}', policyVersion: 1, access: 'full', tokenId: 't' },
        upstreamAuthorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      },
    });
    await using linked = await startGatewayProcess({
      control: { url: control.url, enrolment_token_file: folder.file('token') },
      http: { headers: { cross_origin_opener_policy: opener } },
    });
    await waitFor('the link', () => control.connected);
    const page = await tab.page.context().newPage();
    await page.goto(`https://127.0.0.1:${linked.port}/desktop/${sessionId}/vnc/app/ui.js?token=${token}`);
    const opening = page.context().waitForEvent('page');
    await page.evaluate(key => Object.assign(window, { [key]: window.open('/') }), 'opened');
    const opened = await opening;
    await waitFor('our page to be there', async () =>
      (await opened.textContent('body'))?.includes('a page of control'),
    );
    const tries = await page.evaluate(async () => {
      const other = (window as unknown as { opened: Window | null }).opened;
      const attempt = async (step: () => unknown): Promise<string> => {
        try {
          await step();
          return 'done';
        } catch (error) {
          return error instanceof Error ? error.name : 'refused';
        }
      };
      const call = { method: 'POST' };
      return [
        await attempt(() => fetch('/api/public/get_kasms', call)),
        await attempt(() => other?.fetch('/api/public/get_kasms', call) ?? Promise.reject(new Error('gone'))),
        await attempt(() => other?.document.body.append('x') ?? Promise.reject(new Error('gone'))),
      ];
    });
    expect(tries).not.toContain('done');
    expect(called).toEqual([]);
    // The same call in our own page arrives: it is not for another reason that none did.
    await opened.evaluate(() => fetch('/api/public/get_kasms', { method: 'POST' }).then(() => undefined));
    expect(called).toEqual(['/api/public/get_kasms']);
    await page.close();
    await opened.close();
  }, 60_000);
}
