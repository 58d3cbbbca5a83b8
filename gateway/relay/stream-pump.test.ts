import { expect, test } from 'bun:test';
import type { PolicyDocument } from '../../config/policy.ts';
import { FrameReader, FrameStep } from '../websocket/frame-reader.ts';
import { encodeControlFrame, encodeFrame, encodeMaskedFrames } from '../websocket/frame-writer.ts';
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

  fromClient(chunk: Uint8Array, start: number, end: number): boolean {
    return this.#inspect(chunk, start, end, this.toUpstream, this.toClient);
  }

  fromUpstream(chunk: Uint8Array, start: number, end: number): boolean {
    return this.#inspect(chunk, start, end, this.toClient, this.toUpstream);
  }

  setPolicy(_: PolicyDocument): void {}

  #inspect(chunk: Uint8Array, start: number, end: number, onward: SpanList, back: SpanList): boolean {
    const text = Buffer.from(chunk.subarray(start, end)).toString();
    if (text.includes('*')) this.ended = { reason: 'policy_ended', message: 'a star' };
    if (text.includes('?')) back.add(Buffer.from('!'));
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
  readonly pump: StreamPump;

  constructor(framed: boolean) {
    const source = { pause() {}, resume() {} };
    const sink = (writes: Uint8Array[]) => ({
      write: (bytes: Uint8Array) => writes.push(bytes.slice()) && bytes.length,
    });
    this.pump = new StreamPump({
      inspection: this.inspection,
      clientReader: this.clientReader,
      toClient: new HalfPipe(sink(this.clientWrites), source),
      toUpstream: new HalfPipe(sink(this.upstreamWrites), source),
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
