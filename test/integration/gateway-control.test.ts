import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { enrolmentToken, LinkControl } from '../harness/link-control.ts';
import { clientCutText, handshakeRfb, keyEvent } from '../harness/rfb-viewer.ts';
import { openStream, requestStream, StreamClient } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'stream-token-of-alice';

let control: LinkControl;
let desktopServer: KasmvncServer;
let gateway: GatewayProcess;
let folder: TempFolder;

const policy = (settings: object = {}): string =>
  JSON.stringify({ access: 'full', settings: { allow_kasm_clipboard_up: true, ...settings } });

function grant(further: object = {}) {
  return {
    grant: {
      sessionId,
      userId: 'user-alice',
      username: 'alice',
      protocol: 'rfb',
      upstream: `ws://127.0.0.1:${desktopServer.port}/`,
      upstreamTlsVerify: true,
      policyJson: policy(),
      policyVersion: 1,
      access: 'full',
      tokenId: 'token-1',
      ...further,
    },
  };
}

beforeAll(async () => {
  control = LinkControl.start();
  desktopServer = await KasmvncServer.start();
  folder = await makeTempFolder('enrolment');
  await writeFile(folder.file('token'), `${enrolmentToken}\n`);
  gateway = await startGatewayProcess({
    control: { url: control.url, enrolment_token_file: folder.file('token') },
  });
  await control.heard('gatewayState');
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await desktopServer?.[Symbol.asyncDispose]();
  await control?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function openDesktop(shown = token) {
  const index = desktopServer.desktops.length;
  const stream = await openStream({ port: gateway.port, sessionId, token: shown });
  await handshakeRfb(stream);
  return { stream, desktop: await desktopServer.desktop(index) };
}

async function refusalOf(shown: string) {
  const answer = await requestStream({ port: gateway.port, sessionId, token: shown });
  if (answer instanceof StreamClient) throw new Error('the gateway let us in');
  return answer;
}

test('the gateway enrols once and keeps its credential to itself', async () => {
  expect(control.bearers[0]).toBe(enrolmentToken);
  const file = `${gateway.folder}/data/node.json`;
  const identity = await waitFor('the kept credential', () => readFile(file, 'utf8'));
  expect(JSON.parse(identity)).toMatchObject({ node_id: 'node-1' });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('control decides who may open a stream, and hears of it when one opens and closes', async () => {
  expect((await refusalOf('somebody-elses-token')).status).toBe(401);
  control.answers.set('not-yet', { refusal: 'not_running' });
  control.answers.set('locked-out', { refusal: 'locked' });
  expect(await refusalOf('not-yet')).toMatchObject({ status: 503 });
  expect(await refusalOf('locked-out')).toMatchObject({ status: 403 });
  control.answers.set(token, grant());
  const { stream } = await openDesktop();
  expect(await control.heard('streamOpened')).toMatchObject({
    sessionId,
    userId: 'user-alice',
    channel: 'vnc',
  });
  await stream.close();
  const closed = await control.heard('streamClosed');
  expect(closed).toMatchObject({ sessionId, closeReason: 'client_closed' });
  expect(Number(closed.bytesToClient)).toBeGreaterThan(40);
});

test('a grant this version can not enforce is refused, not guessed at', async () => {
  control.answers.set(
    'broken-policy',
    grant({ policyJson: '{"access":"full","settings":{"no_such_setting":1}}' }),
  );
  control.answers.set('rdp-session', grant({ protocol: 'rdp' }));
  control.answers.set(token, grant());
  await (await openDesktop()).stream.close();
  const before = desktopServer.connectionCount;
  // Neither does the grant that the same token had a moment ago stand in for it.
  control.answers.set(token, grant({ policyJson: '{' }));
  expect(await refusalOf(token)).toMatchObject({
    status: 503,
    body: expect.stringContaining('can not serve'),
  });
  expect((await refusalOf('broken-policy')).status).toBe(503);
  expect((await refusalOf('rdp-session')).status).toBe(503);
  expect(desktopServer.connectionCount).toBe(before);
});

test('a cut ends the streams it names at once, and only those', async () => {
  control.answers.set(token, grant());
  control.answers.set('other-token-of-alice', grant({ tokenId: 'token-2' }));
  const first = await openDesktop();
  const second = await openDesktop('other-token-of-alice');
  control.push({
    streamsCut: { tokenId: 'token-1', cause: 'token_revoked', message: 'the link was withdrawn' },
  });
  expect(await first.stream.ended()).toEqual({ code: 1008, reason: 'the link was withdrawn' });
  await waitFor('the desktop to lose its viewer', () => first.desktop.closed);
  second.stream.send(keyEvent(0x61, true));
  await waitFor('the other stream to go on', () => second.desktop.received.includes(keyEvent(0x61, true)));
  control.push({ streamsCut: { userId: 'user-alice', cause: 'user_locked' } });
  expect(await second.stream.ended()).toEqual({ code: 1008, reason: 'the user was locked' });
  for (const { stream } of [first, second]) await stream[Symbol.asyncDispose]();
});

test('a stream whose desktop does not answer yet can be cut, and left', async () => {
  const sockets: unknown[] = [];
  using silent = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open: socket => void sockets.push(socket),
      close: socket => void sockets.splice(sockets.indexOf(socket), 1),
      data() {},
    },
  });
  control.answers.set(
    'to-nowhere',
    grant({ upstream: `ws://127.0.0.1:${silent.port}/`, tokenId: 'token-3' }),
  );
  const cut = await openStream({ port: gateway.port, sessionId, token: 'to-nowhere' });
  const left = await openStream({ port: gateway.port, sessionId, token: 'to-nowhere' });
  await waitFor('both dials', () => sockets.length === 2);
  await left.close();
  control.push({ streamsCut: { tokenId: 'token-3', cause: 'token_revoked' } });
  expect(await cut.ended()).toEqual({ code: 1008, reason: 'the access was withdrawn' });
  await waitFor('both dials to be given up', () => sockets.length === 0);
  await cut[Symbol.asyncDispose]();
});

test('whoever listens to events is cut off with the token', async () => {
  control.answers.set(token, grant());
  const events = await openEvents();
  control.push({ streamsCut: { tokenId: 'token-1', cause: 'token_revoked' } });
  await events.finished;
  await events[Symbol.asyncDispose]();
});

test('a stalled viewer is cut, too', async () => {
  control.answers.set(token, grant());
  const { stream, desktop } = await openDesktop();
  stream.pause();
  for (let count = 0; count < 400; count++) desktop.send(new Uint8Array(49_000).fill(2));
  control.push({ streamsCut: { sessionId, cause: 'session_ended' } });
  await waitFor('the desktop to lose its viewer', () => desktop.closed);
  await waitFor('the summary', () =>
    gateway.logLines().some(line => line.message === 'stream closed' && line.closeReason === 'session_ended'),
  );
  await stream[Symbol.asyncDispose]();
});

test('a new policy takes force on a running stream, and the viewer is told what it dropped', async () => {
  control.answers.set(token, grant());
  const { stream, desktop } = await openDesktop();
  await using _ = stream;
  const events = await openEvents();
  stream.send(clientCutText('before'));
  await waitFor('the first text', () => desktop.received.includes('before'));
  control.push({
    policyChanged: { sessionId, policyJson: policy({ allow_kasm_clipboard_up: false }), policyVersion: 2 },
  });
  // Nothing tells a client that a policy has arrived: what it sends until then may still pass.
  const event = await waitFor('the event', () => {
    stream.send(clientCutText('after'));
    return events.lines.find(line => line.startsWith('data: '));
  });
  expect(JSON.parse(event.slice(6))).toMatchObject({ type: 'clipboard', direction: 'up', verdict: 'drop' });
  await stream.close();
  await waitFor('the end to be told', () =>
    events.lines.some(line => line.includes('"reason":"client_closed"')),
  );
  await events[Symbol.asyncDispose]();
});

test('what waits for a stalled desktop is judged by the policy that holds when its turn comes', async () => {
  control.answers.set(token, grant());
  const { stream, desktop } = await openDesktop();
  await using _ = stream;
  control.answers.set('for-order', grant({ tokenId: 'token-2' }));
  const other = await openDesktop('for-order');
  const events = await openEvents();
  desktop.pause();
  const size = 1024 * 1024;
  const texts = 32;
  for (let count = 0; count < texts; count++) stream.send(clientCutText('x'.repeat(size)));
  stream.send(clientCutText('last of all'));
  stream.send(keyEvent(0x61, true));
  control.push({
    policyChanged: { sessionId, policyJson: policy({ allow_kasm_clipboard_up: false }), policyVersion: 2 },
  });
  // Control's words are taken in order: with this cut the policy is in force.
  control.push({ streamsCut: { tokenId: 'token-2', cause: 'token_revoked' } });
  await other.stream.ended();
  desktop.resume();
  await waitFor('the key behind the texts', () => desktop.received.includes(keyEvent(0x61, true)), 20_000);
  expect(desktop.received.includes('last of all')).toBe(false);
  expect(desktop.receivedBytes).toBeLessThan((texts / 2) * size);
  await waitFor('the drops to be told', () =>
    events.lines.some(line => line.includes('"reason":"disabled"')),
  );
  await other.stream[Symbol.asyncDispose]();
  await events[Symbol.asyncDispose]();
});

test('a token that may only watch stays so, whatever policy the session gets', async () => {
  control.answers.set('for-watching', grant({ access: 'view_only' }));
  control.answers.set(token, grant());
  const watching = await openDesktop('for-watching');
  const full = await openDesktop();
  control.push({
    policyChanged: { sessionId, policyJson: policy({ allow_kasm_clipboard_down: true }), policyVersion: 4 },
  });
  for (const { stream } of [watching, full]) {
    stream.send(keyEvent(0x63, true));
    stream.sendFrame(9, Buffer.from('after the key'));
  }
  await waitFor('the key of the one that may type', () =>
    full.desktop.received.includes(keyEvent(0x63, true)),
  );
  await waitFor('both to be read so far', () => watching.stream.pongs.length === 1);
  expect(watching.desktop.receivedBytes).toBe(0);
  await Promise.all([watching.stream.close(), full.stream.close()]);
});

test('a policy that can not be read cuts the stream rather than leave the old one in force', async () => {
  control.answers.set(token, grant());
  const { stream } = await openDesktop();
  await using _ = stream;
  control.push({ policyChanged: { sessionId, policyJson: '{', policyVersion: 3 } });
  expect(await stream.ended()).toEqual({
    code: 1008,
    reason: 'the new policy of the session can not be enforced',
  });
});

test('a grant that expires ends its stream', async () => {
  control.answers.set('short-lived', grant({ expiresAtMs: Date.now() + 3_000 }));
  const { stream } = await openDesktop('short-lived');
  await using _ = stream;
  expect(await stream.ended()).toEqual({ code: 1008, reason: 'the access has expired' });
});

test('pages come from control, through the same port', async () => {
  const answer = await fetch(`https://127.0.0.1:${gateway.port}/`, { tls: { rejectUnauthorized: false } });
  expect(await answer.text()).toBe('a page of control\n');
});

test('a large page reaches a slow reader whole, without the gateway keeping it', async () => {
  const MiB = 1024 * 1024;
  control.large = new Uint8Array(128 * MiB).fill(120);
  const socket = connect({ host: '127.0.0.1', port: gateway.port, rejectUnauthorized: false });
  let received = 0;
  socket.on('data', chunk => {
    received += chunk.length;
  });
  const atRest = await gateway.residentBytes();
  socket.write('GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await waitFor('the first bytes', () => received > 0);
  socket.pause();
  let highest = 0;
  const startedMs = performance.now();
  await waitFor('a second to pass with nobody reading', async () => {
    highest = Math.max(highest, await gateway.residentBytes());
    return performance.now() - startedMs > 1000;
  });
  expect(received).toBeLessThan(64 * MiB);
  socket.resume();
  await waitFor('the whole page', () => received > 128 * MiB, 20_000);
  expect(highest - atRest).toBeLessThan(48 * MiB);
  await waitFor('the connection to end', () => socket.closed);
});

test('while control is away streams go on and a viewer that was there comes back; a stranger does not', async () => {
  control.answers.set(token, grant());
  control.answers.set('never-seen', grant());
  const running = await openDesktop();
  await control.stop();
  running.stream.send(keyEvent(0x62, true));
  await waitFor('the running stream', () => running.desktop.received.includes(keyEvent(0x62, true)));
  const again = await openDesktop();
  expect(await refusalOf('never-seen')).toMatchObject({ status: 503 });
  control.frames.length = 0;
  control.listen();
  const state = await control.heard('gatewayState');
  expect(state.streams).toHaveLength(2);
  expect(control.bearers.at(-1)).not.toBe(enrolmentToken);
  for (const { stream } of [running, again]) await stream[Symbol.asyncDispose]();
});

async function openEvents() {
  const stop = new AbortController();
  const answer = await fetch(`https://127.0.0.1:${gateway.port}/desktop/${sessionId}/events`, {
    headers: { authorization: `Bearer ${token}` },
    tls: { rejectUnauthorized: false },
    signal: stop.signal,
  });
  expect(answer.status).toBe(200);
  const lines: string[] = [];
  const reading = (async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream()))
      lines.push(...chunk.split('\n'));
  })().catch(() => {});
  return {
    lines,
    finished: reading,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await reading;
    },
  };
}
