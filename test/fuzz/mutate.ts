/** Random but repeatable changes to bytes: the same seed gives the same inputs on every machine. */

export type Random = (below: number) => number;

/** A small generator (splitmix, 32 bits): whole numbers from 0 up to, not including, `below`. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return below => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

/** Of one input, so that each can be made again without those before it. */
export function seedOf(seed: number, target: string, run: number): number {
  let mixed = seed | 0;
  for (let at = 0; at < target.length; at++) mixed = Math.imul(mixed ^ target.charCodeAt(at), 0x01000193);
  return Math.imul(mixed ^ run, 0x2c1b3c6d) ^ Math.imul(run + 1, 0x297a2d39);
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)]!;
}

const telling = [0, 1, 2, 0x0a, 0x0d, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xfc, 0xfe, 0xff];
const inputBytesMax = 8_192;

/** One to four changes: a byte, a telling byte, a bit, a cut, a repetition, a piece of another input. */
export function mutated(input: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = input;
  for (let changes = 1 + random(4); changes > 0; changes--) bytes = changed(bytes, others, random);
  return bytes.subarray(0, inputBytesMax);
}

function changed(bytes: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  const at = random(bytes.length + 1);
  const to = at + random(Math.min(64, bytes.length - at) + 1);
  switch (random(6)) {
    case 0:
      return withByte(bytes, at, random(256));
    case 1:
      return withByte(bytes, at, pick(random, telling));
    case 2:
      return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random(8)));
    case 3:
      return new Uint8Array(Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]));
    case 4:
      return new Uint8Array(Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]));
    default:
      return new Uint8Array(Buffer.concat([bytes.subarray(0, at), pick(random, others), bytes.subarray(at)]));
  }
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = new Uint8Array(Math.max(bytes.length, at + 1));
  copy.set(bytes);
  copy[at] = value;
  return copy;
}

/** A few places to cut `length` bytes at, in order; now and then every byte of a short input by itself. */
export function cutsIn(length: number, random: Random): number[] {
  if (length > 0 && length < 100 && random(16) === 0) {
    return Array.from({ length: length - 1 }, (_, index) => index + 1);
  }
  const cuts = new Set<number>();
  for (let count = random(6); count > 0; count--) cuts.add(random(length + 1));
  return [...cuts].sort((a, b) => a - b);
}
