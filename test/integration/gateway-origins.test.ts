/** Which origin is our own, where a real nginx in front says under which address users reach it. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { startNginx } from '../harness/front-proxy.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { needs } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';

setDefaultTimeout(20_000);

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'stream-token-of-alice';

let folder: TempFolder;
let desktop: KasmvncServer;
const started: AsyncDisposable[] = [];

beforeAll(async () => {
  folder = await makeTempFolder('origins');
  const pair = createSelfSigned(['gateway.example.com', '127.0.0.1'], Date.now());
  await writeFile(folder.file('gateway.pem'), pair.certificate);
  await writeFile(folder.file('gateway.key'), pair.privateKey);
  desktop = await KasmvncServer.start();
});

afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

afterAll(async () => {
  for (const each of [desktop, folder]) await each?.[Symbol.asyncDispose]();
});

async function startGateway(plain: boolean): Promise<GatewayProcess> {
  const tls = { certificate: folder.file('gateway.pem'), private_key: folder.file('gateway.key') };
  const gateway = await startGatewayProcess({
    ...(plain ? { tls: undefined } : { tls }),
    trusted_proxies: ['127.0.0.1'],
    listen: { host: '127.0.0.1', port: 0, plain_http: plain },
    sessions: [{ id: sessionId, token, protocol: 'kasmvnc', upstream: `ws://127.0.0.1:${desktop.port}/` }],
  });
  started.push(gateway);
  return gateway;
}

interface Front {
  readonly port: number;
  readonly tls: boolean;
}

/** @param tls whether nginx ends TLS; @param changes of the documented configuration. */
async function startFront(
  { port: gatewayPort }: GatewayProcess,
  { tls, plainGateway }: { readonly tls: boolean; readonly plainGateway: boolean },
  changes: readonly (readonly [string, string])[] = [],
): Promise<Front> {
  const proxy = await startNginx('nginx', {
    gatewayPort,
    gatewayCertificate: folder.file('gateway.pem'),
    changes: [
      ...(tls ? [] : ([[' ssl;', ';']] as const)),
      ...(plainGateway
        ? ([
            [`https://127.0.0.1:${gatewayPort}`, `http://127.0.0.1:${gatewayPort}`],
            ['proxy_ssl_verify on;', ''],
          ] as const)
        : []),
      ...changes,
    ],
  });
  started.push(proxy);
  return { port: proxy.port, tls };
}

/** The status of the answer to a head; of a switch of protocols too. */
async function statusOf({ port, tls }: Front, lines: readonly string[]): Promise<number> {
  const to = { host: '127.0.0.1', port };
  const socket = tls ? connectTls({ ...to, rejectUnauthorized: false }) : connectPlain(to);
  try {
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        if (received.includes('\r\n\r\n')) resolve(received);
      });
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the connection ended without an answer')));
    });
    return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
  } finally {
    socket.destroy();
  }
}

/** What a page of this origin is answered: to its stream, and to what its browser asks before an API call. */
async function answersTo(front: Front, origin: string): Promise<{ stream: number; preflight: number }> {
  const host = 'Host: desk.example.com';
  const stream = await statusOf(front, [
    `GET /desktop/${sessionId}/vnc/websockify HTTP/1.1`,
    ...[host, `Origin: ${origin}`, `Authorization: Bearer ${token}`],
    ...['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
    ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol: binary'],
  ]);
  const preflight = await statusOf(front, [
    'OPTIONS /api/anything HTTP/1.1',
    ...[host, `Origin: ${origin}`, 'Access-Control-Request-Method: POST', 'Connection: close'],
  ]);
  return { stream, preflight };
}

const taken = { stream: 101, preflight: 204 };
const refused = { stream: 403, preflight: 403 };
const own = { https: 'https://desk.example.com', http: 'http://desk.example.com' };

describe.skipIf(!needs('proxies'))('the own origin behind nginx', () => {
  const renamed = [['proxy_set_header Host $http_host', 'proxy_set_header Host gateway.internal']] as const;

  test('is the host that the proxy says it was asked for, where it asks us for another one', async () => {
    const gateway = await startGateway(false);
    const front = await startFront(gateway, { tls: true, plainGateway: false }, renamed);
    expect(await answersTo(front, own.https)).toEqual(taken);
    expect(await answersTo(front, own.http)).toEqual(refused);
    expect(await answersTo(front, 'https://evil.example')).toEqual(refused);
  });

  test('is no host that a proxy says nothing of', async () => {
    const gateway = await startGateway(false);
    const silent = [...renamed, ['proxy_set_header X-Forwarded-Host $http_host;', ''] as const];
    const front = await startFront(gateway, { tls: true, plainGateway: false }, silent);
    expect(await answersTo(front, own.https)).toEqual(refused);
  });

  test('is plain where the proxy says its client came without TLS, and then only that', async () => {
    for (const plainGateway of [false, true]) {
      const gateway = await startGateway(plainGateway);
      const front = await startFront(gateway, { tls: false, plainGateway });
      expect(await answersTo(front, own.http)).toEqual(taken);
      expect(await answersTo(front, own.https)).toEqual(refused);
      expect(await answersTo(front, 'http://evil.example')).toEqual(refused);
    }
  });

  test('is either without TLS at the gateway and without a word on it', async () => {
    const gateway = await startGateway(true);
    const silent = [['proxy_set_header X-Forwarded-Proto $scheme;', '']] as const;
    const front = await startFront(gateway, { tls: false, plainGateway: true }, silent);
    expect(await answersTo(front, own.http)).toEqual(taken);
    expect(await answersTo(front, own.https)).toEqual(taken);
    expect(await answersTo(front, 'http://evil.example')).toEqual(refused);
  });

  test('has TLS where nginx has it and the gateway does not', async () => {
    const gateway = await startGateway(true);
    const front = await startFront(gateway, { tls: true, plainGateway: true });
    expect(await answersTo(front, own.https)).toEqual(taken);
    expect(await answersTo(front, own.http)).toEqual(refused);
  });
});

test('nobody who comes directly names his own host or scheme', async () => {
  const gateway = await startGatewayProcess({
    tls: { certificate: folder.file('gateway.pem'), private_key: folder.file('gateway.key') },
    sessions: [{ id: sessionId, token, protocol: 'kasmvnc', upstream: `ws://127.0.0.1:${desktop.port}/` }],
  });
  started.push(gateway);
  const front = { port: gateway.port, tls: true };
  expect(await answersTo(front, own.https)).toEqual(taken);
  expect(await answersTo(front, own.http)).toEqual(refused);
  const claims = ['X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: http'];
  const asked = ['OPTIONS /api/anything HTTP/1.1', 'Host: desk.example.com', 'Connection: close', ...claims];
  const method = 'Access-Control-Request-Method: POST';
  for (const origin of ['https://evil.example', 'http://evil.example', own.http]) {
    expect(await statusOf(front, [...asked, `Origin: ${origin}`, method])).toBe(403);
  }
});
