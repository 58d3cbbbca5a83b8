import { afterAll, beforeAll, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { heapHeadroomVariable } from '../../config/engine-options.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer, rawUpdate } from '../harness/kasmvnc-server.ts';
import { clientCutText, handshakeRfb, keyEvent } from '../harness/rfb-viewer.ts';
import { encodeMaskedFrame, openStream } from '../harness/stream-client.ts';
import { waitFor } from '../harness/wait-for.ts';

const MiB = 1024 * 1024;
const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';
/** Above what the gateway had at rest: two half-pipes of 1 MiB, one client message, garbage, the allocator's slack. */
const growthBytesMax = 48 * MiB;

let server: KasmvncServer;
let gateway: GatewayProcess;

beforeAll(async () => {
  server = await KasmvncServer.start({ width: 1024, height: 512 });
  gateway = await startGatewayProcess(
    {
      log: { level: 'info' },
      sessions: [
        {
          id: sessionId,
          token,
          // Standard VNC in WebSocket frames, whose clipboard message can be any size.
          protocol: 'rfb',
          upstream: `ws://127.0.0.1:${server.port}/`,
          settings: { allow_kasm_clipboard_up: true, allow_kasm_clipboard_down: true },
        },
      ],
    },
    // What is kept is to be seen, and not what waits for its collection.
    { env: { [heapHeadroomVariable]: String(32 * MiB) } },
  );
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Watches the gateway's memory until `stop`. */
async function watchMemory(work: () => Promise<void>): Promise<number> {
  const atRest = await gateway.residentBytes();
  let highest = atRest;
  const timer = setInterval(async () => {
    highest = Math.max(highest, await gateway.residentBytes());
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(highest, await gateway.residentBytes()) - atRest;
}

test('a flood towards a stalled desktop is held back, and every byte arrives when the desktop reads on', async () => {
  const index = server.desktops.length;
  await using stream = await openStream({ port: gateway.port, sessionId, token });
  await handshakeRfb(stream);
  const desktop = await server.desktop(index);
  desktop.keep = false;
  const digest = createHash('sha256');
  const messages = 96;
  const total = messages * (MiB + 8);
  desktop.pause();
  const growth = await watchMemory(async () => {
    for (let count = 0; count < messages; count++) {
      const message = clientCutText(String.fromCharCode(97 + (count % 26)).repeat(MiB));
      digest.update(message);
      stream.send(message);
    }
    await waitForStandstill(() => stream.unsentBytes);
    expect(stream.unsentBytes).toBeGreaterThan(64 * MiB);
  });
  expect(growth).toBeLessThan(growthBytesMax);
  desktop.resume();
  await waitFor('every byte of the flood', () => desktop.receivedBytes >= total, 30_000);
  expect(desktop.receivedBytes).toBe(total);
  expect(desktop.digest.digest('hex')).toBe(digest.digest('hex'));
}, 60_000);

test('a flood towards a stalled viewer is held back, and every byte arrives when the viewer reads on', async () => {
  const index = server.desktops.length;
  const digest = createHash('sha256');
  const wanted = createHash('sha256');
  let counting = false;
  let counted = 0;
  const early: Buffer[] = [];
  await using stream = await openStream({
    port: gateway.port,
    sessionId,
    token,
    onPayload: payload => {
      if (!counting) early.push(payload);
      else {
        counted += payload.length;
        digest.update(payload);
      }
    },
  });
  stream.send(Buffer.from('RFB 003.008\n\u0001\u0001'));
  const desktop = await server.desktop(index);
  await waitFor('ServerInit', () => Buffer.concat(early).includes('kasm'));
  counting = true;
  stream.pause();
  const updates = 64;
  const growth = await watchMemory(async () => {
    for (let count = 0; count < updates; count++) {
      const update = rawUpdate(1024, 512, count);
      wanted.update(update);
      desktop.send(update);
    }
    await waitForStandstill(() => desktop.unsentBytes);
    expect(desktop.unsentBytes).toBeGreaterThan(64 * MiB);
  });
  expect(growth).toBeLessThan(growthBytesMax);
  // The other direction is not held up by it.
  stream.send(keyEvent(0x61, true));
  await waitFor('the key', () => desktop.received.includes(keyEvent(0x61, true)));
  stream.resume();
  const total = updates * (16 + 1024 * 512 * 4);
  await waitFor('every byte of the flood', () => counted >= total, 30_000);
  expect(digest.digest('hex')).toBe(wanted.digest('hex'));
}, 60_000);

/** Each takes six bytes, and its answer some hundred as long as it waits by itself. */
const pings = 1_000_000;
const empty = new Uint8Array(0);

test('a viewer that pings and reads nothing costs one pong, and its keys still arrive', async () => {
  const index = server.desktops.length;
  await using stream = await openStream({ port: gateway.port, sessionId, token });
  await handshakeRfb(stream);
  const desktop = await server.desktop(index);
  stream.pause();
  for (let count = 0; count < 16; count++) desktop.send(rawUpdate(1024, 512, count));
  await waitForStandstill(() => desktop.unsentBytes);
  const ping = Buffer.concat(Array.from({ length: 10_000 }, () => encodeMaskedFrame(9, empty)));
  const growth = await watchMemory(async () => {
    for (let count = 0; count < pings; count += 10_000) stream.sendRaw(ping);
    stream.send(keyEvent(0x61, true));
    await waitFor('the key', () => desktop.received.includes(keyEvent(0x61, true)), 30_000);
  });
  expect(growth).toBeLessThan(growthBytesMax);
  expect(stream.pongs).toEqual([]);
  stream.sendFrame(9, Buffer.from('the last'));
  stream.resume();
  await waitFor('the newest pong', () => stream.pongs.some(pong => pong.toString() === 'the last'));
}, 60_000);

test('a desktop that pings and reads nothing costs one pong, and its picture still arrives', async () => {
  const index = server.desktops.length;
  await using stream = await openStream({ port: gateway.port, sessionId, token });
  await handshakeRfb(stream);
  const desktop = await server.desktop(index);
  desktop.keep = false;
  desktop.pause();
  for (let count = 0; count < 16; count++) stream.send(clientCutText('x'.repeat(MiB)));
  await waitForStandstill(() => stream.unsentBytes);
  const update = rawUpdate(64, 64, 7);
  const before = stream.receivedBytes;
  const growth = await watchMemory(async () => {
    const ping = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.from([0x89, 0])));
    for (let count = 0; count < pings; count += 10_000) desktop.sendRaw(ping);
    desktop.send(update);
    await waitFor('the picture', () => stream.receivedBytes === before + update.length, 30_000);
  });
  expect(growth).toBeLessThan(growthBytesMax);
  desktop.resume();
  await waitFor('a pong', () => desktop.controlOpcodes.includes(10));
  expect(desktop.controlOpcodes.length).toBeLessThan(pings / 10);
}, 60_000);

/** The number no longer changes: whoever holds back has been reached. */
async function waitForStandstill(read: () => number): Promise<void> {
  let last = -1;
  let since = performance.now();
  await waitFor(
    'the flood to come to a standstill',
    () => {
      const value = read();
      if (value !== last) since = performance.now();
      last = value;
      return performance.now() - since > 750;
    },
    30_000,
  );
}
