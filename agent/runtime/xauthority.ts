/**
 * An X authority file with one cookie for every display (Xau's format, big endian):
 *   2 family · 2+n address · 2+n display number · 2+n name · 2+n cookie
 * Family 0xffff with empty address and number matches any host and display. Pure.
 */
const familyWild = 0xffff;
const protocolName = 'MIT-MAGIC-COOKIE-1';

/** @param cookie 16 random bytes */
export function encodeXauthority(cookie: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(protocolName);
  return Uint8Array.from([
    ...number(familyWild),
    ...counted([]),
    ...counted([]),
    ...counted(name),
    ...counted(cookie),
  ]);
}

function counted(bytes: Iterable<number>): number[] {
  const list = [...bytes];
  return [...number(list.length), ...list];
}

function number(value: number): number[] {
  return [value >> 8, value & 0xff];
}
