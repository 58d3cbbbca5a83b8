import { DecodeError } from '../wire/decode-error.ts';

/** ProtocolVersion (RFC 6143 §7.1.1): `RFB xxx.yyy\n`. */
export const versionBytes = 12;

/** The three versions that exist; others are their vendors' names for one of them. */
export type RfbMinor = 3 | 7 | 8;

const latin = new TextDecoder('latin1');

export function encodeVersion(minor: RfbMinor): Uint8Array {
  return new TextEncoder().encode(`RFB 003.00${minor}\n`);
}

/**
 * Reads the 12 bytes of a ProtocolVersion at `at`. Higher versions count as 3.8, unknown ones between as
 * the one below, as RFC 6143 asks.
 * @throws DecodeError when this is no RFB at all, or older than 3.3.
 */
export function decodeVersion(bytes: Uint8Array, at: number): RfbMinor {
  const text = latin.decode(bytes.subarray(at, at + versionBytes));
  const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(text);
  if (match === null)
    throw new DecodeError('malformed', 'the first bytes are no RFB version', 'ProtocolVersion');
  const major = Number(match[1]);
  const minor = Number(match[2]);
  if (major < 3 || (major === 3 && minor < 3)) {
    throw new DecodeError('unsupported', `RFB ${major}.${minor} is older than 3.3`, 'ProtocolVersion');
  }
  if (major > 3 || minor >= 8) return 8;
  return minor === 7 ? 7 : 3;
}
