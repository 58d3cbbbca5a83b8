import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { findFreePort } from '../harness/ports.ts';
import { type StartedProcess, startProcess } from '../harness/processes.ts';
import { findProgram, needs } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';

/** A reverse proxy as nginx is by default: it passes no upgrade on. */
const configOf = (folder: TempFolder, port: number, gatewayPort: number): string => `
daemon off;
pid ${folder.file('nginx.pid')};
error_log stderr crit;
events {}
http {
  access_log off;
  client_body_temp_path ${folder.path};
  proxy_temp_path ${folder.path};
  fastcgi_temp_path ${folder.path};
  uwsgi_temp_path ${folder.path};
  scgi_temp_path ${folder.path};
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder.file('proxy.pem')};
    ssl_certificate_key ${folder.file('proxy.key')};
    location / {
      proxy_pass https://127.0.0.1:${gatewayPort};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
    }
  }
}
`;

describe.skipIf(!needs('proxies'))('behind a proxy that passes no upgrade on', () => {
  let folder: TempFolder;
  let desktop: KasmvncServer;
  let gateway: GatewayProcess;
  let nginx: StartedProcess;
  let port: number;

  beforeAll(async () => {
    folder = await makeTempFolder('white-screen');
    const pair = createSelfSigned(['127.0.0.1'], Date.now());
    await writeFile(folder.file('proxy.pem'), pair.certificate);
    await writeFile(folder.file('proxy.key'), pair.privateKey);
    desktop = await KasmvncServer.start();
    const upstream = `ws://127.0.0.1:${desktop.port}/websockify`;
    gateway = await startGatewayProcess({
      sessions: [{ id: sessionId, token, protocol: 'kasmvnc', upstream }],
    });
    port = await findFreePort();
    await writeFile(folder.file('nginx.conf'), configOf(folder, port, gateway.port));
    nginx = await startProcess([
      findProgram('nginx') ?? 'nginx',
      '-p',
      folder.path,
      '-c',
      folder.file('nginx.conf'),
    ]);
    await waitFor('the proxy', async () => (await get('/')).status === 200);
  });

  afterAll(async () => {
    for (const each of [nginx, gateway, desktop, folder]) await each?.[Symbol.asyncDispose]();
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`https://127.0.0.1:${port}${path}`, { headers, tls: { rejectUnauthorized: false } });

  /** Asks as a browser does, upgrade and all. */
  async function openThroughProxy(
    cookie = `session_token=${token}`,
  ): Promise<{ status: number; body: string }> {
    const asked = request({
      host: '127.0.0.1',
      port,
      path: `/desktop/${sessionId}/vnc/websockify`,
      rejectUnauthorized: false,
      agent: false,
      headers: {
        Cookie: cookie,
        Origin: `https://127.0.0.1:${port}`,
        Upgrade: 'websocket',
        Connection: 'Upgrade',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol': 'binary',
      },
    });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of answer) body += chunk;
    asked.destroy();
    return { status: answer.statusCode ?? 0, body };
  }

  test('a stream is answered 426, with the names of the headers that did not arrive', async () => {
    const answer = await openThroughProxy();
    expect(answer.status).toBe(426);
    expect(answer.body).toContain('"Upgrade: websocket\\" and \\"Connection: Upgrade\\" did not arrive');
    expect(answer.body).toContain('a proxy in front of the gateway has to pass both headers on');
  });

  test('the log says what to do, once for each that failed', async () => {
    await openThroughProxy();
    const lines = gateway.logLines().filter(line => line.message.includes('without its upgrade'));
    expect(lines[0]).toMatchObject({
      level: 'warn',
      sessionId,
      hint: expect.stringContaining(
        'does not pass on the headers "Upgrade: websocket" and "Connection: Upgrade"',
      ),
    });
  });

  test('the viewer, which only sees its WebSocket fail, is told the reason beside the stream', async () => {
    const events = await get(`/desktop/${sessionId}/events`, { Cookie: `session_token=${token}` });
    const reader = (events.body ?? new ReadableStream<Uint8Array>()).getReader();
    let heard = '';
    await reader.read();
    await openThroughProxy();
    while (!heard.includes('"type":"end"')) {
      const { done, value } = await reader.read();
      if (done) break;
      heard += Buffer.from(value).toString();
    }
    await reader.cancel();
    expect(JSON.parse(/data: (.*)/.exec(heard)?.[1] ?? '{}')).toMatchObject({
      type: 'end',
      reason: 'upgrade_stripped',
      retry: false,
      message: expect.stringContaining('"Upgrade: websocket"'),
    });
  });

  test('nobody without the token tells the viewers anything', async () => {
    const before = gateway.logLines().length;
    const events = await get(`/desktop/${sessionId}/events`, { Cookie: `session_token=${token}` });
    const reader = (events.body ?? new ReadableStream<Uint8Array>()).getReader();
    await reader.read();
    const answer = await openThroughProxy('session_token=a-wrong-token-here');
    expect(answer).toMatchObject({ status: 426 });
    await waitFor('the log line of the refusal', () => gateway.logLines().length > before);
    await openThroughProxy();
    // The first thing they hear is what the right token caused.
    const { value } = await reader.read();
    await reader.cancel();
    expect(
      Buffer.from(value ?? [])
        .toString()
        .match(/"type":"end"/g),
    ).toHaveLength(1);
  });

  test('a WebSocket on a connection used before is told so, and not that headers are missing', async () => {
    const socket = connect({ host: '127.0.0.1', port: gateway.port, rejectUnauthorized: false });
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await waitFor('the first answer', () => text.includes('"standalone"}'));
    text = '';
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n';
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: binary\r\n';
    const head = `GET /desktop/${sessionId}/vnc/websockify HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n`;
    socket.write(`${head}${upgrade}${key}\r\n`);
    await once(socket, 'end');
    socket.destroy();
    expect(text).toStartWith('HTTP/1.1 426');
    expect(text).toContain('came on a connection used before');
    expect(text).toContain('trusted_proxies');
    expect(text).not.toContain('did not arrive');
    const line = await waitFor('the log line', () =>
      gateway.logLines().find(({ message }) => message.includes('on a connection used before')),
    );
    expect(line).toMatchObject({ level: 'warn', hint: expect.stringContaining('trusted_proxies') });
  });

  test('a person who opens the address reads which lines the proxy needs', async () => {
    const page = await get(`/desktop/${sessionId}/vnc/websockify`, { Accept: 'text/html' });
    expect(page.status).toBe(426);
    const text = await page.text();
    for (const line of ['proxy_http_version 1.1', 'proxy_set_header Upgrade', 'proxy_set_header Connection'])
      expect(text).toContain(line);
  });
});
