/** How the gateway reaches a desktop's HTTP server: TLS as the grant says, Unix sockets, folders. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { KasmvncWeb } from '../harness/kasmvnc-web.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';

const id = (digit: number): string => '00000000-0000-4000-8000-000000000000'.replaceAll('0', String(digit));
const token = 'a-token-of-some-length';

let folder: TempFolder;
let web: KasmvncWeb;
let secure: KasmvncServer;
let unix: KasmvncServer;
let gateway: GatewayProcess;

beforeAll(async () => {
  folder = await makeTempFolder('pages');
  web = new KasmvncWeb();
  web.files.set('/kasm/app/ui.js', 'of the folder');
  const pair = createSelfSigned(['127.0.0.1'], Date.now());
  await writeFile(folder.file('upstream.pem'), pair.certificate);
  secure = await KasmvncServer.start({ tls: pair, web: web.answer });
  unix = await KasmvncServer.start({ socket: folder.file('desktop.sock'), web: web.answer });
  const session = { token, protocol: 'kasmvnc' };
  const upstream = `wss://127.0.0.1:${secure.port}/websockify`;
  const authority = { ca: folder.file('upstream.pem') };
  gateway = await startGatewayProcess({
    sessions: [
      { ...session, id: id(1), upstream, upstream_tls: authority },
      { ...session, id: id(2), upstream, upstream_tls: { verify: false } },
      { ...session, id: id(3), upstream: `unix+ws://${folder.file('desktop.sock')}:/websockify` },
      { ...session, id: id(4), upstream },
      {
        ...session,
        id: id(5),
        upstream: upstream.replace('127.0.0.1', 'localhost'),
        upstream_tls: authority,
      },
      { ...session, id: id(6), upstream: upstream.replace('/web', '/kasm/web'), upstream_tls: authority },
    ],
  });
});

afterAll(async () => {
  for (const each of [gateway, secure, unix, folder]) await each?.[Symbol.asyncDispose]();
});

const ask = (digit: number) =>
  fetch(`https://127.0.0.1:${gateway.port}/desktop/${id(digit)}/vnc/app/ui.js`, {
    headers: { Authorization: `Bearer ${token}` },
    tls: { rejectUnauthorized: false },
  });

test('over TLS when the certificate verifies, or when the grant says not to look', async () => {
  for (const digit of [1, 2]) expect([digit, (await ask(digit)).status]).toEqual([digit, 200]);
});

test('not at all when it does not verify: an unknown authority, another name', async () => {
  web.targets.length = 0;
  for (const digit of [4, 5, 4]) expect([digit, (await ask(digit)).status]).toEqual([digit, 502]);
  expect(web.targets).toEqual([]);
});

test('over a Unix socket', async () => {
  expect(await (await ask(3)).text()).toBe('window.uiLoaded = true;');
});

test('in the folder that its stream is in', async () => {
  expect(await (await ask(6)).text()).toBe('of the folder');
});
