import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { unwrapHtmlFragment, wrapHtmlFragment } from './html-fragment.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (html: Uint8Array): string => new TextDecoder().decode(html);

test('what is wrapped comes out as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), html => {
      expect(unwrapHtmlFragment(wrapHtmlFragment(html))).toEqual(html);
    }),
    { seed: 1 },
  );
});

test('the offsets of the head are those of the bytes, not of the characters', () => {
  const wrapped = text(wrapHtmlFragment(bytes('<b>漢字</b>')));
  const at = (name: string): number => Number(new RegExp(`${name}:(\\d+)`).exec(wrapped)?.[1]);
  const slice = (from: string, to: string): string =>
    text(wrapHtmlFragment(bytes('<b>漢字</b>')).subarray(at(from), at(to)));
  expect(slice('StartFragment', 'EndFragment')).toBe('<b>漢字</b>');
  expect(slice('StartHTML', 'EndHTML')).toStartWith('<html>');
  expect(slice('StartHTML', 'EndHTML')).toEndWith('</html>');
});

test('HTML without a head is all of it', () => {
  for (const html of ['', '<b>x</b>', 'StartFragment:1']) {
    expect(text(unwrapHtmlFragment(bytes(html)))).toBe(html);
  }
});

test('a head that lies is not believed', () => {
  for (const [start, end] of [
    ['000009', '000002'],
    ['000000', '999999'],
    ['x', '1'],
    ['1', '-1'],
    ['99999999999', '99999999999'],
  ]) {
    const item = `Version:0.9\r\nStartFragment:${start}\r\nEndFragment:${end}\r\n<b>x</b>`;
    expect(text(unwrapHtmlFragment(bytes(item)))).toBe(item);
  }
});
