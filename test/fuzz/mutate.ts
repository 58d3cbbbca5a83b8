/** Random but repeatable changes to bytes: the same seed gives the same inputs on every machine. */

export type Random = (below: number) => number;

/** A small generator (xorshift, 32 bits): whole numbers from 0 up to, not including, `below`. */
export function seeded(seed: number): Random {
  let state = seed | 1;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const telling = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff];

/** One to four changes: a byte, a telling byte, a cut, a repetition, a piece of another input. */
export function mutated(input: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = input;
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(bytes.length + 1);
    const to = at + random(Math.min(64, bytes.length - at) + 1);
    const other = others[random(others.length)]!;
    const parts = [
      () => [bytes.subarray(0, at), Uint8Array.of(random(256)), bytes.subarray(at + 1)],
      () => [bytes.subarray(0, at), Uint8Array.of(telling[random(telling.length)]!), bytes.subarray(at + 1)],
      () => [bytes.subarray(0, at), bytes.subarray(to)],
      () => [bytes.subarray(0, to), bytes.subarray(at)],
      () => [bytes.subarray(0, at), other, bytes.subarray(at)],
    ][random(5)]!();
    bytes = new Uint8Array(Buffer.concat(parts));
  }
  return bytes.subarray(0, 8_192);
}

/** A few places to cut `length` bytes at, in order. */
export function cutsIn(length: number, random: Random): number[] {
  const cuts = new Set<number>();
  for (let count = random(6); count > 0; count--) cuts.add(random(length + 1));
  return [...cuts].sort((a, b) => a - b);
}
