import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { modifiersOf, plainKeysym } from '../../config/key-combination.ts';
import { HeldKeys, keyCodeBase } from './held-keys.ts';

const control = 0xffe3;
const shift = 0xffe1;
const controlCode = 0x1d;

test('a key is held from its press to its release, however often it repeats', () => {
  const held = new HeldKeys();
  held.press(control, controlCode);
  held.press(control, controlCode);
  expect([held.size, held.modifiers, held.hasKey(control, [])]).toEqual([1, modifiersOf(control, 0), true]);
  expect(held.release(control)).toBe(true);
  expect(held.release(control)).toBe(false);
  expect([held.size, held.modifiers, held.hasKey(control, [controlCode])]).toEqual([0, 0, false]);
});

test('a key that comes again under another code is held under that', () => {
  const held = new HeldKeys();
  held.press(0x61, 30);
  held.press(0x61, 31);
  expect([held.hasKey(0, [30]), held.hasKey(0, [31])]).toEqual([false, true]);
});

test('after any presses and releases it says what a look at every held key would', () => {
  const key = fc.constantFrom(
    0x61,
    0x41,
    control,
    shift,
    0xffe4,
    keyCodeBase + controlCode,
    keyCodeBase + 30,
  );
  const step = fc.record({ key, code: fc.constantFrom(0, 30, controlCode, 0x2a), down: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), steps => {
      const held = new HeldKeys();
      const truth = new Map<number, number>();
      for (const { key: pressed, code, down } of steps) {
        if (down) held.press(pressed, code);
        else expect(held.release(pressed)).toBe(truth.has(pressed));
        if (down) truth.set(pressed, code);
        else truth.delete(pressed);
        const keys = [...truth].map(([one, at]) => ({ keysym: one < keyCodeBase ? one : 0, code: at }));
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
