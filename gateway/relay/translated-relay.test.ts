import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { limits } from '../../config/limits.ts';
import { readFrames, readIndex } from '../../test/conformance/recording.ts';
import { bytesOf, filler, joined, updateOf } from '../../test/conformance/rfb-bytes.ts';
import { RfbStream } from '../../test/conformance/rfb-stream.ts';
import { decodeDib } from '../rfb/dib.ts';
import { EncodingSet } from '../rfb/encoding-set.ts';
import { decodePixelSizes } from '../rfb/pixel-format.ts';
import { encodePng } from '../rfb/png-encode.ts';
import { ServerSplitter } from '../rfb/server-splitter.ts';
import { WriteCursor } from '../wire/write-cursor.ts';

const extendedClipboard = 0xc0a1e5ce | 0;
const update = updateOf([{ encoding: 0, width: 4, height: 4, payload: filler(64) }]);
const copy = bytesOf('b4 01 00000007 0a "text/plain" 00000001 "x"');
const request = bytesOf('06 000000 fffffffc 02000001');
const answer = bytesOf('03 000000');

const standardClient = (encodings: readonly number[] = [0, extendedClipboard]): RfbStream =>
  new RfbStream({ protocol: 'kasmvnc', form: 'rfb', encodings });

describe('pixels', () => {
  test('pass as they stand, for either client', () => {
    for (const stream of [standardClient(), new RfbStream({ form: 'kasmvnc' })]) {
      expect(stream.inspection.fromUpstream(joined([update, update]), 0, 2 * update.length)).toBe(true);
      for (let cut = 5; cut < update.length; cut++) {
        stream.say('server', update.subarray(0, cut));
        expect(stream.say('server', update.subarray(cut)).client.length).toBeLessThanOrEqual(update.length);
      }
    }
  });
});

describe('what we say to the client', () => {
  test('waits until the message it would stand in is over', () => {
    const stream = standardClient();
    stream.say('server', copy);
    for (let cut = 1; cut < update.length; cut++) {
      const first = stream.say('server', update.subarray(0, cut));
      expect(stream.say('client', request).client.length).toBe(0);
      const rest = stream.say('server', update.subarray(cut));
      const whole = joined([first.client, rest.client]);
      expect(whole.subarray(0, update.length)).toEqual(update);
      if (cut < 9) expect(whole.subarray(update.length, update.length + 4)).toEqual(answer);
    }
  });

  test('stands before a message that has only begun', () => {
    const stream = standardClient();
    stream.say('server', copy);
    stream.say('server', update.subarray(0, 30));
    stream.say('client', request);
    const out = stream.say('server', joined([update.subarray(30), update.subarray(0, 4)])).client;
    const answerAt = update.length - 30;
    expect(out.subarray(answerAt, answerAt + 4)).toEqual(answer);
    expect(out.subarray(-4)).toEqual(update.subarray(0, 4));
    expect(stream.say('server', update.subarray(4)).client).toEqual(update.subarray(4));
  });

  test('is said once, however often it is asked for while it waits', () => {
    const stream = standardClient();
    stream.say('server', copy);
    stream.say('server', update.subarray(0, 30));
    for (let count = 0; count < 1_000; count++) stream.say('client', request);
    expect(stream.say('server', update.subarray(30)).client.length).toBeLessThan(update.length + 100);
  });

  test('one copy is not given out without end', () => {
    const stream = standardClient();
    stream.say('server', copy);
    let answers = 0;
    for (let count = 0; count < 100; count++) {
      if (stream.say('client', request).client.length > 0) answers += 1;
    }
    expect(answers).toBe(8);
    stream.say('server', copy);
    expect(stream.say('client', request).client.length).toBeGreaterThan(0);
  });
});

describe('a copy over what is kept', () => {
  const tooMuch = limits.clipboardHeldBytesMax + 1;
  const event = { type: 'clipboard', verdict: 'drop', reason: 'size', bytes: tooMuch } as const;
  const large = (idBytes: number): Uint8Array => {
    const message = new WriteCursor().u8(180).u8(1).zeros(idBytes).u8(10).ascii('text/plain').u32(tooMuch);
    return message.raw(filler(tooMuch)).finish();
  };

  test('from the desktop is dropped, and told', () => {
    const stream = standardClient();
    expect(stream.say('server', large(4)).client.length).toBe(0);
    expect(stream.events).toMatchObject([
      { ...event, direction: 'down', limit: limits.clipboardHeldBytesMax },
    ]);
  });

  test('from the client is dropped, and told', () => {
    const stream = new RfbStream({ form: 'kasmvnc' });
    expect(stream.say('client', large(0)).upstream.length).toBe(0);
    expect(stream.events).toMatchObject([{ ...event, direction: 'up', limit: limits.clipboardHeldBytesMax }]);
  });
});

