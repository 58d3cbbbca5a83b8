import { expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import { FrameReader, FrameStep } from '../websocket/frame-reader.ts';
import {
  encodeControlFrame,
  encodeFrame,
  encodeMaskedControlFrame,
  encodeMaskedFrames,
} from '../websocket/frame-writer.ts';
import { opcode } from '../websocket/numbers.ts';
import { HalfPipe } from './half-pipe.ts';
import { SpanList } from './span-list.ts';
import type { StreamInspection } from './stream-inspection.ts';
import { StreamPump } from './stream-pump.ts';

/** Passes all but the letters: `-` falls, `?` is answered with `!` to whoever sent it, `*` ends the stream. */
class LetterInspection implements StreamInspection {
  readonly toUpstream = new SpanList();
  readonly toClient = new SpanList();
  ended: StreamInspection['ended'];
  /** Nothing of the client's passes any more. */
  mute = false;
  /** What asks is not passed on, only answered. */
  onlyAnswers = false;
  answer = '!';

  fromClient(chunk: Uint8Array, start: number, end: number): boolean {
    return !this.mute && this.#inspect(chunk, start, end, this.toUpstream, this.toClient);
  }

  fromUpstream(chunk: Uint8Array, start: number, end: number): boolean {
    return this.#inspect(chunk, start, end, this.toClient, this.toUpstream);
  }

  setPolicy(_: PolicyDocument): void {}

  #inspect(chunk: Uint8Array, start: number, end: number, onward: SpanList, back: SpanList): boolean {
    const text = Buffer.from(chunk.subarray(start, end)).toString();
    if (text.includes('*')) this.ended = { reason: 'policy_ended', message: 'a star' };
    if (text.includes('?')) back.add(Buffer.from(this.answer));
    if (this.onlyAnswers) return false;
    if (!text.includes('-')) return true;
    onward.add(Buffer.from(text.replaceAll('-', '')));
    return false;
  }
}

class Bench {
  readonly clientWrites: Uint8Array[] = [];
  readonly upstreamWrites: Uint8Array[] = [];
  readonly clientReader = new FrameReader({ from: 'browser', frameBytesMax: 1 << 20 });
  readonly inspection = new LetterInspection();
  readonly toClient: HalfPipe;
  readonly toUpstream: HalfPipe;
  readonly pump: StreamPump;
  readonly reading = { client: true, upstream: true };

  /** @param upstreamTakes how much of a write, as `clientTakes`; all of it when not said. */
  constructor(
    framed: boolean,
    upstreamTakes = (bytes: Uint8Array) => bytes.length,
    clientTakes = (bytes: Uint8Array) => bytes.length,
  ) {
    const source = (side: 'client' | 'upstream') => ({
      pause: () => {
        this.reading[side] = false;
      },
      resume: () => {
        this.reading[side] = true;
      },
    });
    const sink = (writes: Uint8Array[], takes = (bytes: Uint8Array) => bytes.length) => ({
      write: (bytes: Uint8Array) => {
        const taken = takes(bytes);
        writes.push(bytes.slice(0, taken));
        return taken;
      },
    });
    this.toUpstream = new HalfPipe(sink(this.upstreamWrites, upstreamTakes), source('client'), 0, 0);
    this.toClient = new HalfPipe(sink(this.clientWrites, clientTakes), source('upstream'));
    this.pump = new StreamPump({
      inspection: this.inspection,
      clientReader: this.clientReader,
      toClient: this.toClient,
      toUpstream: this.toUpstream,
      framed,
      maskKey: () => 0x1234_5678,
    });
  }

  get clientText(): string {
    return readFrames(this.clientWrites, 'upstream');
  }

  get upstreamText(): string {
    return readFrames(this.upstreamWrites, 'browser');
  }
}

