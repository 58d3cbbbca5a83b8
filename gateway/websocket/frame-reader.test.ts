import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { FrameError } from './frame-error.ts';
import { FrameReader, type FrameReaderOptions, FrameStep } from './frame-reader.ts';
import {
  encodeCloseFrame,
  encodeControlFrame,
  encodeFrame,
  encodeMaskedCloseFrame,
  encodeMaskedControlFrame,
  encodeMaskedFrames,
} from './frame-writer.ts';
import { opcode } from './numbers.ts';

const frameBytesMax = 100_000;
const upstream: FrameReaderOptions = { from: 'upstream', frameBytesMax };
const browser: FrameReaderOptions = { from: 'browser', frameBytesMax };

/**
 * What a reader reports for these chunks, with neighbouring payload joined: the same for every way to cut a stream.
 * A refusal is the last line.
 */
function readAll(options: FrameReaderOptions, chunks: readonly Uint8Array[]): string[] {
  const reader = new FrameReader(options);
  const log: string[] = [];
  try {
    for (const chunk of chunks) readChunk(reader, chunk.slice(), log);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    log.push(`error ${error.kind} ${error.closeCode}`);
  }
  return log;
}

function readChunk(reader: FrameReader, chunk: Uint8Array, log: string[]): void {
  reader.push(chunk);
  for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
    if (step === FrameStep.payload) {
      expect(reader.payloadEnd).toBeGreaterThan(reader.payloadStart);
      const payload = chunk.subarray(reader.payloadStart, reader.payloadEnd).toHex();
      if (log.at(-1)?.startsWith('payload ')) log[log.length - 1] += payload;
      else log.push(`payload ${payload}`);
    } else if (step === FrameStep.close) log.push(`close ${reader.closeCode} ${reader.closeReason}`);
    else log.push(`${step === FrameStep.ping ? 'ping' : 'pong'} ${Buffer.from(reader.controlPayload())}`);
  }
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const spans = (...parts: readonly Uint8Array[]) => ({
  spans: parts,
  byteLength: parts.reduce((sum, part) => sum + part.length, 0),
});
const ascending = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7);

let nextKey = 0x9e3779b9 | 0;
const maskKey = (): number => {
  nextKey = Math.imul(nextKey, 1_664_525) + 1_013_904_223;
  return nextKey | 0;
};

/** A stream with every kind of frame that is allowed, towards us from a browser or from an upstream. */
function sampleStream(from: 'browser' | 'upstream'): Uint8Array {
  const frame = (bytes: Uint8Array): Uint8Array =>
    from === 'browser' ? encodeMaskedFrames(spans(bytes), frameBytesMax, maskKey) : encodeFrame(spans(bytes));
  const control = (kind: number, text: string): Uint8Array =>
    from === 'browser'
      ? encodeMaskedControlFrame(kind, Buffer.from(text), maskKey())
      : encodeControlFrame(kind, Buffer.from(text));
  const fragments = [frame(ascending(5)), frame(ascending(200)), frame(ascending(3))];
  fragments[0]![0] = opcode.binary;
  fragments[1]![0] = opcode.continuation;
  fragments[2]![0] = 0x80 | opcode.continuation;
  return join(
    frame(ascending(1)),
    frame(ascending(125)),
    control(opcode.ping, 'are you there'),
    frame(ascending(126)),
    fragments[0]!,
    control(opcode.pong, ''),
    fragments[1]!,
    fragments[2]!,
    from === 'browser' ? encodeMaskedCloseFrame(1001, 'löst', maskKey()) : encodeCloseFrame(1001, 'löst'),
  );
}

for (const options of [browser, upstream]) {
  describe(`frames from ${options.from === 'browser' ? 'a browser' : 'an upstream'}`, () => {
    const stream = sampleStream(options.from);
    const whole = readAll(options, [stream]);

    test('are reported with payload, control frames and the close frame in order', () => {
      const hex = (length: number): string => Buffer.from(ascending(length)).toString('hex');
      expect(whole).toEqual([
        `payload ${hex(1)}${hex(125)}`,
        'ping are you there',
        `payload ${hex(126)}${hex(5)}`,
        'pong ',
        `payload ${hex(200)}${hex(3)}`,
        'close 1001 löst',
      ]);
    });

    test('read the same when cut in two at any byte', () => {
      for (let cut = 0; cut <= stream.length; cut++) {
        expect(readAll(options, [stream.subarray(0, cut), stream.subarray(cut)])).toEqual(whole);
      }
    });

    test('read the same in pieces of any one size', () => {
      for (let size = 1; size <= 40; size++) {
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
        expect(readAll(options, pieces)).toEqual(whole);
      }
    });

    test('every prefix is no error and reports a prefix of the whole', () => {
      const text = whole.join('\n');
      for (let end = 0; end < stream.length; end++) {
        const log = readAll(options, [stream.subarray(0, end)]).join('\n');
        expect(text.startsWith(log)).toBe(true);
      }
    });

    test('with any byte corrupted give steps or a FrameError, whatever the cut', () => {
      fc.assert(
        fc.property(
          fc.nat(stream.length - 1),
          fc.integer({ min: 1, max: 255 }),
          fc.nat(64),
          (at, flip, size) => {
            const broken = stream.slice();
            broken[at] = broken[at]! ^ flip;
            const expected = readAll(options, [broken]);
            const pieces: Uint8Array[] = [];
            for (let from = 0; from < broken.length; from += size + 1) {
              pieces.push(broken.subarray(from, from + size + 1));
            }
            expect(readAll(options, pieces)).toEqual(expected);
          },
        ),
        { numRuns: 500 },
      );
    });

    test('that are random bytes never hang or throw anything else', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
          readAll(options, [bytes]);
        }),
        { numRuns: 500 },
      );
    });
  });
}

