/**
 * Pictures in the form of Windows (CF_DIB): BITMAPINFOHEADER or one of its longer successors · [masks] · [palette] ·
 * rows from the bottom, each padded to 4 bytes. Numbers are little-endian.
 */
import { opaque, type Picture } from './picture.ts';
import { isPictureSize } from './png-chunks.ts';

const infoHeaderBytes = 40;
/** BITMAPINFOHEADER, BITMAPV4HEADER, BITMAPV5HEADER. */
const headerSizes: ReadonlySet<number> = new Set([infoHeaderBytes, 108, 124]);
const compressions = { none: 0, bitFields: 3 } as const;
const maskBytes = 12;

/** Bits of red, green, blue and alpha in a pixel. */
type Masks = readonly [number, number, number, number];
const masks16: Masks = [0x7c00, 0x03e0, 0x001f, 0];
const masks32: Masks = [0xff0000, 0xff00, 0xff, 0xff000000];

interface DibHead {
  readonly width: number;
  readonly height: number;
  readonly fromTop: boolean;
  readonly bits: number;
  readonly masks: Masks;
  /** Alpha of a form that has no place for it: it counts only when some pixel has one. */
  readonly doubtfulAlpha: boolean;
  readonly paletteAt: number;
  readonly colours: number;
  readonly pixelsAt: number;
  readonly rowBytes: number;
}

const rowBytesOf = (width: number, bits: number): number => ((width * bits + 31) >> 5) * 4;

/** Size of the DIB that `encodeDib` makes of a picture of that size, in bytes. */
export function dibBytesOf(width: number, height: number, hasAlpha: boolean): number {
  return infoHeaderBytes + height * rowBytesOf(width, hasAlpha ? 32 : 24);
}

/** A DIB of 24 bits a pixel, or of 32 with alpha in the highest. */
export function encodeDib({ width, height, hasAlpha, pixels }: Picture): Uint8Array {
  const bits = hasAlpha ? 32 : 24;
  const rowBytes = rowBytesOf(width, bits);
  const dib = new Uint8Array(dibBytesOf(width, height, hasAlpha));
  const view = new DataView(dib.buffer);
  view.setUint32(0, infoHeaderBytes, true);
  view.setInt32(4, width, true);
  view.setInt32(8, height, true);
  view.setUint16(12, 1, true); // planes
  view.setUint16(14, bits, true);
  view.setUint32(20, height * rowBytes, true);
  for (let row = 0; row < height; row++) {
    let to = infoHeaderBytes + (height - 1 - row) * rowBytes;
    for (let at = 4 * row * width, end = at + 4 * width; at < end; at += 4) {
      dib[to++] = pixels[at + 2]!;
      dib[to++] = pixels[at + 1]!;
      dib[to++] = pixels[at]!;
      if (hasAlpha) dib[to++] = pixels[at + 3]!;
    }
  }
  return dib;
}

/** How many pixels `decodeDib` would give, told by the head alone; undefined as there. */
export function dibPixels(dib: Uint8Array): number | undefined {
  const head = readHead(dib);
  return head === undefined ? undefined : head.width * head.height;
}

/**
 * The pixels of a DIB of 1, 4, 8, 16, 24 or 32 bits that is not compressed.
 * @returns undefined for another, for one that is not whole, and for one larger than is translated.
 */
export function decodeDib(dib: Uint8Array): Picture | undefined {
  const head = readHead(dib);
  if (head === undefined) return undefined;
  const { width, height } = head;
  const pixels = new Uint8Array(4 * width * height);
  let seenAlpha = 0;
  for (let row = 0; row < height; row++) {
    const from = head.pixelsAt + (head.fromTop ? row : height - 1 - row) * head.rowBytes;
    seenAlpha |= decodeRow(dib, from, head, pixels, 4 * row * width);
  }
  const hasAlpha = head.masks[3] !== 0 && (!head.doubtfulAlpha || seenAlpha !== 0);
  if (head.doubtfulAlpha && !hasAlpha) for (let at = 3; at < pixels.length; at += 4) pixels[at] = opaque;
  return { width, height, hasAlpha, pixels };
}

