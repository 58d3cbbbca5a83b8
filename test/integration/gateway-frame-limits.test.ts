/** What a client's WebSocket frames may be, where an operator wants less than the defaults, and against a flood. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { encodeClientFrame } from '../conformance/stream-endpoint/endpoint-client.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { handshakeRfb, keyEvent } from '../harness/rfb-viewer.ts';
import { openStream, type StreamClient } from '../harness/stream-client.ts';
import { waitFor } from '../harness/wait-for.ts';

setDefaultTimeout(30_000);

const MiB = 1024 * 1024;
const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';
const key = Buffer.from(keyEvent(0x61, true));

let desktop: KasmvncServer;
/** With small limits. */
let small: GatewayProcess;
let usual: GatewayProcess;

beforeAll(async () => {
  desktop = await KasmvncServer.start();
  const sessions = [{ id: sessionId, token, protocol: 'rfb', upstream: `ws://127.0.0.1:${desktop.port}/` }];
  const streams = { frame_bytes_max: 65_536, message_bytes_max: 100_000, fragments_max: 16 };
  small = await startGatewayProcess({ sessions, http: { streams } });
  usual = await startGatewayProcess({ sessions, log: { level: 'info' } });
});

afterAll(async () => {
  for (const each of [small, usual, desktop]) await each?.[Symbol.asyncDispose]();
});

const frame = (opcode: number, payload: Buffer, fin: boolean): Buffer =>
  encodeClientFrame(opcode, payload, { fin, reserved: 0, mask: 'zeros' });
const start = frame(2, key, false);
const empty = frame(0, Buffer.alloc(0), false);
const end = frame(0, key, true);
const keys = (bytes: number): Buffer => Buffer.alloc(bytes, key);

async function open(gateway: GatewayProcess): Promise<{ stream: StreamClient; received: () => number }> {
  const index = desktop.desktops.length;
  const stream = await openStream({ port: gateway.port, sessionId, token });
  await handshakeRfb(stream);
  const seen = await desktop.desktop(index);
  const before = seen.receivedBytes;
  return { stream, received: () => seen.receivedBytes - before };
}

test('messages at the limits of the configuration are carried, one after the other', async () => {
  const { stream, received } = await open(small);
  await using _stream = stream;
  for (let round = 0; round < 3; round++) {
    stream.sendRaw(Buffer.concat([start, ...Array.from({ length: 14 }, () => empty), end]));
    stream.sendRaw(Buffer.concat([frame(2, keys(65_536), false), frame(0, keys(34_464), true)]));
  }
  await waitFor('all of it at the desktop', () => received() === 3 * (16 + 100_000));
  expect(stream.closeFrame).toBeUndefined();
});

const tooMuch: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['a frame of a byte more', frame(2, keys(65_537), true)],
  ['a message of a byte more', Buffer.concat([frame(2, keys(65_536), false), frame(0, keys(34_465), true)])],
  ['a message of a fragment more', Buffer.concat([start, ...Array.from({ length: 15 }, () => empty), end])],
];
for (const [name, bytes] of tooMuch) {
  test(`${name} ends the stream with 1009, and is counted`, async () => {
    const count = async (): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${small.metricsPort}/metrics`)).text();
      return Number(/^sluice_streams_closed_total\{reason="client_websocket"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    const before = await count();
    const { stream } = await open(small);
    await using _stream = stream;
    stream.sendRaw(bytes);
    expect(await stream.ended()).toMatchObject({ code: 1009 });
    await waitFor('it to be counted', async () => (await count()) === before + 1);
  });
}

test('a flood of empty fragments ends at the default limit, takes no memory, and holds up no other stream', async () => {
  const other = await open(usual);
  await using _other = other.stream;
  const { stream } = await open(usual);
  await using _stream = stream;
  const atRest = await usual.residentBytes();
  stream.sendRaw(start);
  stream.sendRaw(Buffer.alloc(1_000_000 * empty.length, empty));
  other.stream.sendFrame(9, Buffer.from('still there'));
  await waitFor('the pong of the other stream', () => other.stream.pongs.length > 0);
  expect(await stream.ended()).toMatchObject({ code: 1009 });
  expect((await usual.residentBytes()) - atRest).toBeLessThan(48 * MiB);
  other.stream.send(key);
  await waitFor('a key of the other stream', () => other.received() === key.length);
});

test('messages of nothing without end take no memory and hold up no other stream', async () => {
  const other = await open(usual);
  await using _other = other.stream;
  const { stream, received } = await open(usual);
  await using _stream = stream;
  const atRest = await usual.residentBytes();
  const nothing = frame(2, Buffer.alloc(0), true);
  stream.sendRaw(Buffer.alloc(1_000_000 * nothing.length, nothing));
  stream.send(key);
  other.stream.sendFrame(9, Buffer.from('still there'));
  await waitFor('the pong of the other stream', () => other.stream.pongs.length > 0);
  await waitFor('the key behind the flood', () => received() === key.length);
  expect((await usual.residentBytes()) - atRest).toBeLessThan(48 * MiB);
});
