/** Just enough of DER (ITU-T X.690) to look into a certificate and a list of revoked ones. */

export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

const lengthBytesMax = 4;

/** The values that stand one after the other. @throws RangeError when a length goes beyond the end */
export function readValues(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = byteAt(bytes, at);
    let length = byteAt(bytes, at + 1);
    at += 2;
    if (length >= 0x80) {
      // Section 8.1.3.5: the count of length bytes, then the length.
      const count = length & 0x7f;
      if (count === 0 || count > lengthBytesMax) throw new RangeError(`a DER length has ${count} bytes`);
      length = 0;
      for (const end = at + count; at < end; at++) length = length * 256 + byteAt(bytes, at);
    }
    if (at + length > bytes.length) throw new RangeError(`a DER value of ${length} bytes is cut off`);
    values.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return values;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError('a DER value is cut off');
  return byte;
}
