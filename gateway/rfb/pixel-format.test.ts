import { describe, expect, test } from 'bun:test';
import { pixelFormatBytesOf, trueColour32 } from '../../test/conformance/rfb-bytes.ts';
import { decodePixelSizes, samePixelSizes } from './pixel-format.ts';

describe('sizes of a pixel', () => {
  test.each([
    ['32 bits of 24', trueColour32, 4, 3, 3],
    ['32 bits of 24, in the high bytes', { ...trueColour32, shifts: [24, 16, 8] as const }, 4, 3, 3],
    ['32 bits of 24, across all four bytes', { ...trueColour32, shifts: [24, 8, 0] as const }, 4, 3, 4],
    ['32 bits of 32', { ...trueColour32, depth: 32 }, 4, 4, 4],
    ['32 bits of 30, ten each', { ...trueColour32, depth: 30, max: 1023 }, 4, 4, 4],
    ['32 bits of 15, five each', { ...trueColour32, depth: 15, max: 31 }, 4, 4, 3],
    ['16 bits', { bits: 16, depth: 16, max: 31, shifts: [11, 5, 0] as const }, 2, 2, 2],
    ['8 bits', { bits: 8, depth: 8, max: 3, shifts: [4, 2, 0] as const }, 1, 1, 1],
  ])('%s', (_, format, pixel, tightPixel, compressedPixel) => {
    const bytes = new Uint8Array([0xee, 0xee, ...pixelFormatBytesOf(format)]);
    expect(decodePixelSizes(bytes, 2)).toEqual({ pixel, tightPixel, compressedPixel });
  });

  test('of a colour map are whole pixels', () => {
    const bytes = pixelFormatBytesOf(trueColour32);
    bytes[3] = 0;
    expect(decodePixelSizes(bytes, 0)).toEqual({ pixel: 4, tightPixel: 4, compressedPixel: 4 });
  });

  test.each([0, 1, 24, 64])('of %d bits do not exist', bits => {
    const bytes = pixelFormatBytesOf({ ...trueColour32, bits });
    expect(() => decodePixelSizes(bytes, 0)).toThrow(`bits-per-pixel is ${bits}, not 8, 16 or 32`);
  });

  test('are the same when all three are', () => {
    const one = { pixel: 4, tightPixel: 3, compressedPixel: 3 };
    expect(samePixelSizes(one, { ...one })).toBe(true);
    expect(samePixelSizes(one, { ...one, compressedPixel: 4 })).toBe(false);
  });
});
