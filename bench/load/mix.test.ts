import { describe, expect, test } from 'bun:test';
import { kindOf, parseMix } from './mix.ts';

describe('a mix', () => {
  test('is weights in any unit', () => {
    expect(parseMix('video=1,typing=2,idle=1')).toEqual({ video: 0.25, typing: 0.5, idle: 0.25 });
  });

  test('may be one kind, or have a name', () => {
    expect(parseMix('video')).toEqual({ video: 1, typing: 0, idle: 0 });
    expect(parseMix('office').typing).toBeCloseTo(0.6);
  });

  test.each(['film', 'video=-1', 'video=x', ''])('%p is refused', text => {
    expect(() => parseMix(text)).toThrow('is no part of a mix');
  });

  test('without weight is refused', () => {
    expect(() => parseMix('video=0')).toThrow('has no desktops in it');
  });
});

test('the kinds of any run of streams have the shares of the mix', () => {
  const mix = parseMix('video=5,typing=60,idle=35');
  for (const first of [0, 777, 5000]) {
    const kinds = Array.from({ length: 1000 }, (_, offset) => kindOf(mix, first + offset));
    const share = (kind: string): number => kinds.filter(each => each === kind).length / 1000;
    expect(share('video')).toBeCloseTo(0.05, 2);
    expect(share('typing')).toBeCloseTo(0.6, 2);
  }
});
