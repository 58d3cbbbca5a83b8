import { describe, expect, test } from 'bun:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { limits } from '../../config/limits.ts';
import { bytesOf, joined } from '../../test/conformance/rfb-bytes.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { decodeDib, encodeDib } from './dib.ts';
import type { Picture } from './picture.ts';
import { dibBytesOfPng, PictureMaker } from './picture-forms.ts';
import { decodePng } from './png-decode.ts';
import { encodePng } from './png-encode.ts';

const signature = bytesOf('89 "PNG" 0d 0a 1a 0a');

function chunk(type: string, data: Uint8Array): Uint8Array {
  return new WriteCursor().u32(data.length).ascii(type).raw(data).u32(0).finish();
}

interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlace?: number;
  /** Before they are packed. */
  readonly rows: Uint8Array;
  readonly before?: readonly Uint8Array[];
}

/** A PNG as a program would make it that knows nothing of ours; its checksums are 0, which nobody looks at. */
function pngOf({ width, height, depth, colour, interlace = 0, rows, before = [] }: PngParts): Uint8Array {
  const head = new WriteCursor()
    .u32(width)
    .u32(height)
    .u8(depth)
    .u8(colour)
    .u8(0)
    .u8(0)
    .u8(interlace)
    .finish();
  const data = deflateSync(rows);
  const half = data.length >> 1;
  const pieces = [data.subarray(0, half), data.subarray(half)].map(piece => chunk('IDAT', piece));
  return joined([signature, chunk('IHDR', head), ...before, ...pieces, chunk('IEND', new Uint8Array(0))]);
}

const pixelsOf = (png: Uint8Array): string | undefined => {
  const picture = decodePng(png);
  return picture === undefined ? undefined : Buffer.from(picture.pixels).toString('hex');
};

/** Little-endian numbers. */
function dibOf(
  bits: number,
  height: number,
  rest: Uint8Array,
  { compression = 0, used = 0, width = 1 } = {},
): Uint8Array {
  const head = Buffer.alloc(40);
  head.writeUInt32LE(40, 0);
  head.writeInt32LE(width, 4);
  head.writeInt32LE(height, 8);
  head.writeUInt16LE(1, 12);
  head.writeUInt16LE(bits, 14);
  head.writeUInt32LE(compression, 16);
  head.writeUInt32LE(used, 32);
  return joined([head, rest]);
}

const pictures = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.boolean())
  .chain(([width, height, hasAlpha]) =>
    fc.uint8Array({ minLength: 4 * width * height, maxLength: 4 * width * height }).map((pixels): Picture => {
      if (!hasAlpha) for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
      else pixels[3] = 7; // alpha that is 0 all over cannot be told from none
      return { width, height, hasAlpha, pixels };
    }),
  );

