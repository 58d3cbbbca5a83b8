/** The limits of time on a running stream, by a clock of the test's own. */
import { afterEach, beforeEach, expect, jest, test } from 'bun:test';
import type { Socket } from 'bun';
import { limits } from '../../config/limits.ts';
import { Relay } from './relay.ts';
import type { OutputSpans, StreamInspection } from './stream-inspection.ts';
import { Transport } from './transport.ts';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** One end of a connection whose other end takes `room` bytes in all. */
class End {
  room = Number.POSITIVE_INFINITY;
  readonly transport: Transport;

  constructor() {
    const socket = {
      write: (bytes: Uint8Array): number => {
        const taken = Math.min(bytes.length, this.room);
        this.room -= taken;
        return taken;
      },
      pause() {},
      resume() {},
      end() {},
      getTLSVersion: () => null,
      terminate: () => this.transport.lost(undefined),
    };
    this.transport = new Transport(socket as unknown as Socket<Transport>);
  }
}

const nothing: OutputSpans = { spans: [], byteLength: 0, clear() {} };
const inspection: StreamInspection = {
  fromClient: () => true,
  fromUpstream: () => true,
  toUpstream: nothing,
  toClient: nothing,
  setPolicy() {},
  ended: undefined,
};

async function start() {
  const client = new End();
  const upstream = new End();
  const endings: string[] = [];
  let ends = 0;
  const relay = new Relay({
    client: client.transport,
    inspection,
    framed: false,
    clientFrames: { frameBytesMax: limits.clientFrameBytesMax },
    upstreamTakesCloseFrame: false,
    expiresInMs: undefined,
    maskKey: () => 0,
    owner: {
      onEnding: reason => endings.push(reason),
      onEnd: () => {
        ends += 1;
      },
      onFault: error => {
        throw error;
      },
    },
  });
  await relay.run(async () => upstream.transport, new Uint8Array(0));
  return { client, upstream, endings, ends: () => ends };
}

/** A masked binary frame with one byte. */
const clientFrame = Buffer.from([0x82, 0x81, 0, 0, 0, 0, 0x41]);
const pixels = Buffer.alloc(1_000);

test('a desktop that connects and says nothing is given up', async () => {
  const { endings, ends } = await start();
  jest.advanceTimersByTime(limits.upstreamHandshakeTimeMs - 1);
  expect(endings).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(endings).toEqual(['upstream_timeout']);
  jest.advanceTimersByTime(limits.closeDrainTimeMs + limits.closeHandshakeTimeMs);
  expect(ends()).toBe(1);
});

test('a desktop that has said something may be silent for as long as it likes', async () => {
  const { upstream, endings } = await start();
  upstream.transport.received(pixels);
  jest.advanceTimersByTime(10 * limits.stallTimeMs);
  expect(endings).toEqual([]);
});

test('a client that takes nothing of what waits for it is given up', async () => {
  const { client, upstream, endings, ends } = await start();
  client.room = 10;
  upstream.transport.received(pixels);
  jest.advanceTimersByTime(limits.stallTimeMs - 1);
  expect(endings).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(endings).toEqual(['client_stalled']);
  jest.advanceTimersByTime(limits.closeDrainTimeMs + limits.closeHandshakeTimeMs);
  expect(ends()).toBe(1);
});

test('a client that takes a little within each period stays', async () => {
  const { client, upstream, endings } = await start();
  client.room = 10;
  upstream.transport.received(pixels);
  for (let period = 0; period < 5; period++) {
    client.room = 1;
    client.transport.drained();
    jest.advanceTimersByTime(limits.stallTimeMs);
  }
  expect(endings).toEqual([]);
  jest.advanceTimersByTime(limits.stallTimeMs);
  expect(endings).toEqual(['client_stalled']);
});

test('a desktop that takes nothing of what waits for it is given up', async () => {
  const { client, upstream, endings } = await start();
  upstream.transport.received(pixels);
  upstream.room = 0;
  client.transport.received(clientFrame);
  jest.advanceTimersByTime(limits.stallTimeMs);
  expect(endings).toEqual(['upstream_stalled']);
});
