/** Ways past the gateway that need all of it: its door, its relay, a desktop behind it. See docs/bypasses.md. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { typesTakenBy } from '../bypass/desktop-model.ts';
import { bytesOf } from '../conformance/rfb-bytes.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { type KasmvncDesktop, KasmvncServer } from '../harness/kasmvnc-server.ts';
import { handshakeRfb, keyEvent } from '../harness/rfb-viewer.ts';
import { openStream, requestStream, StreamClient } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const watchedId = '11111111-1111-4111-8111-111111111111';
const fullId = '22222222-2222-4222-8222-222222222222';
const token = 'only-for-the-gateway-4711';
const updateRequest = bytesOf('03 01 0000 0000 0010 0010');

let server: KasmvncServer;
let gateway: GatewayProcess;
let folder: TempFolder;
let trail: string;

beforeAll(async () => {
  server = await KasmvncServer.start();
  const session = { token, protocol: 'kasmvnc', upstream: `ws://127.0.0.1:${server.port}/websockify` };
  folder = await makeTempFolder('bypass');
  trail = folder.file('data', 'audit.ndjson');
  gateway = await startGatewayProcess({
    data_dir: folder.file('data'),
    sessions: [
      { ...session, id: watchedId, access: 'view_only' },
      { ...session, id: fullId, access: 'full', data_loss_prevention: { keyboard: { enabled: false } } },
    ],
  });
});

afterAll(async () => {
  for (const each of [gateway, server, folder]) await each?.[Symbol.asyncDispose]();
});

async function open(sessionId: string): Promise<{ stream: StreamClient; desktop: KasmvncDesktop }> {
  const index = server.desktops.length;
  const stream = await openStream({ port: gateway.port, sessionId, token });
  await handshakeRfb(stream);
  return { stream, desktop: await server.desktop(index) };
}

test('a token that may only watch sends every kind of input, and the desktop hears nothing but a request for the picture', async () => {
  const { stream, desktop } = await open(watchedId);
  await using _ = stream;
  for (const action of [
    '04 01 0000 00000061',
    'ff 00 0001 00000061 0000001e',
    '05 0001 0001 0001 0000 0078',
    'bc 01 0001 0001 0000 0000',
    'b4 01 0a "text/plain" 00000006 "secret"',
    'b5 0003 "sdp" b6 07 "printer"',
    'fb 00 0400 0300 01 00 00000000 0000 0000 0400 0300 00000000',
  ]) {
    stream.send(bytesOf(action));
  }
  stream.send(updateRequest);
  await waitFor('the request', () => desktop.receivedBytes >= updateRequest.length);
  expect(typesTakenBy('kasmvnc', desktop.received)).toEqual([3]);
});

test('a key in base64 in a text frame closes the stream with 1003, and the desktop hears nothing of it', async () => {
  const { stream, desktop } = await open(fullId);
  await using _ = stream;
  stream.sendFrame(1, Buffer.from(keyEvent(0x61, true).toString('base64')));
  expect((await stream.ended()).code).toBe(1003);
  await waitFor('the desktop to be left', () => desktop.closed);
  expect(desktop.receivedBytes).toBe(0);
});

test('a client that asks for the sub-protocol base64 beside binary does not bring it to the desktop', async () => {
  const count = server.connectionCount;
  const options = { port: gateway.port, sessionId: fullId, token };
  const answer = await requestStream({ ...options, headers: ['Sec-WebSocket-Protocol: base64'] });
  if (answer instanceof StreamClient) await answer[Symbol.asyncDispose]();
  await waitFor('the desktop to be asked', () => server.connectionCount > count);
  expect(server.requests.at(-1)).toContain('Sec-WebSocket-Protocol: binary\r\n');
  expect(server.requests.at(-1)).not.toContain('base64');
});

/** One message each that ends the stream, and what is told of it. */
const refused: readonly (readonly [what: string, message: string, reason: RegExp])[] = [
  ['a message that no client sends', '01', /client message 1 /],
  ['a relay name of 64 bytes', `b7 40 "${'r'.repeat(64)}" 00000000`, /relay name/],
  ['a MIME name with a NUL', 'b4 01 0b "text/plain" 00 00000001 "x"', /MIME name/],
  ['a MIME name of 32 bytes', `b4 01 20 "${'m'.repeat(32)}" 00000001 "x"`, /mime length/],
  ['a MIME name that comes twice', 'b4 02 01 "m" 00000001 "x" 01 "m" 00000001 "y"', /twice/],
  ['33 clipboard items', 'b4 21', /clipboard items/],
  ['a clipboard item of 4 GB', 'b4 01 01 "m" ffffffff', /clipboard item length/],
];

test.each(refused)(
  '%s ends the stream with a code and a reason, is counted and in the audit trail',
  async (...row) => {
    const [, message, reason] = row;
    const counted = async (): Promise<number> => {
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
      return Number(
        /^sluice_streams_closed_total\{reason="client_message"\} (\d+)$/m.exec(metrics)?.[1] ?? 0,
      );
    };
    const before = await counted();
    const { stream, desktop } = await open(fullId);
    await using _ = stream;
    stream.send(bytesOf(message));
    const { code } = await stream.ended();
    expect(code).toBe(1008);
    expect(stream.closeFrame?.reason).toMatch(reason);
    await waitFor('the desktop to be left', () => desktop.closed);
    expect(desktop.receivedBytes).toBe(0);
    await waitFor('the counter', async () => (await counted()) === before + 1);
    const records = (await readFile(trail, 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(records.at(-1)).toMatchObject({
      event: 'stream_closed',
      sessionId: fullId,
      reason: 'client_message',
    });
  },
);

test('keys by the hundred hide no invitation to UDP: all are counted, and that is in the audit trail of a policy without one', async () => {
  const counted = async (labels: string): Promise<number> => {
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
    const sample = metrics.split('\n').find(line => line.startsWith(`sluice_policy_drops_total{${labels}}`));
    return Number(sample?.split(' ')[1] ?? 0);
  };
  const keys = 'type="keyboard",direction="up",reason="disabled"';
  const before = await counted(keys);
  const { stream, desktop } = await open(fullId);
  await using _ = stream;
  const press = '04 01 0000 00000061';
  stream.send(bytesOf(`${Array(300).fill(press).join(' ')} b5 0003 "sdp" ${press}`));
  stream.send(updateRequest);
  await waitFor('the request', () => desktop.receivedBytes === updateRequest.length);
  expect((await counted(keys)) - before).toBe(301);
  stream.send(bytesOf('01'));
  await stream.ended();
  const records = async () =>
    (await readFile(trail, 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
  const [invitation, end] = await waitFor('the records', async () => {
    const last = (await records()).slice(-2);
    return last[1]?.event === 'stream_closed' ? last : undefined;
  });
  expect(invitation).toMatchObject({
    event: 'policy',
    policy: { type: 'udp', direction: 'up', verdict: 'drop' },
  });
  expect(end).toMatchObject({ event: 'stream_closed', policyDrops: 302 });
});

test('a relay name that KasmVNC misreads closes the stream before a byte of it arrives', async () => {
  const { stream, desktop } = await open(fullId);
  await using _ = stream;
  const name = Buffer.alloc(64, 'r').toString();
  stream.send(
    bytesOf(`b7 40 "${name}" 00 000018 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 04 01 0000 00000061`),
  );
  await stream.ended();
  await waitFor('the desktop to be left', () => desktop.closed);
  expect(desktop.receivedBytes).toBe(0);
});
