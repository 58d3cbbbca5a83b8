// Reads zip archives, as the Go module proxy serves them: central directory, stored and deflated entries, no zip64.
import { inflateRawSync } from 'node:zlib';

const endBytes = 22;
const commentBytesMax = 0xffff;
const endMark = 0x06054b50;
const entryMark = 0x02014b50;

/**
 * The files of an archive, in its order; folders are left out.
 * @param {Buffer} archive
 * @returns {Generator<{name: string, content: Buffer}>}
 * @throws Error when it is no zip archive, or one of a kind that is not read here
 */
export function* readZip(archive) {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new Error('the zip archive is too large for this reader');
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== entryMark) throw new Error(`no zip entry at offset ${at}`);
    const nameBytes = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameBytes);
    if (!name.endsWith('/')) yield { name, content: readContent(archive, at, name) };
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

function findEnd(archive) {
  const lowest = Math.max(0, archive.length - endBytes - commentBytesMax);
  for (let at = archive.length - endBytes; at >= lowest; at--) {
    if (archive.readUInt32LE(at) === endMark) return at;
  }
  throw new Error('this is no zip archive');
}

function readContent(archive, entry, name) {
  const method = archive.readUInt16LE(entry + 10);
  const packedBytes = archive.readUInt32LE(entry + 20);
  const bytes = archive.readUInt32LE(entry + 24);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + packedBytes);
  if (method === 0) return packed;
  if (method !== 8) throw new Error(`${name}: compression method ${method} is not read here`);
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
}
