import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { enrolmentToken, LinkControl } from '../harness/link-control.ts';
import { handshakeRfb } from '../harness/rfb-viewer.ts';
import { type HttpAnswer, openStream, requestStream, StreamClient } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';

let folder: TempFolder;
let desktop: KasmvncServer;
let control: LinkControl;
/** With the sessions of its file. */
let alone: GatewayProcess;
/** With those of control. */
let linked: GatewayProcess;

beforeAll(async () => {
  folder = await makeTempFolder('front-door');
  await writeFile(folder.file('token'), enrolmentToken);
  desktop = await KasmvncServer.start();
  control = LinkControl.start();
  const upstream = `ws://127.0.0.1:${desktop.port}/websockify`;
  alone = await startGatewayProcess({
    http: {
      origins: { allow: ['https://portal.example', 'https://*.tools.example'] },
      streams: { ping_interval_s: 0.1, silence_s: 0.3 },
      headers: {
        hsts: { max_age: 4711 },
        referrer_policy: 'same-origin',
        pages: { 'X-Class': 'pages' },
        streams: { 'X-Class': 'streams', 'Cross-Origin-Resource-Policy': '' },
      },
    },
    sessions: [{ id: sessionId, token, protocol: 'kasmvnc', upstream }],
  });
  linked = await startGatewayProcess({
    control: { url: control.url, enrolment_token_file: folder.file('token') },
  });
  await waitFor('the link', () => control.connected);
});

afterAll(async () => {
  for (const each of [alone, linked, control, desktop, folder]) await each?.[Symbol.asyncDispose]();
});

async function refusalOf(origin: string): Promise<HttpAnswer> {
  const answer = await requestStream({
    port: alone.port,
    sessionId,
    headers: [`Origin: ${origin}`, `Cookie: session_token=${token}`],
  });
  if (!(answer instanceof StreamClient)) return answer;
  await answer[Symbol.asyncDispose]();
  throw new Error('the gateway let us in');
}