describe('the reader', () => {
  test('tells a forwarder where a frame stands in its chunk', () => {
    const stream = join(encodeFrame(spans(ascending(300))), encodeFrame(spans(ascending(10))));
    const reader = new FrameReader(upstream);
    reader.push(stream.slice(0, 104));
    expect(reader.next()).toBe(FrameStep.payload);
    expect([reader.headerStart, reader.payloadStart, reader.payloadEnd]).toEqual([0, 4, 104]);
    expect([reader.frameStart, reader.remainingInFrame]).toEqual([0, 200]);
    expect(reader.next()).toBe(FrameStep.need);
    reader.push(stream.slice(104));
    expect(reader.next()).toBe(FrameStep.payload);
    expect([reader.headerStart, reader.payloadStart, reader.payloadEnd]).toEqual([-1, 0, 200]);
    expect([reader.frameStart, reader.remainingInFrame]).toEqual([100, 0]);
    expect(reader.next()).toBe(FrameStep.payload);
    expect([reader.headerStart, reader.payloadStart, reader.payloadEnd]).toEqual([200, 202, 212]);
    expect([reader.frameStart, reader.remainingInFrame]).toEqual([0, 0]);
  });

  test('knows no header start for a header cut by the chunk', () => {
    const stream = encodeFrame(spans(ascending(300)));
    for (let cut = 1; cut < 4; cut++) {
      const reader = new FrameReader(upstream);
      reader.push(stream.slice(0, cut));
      expect(reader.next()).toBe(FrameStep.need);
      reader.push(stream.slice(cut));
      expect(reader.next()).toBe(FrameStep.payload);
      expect([reader.headerStart, reader.frameStart, reader.remainingInFrame]).toEqual([-1, 0, 0]);
    }
  });

  test('lets go of a chunk that is used up', () => {
    const reader = new FrameReader(upstream);
    reader.push(encodeFrame(spans(ascending(300))));
    while (reader.next() !== FrameStep.need);
    expect(reader.chunk.length).toBe(0);
  });

  test('knows whether the connection may end between messages', () => {
    const stream = join(Uint8Array.of(0x02, 1, 65), Uint8Array.of(0x80, 1, 66));
    const reader = new FrameReader(upstream);
    const ends: boolean[] = [reader.betweenMessages];
    for (const byte of stream) {
      reader.push(Uint8Array.of(byte));
      while (reader.next() !== FrameStep.need);
      ends.push(reader.betweenMessages);
    }
    expect(ends).toEqual([true, false, false, false, false, false, true]);
  });

  test('refuses a length over the limit before any payload byte is there', () => {
    const reader = new FrameReader({ from: 'upstream', frameBytesMax: 65_527 });
    reader.push(Uint8Array.of(0x82, 126, 0xff, 0xf7));
    expect(reader.next()).toBe(FrameStep.need);
    const other = new FrameReader({ from: 'upstream', frameBytesMax: 65_527 });
    other.push(Uint8Array.of(0x82, 126, 0xff, 0xf8));
    expect(() => other.next()).toThrow('frame of 65528 bytes is over the limit of 65527');
  });

  test('refuses a message of more bytes or more fragments than it may have, whatever pings stand between', () => {
    const limited = { ...browser, messageBytesMax: 10, fragmentsMax: 4 };
    const empty = [0x00, 0x80, 0, 0, 0, 0];
    const ping = [0x89, 0x80, 0, 0, 0, 0];
    const first = [0x02, 0x80 | 6, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6];
    const four = [0x80, 0x80 | 4, 0, 0, 0, 0, 1, 2, 3, 4];
    const five = [0x80, 0x80 | 5, 0, 0, 0, 0, 1, 2, 3, 4, 5];
    const read = (...frames: readonly number[][]) => {
      const whole = Uint8Array.from(frames.flat());
      const log = readAll(limited, [whole]);
      expect(
        readAll(
          limited,
          Array.from(whole, byte => Uint8Array.of(byte)),
        ),
      ).toEqual(log);
      return log.at(-1);
    };
    expect(read(first, ping, empty, four)).not.toContain('error');
    expect(read(first, empty, empty, four)).not.toContain('error');
    expect(read(first, empty, four, first, empty, four)).not.toContain('error');
    expect(read(first, five)).toBe('error limit 1009');
    expect(read(first, empty, ping, empty, empty, four)).toBe('error limit 1009');
  });

  test('says how far the connection was read when a frame is refused', () => {
    const reader = new FrameReader(upstream);
    reader.push(encodeFrame(spans(ascending(10))));
    while (reader.next() !== FrameStep.need);
    reader.push(join(encodeFrame(spans(ascending(20))), Uint8Array.of(0x83, 0)));
    expect(reader.next()).toBe(FrameStep.payload);
    try {
      reader.next();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(FrameError);
      expect((error as FrameError).offset).toBe(34);
    }
  });

  test('ignores everything after the close frame', () => {
    const stream = join(encodeCloseFrame(1000, ''), encodeFrame(spans(ascending(10))), Uint8Array.of(0xff));
    expect(readAll(upstream, [stream, stream])).toEqual(['close 1000 ']);
  });
});
