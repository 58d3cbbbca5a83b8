import { describe, expect, test } from 'bun:test';
import { DecodeError, limitError } from './decode-error.ts';
import { ReadCursor, s32At, u16At, u32At } from './read-cursor.ts';
import { WriteCursor } from './write-cursor.ts';

describe('numbers in the byte order of the network', () => {
  test.each([
    [[0, 0, 0, 0], 0, 0, 0],
    [[0x12, 0x34, 0x56, 0x78], 0x1234, 0x12345678, 0x12345678],
    [[0xff, 0xff, 0xff, 0xff], 0xffff, 0xffffffff, -1],
    [[0x80, 0, 0, 0], 0x8000, 0x80000000, -0x80000000],
  ])('%p', (values, u16, u32, s32) => {
    const bytes = Uint8Array.from([0xee, ...values]);
    expect([u16At(bytes, 1), u32At(bytes, 1), s32At(bytes, 1)]).toEqual([u16, u32, s32]);
    const cursor = new ReadCursor(bytes, 1);
    expect(cursor.u32('value')).toBe(u32);
    expect(new WriteCursor().u32(s32).finish()).toEqual(Uint8Array.from(values));
  });
});

describe('a read cursor', () => {
  test('reads field after field and knows what is left', () => {
    const cursor = new ReadCursor(
      Uint8Array.of(9, 1, 0, 2, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xfc, 5, 6, 9),
      1,
      14,
    );
    expect([cursor.u8('a'), cursor.u16('b'), cursor.u32('c'), cursor.s32('d')]).toEqual([1, 2, 3, -4]);
    expect(cursor.remaining).toBe(2);
    expect([...cursor.view(2, 'e')]).toEqual([5, 6]);
    expect(cursor.remaining).toBe(0);
  });

  test('refuses to read beyond its end, though there are more bytes', () => {
    const cursor = new ReadCursor(new Uint8Array(10), 0, 3);
    expect(() => cursor.u32('length')).toThrow('length needs 4 bytes, 3 are left in its message');
    expect(() => cursor.skip(0xffffffff, 'item')).toThrow(DecodeError);
  });
});

describe('a write cursor', () => {
  test('grows with what is written', () => {
    const out = new WriteCursor();
    for (let count = 0; count < 300; count++) out.u8(count);
    out.u16(0x0102).zeros(3).ascii('ok').raw(Uint8Array.of(7));
    const bytes = out.finish();
    expect(bytes.length).toBe(308);
    expect([...bytes.subarray(0, 300)]).toEqual(Array.from({ length: 300 }, (_, index) => index & 0xff));
    expect([...bytes.subarray(299)]).toEqual([299 & 0xff, 1, 2, 0, 0, 0, 0x6f, 0x6b, 7]);
  });
});

test('a decode error says the value, the limit and the place, and no payload', () => {
  const error = limitError('mime length', 32, 31, 17);
  expect(error).toMatchObject({ kind: 'limit', field: 'mime length', offset: 17 });
  expect(error.message).toBe('mime length is 32, the limit is 31');
});
