import { DecodeError } from '../wire/decode-error.ts';
import { ReadCursor } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';

/** One item of KasmVNC's BinaryClipboard (180), and where its data lies in its message. */
export interface ClipboardItem {
  /** KasmVNC counts a server's items up from 1; a client's have none, which is 0. */
  readonly id: number;
  readonly mimetype: string;
  readonly dataStart: number;
  /** Bytes of data, which is what limits count. */
  readonly bytes: number;
}

const latin = new TextDecoder('latin1');

/**
 * Reads the items of a whole BinaryClipboard message: type · u8 n · n × ([u32 id, server only] · u8 mime
 * length · mime · u32 length · data).
 * @param idBytes 4 from the server, 0 from the client.
 * @throws DecodeError for a MIME name with bytes that are not printable: a server that reads it as a C string
 *   would see another one. From a client also for a name that comes twice, of which the server takes one.
 */
export function parseBinaryClipboard(
  bytes: Uint8Array,
  start: number,
  end: number,
  idBytes: number,
): ClipboardItem[] {
  const cursor = new ReadCursor(bytes, start, end);
  cursor.skip(1, 'message-type');
  const count = cursor.u8('clipboard items');
  const items: ClipboardItem[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const id = idBytes === 0 ? 0 : cursor.u32('clipboard id');
    const name = latin.decode(cursor.view(cursor.u8('mime length'), 'mime'));
    if (!/^[\x20-\x7e]*$/.test(name)) {
      throw new DecodeError('malformed', 'a MIME name has bytes that are not printable', 'mime');
    }
    if (idBytes === 0 && names.has(name)) {
      throw new DecodeError('malformed', 'a MIME name comes twice in one message', 'mime');
    }
    names.add(name);
    const length = cursor.u32('clipboard item length');
    const dataStart = cursor.skip(length, 'clipboard item');
    items.push({ id, mimetype: name, dataStart, bytes: length });
  }
  return items;
}

/**
 * The message at `start` with only `items` of it, each with its name and number, and as much of its data as `bytes` says.
 * @param idBytes 4 from the server, 0 from the client.
 */
export function keepClipboardItems(
  bytes: Uint8Array,
  start: number,
  items: readonly ClipboardItem[],
  idBytes: number,
): Uint8Array {
  const kept = new WriteCursor().u8(bytes[start]!).u8(items.length);
  for (const { id, mimetype, dataStart, bytes: length } of items) {
    if (idBytes > 0) kept.u32(id);
    kept.u8(mimetype.length).ascii(mimetype);
    kept.u32(length).raw(bytes.subarray(dataStart, dataStart + length));
  }
  return kept.finish();
}
