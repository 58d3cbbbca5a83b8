import { describe, expect, test } from 'bun:test';
import { bytesOf, filler, joined, updateOf } from '../../test/conformance/rfb-bytes.ts';
import { rectangleCases } from '../../test/conformance/rfb-rectangles.ts';
import { EncodingSet } from './encoding-set.ts';
import { encodings } from './numbers.ts';
import { UpdateRun } from './update-run.ts';

const pixels = { pixel: 4, tightPixel: 3, compressedPixel: 3 };
const raw = { encoding: 0, width: 2, height: 2, payload: filler(16) };
const bell = bytesOf('02');

function follow(bytes: Uint8Array, rectangles = 0, end = bytes.length): UpdateRun {
  const allowed = new EncodingSet();
  for (const encoding of [
    encodings.copyRect,
    encodings.zlib,
    encodings.tight,
    encodings.zrle,
    -1024,
    -1886,
  ]) {
    allowed.add(encoding);
  }
  const run = new UpdateRun();
  run.follow(bytes, 0, end, rectangles, pixels, allowed);
  return run;
}

const short = new Set(['Raw', 'CopyRect', 'Zlib', 'ZRLE', 'Tight']);
const cases = rectangleCases().filter(
  one => short.has(one.name.split(' ')[0]!) && one.name !== 'Tight watermark',
);

describe('the short way through whole updates', () => {
  test.each(cases.map(one => [one.name, one] as const))('ends where the update does: %s', (_, one) => {
    const update = updateOf([one, raw]);
    const { at, rectangles, messages } = follow(joined([update, bell]));
    expect({ at, rectangles, messages }).toEqual({ at: update.length, rectangles: 0, messages: 1 });
  });

  test.each(cases.map(one => [one.name, one] as const))(
    'is not taken where bytes are missing: %s',
    (_, one) => {
      const update = updateOf([one]);
      for (let end = Math.max(4, update.length - 40); end < update.length; end++) {
        const { at, rectangles, messages } = follow(update, 0, end);
        expect({ at, rectangles, messages }).toEqual({ at: 4, rectangles: 1, messages: 0 });
      }
    },
  );

  test('goes on inside an update and counts what ended', () => {
    const rest = updateOf([raw, raw]).subarray(4);
    const { at, messages, lastMessageAt } = follow(joined([rest, updateOf([raw]), updateOf([])]), 2);
    expect({ at, messages, lastMessageAt }).toEqual({
      at: rest.length + 36,
      messages: 3,
      lastMessageAt: rest.length + 32,
    });
  });

  test('stops in front of a rectangle that was not asked for, or that may have to be taken out', () => {
    const notAsked = { encoding: 2, width: 1, height: 1, payload: filler(8) };
    const watermark = { encoding: 7, width: 1, height: 1, payload: joined([bytesOf('d0 02'), filler(2)]) };
    for (const other of [notAsked, watermark]) {
      const { at, rectangles } = follow(updateOf([raw, other, raw]));
      expect({ at, rectangles }).toEqual({ at: 4 + 12 + 16, rectangles: 2 });
    }
  });

  test('stops in front of a rectangle over the limit of payload', () => {
    const huge = { encoding: 0, width: 65_535, height: 65_535, payload: filler(0) };
    expect(follow(updateOf([huge])).rectangles).toBe(1);
  });
});
