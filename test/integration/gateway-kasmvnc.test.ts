import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer, rawUpdate } from '../harness/kasmvnc-server.ts';
import { clientCutText, handshakeRfb, keyEvent, readRawScreen } from '../harness/rfb-viewer.ts';
import { openStream, requestStream, StreamClient } from '../harness/stream-client.ts';
import { waitFor } from '../harness/wait-for.ts';

const id = (digit: number): string => '00000000-0000-4000-8000-000000000000'.replaceAll('0', String(digit));
const token = 'only-for-the-gateway-4711';
const credentials = 'kasm_user:upstream-password';
const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;

let server: KasmvncServer;
let refusing: KasmvncServer;
let garbage: KasmvncServer;
let gateway: GatewayProcess;

beforeAll(async () => {
  server = await KasmvncServer.start({ credentials, width: 64, height: 32 });
  refusing = await KasmvncServer.start({ answer: 'HTTP/1.1 404 Not Found\r\n\r\n' });
  garbage = await KasmvncServer.start({ answer: 'SSH-2.0-OpenSSH_9.2\r\n' });
  const session = { token, protocol: 'kasmvnc', access: 'full' };
  const upstream = `ws://127.0.0.1:${server.port}/websockify`;
  const unused = await KasmvncServer.start();
  const closedPort = unused.port;
  await unused[Symbol.asyncDispose]();
  gateway = await startGatewayProcess({
    sessions: [
      {
        ...session,
        id: id(1),
        upstream,
        upstream_authorization: authorization,
        settings: { allow_kasm_clipboard_up: true },
      },
      { ...session, id: id(2), upstream },
      { ...session, id: id(3), upstream: `ws://127.0.0.1:${refusing.port}/` },
      { ...session, id: id(4), upstream: `ws://127.0.0.1:${garbage.port}/` },
      { ...session, id: id(5), upstream: `ws://127.0.0.1:${closedPort}/` },
    ],
  });
});

afterAll(async () => {
  for (const each of [gateway, server, refusing, garbage]) await each?.[Symbol.asyncDispose]();
});

/** A fresh stream to the first session, both ends past their handshakes. */
async function openDesktop() {
  const index = server.desktops.length;
  const stream = await openStream({ port: gateway.port, sessionId: id(1), token });
  const facts = await handshakeRfb(stream);
  return { stream, facts, desktop: await server.desktop(index) };
}

test('a frame of a KasmVNC server reaches the viewer, its pixels untouched', async () => {
  const { stream, facts, desktop } = await openDesktop();
  await using _ = stream;
  expect(facts).toMatchObject({ width: 64, height: 32, name: 'kasm', securityTypes: [1] });
  const screen = readRawScreen(stream, facts);
  await waitFor('the update request', () => desktop.received.includes(Buffer.from([3, 0, 0, 0, 0, 0])));
  desktop.send(rawUpdate(64, 32, 0x5a));
  expect((await screen).every(byte => byte === 0x5a)).toBe(true);
});

test('client messages reach KasmVNC in whole, masked, unfragmented frames, however the client cut them', async () => {
  const { stream, desktop } = await openDesktop();
  await using _ = stream;
  const keys = Buffer.concat([keyEvent(0x61, true), keyEvent(0x61, false)]);
  const before = desktop.frameSizes.length;
  for (const byte of keys) stream.send(Uint8Array.of(byte));
  await waitFor('both key events', () => desktop.receivedBytes === keys.length);
  expect(desktop.received).toEqual(keys);
  expect(desktop.frameSizes.slice(before).every(size => size % 8 === 0)).toBe(true);
});

test('pings are answered by the gateway and never reach KasmVNC', async () => {
  const { stream, desktop } = await openDesktop();
  await using _ = stream;
  stream.sendFrame(9, Buffer.from('are you there'));
  await waitFor('the pong', () => stream.pongs.length === 1);
  expect(stream.pongs[0]?.toString()).toBe('are you there');
  expect(desktop.controlOpcodes).toEqual([]);
});

test('the token stays at the gateway, however it was shown, and so does every header of the client', async () => {
  const cookie = [`Cookie: a=b; session_token=${token}`, 'X-Forwarded-For: 1.2.3.4'];
  const ways = [{ token }, { headers: cookie }, { path: `/desktop/${id(1)}/vnc/websockify?token=${token}` }];
  for (const way of ways) {
    const count = server.requests.length;
    await using stream = await openStream({ port: gateway.port, sessionId: id(1), ...way });
    await handshakeRfb(stream);
    const request = server.requests[count] ?? '';
    expect(request).toContain(`Authorization: ${authorization}\r\n`);
    for (const secret of [token, 'Cookie', 'Forwarded', 'Bearer']) expect(request).not.toContain(secret);
  }
});

test('without a valid grant nothing is dialled, and the answer says why', async () => {
  const before = server.connectionCount;
  const ask = async (sessionId: string, shown: string | undefined) => {
    const options = { port: gateway.port, sessionId, ...(shown === undefined ? {} : { token: shown }) };
    const answer = await requestStream(options);
    if (answer instanceof StreamClient) throw new Error('the gateway let us in');
    return { status: answer.status, body: JSON.parse(answer.body) };
  };
  const message = (text: string) => ({ error_message: text });
  expect(await ask(id(1), undefined)).toEqual({
    status: 401,
    body: message('a token is needed to open this session'),
  });
  expect(await ask(id(1), `${token}x`)).toEqual({
    status: 401,
    body: message('the token is not valid for this session'),
  });
  expect(await ask(id(9), token)).toEqual({ status: 404, body: message('there is no such session') });
  expect(server.connectionCount).toBe(before);
  const trail = await Bun.file(`${gateway.folder}/data/audit-refused.ndjson`).text();
  expect(trail.split('\n').filter(line => line.includes('stream_refused'))).toHaveLength(3);
});

