import { constants, inflateSync } from 'node:zlib';
import { u16At } from '../wire/read-cursor.ts';
import { opaque, type Picture } from './picture.ts';
import { hasAlpha, type PngHead, pngColours, readPngHead, samplesOf } from './png-chunks.ts';

/** Every so many pixels from some pixel on: a picture is one pass, an interlaced one seven (Adam7). */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const wholePass: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
const adam7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/**
 * The pixels of a PNG (W3C, third edition). Memory is bounded by the pixels its head says, which are within the
 * limit; more that is packed is not unpacked.
 * @returns undefined for what is none, or larger than is translated.
 */
export function decodePng(bytes: Uint8Array): Picture | undefined {
  const head = readPngHead(bytes);
  if (head === undefined) return undefined;
  const passes = passesOf(head);
  const rows = inflate(
    head,
    passes.reduce((sum, { rowBytes, height }) => sum + height * (1 + rowBytes), 0),
  );
  if (rows === undefined) return undefined;
  const pixels = new Uint8Array(4 * head.width * head.height);
  const bytesBack = Math.max(1, (head.depth * samplesOf[head.colour]) >> 3);
  let at = 0;
  for (const pass of passes) {
    if (!unfilter(rows, at, pass, bytesBack)) return undefined;
    for (let row = 0; row < pass.height; row++) {
      expandRow(head, rows, at + row * (1 + pass.rowBytes) + 1, pass, row, pixels);
    }
    at += pass.height * (1 + pass.rowBytes);
  }
  return { width: head.width, height: head.height, hasAlpha: hasAlpha(head), pixels };
}

interface SizedPass extends Pass {
  readonly width: number;
  readonly height: number;
  readonly rowBytes: number;
}

function passesOf({ width, height, depth, colour, interlaced }: PngHead): SizedPass[] {
  return (interlaced ? adam7 : wholePass)
    .map(pass => {
      const columns = Math.ceil((width - pass.x) / pass.stepX);
      const rows = Math.ceil((height - pass.y) / pass.stepY);
      return {
        ...pass,
        width: columns,
        height: rows,
        rowBytes: (columns * depth * samplesOf[colour] + 7) >> 3,
      };
    })
    .filter(pass => pass.width > 0 && pass.height > 0);
}

/** @returns undefined for no zlib stream, and for one of another size. */
function inflate({ data }: PngHead, size: number): Uint8Array | undefined {
  try {
    const rows = inflateSync(Buffer.concat(data), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: size,
    });
    return rows.length === size ? rows : undefined;
  } catch {
    // Node tells of malformed and of too much in errors of its own, which come to the same.
    return undefined;
  }
}

/** Undoes the filter of each row, whose number stands before it. @returns false for one that is unknown. */
function unfilter(rows: Uint8Array, start: number, { height, rowBytes }: SizedPass, back: number): boolean {
  const none = new Uint8Array(rowBytes);
  for (let row = 0; row < height; row++) {
    const from = start + row * (1 + rowBytes) + 1;
    const bytes = rows.subarray(from, from + rowBytes);
    // Above the first row all is 0.
    const above = row === 0 ? none : rows.subarray(from - rowBytes - 1, from - 1);
    const filter = rows[from - 1]!;
    if (filter === 1) addLeft(bytes, back);
    else if (filter === 2) addAbove(bytes, above);
    else if (filter === 3) addAverage(bytes, above, back);
    else if (filter === 4) addPaeth(bytes, above, back);
    else if (filter !== 0) return false;
  }
  return true;
}

// One loop a filter, without a case to tell in it: a picture is millions of bytes, and streams wait meanwhile.

function addLeft(bytes: Uint8Array, back: number): void {
  for (let index = back; index < bytes.length; index++) bytes[index] = bytes[index]! + bytes[index - back]!;
}

function addAbove(bytes: Uint8Array, above: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) bytes[index] = bytes[index]! + above[index]!;
}

function addAverage(bytes: Uint8Array, above: Uint8Array, back: number): void {
  const first = Math.min(back, bytes.length);
  for (let index = 0; index < first; index++) bytes[index] = bytes[index]! + (above[index]! >> 1);
  for (let index = back; index < bytes.length; index++) {
    bytes[index] = bytes[index]! + ((bytes[index - back]! + above[index]!) >> 1);
  }
}

