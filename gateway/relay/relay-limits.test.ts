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
  reading = true;
  ended = false;
  /** As a plain socket does. */
  closesAtEnd = false;
  losesPeerAtWrite = false;
  readonly transport: Transport;

  constructor() {
    const socket = {
      write: (bytes: Uint8Array): number => {
        if (this.losesPeerAtWrite) {
          this.transport.lost(undefined);
          return -1;
        }
        const taken = Math.min(bytes.length, this.room);
        this.room -= taken;
        return taken;
      },
      pause: () => {
        this.reading = false;
      },
      resume: () => {
        this.reading = true;
      },
      end: () => {
        this.ended = true;
        if (this.closesAtEnd) this.transport.lost(undefined);
      },
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

/** @param prepare sets the ends up before there is a relay. */
async function start(
  prepare: (ends: { client: End; upstream: End }) => void = () => {},
  answer = new Uint8Array(0),
) {
  const client = new End();
  const upstream = new End();
  const endings: string[] = [];
  let ends = 0;
  let dials = 0;
  prepare({ client, upstream });
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
  const dial = async (): Promise<Transport> => {
    dials += 1;
    return upstream.transport;
  };
  await relay.run(dial, answer);
  return { client, upstream, relay, endings, ends: () => ends, dials: () => dials };
}

/** A masked binary frame with one byte. */
const clientFrame = Buffer.from([0x82, 0x81, 0, 0, 0, 0, 0x41]);
const pixels = Buffer.alloc(1_000);
/** Normal closure. */
const closeFrame = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);
const closeTimesMs = limits.closeDrainTimeMs + limits.closeHandshakeTimeMs;

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

test('a client that left before its desktop is dialled has none dialled', async () => {
  const { endings, ends, dials } = await start(({ client }) => {
    client.transport.received(closeFrame);
    client.closesAtEnd = true;
  });
  expect([endings, ends(), dials()]).toEqual([['client_closed'], 1, 0]);
});

test('a desktop is not read while much waits for its client from before it was there', async () => {
  const { client, upstream } = await start(
    ends => {
      ends.client.room = 0;
    },
    new Uint8Array(limits.halfPipeHighBytes + 1),
  );
  expect(upstream.reading).toBe(false);
  client.room = Number.POSITIVE_INFINITY;
  client.transport.drained();
  expect(upstream.reading).toBeTrue();
});

test('a client that leaves without having read lets its desktop be read to the end', async () => {
  const { client, upstream, endings, ends } = await start();
  client.room = 0;
  while (upstream.reading) upstream.transport.received(pixels);
  client.transport.lost(undefined);
  expect([endings, upstream.reading, upstream.ended]).toEqual([['client_gone'], true, true]);
  upstream.transport.received(pixels);
  expect(upstream.reading).toBeTrue();
  upstream.transport.lost(undefined);
  expect(ends()).toBe(1);
});

test('a client that says goodbye and then takes everything but the answer is cut off', async () => {
  const { client, upstream, endings, ends } = await start();
  client.room = 10;
  upstream.transport.received(pixels);
  client.transport.received(closeFrame);
  expect(endings).toEqual(['client_closed']);
  // The pixels and the head of their frame.
  client.room = pixels.length + 4 - 10;
  client.transport.drained();
  jest.advanceTimersByTime(closeTimesMs);
  expect([client.transport.closed, ends()]).toEqual([true, 1]);
});

test('a desktop that does not take the last of what its client said is cut off', async () => {
  const { client, upstream, relay, ends } = await start();
  upstream.transport.received(pixels);
  upstream.room = 0;
  client.transport.received(clientFrame);
  relay.end('user_locked', '');
  expect(upstream.ended).toBe(false);
  jest.advanceTimersByTime(closeTimesMs);
  expect([upstream.transport.closed, ends()]).toEqual([true, 1]);
});

test('a stream that both ends leave at once is over at once, and no timer holds it', async () => {
  const { client, upstream, ends } = await start(ends => {
    ends.client.closesAtEnd = true;
    ends.upstream.closesAtEnd = true;
  });
  upstream.transport.received(pixels);
  client.transport.received(closeFrame);
  expect([ends(), jest.getTimerCount()]).toEqual([1, 0]);
});

test('a stream that is over although its close frame was refused is held by no timer', async () => {
  const { client, upstream, relay, ends } = await start(({ upstream }) => {
    upstream.closesAtEnd = true;
  });
  upstream.transport.received(pixels);
  client.losesPeerAtWrite = true;
  relay.end('grant_expired', '');
  expect([ends(), jest.getTimerCount()]).toEqual([1, 0]);
});