/** The payload of frames, each control frame as [opcode]. */
function readFrames(writes: readonly Uint8Array[], from: 'browser' | 'upstream'): string {
  const reader = new FrameReader({ from, frameBytesMax: 1 << 20 });
  let text = '';
  reader.push(new Uint8Array(Buffer.concat(writes)));
  for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
    if (step === FrameStep.payload) {
      text += Buffer.from(reader.chunk.subarray(reader.payloadStart, reader.payloadEnd)).toString();
    } else
      text += `[${step === FrameStep.pong ? `pong ${Buffer.from(reader.controlPayload())}` : 'control'}]`;
  }
  expect(reader.betweenMessages).toBe(true);
  return text;
}

const frame = (text: string): Uint8Array => {
  const bytes = Buffer.from(text);
  return encodeFrame({ spans: [bytes], byteLength: bytes.length });
};
const masked = (text: string): Uint8Array => {
  const bytes = Buffer.from(text);
  return encodeMaskedFrames({ spans: [bytes], byteLength: bytes.length }, 65_527, () => 0x0bad_cafe);
};
const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

test('frames that pass go to the client in one write, byte for byte', () => {
  const bench = new Bench(true);
  const chunk = join(frame('one'), frame('two'), frame('three'));
  bench.pump.fromUpstream(chunk.slice());
  expect(bench.clientWrites).toEqual([chunk]);
});

test('what falls leaves the order of the rest alone', () => {
  const bench = new Bench(true);
  bench.pump.fromUpstream(join(frame('a'), frame('-b-'), frame('c'), frame('-'), frame('d')));
  expect(bench.clientText).toBe('abcd');
});

test('the bytes of a plain upstream are framed for the client, and the client’s unframed for it', () => {
  const bench = new Bench(false);
  bench.pump.fromUpstream(new Uint8Array(Buffer.from('plain')));
  expect(bench.clientText).toBe('plain');
  bench.pump.fromClient(join(masked('ke'), masked('y-'), masked('s')));
  expect(Buffer.concat(bench.upstreamWrites).toString()).toBe('keys');
  expect(bench.upstreamWrites).toHaveLength(1);
});

test('what one chunk of the client yields goes to a framed upstream as one masked frame', () => {
  const bench = new Bench(true);
  bench.pump.fromClient(join(masked('he'), masked('llo')));
  expect(bench.upstreamWrites).toHaveLength(1);
  expect(bench.upstreamText).toBe('hello');
});

test('answers of the inspection go back where the question came from', () => {
  const bench = new Bench(true);
  bench.pump.fromClient(masked('who?'));
  expect(bench.clientText).toBe('!');
  expect(bench.upstreamText).toBe('who?');
  bench.pump.fromUpstream(frame('you?'));
  expect(bench.clientText).toBe('!you?');
  expect(bench.upstreamText).toBe('who?!');
});

test('pings are answered on their own side', () => {
  const bench = new Bench(true);
  const ping = encodeControlFrame(opcode.ping, Buffer.from('x'));
  bench.pump.fromUpstream(join(frame('a'), ping, frame('b')));
  expect(bench.clientText).toBe('ab');
  expect(bench.upstreamText).toBe('[pong x]');
});

/** Neither side takes anything until it is let. */
class DeafBench {
  takes = false;
  readonly bench: Bench;

  constructor(framed: boolean) {
    const takes = (bytes: Uint8Array): number => (this.takes ? bytes.length : 0);
    this.bench = new Bench(framed, takes, takes);
  }
}

test('a client that pings and reads nothing is kept one pong, the newest', () => {
  const deaf = new DeafBench(true);
  const { pump, toClient } = deaf.bench;
  pump.fromUpstream(frame('picture'));
  const before = toClient.pendingBytes;
  const pings = join(
    ...Array.from({ length: 1000 }, () => encodeMaskedControlFrame(opcode.ping, Buffer.from('flood'), 5)),
  );
  for (let count = 0; count < 20; count++) pump.fromClient(pings.slice());
  pump.fromClient(encodeMaskedControlFrame(opcode.ping, Buffer.from('last'), 5));
  expect(toClient.pendingBytes - before).toBe(2 + 'last'.length);
  deaf.takes = true;
  pump.drainClient();
  expect(deaf.bench.clientText).toBe('picture[pong last]');
});