/** Adds the one of three neighbours that is nearest to left + up − corner. */
function addPaeth(bytes: Uint8Array, above: Uint8Array, back: number): void {
  const first = Math.min(back, bytes.length);
  for (let index = 0; index < first; index++) bytes[index] = bytes[index]! + above[index]!;
  for (let index = back; index < bytes.length; index++) {
    const left = bytes[index - back]!;
    const up = above[index]!;
    const corner = above[index - back]!;
    const toLeft = Math.abs(up - corner);
    const toUp = Math.abs(left - corner);
    const toCorner = Math.abs(left + up - 2 * corner);
    const guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    bytes[index] = bytes[index]! + guess;
  }
}

/** Writes a row of a pass, at `from`, where its pixels belong. */
function expandRow(
  head: PngHead,
  rows: Uint8Array,
  from: number,
  pass: SizedPass,
  row: number,
  pixels: Uint8Array,
): void {
  const { colour, depth, palette, transparency } = head;
  const samples = samplesOf[colour];
  if (depth === 8 && samples >= 3 && transparency === undefined) {
    copyRow(head, rows, from, pass, row, pixels);
    return;
  }
  const rowAt = (pass.y + row * pass.stepY) * head.width;
  const isGrey = colour === pngColours.grey || colour === pngColours.greyAlpha;
  const most = (1 << depth) - 1;
  for (let column = 0; column < pass.width; column++) {
    const to = 4 * (rowAt + pass.x + column * pass.stepX);
    const first = sampleAt(rows, from, column * samples, depth);
    if (colour === pngColours.palette) {
      for (let part = 0; part < 3; part++) pixels[to + part] = palette[3 * first + part] ?? 0;
      pixels[to + 3] = transparency?.[first] ?? opaque;
      continue;
    }
    for (let part = 0; part < 3; part++) {
      const sample = isGrey || part === 0 ? first : sampleAt(rows, from, column * samples + part, depth);
      pixels[to + part] = depth === 8 ? sample : depth === 16 ? sample >> 8 : (sample * 255) / most;
    }
    pixels[to + 3] = alphaAt(head, rows, from, column * samples, first);
  }
}

/** What nearly all pictures are: whole bytes of red, green, blue and perhaps alpha. */
function copyRow(
  head: PngHead,
  rows: Uint8Array,
  from: number,
  pass: SizedPass,
  row: number,
  pixels: Uint8Array,
): void {
  const hasOwnAlpha = head.colour === pngColours.rgbAlpha;
  const bytes = hasOwnAlpha ? 4 : 3;
  let to = 4 * ((pass.y + row * pass.stepY) * head.width + pass.x);
  for (let at = from, end = from + pass.rowBytes; at < end; at += bytes) {
    pixels[to] = rows[at]!;
    pixels[to + 1] = rows[at + 1]!;
    pixels[to + 2] = rows[at + 2]!;
    pixels[to + 3] = hasOwnAlpha ? rows[at + 3]! : opaque;
    to += 4 * pass.stepX;
  }
}

function alphaAt(
  { colour, depth, transparency }: PngHead,
  rows: Uint8Array,
  from: number,
  index: number,
  first: number,
): number {
  if (colour === pngColours.rgbAlpha || colour === pngColours.greyAlpha) {
    const sample = sampleAt(rows, from, index + samplesOf[colour] - 1, depth);
    return depth === 16 ? sample >> 8 : sample;
  }
  if (transparency === undefined || transparency.length < 2 * samplesOf[colour]) return opaque;
  for (let part = 0; part < samplesOf[colour]; part++) {
    const sample = part === 0 ? first : sampleAt(rows, from, index + part, depth);
    if (sample !== u16At(transparency, 2 * part)) return opaque;
  }
  return 0;
}

/** The sample of this number in a row at `from`; the first lies in the highest bits. */
function sampleAt(rows: Uint8Array, from: number, index: number, depth: number): number {
  if (depth === 8) return rows[from + index]!;
  if (depth === 16) return u16At(rows, from + 2 * index);
  const bit = index * depth;
  return (rows[from + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}