/** Sends bytes as they are. */
async function exchangeHead(text: string): Promise<{ head: string; body: string }> {
  const socket = connect({ host: '127.0.0.1', port: alone.port, rejectUnauthorized: false });
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  socket.write(text);
  await new Promise<void>((resolve, reject) => {
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { head, body };
}

const metricsOf = async (gateway: GatewayProcess): Promise<string> =>
  (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();

test('a page of another origin opens no stream with the cookie of its visitor, and that is counted and kept', async () => {
  const before = desktop.connectionCount;
  for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${alone.port}`]) {
    expect(await refusalOf(origin)).toMatchObject({
      status: 403,
      body: '{"error_message":"pages of this origin may not open streams here"}\n',
    });
  }
  expect(desktop.connectionCount).toBe(before);
  expect(await metricsOf(alone)).toContain('sluice_streams_refused_total{refusal="foreign_origin"} 3');
  const trail = await readFile(`${alone.folder}/data/audit-refused.ndjson`, 'utf8');
  const records = trail.split('\n').filter(line => line.includes('"reason":"foreign_origin"'));
  expect(records).toHaveLength(3);
  expect(JSON.parse(records[0] ?? '')).toMatchObject({
    event: 'stream_refused',
    sessionId,
    address: '127.0.0.1',
  });
});

test('pages of the own origin and of listed ones open streams, and so do programs without an origin', async () => {
  const own = `https://127.0.0.1:${alone.port}`;
  for (const origin of [own, 'https://portal.example', 'https://a.tools.example', undefined]) {
    const headers = origin === undefined ? [] : [`Origin: ${origin}`];
    await using stream = await openStream({ port: alone.port, sessionId, token, headers });
    expect(await handshakeRfb(stream)).toMatchObject({ name: 'kasm' });
  }
});

test('no answer says which software gives it, and refusals are framed and run by nobody', async () => {
  const base = `https://127.0.0.1:${alone.port}`;
  const raw = await refusalOf('https://evil.example');
  expect(raw.head).not.toMatch(/^(server|x-powered-by|via):/im);
  expect(raw.head).toContain("content-security-policy: default-src 'none'");
  expect(raw.head).toContain('x-frame-options: DENY');
  for (const path of ['/', '/api/nothing', '/link', `/desktop/${sessionId}/vnc/websockify`]) {
    const { headers } = await fetch(base + path, { tls: { rejectUnauthorized: false } });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    for (const name of ['server', 'x-powered-by', 'via']) expect(headers.has(name)).toBe(false);
  }
});

test('what is refused before the HTTP side has the headers that the configuration asks for, too', async () => {
  const stream = (await refusalOf('https://evil.example')).head;
  const { head, body } = await exchangeHead(
    `GET / HTTP/1.1\r\nHost: a\r\nCookie: a=${'a'.repeat(17_000)}\r\n\r\n`,
  );
  expect(head).toStartWith('HTTP/1.1 431');
  expect(JSON.parse(body)).toEqual({ error_message: 'the request head with its cookies is too large' });
  for (const text of [stream, head]) {
    for (const line of ['strict-transport-security: max-age=4711', 'referrer-policy: same-origin']) {
      expect(text).toContain(line);
    }
    for (const line of ['x-content-type-options: nosniff', 'cache-control: no-store']) {
      expect(text).toContain(line);
    }
    expect(text).toContain('permissions-policy: ');
  }
  expect(stream).toContain('x-class: streams');
  expect(stream).not.toContain('cross-origin-resource-policy');
  expect(head).toContain('x-class: pages');
  expect(head).toContain('cross-origin-resource-policy: same-origin');
});

test('metrics and health are at an address of their own and nowhere else', async () => {
  expect(await metricsOf(alone)).toContain('sluice_');
  expect((await fetch(`http://127.0.0.1:${alone.metricsPort}/healthz`)).status).toBe(200);
  for (const path of ['/metrics', '/healthz', '/%6detrics', '//healthz']) {
    for (const gateway of [alone, linked]) {
      const answer = await fetch(`https://127.0.0.1:${gateway.port}${path}`, {
        tls: { rejectUnauthorized: false },
      });
      if (gateway === alone) expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain('sluice_');
    }
  }
});

test('an idle stream is pinged, and goes on as long as it is answered', async () => {
  await using stream = await openStream({ port: alone.port, sessionId, token });
  await handshakeRfb(stream);
  await waitFor('pings that are answered', () => stream.pings > 6);
  expect(stream.closeFrame).toBeUndefined();
});

test('a client that answers no ping is given up, with a code that invites to come back', async () => {
  await using stream = await openStream({ port: alone.port, sessionId, token });
  stream.answersPings = false;
  await handshakeRfb(stream);
  expect(await stream.ended()).toEqual({ code: 1001, reason: 'the client did not answer' });
  expect(await metricsOf(alone)).toContain('sluice_streams_closed_total{reason="client_silent"} 1');
});

test('a grant of control reaches no address but a desktop', async () => {
  const grant = (upstream: string) => ({
    grant: {
      sessionId,
      userId: 'u',
      username: 'u',
      protocol: 'kasmvnc',
      upstream,
      upstreamTlsVerify: true,
      policyJson: JSON.stringify({ access: 'full', data_loss_prevention: {}, settings: {} }),
      policyVersion: 1,
      access: 'full',
      tokenId: 't',
    },
  });
  const refused = [
    'ws://169.254.169.254/latest/meta-data/',
    'ws://[fe80::1]:6901/',
    'ws://[::ffff:169.254.169.254]/',
    `ws://127.0.0.1:${linked.metricsPort}/metrics`,
    `ws://localhost:${new URL(control.url).port}/link`,
    'unix+ws:///var/run/docker.sock:/',
  ];
  for (const upstream of refused) {
    control.answers.set(token, grant(upstream));
    await using stream = await openStream({ port: linked.port, sessionId, token });
    expect(await stream.ended()).toMatchObject({
      code: 1011,
      reason: expect.stringContaining('the desktop may not be dialled'),
    });
    const page = await fetch(`https://127.0.0.1:${linked.port}/desktop/${sessionId}/vnc/app.js`, {
      headers: { Cookie: `session_token=${token}` },
      tls: { rejectUnauthorized: false },
    });
    expect(page.status).toBe(502);
  }
  // Desktops of an agent beside control, as npm start has them.
  control.answers.set(token, grant(`ws://127.0.0.1:${desktop.port}/websockify`));
  await using stream = await openStream({ port: linked.port, sessionId, token });
  expect(await handshakeRfb(stream)).toMatchObject({ name: 'kasm' });
});