test('a desktop that pings and reads nothing is kept one pong, the newest', () => {
  const deaf = new DeafBench(true);
  const { pump, toUpstream } = deaf.bench;
  const pings = join(
    ...Array.from({ length: 1000 }, () => encodeControlFrame(opcode.ping, Buffer.from('flood'))),
  );
  for (let count = 0; count < 20; count++) pump.fromUpstream(pings.slice());
  pump.fromUpstream(encodeControlFrame(opcode.ping, Buffer.from('last')));
  expect(toUpstream.pendingBytes).toBe(2 + 4 + 'last'.length);
  deaf.takes = true;
  pump.drainUpstream();
  expect(deaf.bench.upstreamText).toBe('[pong last]');
});

test('every ping of a client that reads is answered, in order', () => {
  const bench = new Bench(true);
  const ping = (text: string) => encodeMaskedControlFrame(opcode.ping, Buffer.from(text), 5);
  bench.pump.fromClient(join(ping('a'), masked('who?'), ping('b'), ping('c')));
  expect(bench.clientText.replaceAll('!', '')).toBe('[pong a][pong b][pong c]');
});

test('a client that asks on and does not read the answers is not read either, until it has taken most of them', () => {
  const deaf = new DeafBench(false);
  const { pump, toClient, toUpstream, reading } = deaf.bench;
  pump.fromUpstream(new Uint8Array(limits.halfPipeHighBytes));
  const full = toClient.pendingBytes;
  deaf.bench.inspection.mute = true;
  pump.fromClient(masked('key'));
  expect([reading.client, toUpstream.pendingBytes]).toEqual([true, 0]);
  deaf.bench.inspection.mute = false;
  deaf.bench.inspection.onlyAnswers = true;
  const questions = masked('?'.repeat(3 * limits.clientSliceBytes));
  pump.fromClient(questions);
  for (let count = 0; count < 5; count++) if (reading.client) pump.fromClient(questions);
  expect([reading.client, pump.holding]).toEqual([false, true]);
  expect(toClient.pendingBytes - full).toBe('!'.length + 2);
  deaf.takes = true;
  pump.drainClient();
  expect([reading.client, pump.holding, toClient.pendingBytes]).toEqual([true, true, 0]);
  pump.goOn();
  expect(pump.holding).toBe(false);
});

test('a desktop that asks on and does not read the answers is not read either, until it has taken most of them', () => {
  const deaf = new DeafBench(false);
  const { pump, toUpstream, inspection, reading } = deaf.bench;
  inspection.onlyAnswers = true;
  inspection.answer = 'x'.repeat(limits.halfPipeLowBytes);
  const question = new Uint8Array(Buffer.from('?'));
  let asked = 0;
  for (; reading.upstream && asked < 100; asked++) pump.fromUpstream(question.slice());
  expect(reading.upstream).toBe(false);
  expect(toUpstream.pendingBytes).toBe(asked * limits.halfPipeLowBytes);
  expect(toUpstream.pendingBytes).toBeLessThanOrEqual(limits.halfPipeHighBytes + 2 * limits.halfPipeLowBytes);
  deaf.takes = true;
  pump.drainUpstream();
  expect([reading.upstream, toUpstream.pendingBytes]).toEqual([true, 0]);
});

test('nothing of a stream passes after the inspection ended it', () => {
  const bench = new Bench(true);
  bench.pump.fromClient(join(masked('a'), masked('*'), masked('b')));
  expect(bench.upstreamText).toBe('a*');
  bench.pump.fromUpstream(join(frame('-c')));
  expect(bench.inspection.ended).toEqual({ reason: 'policy_ended', message: 'a star' });
});

test('every cut of the upstream’s bytes gives the client the same payload, in whole frames', () => {
  const chunk = join(frame('one'), frame('-two-'), frame('x'.repeat(300)), frame('four-'));
  const wanted = `onetwo${'x'.repeat(300)}four`;
  for (let cut = 1; cut < chunk.length; cut++) {
    const bench = new Bench(true);
    bench.pump.fromUpstream(chunk.slice(0, cut));
    bench.pump.fromUpstream(chunk.slice(cut));
    expect(bench.clientText).toBe(wanted);
  }
});

