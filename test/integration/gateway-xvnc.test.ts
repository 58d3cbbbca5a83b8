import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { needs } from '../harness/requirements.ts';
import {
  type DesktopFacts,
  handshakeRfb,
  readRawScreen,
  setEncodings,
  updateRequest,
} from '../harness/rfb-viewer.ts';
import { openStream, type StreamClient } from '../harness/stream-client.ts';
import { waitFor } from '../harness/wait-for.ts';
import { startXvnc, type Xvnc } from '../harness/xvnc.ts';

const plainId = '11111111-1111-4111-8111-111111111111';
const lockedId = '22222222-2222-4222-8222-222222222222';
const wrongId = '33333333-3333-4333-8333-333333333333';
const token = 'a-token-of-some-length';
const withDesktop = needs('desktop');

let plain: Xvnc;
let locked: Xvnc;
let gateway: GatewayProcess;

beforeAll(async () => {
  if (!withDesktop) return;
  [plain, locked] = await Promise.all([
    startXvnc(),
    startXvnc({ width: 320, height: 200, password: 'open-me' }),
  ]);
  const session = { token, protocol: 'rfb', access: 'full' };
  gateway = await startGatewayProcess({
    sessions: [
      { ...session, id: plainId, upstream: `tcp://127.0.0.1:${plain.port}` },
      { ...session, id: lockedId, upstream: `tcp://127.0.0.1:${locked.port}`, upstream_password: 'open-me' },
      { ...session, id: wrongId, upstream: `tcp://127.0.0.1:${locked.port}`, upstream_password: 'guess' },
    ],
  });
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await plain?.[Symbol.asyncDispose]();
  await locked?.[Symbol.asyncDispose]();
});

test.skipIf(!withDesktop)('the pixels of a real Xvnc come through the gateway', async () => {
  await using stream = await openStream({ port: gateway.port, sessionId: plainId, token });
  const desktop = await handshakeRfb(stream);
  expect(desktop).toMatchObject({ width: 640, height: 480, securityTypes: [1] });
  const screen = await readRawScreen(stream, desktop);
  const white = screen.filter((_, index) => index % 4 !== 3).every(byte => byte === 255);
  expect(white).toBe(true);
});

test.skipIf(!withDesktop)(
  'the gateway answers VncAuth itself: the client is offered security None only',
  async () => {
    await using stream = await openStream({ port: gateway.port, sessionId: lockedId, token });
    expect(await handshakeRfb(stream)).toMatchObject({ width: 320, height: 200, securityTypes: [1] });
  },
);

test.skipIf(!withDesktop)('a wrong VncAuth password ends the stream and says whose fault it is', async () => {
  await using stream = await openStream({ port: gateway.port, sessionId: wrongId, token });
  stream.send(Buffer.from('RFB 003.008\n'));
  const { code, reason } = await stream.ended();
  expect({ code, reason }).toEqual({ code: 1011, reason: expect.stringMatching(/refused|authentication/i) });
  const end = await waitFor('the summary', () =>
    gateway.logLines().find(line => line.sessionId === wrongId && line.message === 'stream closed'),
  );
  expect(end).toMatchObject({ level: 'error', closeReason: 'upstream_authentication', side: 'upstream' });
});

test.skipIf(!withDesktop)('a client that closes is answered, and the desktop sees it leave', async () => {
  const stream = await openStream({ port: gateway.port, sessionId: plainId, token });
  await handshakeRfb(stream);
  await stream.close();
  expect(stream.closeFrame).toEqual({ code: 1000, reason: 'closed by the client' });
  await waitFor('Xvnc to see the connection close', () => /Connections: closed/.test(plain.log));
});

test.skipIf(!withDesktop)('a client message no viewer sends ends the stream with a reason', async () => {
  await using stream = await openStream({ port: gateway.port, sessionId: plainId, token });
  await handshakeRfb(stream);
  stream.send(Uint8Array.of(0x77, 0, 0, 0));
  expect(await stream.ended()).toEqual({ code: 1008, reason: expect.stringContaining('119') });
});

const fence = -312;
/** 8 bits: 3 red, 3 green, 2 blue. */
const fewColours = Buffer.from([0, 0, 0, 0, 8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0]);

/** Pixels of the whole screen, Raw, and the fences that came with them, which are answered. */
async function readFenced(
  stream: StreamClient,
  { width, height }: DesktopFacts,
  pixelBytes: number,
): Promise<{ readonly screen: Buffer; readonly fences: string[] }> {
  const fences: string[] = [];
  const parts: Buffer[] = [];
  for (let seen = 0; seen < width * height; ) {
    const [type] = await stream.read(1);
    if (type === 248) {
      const head = await stream.read(8);
      const payload = await stream.read(head[7]!);
      fences.push(head.toString('hex') + payload.toString('hex'));
      const flags = Buffer.from([248, 0, 0, 0, 0, 0, 0, head[6]! & 3, payload.length]);
      stream.send(Buffer.concat([flags, payload]));
      continue;
    }
    if (type !== 0) throw new Error(`unexpected server message ${type}`);
    for (let left = (await stream.read(3)).readUInt16BE(1); left > 0; left--) {
      const rectangle = await stream.read(12);
      const area = rectangle.readUInt16BE(4) * rectangle.readUInt16BE(6);
      parts.push(await stream.read(area * pixelBytes));
      seen += area;
    }
  }
  return { screen: Buffer.concat(parts), fences };
}

test.skipIf(!withDesktop)(
  'a client may change the size of its pixels after updates, with fences',
  async () => {
    await using stream = await openStream({ port: gateway.port, sessionId: plainId, token });
    const desktop = await handshakeRfb(stream);
    stream.send(setEncodings([0, fence]));
    const request = updateRequest(desktop.width, desktop.height);
    stream.send(request);
    const { screen: first, fences } = await readFenced(stream, desktop, 4);
    expect(first.length).toBe(4 * desktop.width * desktop.height);
    expect(fences.length).toBeGreaterThan(0);
    stream.send(fewColours);
    stream.send(request);
    const { screen, fences: later } = await readFenced(stream, desktop, 1);
    expect(screen.every(byte => byte === 255)).toBe(true);
    expect([...fences, ...later].every(one => one.startsWith('00000080'))).toBe(true);
  },
);

test.skipIf(!withDesktop)('… and without fences it is told why not', async () => {
  await using stream = await openStream({ port: gateway.port, sessionId: plainId, token });
  const desktop = await handshakeRfb(stream);
  await readRawScreen(stream, desktop);
  stream.send(fewColours);
  expect(await stream.ended()).toEqual({ code: 1008, reason: expect.stringContaining('no fences') });
});
