/** Bytes of RFB messages for tests, written as the protocol's documents write them. */
import { WriteCursor } from '../../gateway/wire/write-cursor.ts';

/** `"text"` stays text; everything else is pairs of hexadecimal digits, spaced as one likes. */
export function bytesOf(notation: string): Uint8Array {
  const out = new WriteCursor();
  for (const [, text, pairs] of notation.matchAll(/"([^"]*)"|([^"]+)/g)) {
    if (text !== undefined) out.raw(new TextEncoder().encode(text));
    else {
      const digits = pairs!.replace(/\s+/g, '');
      if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`no bytes: ${pairs}`);
      out.raw(new Uint8Array(Buffer.from(digits, 'hex')));
    }
  }
  return out.finish();
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export interface TestPixelFormat {
  readonly bits: number;
  readonly depth: number;
  readonly max: number;
  readonly shifts: readonly [number, number, number];
}

export const trueColour32: TestPixelFormat = { bits: 32, depth: 24, max: 255, shifts: [16, 8, 0] };

export function pixelFormatBytesOf(format: TestPixelFormat): Uint8Array {
  const out = new WriteCursor().u8(format.bits).u8(format.depth).u8(0).u8(1);
  out.u16(format.max).u16(format.max).u16(format.max);
  return out.u8(format.shifts[0]).u8(format.shifts[1]).u8(format.shifts[2]).zeros(3).finish();
}

export function serverInitOf(name = 'desk', format = trueColour32): Uint8Array {
  const out = new WriteCursor().u16(64).u16(48).raw(pixelFormatBytesOf(format));
  return out.u32(name.length).ascii(name).finish();
}

export function setEncodingsOf(encodings: readonly number[]): Uint8Array {
  const out = new WriteCursor().u8(2).u8(0).u16(encodings.length);
  for (const encoding of encodings) out.u32(encoding);
  return out.finish();
}

export interface TestRectangle {
  readonly encoding: number;
  readonly width: number;
  readonly height: number;
  readonly payload: Uint8Array;
}

/** A FramebufferUpdate of these rectangles. */
export function updateOf(rectangles: readonly TestRectangle[], count = rectangles.length): Uint8Array {
  const out = new WriteCursor().u8(0).u8(0).u16(count);
  for (const { encoding, width, height, payload } of rectangles) {
    out.u16(0).u16(0).u16(width).u16(height).u32(encoding).raw(payload);
  }
  return out.finish();
}

/** Bytes whose values tell nothing apart: `count` of them. */
export function filler(count: number): Uint8Array {
  return new Uint8Array(count).fill(0xa5);
}
