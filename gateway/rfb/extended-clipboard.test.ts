import { describe, expect, test } from 'bun:test';
import { constants, deflateSync } from 'node:zlib';
import { limits } from '../../config/limits.ts';
import { bytesOf, joined } from '../../test/conformance/rfb-bytes.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { providedItems } from './clipboard-provide.ts';
import { isExtendedCutText, parseExtendedClipboard } from './extended-clipboard.ts';

const text = 1;
const html = 4;

/** A whole cut text message that provides these items. */
function provide(formats: number, items: readonly Uint8Array[], flush = constants.Z_FINISH): Uint8Array {
  const plain = new WriteCursor();
  for (const item of items) plain.u32(item.length).raw(item);
  const packed = new Uint8Array(deflateSync(plain.finish(), { finishFlush: flush }));
  const head = new WriteCursor()
    .u8(3)
    .zeros(3)
    .u32(-4 - packed.length)
    .u32(0x10000000 | formats);
  return joined([head.finish(), packed]);
}

const sizesOf = (message: Uint8Array, formats: number): number[] =>
  providedItems(message, 0, message.length, formats).map(item => item.bytes);

describe('flags', () => {
  test.each([
    ['1f000001 00000000', 'caps', 1],
    ['1f000005 00000000 00001000', 'caps', 5],
    ['02000001', 'request', 1],
    ['04000000', 'peek', 0],
    ['08000005', 'notify', 5],
    ['10000001', 'provide', 1],
  ] as const)('%s is %s', (flags, action, formats) => {
    const message = bytesOf(`03 000000 fffffffc ${flags}`);
    expect(isExtendedCutText(message, 0)).toBe(true);
    expect(parseExtendedClipboard(message, 0, message.length)).toEqual({ action, formats });
  });

  test.each(['00000001', '06000001', '20000001', '10010001'])('%s is nothing', flags => {
    const message = bytesOf(`03 000000 fffffffc ${flags}`);
    expect(() => parseExtendedClipboard(message, 0, message.length)).toThrow('extended clipboard flags are');
  });

  // A clipboard could travel there, past a policy that looks at what is provided only.
  test.each([
    ['caps', '1f000001 00000000 "hello"'],
    ['caps', '1f000005 00000000'],
    ['request', '02000001 "hello"'],
    ['peek', '04000000 00'],
    ['notify', '08000005 "hello"'],
  ])('of action %s with other bytes behind them than belong there are refused: %s', (action, body) => {
    const message = bytesOf(`03 000000 ffffff00 ${body}`);
    expect(() => parseExtendedClipboard(message, 0, message.length)).toThrow(`of action ${action} has`);
  });

  test('that are missing are refused', () => {
    const message = bytesOf('03 000000 fffffffe 0200');
    expect(() => parseExtendedClipboard(message, 0, message.length)).toThrow(
      'flags needs 4 bytes, 2 are left',
    );
  });

  test('a length that is not negative is plain text', () => {
    expect(isExtendedCutText(bytesOf('03 000000 00000004 "abcd"'), 0)).toBe(false);
  });
});

describe('the size of what is provided', () => {
  test.each([
    ['the text without its closing NUL', '"hello" 00', 5],
    ['the text when there is none', '"hello"', 5],
    ['a line end as one byte', '"a" 0d0a "b" 0d0a 00', 4],
    ['a carriage return alone as one byte', '"a" 0d "b" 0d 00', 4],
    ['two carriage returns and a line feed as two', '0d 0d 0a 00', 2],
    ['nothing of nothing', '', 0],
    ['bytes, not characters', 'e282ac 00', 3],
  ])('counts %s', (_, item, size) => {
    expect(sizesOf(provide(text, [bytesOf(item)]), text)).toEqual([size]);
  });

  test('is told for each format, in the order of their bits', () => {
    const items = [bytesOf('"ab" 00'), bytesOf('"<b>ab" 0d0a 00')];
    expect(sizesOf(provide(text | html, items), text | html)).toEqual([2, 7]);
  });

  test('is found in a stream that was flushed but not ended', () => {
    const message = provide(text, [bytesOf('"hello" 00')], constants.Z_SYNC_FLUSH);
    expect(sizesOf(message, text)).toEqual([5]);
  });

  test.each([
    ['fewer bytes than the size says', '00000009 "hello"', 'clipboard item needs 9 bytes, 5 are left'],
    ['more formats than items', '', 'clipboard item size needs 4 bytes, 0 are left'],
    ['bytes behind the last item', '00000001 "ab"', '1 bytes follow the last clipboard item'],
  ])('is refused when there are %s', (_, plain, message) => {
    const packed = new Uint8Array(deflateSync(bytesOf(plain)));
    const whole = joined([bytesOf('03 000000 fffffff0 10000001'), packed]);
    expect(() => sizesOf(whole, text)).toThrow(message);
  });

  test('is refused when there is no zlib stream', () => {
    const whole = bytesOf('03 000000 fffffff0 10000001 "no zlib here"');
    expect(() => sizesOf(whole, text)).toThrow('the clipboard is no zlib stream');
  });

  test('of a bomb is not found out: it is cut off at the limit', () => {
    const bomb = provide(text, [new Uint8Array(limits.extendedClipboardBytesMax)]);
    expect(bomb.length).toBeLessThan(100_000);
    expect(() => sizesOf(bomb, text)).toThrow(
      `clipboard inflates to more than ${limits.extendedClipboardBytesMax} bytes`,
    );
  });
});
