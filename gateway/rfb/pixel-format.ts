import { DecodeError } from '../wire/decode-error.ts';
import { u16At } from '../wire/read-cursor.ts';

/** Bytes of a PIXEL_FORMAT on the wire (RFC 6143 §7.4). */
export const pixelFormatBytes = 16;
/** SetPixelFormat (RFC 6143 §7.5.1): type · 3 padding · PIXEL_FORMAT. */
export const setPixelFormatBytes = 4 + pixelFormatBytes;

/** What of a pixel format decides lengths. All in bytes. */
export interface PixelSizes {
  readonly pixel: number;
  /** Tight's TPIXEL: 3 where the three colours are whole bytes of 32, else a pixel. */
  readonly tightPixel: number;
  /** ZRLE's and TRLE's CPIXEL (RFC 6143 §7.7.5): 3 where all colour bits lie in three bytes of 32. */
  readonly compressedPixel: number;
}

/**
 * Reads the 16 bytes of a PIXEL_FORMAT at `at`:
 * bits-per-pixel · depth · big-endian · true-colour · u16 red, green, blue max · red, green, blue shift · 3 padding.
 * @throws DecodeError for a pixel that is not 8, 16 or 32 bits.
 */
export function decodePixelSizes(bytes: Uint8Array, at: number): PixelSizes {
  const bits = bytes[at]!;
  if (bits !== 8 && bits !== 16 && bits !== 32) {
    throw new DecodeError('malformed', `bits-per-pixel is ${bits}, not 8, 16 or 32`, 'bits-per-pixel');
  }
  const depth = bytes[at + 1]!;
  const trueColour = bytes[at + 3] !== 0;
  const pixel = bits / 8;
  const wide = trueColour && bits === 32 && depth <= 24;
  const wholeBytes =
    u16At(bytes, at + 4) === 255 && u16At(bytes, at + 6) === 255 && u16At(bytes, at + 8) === 255;
  return {
    pixel,
    tightPixel: wide && depth === 24 && wholeBytes ? 3 : pixel,
    compressedPixel: wide && fitsThreeBytes(bytes, at) ? 3 : pixel,
  };
}

function fitsThreeBytes(bytes: Uint8Array, at: number): boolean {
  let low = 32;
  let high = 0;
  for (let colour = 0; colour < 3; colour++) {
    const max = u16At(bytes, at + 4 + 2 * colour);
    const shift = bytes[at + 10 + colour]!;
    low = Math.min(low, shift);
    high = Math.max(high, shift + 32 - Math.clz32(max));
  }
  return high <= 24 || low >= 8;
}

export function samePixelSizes(one: PixelSizes, other: PixelSizes): boolean {
  return (
    one.pixel === other.pixel &&
    one.tightPixel === other.tightPixel &&
    one.compressedPixel === other.compressedPixel
  );
}