test('an upstream that is not there, refuses or talks nonsense ends the stream with its reason', async () => {
  const endOf = async (digit: number) => {
    await using stream = await openStream({ port: gateway.port, sessionId: id(digit), token });
    return await stream.ended();
  };
  expect(await endOf(5)).toEqual({ code: 1011, reason: 'the desktop can not be reached: ECONNREFUSED' });
  expect(await endOf(3)).toEqual({
    code: 1011,
    reason: 'the desktop answered the handshake with HTTP status 404',
  });
  expect(await endOf(2)).toEqual({
    code: 1011,
    reason: 'the desktop answered the handshake with HTTP status 401',
  });
  expect(await endOf(4)).toEqual({
    code: 1011,
    reason: 'the desktop answered no HTTP where a WebSocket was expected',
  });
});

test('an upstream that sends what is no RFB message ends the stream with a reason', async () => {
  const { stream, desktop } = await openDesktop();
  await using _ = stream;
  desktop.send(Uint8Array.of(0xee, 1, 2, 3));
  expect(await stream.ended()).toEqual({ code: 1011, reason: expect.stringContaining('238') });
  await waitFor('the desktop connection to close', () => desktop.closed);
});

test('an upstream that breaks the framing ends the stream with a reason', async () => {
  const { stream, desktop } = await openDesktop();
  await using _ = stream;
  desktop.sendRaw(Uint8Array.of(0x82, 0x81, 0, 0, 0, 0, 1));
  expect((await stream.ended()).code).toBe(1011);
  expect(await closedLine('upstream_websocket')).toMatchObject({ side: 'upstream' });
});

test('a client that breaks the framing is told the WebSocket code for it', async () => {
  const { stream, desktop } = await openDesktop();
  await using _ = stream;
  stream.sendRaw(Uint8Array.of(0x82, 0x01, 0));
  expect((await stream.ended()).code).toBe(1002);
  await waitFor('the desktop connection to close', () => desktop.closed);
});

test('a text frame is refused: KasmVNC would decode it as base64', async () => {
  const { stream, desktop } = await openDesktop();
  await using _ = stream;
  stream.sendFrame(1, Buffer.from('BAEAAAAAAGE='));
  expect((await stream.ended()).code).toBe(1003);
  expect(desktop.receivedBytes).toBe(0);
});

test('a desktop that closes or crashes ends the stream with a code of its own', async () => {
  const first = await openDesktop();
  first.desktop.end();
  expect(await first.stream.ended()).toEqual({ code: 1000, reason: 'the desktop closed the connection' });
  const second = await openDesktop();
  second.desktop.reset();
  expect((await second.stream.ended()).code).toBe(1011);
  for (const { stream } of [first, second]) await stream[Symbol.asyncDispose]();
});

test('what the desktop sent before it closed arrives whole', async () => {
  const { stream, desktop, facts } = await openDesktop();
  await using _ = stream;
  const before = stream.receivedBytes;
  const screen = readRawScreen(stream, facts);
  await waitFor('the update request', () => desktop.receivedBytes > 30);
  desktop.send(rawUpdate(64, 32, 7));
  for (let count = 0; count < 40; count++) desktop.send(rawUpdate(64, 32, count));
  desktop.end();
  await screen;
  await stream.ended();
  expect(stream.receivedBytes - before).toBe(41 * (16 + 64 * 32 * 4));
});

test('counters, health and the trail tell what happened', async () => {
  const { stream, desktop } = await openDesktop();
  stream.send(clientCutText('never sent by a KasmVNC viewer, ignored by its server'));
  stream.send(keyEvent(0x62, true));
  await waitFor('the key', () => desktop.received.includes(keyEvent(0x62, true)));
  const health = await fetch(`http://127.0.0.1:${gateway.metricsPort}/healthz`);
  expect(await health.json()).toMatchObject({ status: 'ok', link: 'none', version: expect.any(String) });
  const metricsText = async () => (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
  expect(await metricsText()).toMatch(/^sluice_streams [1-9]/m);
  await stream.close();
  await waitFor('the closed stream to be counted', async () =>
    /^sluice_streams_closed_total\{reason="client_closed"\} [1-9]/m.test(await metricsText()),
  );
  expect(await metricsText()).toMatch(/^sluice_stream_bytes_total\{direction="to_client"\} [1-9]/m);
});

test('nothing secret is in the log of all that, at its most talkative', async () => {
  const { stream, desktop } = await openDesktop();
  const content = 'typed-by-nobody-but-this-test';
  stream.send(binaryClipboard(content));
  await waitFor('the clipboard', () => desktop.received.includes(content));
  await stream.close();
  await closedLine('client_closed');
  const written = gateway.process.stdout + gateway.process.stderr;
  for (const secret of [token, credentials, 'upstream-password', authorization.slice(6), content]) {
    expect(written).not.toContain(secret);
  }
  expect(written).toContain(id(1));
});

/** KasmVNC's message 180 with one text item. */
function binaryClipboard(text: string): Buffer {
  const mime = 'text/plain';
  const message = Buffer.alloc(3 + mime.length + 4);
  message.set([180, 1, mime.length]);
  message.write(mime, 3);
  message.writeUInt32BE(text.length, 3 + mime.length);
  return Buffer.concat([message, Buffer.from(text)]);
}

async function closedLine(reason: string) {
  return waitFor(`the summary with ${reason}`, () =>
    gateway.logLines().find(line => line.message === 'stream closed' && line.closeReason === reason),
  );
}