describe('a picture', () => {
  test('comes back from PNG and from DIB as it was, and from one by way of the other', () => {
    fc.assert(
      fc.property(pictures, picture => {
        expect(decodePng(encodePng(picture))).toEqual(picture);
        expect(decodeDib(encodeDib(picture))).toEqual(picture);
        const png = encodePng(picture);
        const dib = new PictureMaker().dibOf(png).bytes!;
        expect(dib).toEqual(encodeDib(picture));
        expect(dibBytesOfPng(png)).toBe(dib.length);
        expect(new PictureMaker().pngOf(dib).bytes).toEqual(png);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test('has checksums that others look at', () => {
    const png = encodePng({ width: 1, height: 1, hasAlpha: false, pixels: Uint8Array.of(255, 0, 0, 255) });
    // IEND never changes: its checksum stands in the specification.
    expect(Buffer.from(png.subarray(-12)).toString('hex')).toBe('0000000049454e44ae426082');
    expect(Buffer.from(png.subarray(8, 33)).toString('hex')).toBe(
      '0000000d49484452000000010000000108020000' + '00907753de',
    );
  });
});

describe('a PNG', () => {
  test.each([
    ['grey of 1 bit', 1, 0, '00 40', '000000ff ffffffff'],
    ['grey of 2 bits', 2, 0, '00 60', '555555ff aaaaaaff'],
    ['grey of 4 bits', 4, 0, '00 1f', '111111ff ffffffff'],
    ['grey of 8 bits', 8, 0, '00 12 34', '121212ff 343434ff'],
    ['grey of 16 bits', 16, 0, '00 12ff 34ff', '121212ff 343434ff'],
    ['colours of 8 bits', 8, 2, '00 010203 040506', '010203ff 040506ff'],
    ['colours of 16 bits', 16, 2, '00 010002000300 040005000600', '010203ff 040506ff'],
    ['grey and alpha', 8, 4, '00 1280 3440', '12121280 34343440'],
    ['grey and alpha of 16 bits', 16, 4, '00 12008000 34004000', '12121280 34343440'],
    ['colours and alpha', 8, 6, '00 01020380 04050640', '01020380 04050640'],
    ['colours and alpha of 16 bits', 16, 6, '00 0100020003008000 0400050006004000', '01020380 04050640'],
  ] as const)('of %s is read', (_, depth, colour, rows, pixels) => {
    const png = pngOf({ width: 2, height: 1, depth, colour, rows: bytesOf(rows) });
    expect(pixelsOf(png)).toBe(pixels.replaceAll(' ', ''));
  });

  test('of a palette is read, with its transparency', () => {
    const before = [chunk('PLTE', bytesOf('0a0b0c 1a1b1c')), chunk('tRNS', bytesOf('80'))];
    for (const [depth, rows] of [
      [1, '00 40'],
      [2, '00 10'],
      [4, '00 01'],
      [8, '00 00 01'],
    ] as const) {
      const png = pngOf({ width: 2, height: 1, depth, colour: 3, rows: bytesOf(rows), before });
      expect(pixelsOf(png)).toBe('0a0b0c801a1b1cff');
    }
  });

  test('with one transparent colour is read', () => {
    const before = [chunk('tRNS', bytesOf('0001 0002 0003'))];
    const rows = bytesOf('00 010203 040506');
    const png = pngOf({ width: 2, height: 1, depth: 8, colour: 2, rows, before });
    expect(pixelsOf(png)).toBe('01020300040506ff');
  });

  test('with each filter is read', () => {
    // Rows of two grey pixels; each row is the one above plus something, by another rule.
    const rows = bytesOf('01 10 01 02 10 10 03 08 08 04 01 01 00 07 08');
    const png = pngOf({ width: 2, height: 5, depth: 8, colour: 0, rows });
    const grey = Buffer.from(decodePng(png)!.pixels).filter((_, index) => index % 4 === 0);
    expect([...grey]).toEqual([0x10, 0x11, 0x20, 0x21, 0x18, 0x24, 0x19, 0x25, 7, 8]);
  });

  test('that is interlaced is read', () => {
    // 3 × 3: passes 1, 4 (x 2), 5 (row 2), 6 (x 1), 7 (row 1).
    const rows = bytesOf('00 01 00 03 00 07 09 00 02 00 08 00 04 05 06');
    const png = pngOf({ width: 3, height: 3, depth: 8, colour: 0, interlace: 1, rows });
    const grey = Buffer.from(decodePng(png)!.pixels).filter((_, index) => index % 4 === 0);
    expect([...grey]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('of whole bytes that is interlaced is read', () => {
    const triple = (pixel: number): string => Buffer.alloc(3, pixel).toString('hex');
    const pass = (...of: readonly number[]): string => `00 ${of.map(triple).join(' ')}`;
    const rows = bytesOf([pass(1), pass(3), pass(7, 9), pass(2), pass(8), pass(4, 5, 6)].join(' '));
    const png = pngOf({ width: 3, height: 3, depth: 8, colour: 2, interlace: 1, rows });
    const wanted = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(pixel => `${triple(pixel)}ff`).join('');
    expect(pixelsOf(png)).toBe(wanted);
  });

  const good = { width: 2, height: 1, depth: 8, colour: 0, rows: bytesOf('00 12 34') };

  test.each([
    ['of no pixels', { ...good, width: 0 }],
    ['of more pixels than are translated', { ...good, width: 32_000, height: 32_000 }],
    ['of a side that is too long', { ...good, width: 0xffff_ffff }],
    ['of a depth that its colours cannot have', { ...good, depth: 1, colour: 2 }],
    ['of unknown colours', { ...good, colour: 5 }],
    ['of unknown interlacing', { ...good, interlace: 2 }],
    ['that packs too little', { ...good, rows: bytesOf('00 12') }],
    ['that packs too much, as a bomb does', { ...good, rows: new Uint8Array(1 << 24) }],
    ['of an unknown filter', { ...good, rows: bytesOf('05 12 34') }],
    ['of a palette it does not have', { ...good, colour: 3 }],
    ['of a palette with half a colour', { ...good, colour: 3, before: [chunk('PLTE', bytesOf('0102'))] }],
    ['of two heads', { ...good, before: [chunk('IHDR', new Uint8Array(13))] }],
    ['with a chunk that must be understood', { ...good, before: [chunk('NEWS', new Uint8Array(1))] }],
  ])('%s is none', (_, parts) => {
    expect(decodePng(pngOf(parts))).toBeUndefined();
  });

  test('with chunks that may be ignored is read', () => {
    expect(pixelsOf(pngOf({ ...good, before: [chunk('tEXt', bytesOf('"about"'))] }))).toBe(
      '121212ff343434ff',
    );
  });

  test('whose palette ends too soon is black there', () => {
    const before = [chunk('PLTE', bytesOf('0a0b0c'))];
    expect(pixelsOf(pngOf({ ...good, colour: 3, rows: bytesOf('00 00 09'), before }))).toBe(
      '0a0b0cff000000ff',
    );
  });
});

describe('a DIB', () => {
  test.each([
    ['24 bits', dibOf(24, 1, bytesOf('030201 00')), '010203ff'],
    ['32 bits without alpha', dibOf(32, 1, bytesOf('03020100')), '010203ff'],
    ['32 bits with alpha', dibOf(32, 1, bytesOf('03020180')), '01020380'],
    ['16 bits, five a colour', dibOf(16, 1, bytesOf('ff7f 0000')), 'ffffffff'],
    [
      '16 bits with masks',
      dibOf(16, 1, bytesOf('00f80000 e0070000 1f000000 00f8 0000'), { compression: 3 }),
      'ff0000ff',
    ],
    [
      '32 bits with masks',
      dibOf(32, 1, bytesOf('ff000000 00ff0000 0000ff00 01020304'), { compression: 3 }),
      '010203ff',
    ],
    ['1 bit', dibOf(1, 1, bytesOf('00000000 03020100 80000000')), '010203ff'],
    ['4 bits', dibOf(4, 1, bytesOf('00000000 03020100 10000000'), { used: 2 }), '010203ff'],
    ['8 bits', dibOf(8, 1, bytesOf('00000000 03020100 01000000'), { used: 2 }), '010203ff'],
    [
      '8 bits, a colour that is not there',
      dibOf(8, 1, bytesOf('00000000 03020100 ff000000'), { used: 2 }),
      '010203ff',
    ],
    ['rows from the bottom', dibOf(24, 2, bytesOf('060504 00 030201 00')), '010203ff040506ff'],
    ['rows from the top', dibOf(24, -2, bytesOf('030201 00 060504 00')), '010203ff040506ff'],
  ])('of %s is read', (_, dib, pixels) => {
    expect(Buffer.from(decodeDib(dib)!.pixels).toString('hex')).toBe(pixels);
  });

  test('of version 5 has its masks in its head, one for alpha too', () => {
    const dib = Buffer.concat([dibOf(32, 1, new Uint8Array(84), { compression: 3 }), bytesOf('01020380')]);
    dib.writeUInt32LE(124, 0);
    for (const [index, mask] of [0xff, 0xff00, 0xff0000, 0xff000000].entries())
      dib.writeUInt32LE(mask, 40 + 4 * index);
    expect(decodeDib(dib)).toMatchObject({ hasAlpha: true, pixels: Uint8Array.of(1, 2, 3, 0x80) });
  });

  const row = bytesOf('030201 00');
  test.each([
    ['of nothing', new Uint8Array(0)],
    ['whose rows are not all there', dibOf(24, 2, row)],
    ['of no pixels', dibOf(24, 0, row)],
    ['of the most negative height', dibOf(24, -(2 ** 31), row)],
    ['of a negative width', dibOf(24, 1, row, { width: -1 })],
    ['of more pixels than are translated', dibOf(24, 32_000, row, { width: 32_000 })],
    ['of 15 bits', dibOf(15, 1, row)],
    ['that is compressed', dibOf(8, 1, row, { compression: 1 })],
    ['with masks where there are none', dibOf(24, 1, row, { compression: 3 })],
    ['of a palette of 4 billion colours', dibOf(24, 1, row, { used: 0xffff_ffff })],
    ['of another head', joined([bytesOf('0c000000'), dibOf(24, 1, row).subarray(4)])],
    [
      'that ends in the long head it says it has',
      joined([bytesOf('7c000000'), dibOf(24, 1, row).subarray(4)]),
    ],
  ])('%s is none', (_, dib) => {
    expect(decodeDib(dib)).toBeUndefined();
  });

  test('with masks that make no sense is read without harm', () => {
    const odd = dibOf(32, 1, bytesOf('00000000 05000000 ffffffff 01020304'), { compression: 3 });
    expect(decodeDib(odd)!.pixels.length).toBe(4);
  });
});

test('whatever is said to be a picture is read or refused, and costs no more than its limit', () => {
  const png = encodePng({ width: 3, height: 2, hasAlpha: true, pixels: new Uint8Array(24).fill(9) });
  const dib = encodeDib(decodePng(png)!);
  fc.assert(
    fc.property(
      fc.constantFrom(png, dib),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      (bytes, changes, cut) => {
        const broken = bytes.slice(0, bytes.length - (cut % 3 === 0 ? cut % bytes.length : 0));
        for (const [at, value] of changes) if (broken.length > 0) broken[at % broken.length] = value;
        for (const picture of [decodePng(broken), decodeDib(broken)]) {
          if (picture !== undefined) expect(picture.pixels.length).toBe(4 * picture.width * picture.height);
        }
      },
    ),
    { seed: 12, numRuns: 3_000 },
  );
});

test('a picture at the limit of pixels is translated, one row more is not', () => {
  const width = 4096;
  const height = limits.clipboardPicturePixelsMax / width;
  const rows = (count: number): Uint8Array => new Uint8Array(count * (1 + (width >> 3)));
  const parts = { width, depth: 1, colour: 0 };
  expect(decodePng(pngOf({ ...parts, height, rows: rows(height) }))?.height).toBe(height);
  expect(decodePng(pngOf({ ...parts, height: height + 1, rows: rows(height + 1) }))).toBeUndefined();
});

test('one DIB is packed once while it is judged and translated', () => {
  const maker = new PictureMaker();
  const dib = encodeDib({ width: 1, height: 1, hasAlpha: false, pixels: Uint8Array.of(1, 2, 3, 255) });
  const first = maker.pngOf(dib);
  expect(maker.pngOf(dib.slice())).toBe(first);
  maker.forget();
  expect(maker.pngOf(dib)).not.toBe(first);
  expect(maker.pngOf(dib)).toEqual(first);
});

test('a picture is made only where its maker was allowed its pixels, and what is none is not asked for', () => {
  const asked: unknown[] = [];
  const maker = new PictureMaker((form, pixels) => {
    asked.push([form, pixels]);
    return false;
  });
  const picture = { width: 2, height: 3, hasAlpha: false, pixels: new Uint8Array(24).fill(255) };
  expect(maker.pngOf(encodeDib(picture))).toEqual({ bytes: undefined, reason: 'rate' });
  expect(maker.dibOf(encodePng(picture))).toEqual({ bytes: undefined, reason: 'rate' });
  expect(asked).toEqual([
    ['png', 6],
    ['dib', 6],
  ]);
  expect(maker.dibOf(Uint8Array.of(0))).toEqual({ bytes: undefined, reason: 'form' });
  expect(maker.pngOf(Uint8Array.of(0))).toEqual({ bytes: undefined, reason: 'form' });
  expect(asked.length).toBe(2);
});
