import { describe, expect, test } from 'bun:test';
import { parseKeyCombination, plainKeysym } from './key-combination.ts';
import { modifierBits, namedKeys } from './key-names.ts';

const { Shift, Control, Alt, AltGr, Super } = modifierBits;

describe('a combination', () => {
  test.each<[string, number, number, number[]]>([
    ['Print', 0, 0xff61, [0x54, 0xb7]],
    ['0xff61', 0, 0xff61, [0x54, 0xb7]],
    ['Control+p', Control, 0x70, [0x19]],
    ['Ctrl + P', Control, 0x70, [0x19]],
    ['p+Control', Control, 0x70, [0x19]],
    ['Control+Shift+Alt+AltGr+Super+Delete', Control | Shift | Alt | AltGr | Super, 0xffff, [0xd3, 0x53]],
    ['Meta+Tab', Alt, 0xff09, [0x0f]],
    ['Super', Super, 0, []],
    ['Control+plus', Control, 0x2b, [0x0d, 0x4e]],
    ['ä', 0, 0xe4, []],
    ['Ä', 0, 0xe4, []],
    ['€', 0, 0x0100_20ac, []],
    ['0x100062', 0, 0x10_0062, []],
    ['0x62', 0, 0x62, [0x30]],
  ])('%s', (text, modifiers, keysym, codes) => {
    const { codes: found, ...rest } = parseKeyCombination(text)!;
    expect(rest).toEqual({ modifiers, keysym });
    expect([...found]).toEqual(codes);
  });

  test.each([
    '',
    '+',
    'Control+',
    'Control++',
    'a+b',
    'Enter',
    'print',
    '0x',
    '0xffe3',
    '0x123456789',
    ' ',
    'ab',
    'toString',
  ])('%p is none', text => expect(parseKeyCombination(text)).toBeUndefined());

  test('has a key of every name there is', () => {
    for (const [name, { keysym, codes }] of Object.entries(namedKeys)) {
      expect(parseKeyCombination(name)).toMatchObject({ modifiers: 0, keysym });
      expect(plainKeysym(keysym)).toBe(keysym);
      for (const code of codes) expect(code).toBeLessThan(0x100);
    }
  });
});

test.each([
  [0x41, 0x61],
  [0x0100_0041, 0x61],
  [0xc4, 0xe4],
  [0xd7, 0xd7],
  [0xffb1, 0x31],
  [0xffab, 0x2b],
  [0xff8d, 0xff0d],
  [0xff15, 0xff61],
  [0xfe20, 0xff09],
  [0x0100_20ac, 0x0100_20ac],
])('keysym %p is compared as %p', (keysym, plain) => expect(plainKeysym(keysym)).toBe(plain));
