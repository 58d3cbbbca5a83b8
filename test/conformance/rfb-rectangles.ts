/** One rectangle or more of every encoding, with the payload a server would send, built without the splitter. */
import { WriteCursor } from '../../gateway/wire/write-cursor.ts';
import { bytesOf, filler, joined, type TestRectangle } from './rfb-bytes.ts';

export interface RectangleCase extends TestRectangle {
  readonly name: string;
  /** Only KasmVNC sends it. */
  readonly kasmvnc?: boolean;
}

/** For pixels of 4 bytes, Tight and compressed pixels of 3. */
export function rectangleCases(): RectangleCase[] {
  return [
    ...plainCases(),
    ...tightCases(),
    ...hextileCases(),
    ...trleCases(),
    ...pseudoCases(),
    ...kasmCases(),
  ];
}

const one = (
  name: string,
  encoding: number,
  width: number,
  height: number,
  ...payload: Uint8Array[]
): RectangleCase => ({ name, encoding, width, height, payload: joined(payload) });

function plainCases(): RectangleCase[] {
  return [
    one('Raw', 0, 3, 2, filler(24)),
    one('Raw of no pixels', 0, 0, 5),
    one('CopyRect', 1, 9, 9, bytesOf('0001 0002')),
    one('RRE', 2, 20, 20, bytesOf('00000002'), filler(4 + 2 * 12)),
    one('RRE without sub-rectangles', 2, 20, 20, bytesOf('00000000'), filler(4)),
    one('CoRRE', 4, 20, 20, bytesOf('00000003'), filler(4 + 3 * 8)),
    one('Zlib', 6, 20, 20, bytesOf('00000005'), filler(5)),
    one('ZRLE', 16, 20, 20, bytesOf('00000007'), filler(7)),
    one('ZRLE of nothing', 16, 20, 20, bytesOf('00000000')),
    one('H.264', 50, 20, 20, bytesOf('00000004 00000001'), filler(4)),
  ];
}

/** Tight's compact length, as its specification words it: 7 bits, 7 bits, 8 bits. */
export function compactLength(length: number): Uint8Array {
  if (length < 128) return Uint8Array.of(length);
  if (length < 16384) return Uint8Array.of((length % 128) + 128, length >> 7);
  return Uint8Array.of((length % 128) + 128, ((length >> 7) % 128) + 128, length >> 14);
}

function tightCases(): RectangleCase[] {
  const image = (length: number): Uint8Array => joined([compactLength(length), filler(length)]);
  return [
    one('Tight fill', 7, 64, 64, bytesOf('80'), filler(3)),
    one('Tight fill that resets all streams', 7, 64, 64, bytesOf('8f'), filler(3)),
    one('Tight JPEG of 127 bytes', 7, 64, 64, bytesOf('90'), image(127)),
    one('Tight JPEG of 128 bytes', 7, 64, 64, bytesOf('90'), image(128)),
    one('Tight JPEG of 16,383 bytes', 7, 64, 64, bytesOf('90'), image(16_383)),
    one('Tight JPEG of 16,384 bytes', 7, 64, 64, bytesOf('90'), image(16_384)),
    one('Tight copy below 12 bytes', 7, 3, 1, bytesOf('00'), filler(9)),
    one('Tight copy of 12 bytes', 7, 4, 1, bytesOf('00'), image(20)),
    one('Tight copy with its filter named', 7, 4, 4, bytesOf('40 00'), image(33)),
    one('Tight gradient', 7, 4, 4, bytesOf('60 02'), image(12)),
    one('Tight palette of two colours, below 12 bytes', 7, 9, 5, bytesOf('50 01 01'), filler(6 + 2 * 5)),
    one('Tight palette of two colours', 7, 9, 6, bytesOf('50 01 01'), filler(6), image(11)),
    one('Tight palette of three colours, below 12 bytes', 7, 11, 1, bytesOf('70 01 02'), filler(9 + 11)),
    one('Tight palette of 256 colours', 7, 40, 40, bytesOf('50 01 ff'), filler(3 * 256), image(300)),
    one('TightPNG', -260, 64, 64, bytesOf('a0'), image(200)),
    one('TightPNG fill', -260, 64, 64, bytesOf('80'), filler(3)),
  ];
}

