import { tightControls, tightFilters } from './numbers.ts';
import { basicCompression, explicitFilterBit, zlibBytesMin } from './tight.ts';

const notHere = -1;

/**
 * What TightWalk finds byte by byte, for a rectangle whose headers lie in the chunk.
 * @param at where its control byte would lie.
 * @param kinds a bit for each compression control that may come.
 * @returns the offset behind the rectangle, which may lie behind `end`; −1 where a header byte is missing or wrong,
 *   or the control is one that this does not know.
 */
export function endOfTightRectangle(
  bytes: Uint8Array,
  at: number,
  end: number,
  width: number,
  height: number,
  tightPixel: number,
  kinds: number,
): number {
  if (at >= end) return notHere;
  const control = bytes[at]! >> 4;
  if (control < basicCompression) {
    const pixelBytes = width * height * tightPixel;
    if ((control & explicitFilterBit) === 0) return endOfFiltered(bytes, at + 1, end, pixelBytes);
    if (at + 1 >= end) return notHere;
    const filter = bytes[at + 1]!;
    if (filter === tightFilters.palette) return endOfPalette(bytes, at + 2, end, width, height, tightPixel);
    if (filter > tightFilters.gradient) return notHere;
    return endOfFiltered(bytes, at + 2, end, pixelBytes);
  }
  if (control === tightControls.fill) return at + 1 + tightPixel;
  if (control === tightControls.jpeg) return endOfCounted(bytes, at + 1, end);
  // A watermark is left out: it may have to be taken out of the update.
  const isAskedImage = control < tightControls.watermark && ((kinds >> control) & 1) !== 0;
  return isAskedImage ? endOfCounted(bytes, at + 1, end) : notHere;
}

function endOfPalette(
  bytes: Uint8Array,
  at: number,
  end: number,
  width: number,
  height: number,
  tightPixel: number,
): number {
  if (at >= end) return notHere;
  const colours = bytes[at]! + 1;
  // Up to two colours are one bit a pixel, each row padded to a byte; else a byte a pixel.
  const row = colours <= 2 ? (width + 7) >> 3 : width;
  return endOfFiltered(bytes, at + 1 + colours * tightPixel, end, row * height);
}

function endOfFiltered(bytes: Uint8Array, at: number, end: number, size: number): number {
  return size < zlibBytesMin ? at + size : endOfCounted(bytes, at, end);
}

/** Bytes behind a compact length of 1 to 3 bytes: 7 + 7 + 8 bits, low bits first. */
function endOfCounted(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return notHere;
  const first = bytes[at]!;
  if (first < 0x80) return at + 1 + first;
  if (at + 1 >= end) return notHere;
  const second = bytes[at + 1]!;
  const low = (first & 0x7f) | ((second & 0x7f) << 7);
  if (second < 0x80) return at + 2 + low;
  return at + 2 < end ? at + 3 + (low | (bytes[at + 2]! << 14)) : notHere;
}
