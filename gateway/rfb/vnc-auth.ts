import { createCipheriv } from 'node:crypto';

/** Bytes of a VncAuth challenge and of its answer (RFC 6143 §7.2.2). */
export const challengeBytes = 16;

const desKeyBytes = 8;

/** DES reads each key byte's bits from the other end than VNC wrote them. */
function mirrored(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}

/**
 * Answers a VncAuth challenge: its two halves encrypted with DES under the password, of which only the
 * first 8 bytes count. Written as triple DES with one key thrice, which is single DES, because crypto
 * libraries drop the latter first.
 * @param challenge 16 bytes
 * @returns 16 bytes
 */
export function answerChallenge(challenge: Uint8Array, password: string): Uint8Array {
  const secret = new TextEncoder().encode(password);
  const key = new Uint8Array(3 * desKeyBytes);
  for (let at = 0; at < key.length; at++) key[at] = mirrored(secret[at % desKeyBytes] ?? 0);
  const cipher = createCipheriv('des-ede3', key, null).setAutoPadding(false);
  return new Uint8Array(cipher.update(challenge));
}
