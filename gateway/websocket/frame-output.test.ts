import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { FrameOutput } from './frame-output.ts';
import { FrameReader, FrameStep } from './frame-reader.ts';
import { encodeControlFrame, encodeFrame } from './frame-writer.ts';
import { opcode } from './numbers.ts';

const frameBytesMax = 1_000_000;
const noBytes = new Uint8Array(0);
const spans = (bytes: Uint8Array) => ({ spans: [bytes], byteLength: bytes.length });
const numbered = (length: number, seed = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index + seed) * 13);
const join = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat([...parts]));

function pieces(stream: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
  return at.slice(1).map((end, index) => stream.slice(at[index], end));
}

/** Reads whole frames as a browser does: all FIN, all binary or control, lengths minimal (the reader checks). */
function payloadOf(written: Uint8Array): Uint8Array {
  const reader = new FrameReader({ from: 'upstream', frameBytesMax });
  const parts: Uint8Array[] = [];
  reader.push(written.slice());
  const chunk = reader.chunk;
  for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
    if (step !== FrameStep.payload) continue;
    if (reader.headerStart >= 0) expect(chunk[reader.headerStart]).toBe(0x80 | opcode.binary);
    parts.push(chunk.slice(reader.payloadStart, reader.payloadEnd));
  }
  expect(reader.betweenMessages).toBe(true);
  return join(parts);
}

/** Forwards everything; `judge` may replace a span. Gives what was written for each chunk. */
function forwardAll(
  chunks: readonly Uint8Array[],
  judge?: (span: Uint8Array, index: number) => Uint8Array | undefined,
): Uint8Array[][] {
  const reader = new FrameReader({ from: 'upstream', frameBytesMax });
  const output = new FrameOutput();
  let index = 0;
  return chunks.map(bytes => {
    output.clear();
    const chunk = bytes.slice();
    reader.push(chunk);
    for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
      if (step !== FrameStep.payload) continue;
      const replacement = judge?.(chunk.slice(reader.payloadStart, reader.payloadEnd), index++);
      if (replacement === undefined) output.forward(reader);
      else output.frame(spans(replacement));
    }
    const written = output.spans.map(span => span.slice());
    expect(output.byteLength).toBe(join(written).length);
    return written;
  });
}

const frameLengths = fc.array(
  fc.oneof(fc.nat(10), fc.nat(300), fc.constantFrom(125, 126, 127, 65_535, 65_536), fc.nat(70_000)),
  { minLength: 1, maxLength: 6 },
);