function readHead(dib: Uint8Array): DibHead | undefined {
  if (dib.length < infoHeaderBytes) return undefined;
  const view = new DataView(dib.buffer, dib.byteOffset, dib.length);
  const headerBytes = view.getUint32(0, true);
  const width = view.getInt32(4, true);
  const signedHeight = view.getInt32(8, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(14, true);
  const compression = view.getUint32(16, true);
  if (!headerSizes.has(headerBytes) || dib.length < headerBytes || !isPictureSize(width, height))
    return undefined;
  const hasMasks = compression === compressions.bitFields && (bits === 16 || bits === 32);
  if (![1, 4, 8, 16, 24, 32].includes(bits) || (compression !== compressions.none && !hasMasks))
    return undefined;
  const coloursUsed = view.getUint32(32, true);
  if (coloursUsed > 256) return undefined;
  const colours = bits <= 8 && coloursUsed === 0 ? 1 << bits : coloursUsed;
  const paletteAt = headerBytes + (hasMasks && headerBytes === infoHeaderBytes ? maskBytes : 0);
  const pixelsAt = paletteAt + 4 * colours;
  const rowBytes = rowBytesOf(width, bits);
  if (pixelsAt + height * rowBytes > dib.length) return undefined;
  const masks = hasMasks ? masksAt(view, headerBytes) : bits === 16 ? masks16 : masks32;
  const doubtfulAlpha = bits === 32 && !hasMasks;
  return {
    ...{ width, height, fromTop: signedHeight < 0, bits, colours, paletteAt, pixelsAt, rowBytes },
    masks: bits >= 16 && bits !== 24 ? masks : [0, 0, 0, 0],
    doubtfulAlpha,
  };
}

/** They follow the short header, and are fields of the longer ones, which have one for alpha. */
function masksAt(view: DataView, headerBytes: number): Masks {
  const mask = (index: number): number => view.getUint32(infoHeaderBytes + 4 * index, true);
  return [mask(0), mask(1), mask(2), headerBytes > infoHeaderBytes ? mask(3) : 0];
}

/** @returns the alpha bits of all its pixels together. */
function decodeRow(dib: Uint8Array, from: number, head: DibHead, pixels: Uint8Array, to: number): number {
  const { bits, width, masks, paletteAt, colours } = head;
  if (bits === 24) {
    copyRow(dib, from, 3, width, pixels, to);
    return 0;
  }
  if (bits === 32 && masks.every((mask, part) => mask === masks32[part])) {
    return copyRow(dib, from, 4, width, pixels, to);
  }
  let seenAlpha = 0;
  for (let column = 0; column < width; column++) {
    const at = to + 4 * column;
    if (bits <= 8) {
      const colourAt = paletteAt + 4 * Math.min(indexAt(dib, from, column, bits), colours - 1);
      pixels[at] = dib[colourAt + 2]!;
      pixels[at + 1] = dib[colourAt + 1]!;
      pixels[at + 2] = dib[colourAt]!;
      pixels[at + 3] = opaque;
      continue;
    }
    const pixel = bits === 16 ? u16(dib, from + 2 * column) : u32(dib, from + 4 * column);
    for (let part = 0; part < 3; part++) pixels[at + part] = channelOf(pixel, masks[part]!);
    pixels[at + 3] = masks[3] === 0 ? opaque : channelOf(pixel, masks[3]);
    seenAlpha |= pixel & masks[3];
  }
  return seenAlpha;
}

/** What nearly all pictures are: whole bytes of blue, green, red and perhaps alpha. @returns as decodeRow. */
function copyRow(
  dib: Uint8Array,
  from: number,
  bytes: 3 | 4,
  width: number,
  pixels: Uint8Array,
  to: number,
): number {
  let seenAlpha = 0;
  for (let at = from, out = to, end = from + bytes * width; at < end; at += bytes, out += 4) {
    pixels[out] = dib[at + 2]!;
    pixels[out + 1] = dib[at + 1]!;
    pixels[out + 2] = dib[at]!;
    const alpha = bytes === 4 ? dib[at + 3]! : opaque;
    pixels[out + 3] = alpha;
    seenAlpha |= alpha;
  }
  return seenAlpha;
}

const u16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
const u32 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;

function indexAt(dib: Uint8Array, from: number, column: number, bits: number): number {
  const bit = column * bits;
  return (dib[from + (bit >> 3)]! >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
}

/** The bits under the mask, brought to 0 … 255. */
function channelOf(pixel: number, mask: number): number {
  if (mask === 0) return 0;
  const lowest = 31 - Math.clz32(mask & -mask);
  const most = mask >>> lowest;
  return (((pixel & mask) >>> lowest) * 255) / most;
}
