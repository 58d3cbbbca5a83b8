import { describe, expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { askedEverything } from '../../test/conformance/asked-everything.ts';
import { bytesOf, filler, joined, type TestRectangle, updateOf } from '../../test/conformance/rfb-bytes.ts';
import {
  longestCompactLength,
  type RectangleCase,
  rectangleCases,
} from '../../test/conformance/rfb-rectangles.ts';
import { DecodeError } from '../wire/decode-error.ts';
import type { RfbProtocol } from './numbers.ts';
import type { PixelSizes } from './pixel-format.ts';
import { ServerSplitter } from './server-splitter.ts';

const pixels32: PixelSizes = { pixel: 4, tightPixel: 3, compressedPixel: 3 };
const bell = bytesOf('02');

function open(protocol: RfbProtocol = 'rfb', pixels = pixels32): ServerSplitter {
  return new ServerSplitter(protocol, pixels, askedEverything());
}

/** Pushes everything, and returns the judged messages in hexadecimal. */
function feed(splitter: ServerSplitter, bytes: Uint8Array): string[] {
  const judged: string[] = [];
  splitter.push(bytes, 0, bytes.length);
  while (splitter.next()) {
    const { bytes: from, start, end } = splitter.message;
    judged.push(Buffer.from(from.subarray(start, end)).toString('hex'));
  }
  return judged;
}

function errorOf(bytes: Uint8Array, protocol: RfbProtocol = 'rfb'): string {
  try {
    feed(open(protocol), bytes);
  } catch (error) {
    if (error instanceof DecodeError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

const streamOf = (one: RectangleCase): Uint8Array => joined([updateOf([one]), bell]);
const protocolOf = (one: RectangleCase): RfbProtocol => (one.kasmvnc === true ? 'kasmvnc' : 'rfb');
const smaller = rectangleCases().filter(one => one.payload.length < 2_000);

describe('a rectangle ends where its payload does', () => {
  test.each(rectangleCases().map(one => [one.name, one] as const))('%s', (_, one) => {
    const splitter = open(protocolOf(one));
    feed(splitter, updateOf([one]));
    expect(splitter.atBoundary).toBe(true);
    feed(splitter, bell);
    expect(splitter.messages).toBe(2);
  });

  test('in 16-bit and 8-bit pixels too', () => {
    const raw = { encoding: 0, width: 5, height: 3 };
    const fill = { encoding: 7, width: 5, height: 3 };
    for (const pixel of [1, 2]) {
      const splitter = open('rfb', { pixel, tightPixel: pixel, compressedPixel: pixel });
      const payload = joined([bytesOf('80'), filler(pixel)]);
      feed(
        splitter,
        updateOf([
          { ...raw, payload: filler(15 * pixel) },
          { ...fill, payload },
        ]),
      );
      expect(splitter.atBoundary).toBe(true);
    }
  });

  test('all in one update', () => {
    const standard = rectangleCases().filter(one => one.kasmvnc !== true);
    const splitter = open();
    feed(splitter, joined([updateOf(standard), bell]));
    expect([splitter.atBoundary, splitter.messages]).toEqual([true, 2]);
  });
});

describe('wherever the bytes are cut', () => {
  test.each(smaller.map(one => [one.name, one] as const))('%s', (_, one) => {
    const bytes = streamOf(one);
    for (let cut = 1; cut < bytes.length; cut++) {
      const splitter = open(protocolOf(one));
      feed(splitter, bytes.subarray(0, cut));
      // Only the whole update is a message; every shorter prefix needs more.
      expect(splitter.atBoundary).toBe(cut === bytes.length - 1);
      feed(splitter, bytes.subarray(cut));
      expect([splitter.atBoundary, splitter.messages, splitter.offset]).toEqual([true, 2, bytes.length]);
    }
    const splitter = open(protocolOf(one));
    for (let at = 0; at < bytes.length; at++) feed(splitter, bytes.subarray(at, at + 1));
    expect([splitter.atBoundary, splitter.messages]).toEqual([true, 2]);
  });

  test('one wrong byte is a step or a refusal, and costs no memory', () => {
    for (const one of smaller) {
      const bytes = streamOf(one);
      for (let at = 0; at < Math.min(bytes.length, 80); at++) {
        for (const wrong of [0, 1, 0x7f, 0x80, 0xff]) {
          const broken = bytes.slice();
          broken[at] = wrong;
          try {
            feed(open(protocolOf(one)), broken);
          } catch (error) {
            if (!(error instanceof DecodeError)) throw error;
          }
        }
      }
    }
  });
});

describe('what cannot be followed is refused', () => {
  const rectangle = (encoding: number, payload: string, width = 64, height = 64): Uint8Array =>
    updateOf([{ encoding, width, height, payload: bytesOf(payload) } satisfies TestRectangle]);

  test.each([
    ['an unknown encoding', 99, '', 'out_of_order: a rectangle came in encoding 99, which was not asked for'],
    ['Tight control 14', 7, 'e0', 'malformed: compression-control is 14'],
    ['a Tight filter 3', 7, '40 03', 'malformed: filter-id is 3'],
    ['WEBP of a standard server', 7, 'b0', 'malformed: compression-control is 11'],
    ['PNG in plain Tight', 7, 'a0', 'malformed: compression-control is 10'],
    ['a TRLE palette that was never sent', 15, '7f', 'malformed: sub-encoding 127 is not possible here'],
    ['TRLE runs beyond the tile', 15, '80 000000 ff ff', 'malformed: a run is longer than its tile'],
    [
      'an alpha cursor that is not raw',
      -314,
      '00000007',
      'unsupported: cursor with alpha in encoding 7, not raw',
    ],
    ['a third VMware cursor type', 0x574d5664, '02 00', 'malformed: VMware cursor type is 2'],
  ])('%s', (_, encoding, payload, message) => {
    expect(errorOf(rectangle(encoding, payload))).toBe(message);
  });

  test.each([
    ['zlib', 6, 'ffffffff'],
    ['RRE', 2, 'ffffffff'],
    ['H.264', 50, 'ffffffff 00000000'],
    ['a desktop name', -307, '00010001'],
  ])('a length over the limit: %s', (_, encoding, payload) => {
    expect(errorOf(rectangle(encoding, payload))).toStartWith('limit: ');
  });

  test('a raw rectangle that would be larger than any screen', () => {
    expect(errorOf(rectangle(0, '', 0xffff, 0xffff))).toBe(
      `limit: raw rectangle is ${0xffff * 0xffff * 4}, the limit is ${limits.rectanglePayloadBytesMax}`,
    );
  });

  test('texts, clipboards and fences over their limits, before any of them has come', () => {
    expect(errorOf(bytesOf('03 000000 40000000'))).toStartWith('limit: cut text length');
    expect(errorOf(bytesOf('b2 000000 ffffffff'), 'kasmvnc')).toStartWith('limit: text length');
    expect(errorOf(bytesOf('f8 000000 00000000 41'))).toBe('limit: fence length is 65, the limit is 64');
    expect(errorOf(bytesOf('b4 21'), 'kasmvnc')).toBe('limit: clipboard items is 33, the limit is 32');
  });

  test('with the place in the stream where it stood', () => {
    const splitter = open();
    feed(splitter, joined([bell, bell]));
    try {
      feed(splitter, joined([bell, bytesOf('04')]));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ kind: 'unsupported', field: 'message-type', offset: 4 });
    }
  });
});

describe('opaque bytes', () => {
  test('the longest compact length is 4,194,303 bytes, none of which is kept', () => {
    const splitter = open();
    const head = updateOf([
      { encoding: 7, width: 64, height: 64, payload: joined([bytesOf('90'), longestCompactLength]) },
    ]);
    feed(splitter, head);
    const body = filler(4_194_303);
    feed(splitter, body.subarray(0, 4_194_302));
    expect(splitter.atBoundary).toBe(false);
    feed(splitter, body.subarray(0, 1));
    expect(splitter.atBoundary).toBe(true);
  });

  test('all of a chunk may pass when no message in it is judged', () => {
    const splitter = open();
    const bytes = joined([bell, updateOf([{ encoding: 0, width: 1, height: 1, payload: filler(4) }])]);
    splitter.push(bytes, 0, bytes.length - 2);
    expect(splitter.next()).toBe(false);
    expect(splitter.passedTo).toBe(bytes.length - 2);
  });
});

describe('a judged message', () => {
  const cut = bytesOf('03 000000 00000005 "hello"');

  test('is given whole wherever it is cut, and nothing before it is lost', () => {
    const bytes = joined([bell, cut, bell, cut]);
    for (let at = 0; at <= bytes.length; at++) {
      const splitter = open();
      const judged = [...feed(splitter, bytes.subarray(0, at)), ...feed(splitter, bytes.subarray(at))];
      expect(judged).toEqual([Buffer.from(cut).toString('hex'), Buffer.from(cut).toString('hex')]);
      expect(splitter.messages).toBe(4);
    }
  });

  test('is given in place where it lies whole in a chunk', () => {
    const splitter = open();
    const bytes = joined([bell, cut]);
    splitter.push(bytes, 0, bytes.length);
    expect(splitter.next()).toBe(true);
    expect(splitter.message.bytes).toBe(bytes);
    expect([splitter.passedTo, splitter.message.start, splitter.at]).toEqual([1, 1, bytes.length]);
  });

  test('holds back what comes behind its beginning', () => {
    const splitter = open();
    const bytes = joined([bell, cut]);
    splitter.push(bytes, 0, 6);
    expect(splitter.next()).toBe(false);
    expect(splitter.passedTo).toBe(1);
    splitter.push(bytes, 6, 9);
    expect(splitter.next()).toBe(false);
    expect(splitter.passedTo).toBe(6);
  });

  test('that was held is given back as soon as the next step is taken', () => {
    const splitter = open();
    feed(splitter, bytesOf('03 000000 00100000'));
    const text = filler(0x100000);
    splitter.push(text, 0, text.length);
    expect(splitter.next()).toBe(true);
    expect(splitter.message.bytes.length).toBeGreaterThan(0x100000);
    expect(splitter.next()).toBe(false);
    expect(splitter.message.bytes.length).toBe(0);
  });

  test('of KasmVNC is its clipboard, its upgrade and its relays', () => {
    const messages = [
      'b4 01 00000001 0a "text/plain" 00000002 "ab"',
      'b5 0003 "sdp"',
      'b6 00 02 "no"',
      'b7 07 "printer" 00000003 "abc"',
    ].map(bytesOf);
    const all = joined(messages);
    const expected = messages.map(message => Buffer.from(message).toString('hex'));
    for (let at = 0; at <= all.length; at++) {
      const splitter = open('kasmvnc');
      expect([...feed(splitter, all.subarray(0, at)), ...feed(splitter, all.subarray(at))]).toEqual(expected);
    }
  });
});
