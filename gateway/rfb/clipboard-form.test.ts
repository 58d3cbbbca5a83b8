import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  type ClipboardContent,
  encodeBinaryClipboard,
  encodeCutText,
  plainText,
  readBinaryClipboard,
  readCutText,
  windowsText,
} from './clipboard-form.ts';
import { providedItems } from './clipboard-provide.ts';
import { encodeExtendedProvide, extendedFlags, formatsOf, readProvided } from './extended-clipboard-form.ts';
import { PictureMaker } from './picture-forms.ts';
import { encodePng } from './png-encode.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array | undefined): string => new TextDecoder().decode(content);

/** Text as it is after it was made plain: no NUL, no carriage return. */
const plain = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .map(each => bytes(each.replace(/[\0\r]/g, '\n')));
const red = encodePng({ width: 1, height: 1, hasAlpha: false, pixels: Uint8Array.of(255, 0, 0, 255) });
const clear = encodePng({
  width: 1,
  height: 2,
  hasAlpha: true,
  pixels: Uint8Array.of(1, 2, 3, 9, 4, 5, 6, 0),
});
const content = fc.record({
  text: fc.option(plain, { nil: undefined }),
  html: fc.option(plain, { nil: undefined }),
  png: fc.option(fc.constantFrom(red, clear), { nil: undefined }),
}) as fc.Arbitrary<ClipboardContent>;

describe('what is copied comes out of each form as it went in', () => {
  test("KasmVNC's, from a client and from a server, behind other bytes", () => {
    fc.assert(
      fc.property(content, each => {
        let id = 0;
        for (const [message, idBytes] of [
          [encodeBinaryClipboard(each), 0],
          [encodeBinaryClipboard(each, () => ++id), 4],
        ] as const) {
          const buffer = Uint8Array.of(9, 9, 9, ...message, 7);
          expect(readBinaryClipboard(buffer, 3, buffer.length - 1, idBytes)).toEqual(each);
        }
      }),
      { seed: 1 },
    );
  });

  test('the extended clipboard of standard VNC', () => {
    fc.assert(
      fc.property(content, each => {
        const pictures = new PictureMaker();
        const dib = each.png === undefined ? undefined : pictures.dibOf(each.png).bytes;
        const message = encodeExtendedProvide(3, 0xffff, each, dib);
        const formats = extendedFlags(message, 0, message.length) & 0xffff;
        expect(formats).toBe(formatsOf(each));
        expect(readProvided(providedItems(message, 0, message.length, formats), pictures)).toEqual(each);
      }),
      { seed: 1 },
    );
  });

  test('legacy cut text, as far as Latin-1 goes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0x20, max: 0xff }), { maxLength: 60 }), codes => {
        const copied = String.fromCharCode(...codes);
        const message = encodeCutText(6, bytes(copied));
        expect(message.length).toBe(8 + copied.length);
        expect(text(readCutText(message, 0, message.length).text)).toBe(copied);
      }),
      { seed: 1 },
    );
  });
});

test('lines end as each side wants them', () => {
  expect(text(plainText(bytes('a\r\nb\rc\nd\r\r\n\0')))).toBe('a\nb\nc\nd\n\n');
  expect(text(windowsText(bytes('a\nb\n')))).toBe('a\r\nb\r\n\0');
  expect([...windowsText(new Uint8Array(0))]).toEqual([0]);
});

test('bytes that are no UTF-8 do no harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), noise => {
      const clean = plainText(noise);
      expect(clean.includes(0)).toBe(false);
      expect(encodeCutText(3, clean).length).toBeGreaterThanOrEqual(8);
      expect(plainText(windowsText(clean))).toEqual(clean);
    }),
    { seed: 1 },
  );
});

test('of two items with one name the first counts, and others are left out', () => {
  const message = encodeBinaryClipboard({ text: bytes('one'), html: bytes('two'), png: undefined });
  const items = message.slice(2);
  const four = Uint8Array.of(180, 4, ...items, ...items.map(byte => (byte === 0x6f ? 0x30 : byte)));
  expect(text(readBinaryClipboard(four, 0, four.length, 0).text)).toBe('one');
});
