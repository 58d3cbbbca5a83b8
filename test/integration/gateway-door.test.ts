import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { stringify } from 'yaml';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { type GatewayProcess, mainFile, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { bunPath, runToEnd } from '../harness/processes.ts';
import { handshakeRfb } from '../harness/rfb-viewer.ts';
import { openStream, requestStream, StreamClient } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const id = (digit: number): string => '00000000-0000-4000-8000-000000000000'.replaceAll('0', String(digit));
const token = 'a-token-of-some-length';

let folder: TempFolder;
let secure: KasmvncServer;
let unix: KasmvncServer;
let gateway: GatewayProcess;

beforeAll(async () => {
  folder = await makeTempFolder('door');
  const upstreamPair = createSelfSigned(['127.0.0.1'], Date.now());
  const doorPair = createSelfSigned(['door.example', '127.0.0.1'], Date.now());
  await writeFile(folder.file('upstream.pem'), upstreamPair.certificate);
  await writeFile(folder.file('door.pem'), doorPair.certificate);
  await writeFile(folder.file('door.key'), doorPair.privateKey);
  secure = await KasmvncServer.start({ tls: upstreamPair });
  unix = await KasmvncServer.start({ socket: folder.file('desktop.sock') });
  const session = { token, protocol: 'kasmvnc' };
  const upstream = `wss://127.0.0.1:${secure.port}/websockify`;
  gateway = await startGatewayProcess({
    tls: { certificate: folder.file('door.pem'), private_key: folder.file('door.key') },
    sessions: [
      { ...session, id: id(1), upstream, upstream_tls: { ca: folder.file('upstream.pem') } },
      { ...session, id: id(2), upstream },
      { ...session, id: id(3), upstream, upstream_tls: { verify: false } },
      { ...session, id: id(4), upstream: `unix+ws://${folder.file('desktop.sock')}:/websockify` },
      {
        ...session,
        id: id(5),
        upstream: upstream.replace('127.0.0.1', 'localhost'),
        upstream_tls: { ca: folder.file('upstream.pem') },
      },
    ],
  });
});

afterAll(async () => {
  for (const each of [gateway, secure, unix, folder]) await each?.[Symbol.asyncDispose]();
});

test('a wss upstream is dialled when its certificate verifies, or when the file says not to look', async () => {
  for (const digit of [1, 3]) {
    await using stream = await openStream({ port: gateway.port, sessionId: id(digit), token });
    expect(await handshakeRfb(stream)).toMatchObject({ name: 'kasm' });
  }
});

test('a wss upstream with a certificate nobody vouches for, or of another name, gets no request', async () => {
  const before = secure.requests.length;
  for (const digit of [2, 5]) {
    await using stream = await openStream({ port: gateway.port, sessionId: id(digit), token });
    expect(await stream.ended()).toMatchObject({
      code: 1011,
      reason: expect.stringContaining('certificate of the desktop was not accepted'),
    });
  }
  expect(secure.requests.length).toBe(before);
});

test('an upstream behind a Unix socket is dialled', async () => {
  await using stream = await openStream({ port: gateway.port, sessionId: id(4), token });
  expect(await handshakeRfb(stream)).toMatchObject({ name: 'kasm' });
  expect(unix.requests[0]).toStartWith('GET /websockify HTTP/1.1\r\n');
});

test('the certificate of the configuration is the one that is shown', async () => {
  const ca = await readFile(folder.file('door.pem'), 'utf8');
  const answer = await fetch(`https://127.0.0.1:${gateway.port}/`, { tls: { ca } });
  expect(answer.status).toBe(200);
});

test('requests that are no stream are answered over one kept connection, with their client known', async () => {
  const answers = await sendOverTls(
    'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /desktop/zz/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  expect(answers.match(/HTTP\/1\.1 404/g)).toHaveLength(2);
  expect(answers).toContain('{"error_message":');
});

test('a broken request head is answered in plain words and never reaches the HTTP side', async () => {
  expect(await sendOverTls('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await sendOverTls(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 414 /);
  expect(await sendOverTls('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
  expect(metrics).toMatch(/^sluice_request_heads_refused_total\{status="400"\} 2$/m);
});

test('an upgrade that is not right in its details is refused with the reason', async () => {
  const path = `/desktop/${id(1)}/vnc/websockify`;
  const answer = await requestStream({
    port: gateway.port,
    sessionId: id(1),
    token,
    headers: ['Content-Length: 5'],
  });
  if (answer instanceof StreamClient) throw new Error('the gateway let us in');
  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('no body') });
  expect(await sendOverTls(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 426 /,
  );
});

test('a client that speaks no TLS is not answered', async () => {
  const socket = connectPlain(gateway.port, '127.0.0.1');
  let received = '';
  socket.on('data', chunk => {
    received += chunk;
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitFor('the gateway to hang up', () => socket.closed || socket.destroyed || socket.readableEnded);
  socket.destroy();
  expect(received).not.toContain('HTTP');
});

test('SIGTERM closes running streams in order, with a code that invites to come back', async () => {
  const own = await startGatewayProcess({
    sessions: [
      { id: id(4), token, protocol: 'kasmvnc', upstream: `unix+ws://${folder.file('desktop.sock')}` },
    ],
  });
  await using stream = await openStream({ port: own.port, sessionId: id(4), token });
  await handshakeRfb(stream);
  own.process.kill('SIGTERM');
  expect(await stream.ended()).toEqual({ code: 1001, reason: 'the gateway is stopping' });
  expect(await own.process.exited()).toBe(0);
  await own[Symbol.asyncDispose]();
});

test('a second gateway on the same port says so and exits with 1', async () => {
  const { exitCode, stderr } = await runGateway({
    listen: { host: '127.0.0.1', port: gateway.port },
    data_dir: folder.file('second'),
    sessions: [],
  });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: `gateway: can not listen on 127.0.0.1:${gateway.port}: the port is in use\n`,
  });
});

test('--check names every problem at its line, and the files that do not fit', async () => {
  const wrong = await runGateway({ lissten: {}, sessions: [{ id: 'x' }] }, '--check');
  expect(wrong.exitCode).toBe(1);
  expect(
    wrong.stderr
      .trim()
      .split('\n')
      .every(line => /gateway\.yaml:\d+:\d+: /.test(line)),
  ).toBe(true);
  expect(wrong.stderr).toContain('listen');
  const tls = { certificate: folder.file('door.pem'), private_key: folder.file('upstream.pem') };
  const keyless = await runGateway({ tls, sessions: [] }, '--check');
  expect(keyless).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is no PEM private key') });
  const fine = await runGateway({ sessions: [] }, '--check');
  expect(fine).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(': ok') });
  const started = await runGateway({ tls, sessions: [] });
  expect(started.exitCode).toBe(1);
});

async function runGateway(config: object, ...options: string[]) {
  const file = folder.file('gateway.yaml');
  await writeFile(file, stringify(config));
  return runToEnd([bunPath, mainFile, '--config', file, ...options]);
}

/** Sends text and answers with all that came until the gateway hung up. */
function sendOverTls(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: gateway.port, rejectUnauthorized: false });
    let received = '';
    socket.on('error', reject);
    socket.on('data', chunk => {
      received += chunk;
    });
    socket.on('close', () => resolve(received));
    socket.write(text);
  });
}
