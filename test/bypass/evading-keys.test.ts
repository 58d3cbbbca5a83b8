/** Keys that are pressed under one name and let go of under another. See docs/bypasses.md. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Attack, hex } from './attack.ts';
import { type KeyServer, keyServers, keysSeenBy } from './desktop-keys.ts';

const blocked = { keyboard: { blocked_combinations: ['Control+p'] } };
const control = 0xffe3;
const letterP = 0x70;
const letterX = 0x78;

/** @param code absent: the standard message, which has none. */
function keyOf(down: boolean, keysym: number, code?: number): string {
  if (code === undefined) return `04 ${down ? '01' : '00'} 0000 ${hex(keysym, 4)}`;
  return `ff 00 ${down ? '0001' : '0000'} ${hex(keysym, 4)} ${hex(code, 4)}`;
}
const press = (keysym: number, code?: number): string => keyOf(true, keysym, code);
const release = (keysym: number, code?: number): string => keyOf(false, keysym, code);

/** The servers that are brought to see the combination. */
function fooledBy(...events: readonly string[]): KeyServer[] {
  return keyServers.filter(server => {
    const attack = new Attack({ protocol: server === 'kasmvnc' ? 'kasmvnc' : 'rfb', prevention: blocked });
    attack.fromClient(events.join(' '));
    return keysSeenBy(server, attack.upstream).controlP;
  });
}

test.each<[string, readonly string[]]>([
  [
    'let go of without a place, which KasmVNC and TigerVNC ignore',
    [press(control), release(control, 0), press(letterP)],
  ],
  ['let go of at another place', [press(control, 0x1d), release(control, 0x1e), press(letterP)]],
  ['let go of by the symbol alone', [press(control, 0x1d), release(control), press(letterP, 0x19)]],
  ['let go of by another symbol', [press(control, 0x1d), release(letterX, 0x1d), press(letterP)]],
  [
    'that was pressed at two places, and at the first goes by its first name',
    [
      press(letterP, 0x55),
      press(letterP, 0x56),
      release(letterP, 0x56),
      press(control),
      press(letterX, 0x55),
    ],
  ],
  ['at a place with bits that QEMU does not read', [press(letterX, 0x1_001d), press(letterX, 0xffff_0019)]],
  ['under a symbol with bits that QEMU does not read', [press(0x1_ffe3), press(0x1_0070)]],
  [
    'let go of under the number that TigerVNC gives to a symbol',
    [press(control), release(letterX, 0x8000_ffe3), press(letterP), press(control)],
  ],
])('half of a blocked combination %s, is still down', (_, events) => {
  expect(fooledBy(...events)).toEqual([]);
});

const keysyms = [control, 0xffe4, letterP, 0x50, 0x0100_0070, letterX, 0x1_0070, 0x1_ffe3];
const codes = [undefined, 0, 0x19, 0x1d, 0x55, 0x56, 0x1_001d, 0x8000_ffe3, 0x8000_0070];
const step = fc.record({
  down: fc.boolean(),
  keysym: fc.constantFrom(...keysyms),
  code: fc.constantFrom(...codes),
});

test('no order of presses and releases, by any names, brings any server to a blocked combination', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 24 }), fc.constantFrom(...keyServers), (steps, server) => {
      const attack = new Attack({ protocol: server === 'kasmvnc' ? 'kasmvnc' : 'rfb', prevention: blocked });
      attack.fromClient(steps.map(({ down, keysym, code }) => keyOf(down, keysym, code)).join(' '));
      expect(keysSeenBy(server, attack.upstream).controlP).toBe(false);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('whatever was pressed and fell, a client that lets go of all its keys leaves none down on any server', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 16 }), fc.constantFrom(...keyServers), (steps, server) => {
      const attack = new Attack({ protocol: server === 'kasmvnc' ? 'kasmvnc' : 'rfb', prevention: blocked });
      attack.fromClient(steps.map(({ keysym, code }) => press(keysym, code)).join(' '));
      attack.fromClient(steps.map(({ keysym, code }) => release(keysym, code)).join(' '));
      expect(keysSeenBy(server, attack.upstream).left).toEqual([]);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});