describe('a picture', () => {
  const pixels = new Uint8Array(4 * 300 * 200).map((_, index) => (index % 4 === 3 ? 255 : index * 7));
  const png = encodePng({ width: 300, height: 200, hasAlpha: false, pixels });
  const caps = bytesOf('1f000008 00000000');
  const asked = bytesOf('000000 fffffffc 02000008');
  const copyOf = (idBytes: number): Uint8Array =>
    new WriteCursor().u8(180).u8(1).zeros(idBytes).u8(9).ascii('image/png').u32(png.length).raw(png).finish();
  /** The DIB that a provide message holds. */
  const dibIn = (message: Uint8Array): Uint8Array => {
    const plain = inflateSync(message.subarray(12), { finishFlush: 2 });
    expect(Buffer.from(message.subarray(8, 12)).toString('hex')).toBe('10000008');
    expect(plain.readUInt32BE(0)).toBe(plain.length - 4);
    return plain.subarray(4);
  };

  test('of a KasmVNC desktop is a DIB to a standard client that asks for it', () => {
    const stream = standardClient();
    stream.say('client', joined([bytesOf('06 000000 fffffff8'), caps]));
    stream.say('server', copyOf(4));
    const { client } = stream.say('client', joined([Uint8Array.of(6), asked]));
    expect(decodeDib(dibIn(client))!.pixels).toEqual(pixels);
  });

  test('of KasmVNC’s client is a DIB to a standard desktop that asks for it', () => {
    const stream = new RfbStream({ form: 'kasmvnc' });
    stream.say('server', joined([bytesOf('03 000000 fffffff8'), caps]));
    stream.say('client', copyOf(0));
    const { upstream } = stream.say('server', joined([Uint8Array.of(3), asked]));
    expect(decodeDib(dibIn(upstream))!.pixels).toEqual(pixels);
  });

  test('goes on to nobody who has not said that it takes one', () => {
    const stream = standardClient();
    stream.say('client', bytesOf('06 000000 fffffff8 1f000001 00000000'));
    const { client } = stream.say('server', copyOf(4));
    expect(Buffer.from(client).toString('hex')).toBe('03000000fffffffc08000000');
  });
});

test('any mixture of a KasmVNC server, cut anywhere, comes out as whole', () => {
  const watermark = bytesOf(
    '00 00 0002 0000 0000 0040 0030 00000007 d0 03 010203 0000 0000 0001 0001 00000000 aabbccdd',
  );
  const jpeg = updateOf([{ encoding: 7, width: 4, height: 4, payload: bytesOf('90 02 aabb') }]);
  const pieces = fc.constantFrom(
    ...[update, watermark, jpeg, bytesOf('b3'), bytesOf('02'), bytesOf('fd 00000003 "ann"'), bytesOf('bb')],
  );
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (messages, seeds) => {
        const bytes = joined(messages);
        const cuts = [...new Set(seeds.map(seed => seed % (bytes.length + 1)))].sort((a, b) => a - b);
        const whole = standardClient([7]).say('server', bytes).client;
        expect(standardClient([7]).sayCut('server', bytes, cuts).client).toEqual(whole);
        expectStandard(whole, [0, 7]);
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

/** A standard client can follow these bytes to their end. */
function expectStandard(bytes: Uint8Array, encodings: readonly number[], setPixels?: Uint8Array): void {
  const allowed = new EncodingSet();
  for (const encoding of encodings) allowed.add(encoding);
  const format = setPixels ?? bytesOf('20 18 00 01 00ff 00ff 00ff 10 08 00 000000');
  const splitter = new ServerSplitter('rfb', decodePixelSizes(format, 0), allowed);
  splitter.push(bytes, 0, bytes.length);
  while (splitter.next());
}

const answers = new Set([
  'VideoEncoders',
  'Stats',
  'NetworkStats',
  'SystemStats',
  'LatencyMeasurement',
  'SubscribeUnixRelay',
]);
const corpus = join(import.meta.dir, '../../test/corpus');
/** WEBP and QOI are no standard Tight: no standard client asks for them. */
const recordings = readdirSync(corpus)
  .filter(name => name.endsWith('.index.jsonl.gz') && !/webp|qoi/.test(name))
  .map(name => name.replace('.index.jsonl.gz', ''));

test.each(recordings)('%s, as a KasmVNC server said it, can be followed by a standard client', async name => {
  const base = join(corpus, name);
  const index = await readIndex(base);
  const initEnd = index.find(message => message.type === 'ServerInit')!.end;
  const frames = (await readFrames(base)).filter(frame => frame.fromServer).map(frame => frame.bytes);
  const all = joined(frames);
  // A server answers only what it was asked, and a standard client does not ask.
  const unasked = index.filter(({ type, fromServer, start, end }) => {
    return fromServer && start >= initEnd && end <= all.length && !answers.has(type);
  });
  const said = joined(unasked.map(({ start, end }) => all.subarray(start, end)));
  const encodings = [
    -312, -313, 0, 1, 2, 5, 7, 16, -223, -224, -239, -258, -307, -308, 0x574d5664, 0x574d5666,
  ];
  const outcomes = [16_411, 977].map(pieceBytes => {
    const stream = standardClient(encodings);
    return stream.say('server', said, pieceBytes).client;
  });
  expect(Buffer.compare(outcomes[0]!, outcomes[1]!)).toBe(0);
  expect(outcomes[0]!.length).toBeGreaterThan(100);
  expectStandard(outcomes[0]!, encodings);
});
