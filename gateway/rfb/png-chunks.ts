import { limits } from '../../config/limits.ts';
import { u32At } from '../wire/read-cursor.ts';

/** What the chunks of a PNG before its pixels say (PNG specification, W3C, third edition, §11). */
export interface PngHead {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colour: PngColour;
  readonly interlaced: boolean;
  /** PLTE: 3 bytes a colour. */
  readonly palette: Uint8Array;
  /** tRNS: one alpha byte a colour of the palette, or the one colour that is transparent, u16 a sample. */
  readonly transparency: Uint8Array | undefined;
  /** IDAT: one zlib stream in pieces. */
  readonly data: readonly Uint8Array[];
}

export const pngColours = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgbAlpha: 6 } as const;
export type PngColour = (typeof pngColours)[keyof typeof pngColours];

export const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** u32 length · type · data · u32 CRC. */
const chunkFrameBytes = 12;
const headBytes = 13;
const paletteBytesMax = 3 * 256;
/** In a chunk's first letter: it may be ignored by who does not know it. */
const ancillaryBit = 0x20;

const depthsOf: Readonly<Record<PngColour, readonly number[]>> = {
  [pngColours.grey]: [1, 2, 4, 8, 16],
  [pngColours.rgb]: [8, 16],
  [pngColours.palette]: [1, 2, 4, 8],
  [pngColours.greyAlpha]: [8, 16],
  [pngColours.rgbAlpha]: [8, 16],
};

/** Samples of a pixel. */
export const samplesOf: Readonly<Record<PngColour, number>> = {
  [pngColours.grey]: 1,
  [pngColours.rgb]: 3,
  [pngColours.palette]: 1,
  [pngColours.greyAlpha]: 2,
  [pngColours.rgbAlpha]: 4,
};

/** Whether its pixels can be transparent. */
export function hasAlpha({ colour, transparency }: PngHead): boolean {
  return colour === pngColours.greyAlpha || colour === pngColours.rgbAlpha || transparency !== undefined;
}

/**
 * Reads the chunks of a PNG; checksums are not looked at.
 * @returns undefined for what is none, is not whole, or has more pixels than the limit.
 */
export function readPngHead(bytes: Uint8Array): PngHead | undefined {
  if (bytes.length < pngSignature.length + chunkFrameBytes + headBytes) return undefined;
  if (pngSignature.some((byte, index) => bytes[index] !== byte)) return undefined;
  const chunks = new Map<string, Uint8Array>();
  const data: Uint8Array[] = [];
  for (let at = pngSignature.length; at + chunkFrameBytes <= bytes.length; ) {
    const length = u32At(bytes, at);
    if (length > bytes.length - at - chunkFrameBytes) return undefined;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const chunk = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IDAT') data.push(chunk);
    else if (type === 'IEND') return headOf(chunks, data);
    else if (type === 'IHDR' || type === 'PLTE' || type === 'tRNS') {
      if (chunks.has(type) || data.length > 0) return undefined;
      chunks.set(type, chunk);
    } else if ((bytes[at + 4]! & ancillaryBit) === 0) return undefined;
    if (!chunks.has('IHDR')) return undefined;
    at += chunkFrameBytes + length;
  }
  return undefined;
}

/** IHDR: u32 width · u32 height · u8 depth · colour · compression 0 · filter 0 · interlace 0 or 1. */
function headOf(chunks: ReadonlyMap<string, Uint8Array>, data: readonly Uint8Array[]): PngHead | undefined {
  const head = chunks.get('IHDR');
  if (head?.length !== headBytes || data.length === 0) return undefined;
  const width = u32At(head, 0);
  const height = u32At(head, 4);
  const depth = head[8]!;
  const colour = Object.values(pngColours).find(one => one === head[9]);
  const isKnown =
    colour !== undefined && depthsOf[colour].includes(depth) && head[10] === 0 && head[11] === 0;
  if (!isKnown || head[12]! > 1 || !isPictureSize(width, height)) return undefined;
  const palette = chunks.get('PLTE') ?? new Uint8Array(0);
  if (palette.length % 3 !== 0 || palette.length > paletteBytesMax) return undefined;
  if (colour === pngColours.palette && palette.length === 0) return undefined;
  const transparency = chunks.get('tRNS');
  return { width, height, depth, colour, interlaced: head[12] === 1, palette, transparency, data };
}

/** Whether a picture of this size is one that is translated. */
export function isPictureSize(width: number, height: number): boolean {
  const side = limits.framebufferSideMax;
  if (width < 1 || height < 1 || width > side || height > side) return false;
  return width * height <= limits.clipboardPicturePixelsMax;
}
