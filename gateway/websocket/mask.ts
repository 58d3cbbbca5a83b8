/**
 * Masking of RFC 6455, section 5.3: payload byte i is XORed with byte i mod 4 of the key.
 *
 * A key is kept as one 32-bit number whose *lowest* byte is the key's first byte on the wire, so that on a
 * little-endian machine a whole word of payload is masked by one XOR. Masking and unmasking are the same operation.
 */

/** Below this many bytes a word view costs more than it saves. */
export const wordLoopBytesMin = 64;

/** The key that applies to a payload which continues `byteCount` bytes further on. */
export function rotateMaskKey(key: number, byteCount: number): number {
  const bits = (byteCount & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** Reads a key from its four wire bytes. */
export function readMaskKey(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Writes a key's four wire bytes. */
export function writeMaskKey(target: Uint8Array, at: number, key: number): void {
  target[at] = key;
  target[at + 1] = key >>> 8;
  target[at + 2] = key >>> 16;
  target[at + 3] = key >>> 24;
}

/** The words of the whole buffer behind `bytes`, for callers that mask many pieces of it. */
export function wordsBehind(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 2);
}

/**
 * XORs `bytes[start, end)` in place.
 * @param key applies to the byte at `start` first: rotate it for a payload that continues.
 * @param words of `wordsBehind(bytes)`, where the caller keeps them.
 */
export function maskInPlace(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
  words?: Int32Array,
): void {
  let at = start;
  if (end - start >= wordLoopBytesMin) {
    const aligned = start + (-(bytes.byteOffset + start) & 3);
    maskBytes(bytes, start, aligned, key);
    const first = (bytes.byteOffset + aligned) >>> 2;
    const count = (end - aligned) >>> 2;
    maskWords(words ?? wordsBehind(bytes), first, first + count, rotateMaskKey(key, aligned - start));
    at = aligned + 4 * count;
  }
  maskBytes(bytes, at, end, rotateMaskKey(key, at - start));
}

function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): void {
  for (let at = start, shift = 0; at < end; at++, shift = (shift + 8) & 31) {
    bytes[at] = bytes[at]! ^ (key >>> shift);
  }
}

function maskWords(words: Int32Array, start: number, end: number, key: number): void {
  let at = start;
  for (const fours = end - 3; at < fours; at += 4) {
    words[at] = words[at]! ^ key;
    words[at + 1] = words[at + 1]! ^ key;
    words[at + 2] = words[at + 2]! ^ key;
    words[at + 3] = words[at + 3]! ^ key;
  }
  for (; at < end; at++) words[at] = words[at]! ^ key;
}