describe('forwarding upstream frames', () => {
  test('whole frames go byte for byte in one write', () => {
    const stream = join(
      [1, 125, 126, 400, 65_535, 65_536].map(length => encodeFrame(spans(numbered(length)))),
    );
    expect(forwardAll([stream])).toEqual([[stream]]);
  });

  test('a cut frame is written as two frames, the first with its header rewritten in place', () => {
    const whole = encodeFrame(spans(numbered(400)));
    const cut = encodeFrame(spans(numbered(1000)));
    const [first, second] = forwardAll(pieces(join([whole, cut]), [404 + 4 + 600]));
    expect(first).toEqual([join([whole, encodeFrame(spans(numbered(1000).slice(0, 600)))])]);
    expect(second).toEqual([encodeFrame(spans(numbered(1000).slice(600)))]);
  });

  test('the long rest of a cut frame takes two writes: a full record, then the chunk as it stands', () => {
    const cut = encodeFrame(spans(numbered(60_000)));
    const next = encodeFrame(spans(numbered(500)));
    const [, second] = forwardAll(pieces(join([cut, next]), [10_004]));
    expect(second?.map(span => span.length)).toEqual([16_384, 50_000 + 4 - 16_384 + 504]);
    expect(payloadOf(join(second ?? []))).toEqual(join([numbered(60_000).slice(10_000), numbered(500)]));
  });

  test('nothing is written for a chunk that holds only part of a header', () => {
    const stream = encodeFrame(spans(numbered(70_000)));
    expect(forwardAll([stream.slice(0, 9)])).toEqual([[]]);
  });

  test('control frames of the upstream are not passed on', () => {
    const frame = encodeFrame(spans(numbered(30)));
    const ping = encodeControlFrame(opcode.ping, numbered(20));
    const [written] = forwardAll([join([frame, ping, frame])]);
    expect(written).toEqual([frame, frame]);
  });

  test('fragmented messages become whole frames', () => {
    const first = encodeFrame(spans(numbered(30)));
    first[0] = opcode.binary;
    const last = encodeFrame(spans(numbered(40)));
    last[0] = 0x80 | opcode.continuation;
    const [written] = forwardAll([join([first, last])]);
    expect(written).toEqual([join([encodeFrame(spans(numbered(30))), encodeFrame(spans(numbered(40)))])]);
  });

  test('every chunk ends at a frame boundary and no byte is lost, however the stream is cut', () => {
    fc.assert(
      fc.property(frameLengths, fc.array(fc.nat(1_000_000), { maxLength: 8 }), (lengths, cuts) => {
        const payloads = lengths.map((length, seed) => numbered(length, seed));
        const stream = join(payloads.map(payload => encodeFrame(spans(payload))));
        const chunks = pieces(
          stream,
          cuts.map(cut => cut % (stream.length + 1)),
        );
        const written = forwardAll(chunks).map(parts => payloadOf(join(parts)));
        expect(Buffer.compare(join(written), join(payloads))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('every cut of a short stream gives the same payload', () => {
    const payloads = [numbered(3), numbered(130), numbered(0), numbered(126)];
    const stream = join(payloads.map(payload => encodeFrame(spans(payload))));
    for (let cut = 0; cut <= stream.length; cut++) {
      const written = forwardAll(pieces(stream, [cut])).map(parts => payloadOf(join(parts)));
      expect(join(written)).toEqual(join(payloads));
    }
  });
});

describe('replacing payload', () => {
  test('changed spans go as frames of their own, between what stays', () => {
    const stream = join([encodeFrame(spans(numbered(10))), encodeFrame(spans(numbered(11)))]);
    const frame = encodeFrame(spans(numbered(12)));
    const short = Uint8Array.of(1, 2);
    const [written] = forwardAll([join([stream, frame, stream])], (_, index) =>
      index === 2 ? short : undefined,
    );
    expect(written).toEqual([stream, encodeFrame(spans(short)), stream]);
  });

  test('dropped spans write nothing, even in the middle of a frame', () => {
    const chunks = pieces(encodeFrame(spans(numbered(400))), [104, 204, 304]);
    const written = forwardAll(chunks, (_, index) => (index === 1 ? new Uint8Array(0) : undefined));
    expect(written[1]).toEqual([]);
    const all = numbered(400);
    expect(payloadOf(join(written.flat()))).toEqual(join([all.slice(0, 100), all.slice(200)]));
  });

  test('whatever the policy decides span by span, the browser reads what it let through, in order', () => {
    const verdict = fc.constantFrom('pass', 'drop', 'replace');
    const cuts = fc.array(fc.nat(1_000_000), { maxLength: 8 });
    fc.assert(
      fc.property(frameLengths, cuts, fc.array(verdict, { minLength: 1 }), (lengths, places, verdicts) => {
        const stream = join(lengths.map((length, seed) => encodeFrame(spans(numbered(length, seed)))));
        const expected: Uint8Array[] = [];
        const chunks = pieces(
          stream,
          places.map(place => place % (stream.length + 1)),
        );
        const written = forwardAll(chunks, (span, index) => {
          const decided = verdicts[index % verdicts.length];
          const replacement =
            decided === 'pass' ? undefined : decided === 'drop' ? noBytes : span.toReversed();
          expected.push(replacement ?? span);
          return replacement;
        });
        const read = written.map(parts => payloadOf(join(parts)));
        expect(Buffer.compare(join(read), join(expected))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('what replaces a span is copied at once', () => {
    const output = new FrameOutput();
    const bytes = Uint8Array.of(1, 2, 3);
    output.frame(spans(bytes));
    bytes.fill(9);
    expect(output.spans).toEqual([Uint8Array.of(0x82, 3, 1, 2, 3)]);
  });
});

describe('wrapping bytes of an upstream without frames', () => {
  test('gives one frame, whatever its length', () => {
    const output = new FrameOutput();
    for (const length of [1, 125, 126, 16_380, 16_381, 65_535, 65_536, 200_000]) {
      output.clear();
      output.wrap(numbered(length), 0, length);
      expect(join([...output.spans])).toEqual(encodeFrame(spans(numbered(length))));
      expect(output.spans.length).toBeLessThanOrEqual(2);
    }
  });

  test('writes nothing for no bytes', () => {
    const output = new FrameOutput();
    output.wrap(numbered(5), 2, 2);
    expect(output.spans).toEqual([]);
  });

  test('does not overwrite its scratch buffer when called often before a clear', () => {
    const output = new FrameOutput();
    const parts = Array.from({ length: 50 }, (_, seed) => numbered(1000, seed));
    for (const part of parts) output.wrap(part, 0, part.length);
    expect(payloadOf(join([...output.spans]))).toEqual(join(parts));
  });
});
