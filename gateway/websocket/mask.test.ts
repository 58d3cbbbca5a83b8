import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { maskInPlace, readMaskKey, rotateMaskKey, writeMaskKey } from './mask.ts';

/** RFC 6455, section 5.3, as it is written there. */
function maskByTheBook(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => byte ^ key[index % 4]!);
}

const keyBytes = fc.uint8Array({ minLength: 4, maxLength: 4 });

test('masks as the RFC says, for every length, alignment and key', () => {
  fc.assert(
    fc.property(keyBytes, fc.nat(300), fc.nat(9), (key, length, start) => {
      const bytes = Uint8Array.from({ length: start + length + 5 }, (_, index) => index * 31);
      const expected = bytes.slice();
      expected.set(maskByTheBook(bytes.subarray(start, start + length), key), start);
      maskInPlace(bytes, start, start + length, readMaskKey(key, 0));
      expect(bytes).toEqual(expected);
    }),
  );
});

test('masks inside a view that does not begin at a word', () => {
  const key = Uint8Array.of(1, 2, 3, 250);
  for (let offset = 0; offset < 8; offset++) {
    const view: Uint8Array = new Uint8Array(new ArrayBuffer(200), offset, 150).fill(9);
    maskInPlace(view, 0, view.length, readMaskKey(key, 0));
    expect(view).toEqual(maskByTheBook(new Uint8Array(150).fill(9), key));
  }
});

test('a rotated key goes on where the last piece ended', () => {
  const key = 0x8a7b6c5d | 0;
  for (let cut = 0; cut <= 200; cut++) {
    const whole = new Uint8Array(200);
    const pieces = new Uint8Array(200);
    maskInPlace(whole, 0, 200, key);
    maskInPlace(pieces, 0, cut, key);
    maskInPlace(pieces, cut, 200, rotateMaskKey(key, cut));
    expect(pieces).toEqual(whole);
  }
});

test('a key is written as it was read', () => {
  fc.assert(
    fc.property(keyBytes, key => {
      const written = new Uint8Array(6);
      writeMaskKey(written, 1, readMaskKey(key, 0));
      expect(written).toEqual(Uint8Array.of(0, ...key, 0));
    }),
  );
});