test('the memory of a large chunk is given back as soon as the client has taken what passes of it', () => {
  const bench = new Bench(true);
  const text = 'a'.repeat(70_000);
  const chunk = new Uint8Array(encodeFrame({ spans: [Buffer.from(text)], byteLength: text.length }));
  bench.pump.fromUpstream(chunk);
  expect(bench.clientText).toBe(text);
  expect(chunk.length).toBe(0);
});

/** An upstream that takes so many bytes and no more, until it is told to go on. */
class SlowUpstream {
  readonly bench = new Bench(false, bytes => {
    const taken = Math.min(bytes.length, this.room);
    this.room -= taken;
    return taken;
  });
  room = 0;

  readOn(): void {
    this.room = Number.POSITIVE_INFINITY;
    for (
      let left = 100;
      left > 0 && (this.bench.toUpstream.pendingBytes > 0 || this.bench.pump.holding);
      left--
    ) {
      this.bench.toUpstream.drain();
      this.bench.pump.goOn();
    }
  }

  get arrived(): string {
    return Buffer.concat(this.bench.upstreamWrites).toString();
  }
}

test('of one large chunk a slice is judged ahead of an upstream that does not read; the rest by the rule of later', () => {
  const slow = new SlowUpstream();
  const { pump, inspection } = slow.bench;
  const spoken = 'abcdefgh'.repeat(40_000);
  pump.fromClient(masked(spoken));
  inspection.mute = true;
  slow.readOn();
  expect(slow.arrived.length).toBeGreaterThan(0);
  expect(slow.arrived.length).toBeLessThanOrEqual(limits.clientSliceBytes);
  expect(spoken.startsWith(slow.arrived)).toBe(true);
});

test('what an upstream takes late arrives whole and in order, whatever came meanwhile', () => {
  const slow = new SlowUpstream();
  slow.room = 20_000;
  const spoken = Array.from({ length: 50_000 }, (_, index) => `${index} `).join('');
  for (let at = 0; at < spoken.length; at += 100_000)
    slow.bench.pump.fromClient(masked(spoken.slice(at, at + 100_000)));
  expect(slow.bench.pump.holding).toBe(true);
  slow.readOn();
  expect(slow.arrived).toBe(spoken);
  expect(slow.bench.pump.holding).toBe(false);
});

test('what waits when the client is gone is judged at once, and its close frame is seen', () => {
  const slow = new SlowUpstream();
  const { pump, clientReader, toUpstream } = slow.bench;
  pump.fromClient(
    join(masked('x'.repeat(40_000)), encodeMaskedControlFrame(opcode.close, new Uint8Array(0), 7)),
  );
  expect([pump.holding, clientReader.closed]).toEqual([true, false]);
  pump.goOn(true);
  expect([pump.holding, clientReader.closed, toUpstream.pendingBytes]).toEqual([false, true, 40_000]);
});

test('the rest of what a client said before its stream was ended can still be read for its close frame', () => {
  const bench = new Bench(false);
  const close = encodeMaskedControlFrame(opcode.close, new Uint8Array(0), 7);
  bench.pump.fromClient(join(masked('end *'), masked('x'.repeat(40_000)), close));
  const { clientReader: reader, pump } = bench;
  for (const held of pump.takeHeld()) {
    reader.push(held);
    while (reader.next() !== FrameStep.need);
  }
  expect([reader.closed, Buffer.concat(bench.upstreamWrites).toString()]).toEqual([true, 'end *']);
});

test('what accepts the client and what it is told first go in one write', () => {
  const bench = new Bench(false);
  bench.inspection.toClient.add(Buffer.from('RFB'));
  bench.pump.greet(Buffer.from('101 '));
  expect(bench.clientWrites).toHaveLength(1);
  expect(Buffer.from(bench.clientWrites[0]!)).toEqual(
    Buffer.concat([Buffer.from('101 '), encodeFrame({ spans: [Buffer.from('RFB')], byteLength: 3 })]),
  );
});