function hextileCases(): RectangleCase[] {
  const raw = joined([bytesOf('01'), filler(16 * 16 * 4)]);
  const background = joined([bytesOf('02'), filler(4)]);
  const subrects = joined([bytesOf('0e'), filler(8), bytesOf('03'), filler(3 * 2)]);
  const coloured = joined([bytesOf('18 02'), filler(2 * 6)]);
  const edge = joined([bytesOf('01'), filler(4 * 3 * 4)]);
  return [
    one('Hextile of one tile', 5, 16, 16, raw),
    one('Hextile of four tiles, all kinds', 5, 32, 32, background, subrects, coloured, raw),
    one('Hextile whose last tiles are smaller', 5, 20, 19, background, bytesOf('00'), bytesOf('00'), edge),
    one('Hextile of no pixels', 5, 0, 0),
    one('Hextile tile with no sub-rectangles', 5, 5, 5, bytesOf('08 00')),
  ];
}

function trleCases(): RectangleCase[] {
  const solid = joined([bytesOf('01'), filler(3)]);
  const packed = joined([bytesOf('03'), filler(3 * 3), filler(4 * 16)]);
  const reused = joined([bytesOf('7f'), filler(4 * 16)]);
  const plainRuns = joined([bytesOf('80'), filler(3), bytesOf('ff 00')]);
  const paletteRuns = joined([bytesOf('82'), filler(6), bytesOf('00 81 fe')]);
  return [
    one('TRLE raw', 15, 2, 2, bytesOf('00'), filler(12)),
    one('TRLE solid, packed, packed again', 15, 48, 16, solid, packed, reused),
    one('TRLE plain runs', 15, 16, 16, plainRuns),
    one('TRLE palette runs, and again', 15, 32, 16, paletteRuns, bytesOf('81 80 ff 00')),
    one('TRLE of no pixels', 15, 0, 9),
  ];
}

function pseudoCases(): RectangleCase[] {
  return [
    one('DesktopSize', -223, 800, 600),
    one('pointer position', -232, 0, 0),
    one('Cursor', -239, 9, 2, filler(9 * 2 * 4 + 2 * 2)),
    one('Cursor of no pixels', -239, 0, 0),
    one('XCursor', -240, 9, 2, filler(6 + 2 * 4)),
    one('XCursor of no pixels', -240, 0, 0),
    one('QEMU pointer motion', -257, 0, 0),
    one('QEMU extended key event', -258, 0, 0),
    one('LED state', -261, 0, 0, bytesOf('07')),
    one('DesktopName', -307, 0, 0, bytesOf('00000004'), filler(4)),
    one('ExtendedDesktopSize', -308, 800, 600, bytesOf('02 000000'), filler(32)),
    one('CursorWithAlpha', -314, 3, 3, bytesOf('00000000'), filler(36)),
    one('VMware cursor with alpha', 0x574d5664, 3, 3, bytesOf('01 00'), filler(36)),
    one('VMware cursor, classic', 0x574d5664, 3, 3, bytesOf('00 00'), filler(72)),
    one('VMware cursor position', 0x574d5666, 0, 0),
    one('VMware LED state', 0x574d5668, 0, 0, filler(4)),
  ];
}

function kasmCases(): RectangleCase[] {
  const tight = (name: string, control: number): RectangleCase =>
    one(name, 7, 64, 64, Uint8Array.of(control), compactLength(300), filler(300));
  const cases = [
    tight('Tight WEBP', 0xb0),
    tight('Tight QOI', 0xc0),
    tight('Tight watermark', 0xd0),
    one('KasmVideo, nothing new', 17, 64, 64, bytesOf('00 00')),
    one('KasmVideo H.264', 17, 64, 64, bytesOf('00 10 02 01'), compactLength(900), filler(900)),
  ];
  return cases.map(each => ({ ...each, kasmvnc: true }));
}

/** A compact length whose last byte would make it longer than three bytes is not possible; this is the longest. */
export const longestCompactLength = new WriteCursor().u8(0xff).u8(0xff).u8(0xff).finish();
