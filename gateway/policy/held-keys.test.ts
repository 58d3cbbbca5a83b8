import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { modifiersOf, plainKeysym } from '../../config/key-combination.ts';
import { HeldKeys, keyNumber } from './held-keys.ts';

const control = 0xffe3;
const shift = 0xffe1;
const controlCode = 0x1d;
const leftControl = keyNumber(control, controlCode);

test('a key is held from its press to its release, however often it repeats', () => {
  const held = new HeldKeys();
  held.press(leftControl);
  held.press(leftControl);
  expect([held.size, held.modifiers, held.hasKey(control, [])]).toEqual([1, modifiersOf(control, 0), true]);
  expect(held.release(leftControl)).toBe(true);
  expect(held.release(leftControl)).toBe(false);
  expect([held.size, held.modifiers, held.hasKey(control, [controlCode])]).toEqual([0, 0, false]);
});

test('a key that comes again under another code is held under both, and a release lets go of the one it names', () => {
  const held = new HeldKeys();
  for (const code of [30, 31, 0, -1]) held.press(keyNumber(0x61, code));
  expect([held.size, held.hasKey(0, [30]), held.hasKey(0, [31])]).toEqual([4, true, true]);
  held.release(keyNumber(0x61, 31));
  expect([held.hasKey(0, [30]), held.hasKey(0, [31])]).toEqual([true, false]);
  for (const code of [0, 30]) held.release(keyNumber(0x61, code));
  expect([held.size, held.hasKey(0x61, [])]).toEqual([1, true]);
  held.release(keyNumber(0x61, -1));
  expect([held.size, held.hasKey(0x61, [])]).toEqual([0, false]);
});

test('where the server may be QEMU, a key is also what 16 bits of its symbol and its Shift say', () => {
  for (const [asQemu, isHeld] of [
    [true, true],
    [false, false],
  ] as const) {
    const held = new HeldKeys(asQemu);
    for (const keysym of [0x1_0070, 0x1_ffe3, 0x21]) held.press(keyNumber(keysym, -1));
    expect([held.hasKey(0x70, []), held.hasKey(0x31, [0x02])]).toEqual([isHeld, isHeld]);
    expect(held.modifiers !== 0).toBe(isHeld);
    expect(held.isKey(0x1_0070, 0, 0x70, [])).toBe(isHeld);
    expect(held.isKey(0x2b, 0, 0x3d, [0x0d])).toBe(isHeld);
  }
});

test('after any presses and releases it says what a look at every held key would', () => {
  const keysym = fc.constantFrom(0, 0x61, 0x41, control, shift, 0xffe4, 0xffff_ffff);
  const step = fc.record({
    keysym,
    code: fc.constantFrom(-1, 0, 30, controlCode, 0x2a, 0xffff),
    down: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), steps => {
      const held = new HeldKeys();
      const truth = new Map<string, { keysym: number; code: number }>();
      for (const { keysym: pressed, code, down } of steps) {
        const name = `${pressed} ${code}`;
        if (down) held.press(keyNumber(pressed, code));
        else expect(held.release(keyNumber(pressed, code))).toBe(truth.has(name));
        if (down) truth.set(name, { keysym: pressed, code: Math.max(0, code) });
        else truth.delete(name);
        const keys = [...truth.values()];
        expect(held.size).toBe(keys.length);
        expect(held.modifiers).toBe(keys.reduce((bits, one) => bits | modifiersOf(one.keysym, one.code), 0));
        for (const asked of [0x61, 0x1e]) {
          const isHeld = keys.some(one => plainKeysym(one.keysym) === asked || one.code === asked);
          expect(held.hasKey(asked, [asked])).toBe(isHeld);
        }
      }
    }),
  );
});
