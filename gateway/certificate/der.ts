/** Just enough of DER (ITU-T X.690) to write a certificate: each function gives one encoded value. */

const tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  boolean: 0x01,
  generalizedTime: 0x18,
} as const;

/** Class bits of a context-specific tag: primitive, and constructed (which wraps other values). */
const contextPrimitive = 0x80;
const contextConstructed = 0xa0;

function value(tagByte: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.of(tagByte), lengthOf(content.length), content]);
}

/** Section 8.1.3: one byte below 128, otherwise the count of length bytes and the length. */
function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

export const sequence = (...members: readonly Uint8Array[]): Uint8Array => value(tag.sequence, ...members);
export const set = (...members: readonly Uint8Array[]): Uint8Array => value(tag.set, ...members);
export const octetString = (content: Uint8Array): Uint8Array => value(tag.octetString, content);
export const utf8String = (text: string): Uint8Array => value(tag.utf8String, Buffer.from(text));
export const boolean = (truth: boolean): Uint8Array => value(tag.boolean, Uint8Array.of(truth ? 0xff : 0));

/** A whole number of bits. */
export const bitString = (content: Uint8Array): Uint8Array => value(tag.bitString, Uint8Array.of(0), content);

/** An unsigned big-endian integer: leading zeros go, and one is put back where the sign bit would be set. */
export function integer(magnitude: Uint8Array): Uint8Array {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const rest = magnitude.subarray(start);
  return (rest[0] ?? 0) & 0x80 ? value(tag.integer, Uint8Array.of(0), rest) : value(tag.integer, rest);
}

/** Dotted form, such as 2.5.4.3. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(tag.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** To the second, in UTC. */
export function generalizedTime(time: Date): Uint8Array {
  const digits = time
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '');
  return value(tag.generalizedTime, Buffer.from(`${digits}Z`));
}

/** A value whose meaning is given by its number in the surrounding structure, holding plain bytes. */
export const context = (number: number, content: Uint8Array): Uint8Array =>
  value(contextPrimitive | number, content);

/** As `context`, holding other values. */
export const contextOf = (number: number, ...members: readonly Uint8Array[]): Uint8Array =>
  value(contextConstructed | number, ...members);

function base128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}
