/**
 * Archives of a few small files, as the Docker Engine takes and gives them: POSIX ustar (IEEE Std 1003.1, pax,
 * "ustar Interchange Format"). A header of 512 bytes, the content, zeros up to a multiple of 512:
 *
 *     name 100 · mode 8 · uid 8 · gid 8 · size 12 · mtime 12 · checksum 8 · type 1 · link name 100 · magic 6 ·
 *     version 2 · …        numbers in octal digits
 *
 * Pure, but for the time that it writes into a header.
 */

const blockBytes = 512;
const sizeAt = 124;
const checksumAt = 148;
const typeAt = 156;
const magicAt = 257;

/** A file has bytes, a folder none and a name that ends in a slash. Names are ASCII of at most 100 characters. */
export interface TarEntry {
  readonly name: string;
  readonly mode: number;
  readonly bytes?: Uint8Array;
}

/** All of it belongs to root. */
export function encodeTar(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.flatMap(entry => [encodeHeader(entry), padded(entry.bytes ?? new Uint8Array())]);
  // Two blocks of zeros are the end.
  return Buffer.concat([...blocks, new Uint8Array(2 * blockBytes)]);
}

function encodeHeader({ name, mode, bytes }: TarEntry): Uint8Array {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, digits: number): void => {
    header.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  };
  header.write(name, 0, 100, 'latin1');
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(bytes?.length ?? 0, sizeAt, 11);
  octal(Math.floor(Date.now() / 1000), 136, 11);
  header.fill(' ', checksumAt, checksumAt + 8, 'latin1');
  header.write(bytes === undefined ? '5' : '0', typeAt, 'latin1');
  header.write('ustar\x0000', magicAt, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, checksumAt, 'latin1');
  return header;
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / blockBytes) * blockBytes);
  whole.set(bytes);
  return whole;
}

/**
 * The content of the first thing in an archive, which must be a file. Headers that only describe it (pax: x and g;
 * GNU: L and K, for long names) are passed over.
 * @throws Error when it is none, or the archive is cut off; a sentence without a name
 */
export function fileOfTar(archive: Uint8Array): Uint8Array {
  const buffer = Buffer.from(archive.buffer, archive.byteOffset, archive.length);
  let at = 0;
  for (;;) {
    const header = buffer.subarray(at, at + blockBytes);
    if (header.length < blockBytes) throw new Error('the archive is cut off');
    const type = header.toString('latin1', typeAt, typeAt + 1);
    if (header[0] === 0) throw new Error('it is no plain file');
    if (header.toString('latin1', magicAt, magicAt + 5) !== 'ustar') throw new Error('it came in no archive');
    const digits = header.toString('latin1', sizeAt, sizeAt + 12).replace(/[\0 ]+$/, '');
    const size = /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.MAX_SAFE_INTEGER;
    const content = buffer.subarray(at + blockBytes, at + blockBytes + size);
    if (content.length < size) throw new Error('the archive is cut off');
    if (type === '0' || type === '\0') return new Uint8Array(content);
    if (!'xgLK'.includes(type)) throw new Error('it is no plain file');
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
}
