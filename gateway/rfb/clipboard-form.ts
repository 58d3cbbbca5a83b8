import { ReadCursor } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { cutTextHeaderBytes } from './extended-clipboard.ts';
import { clientMessages, type serverMessages } from './numbers.ts';

/**
 * What is copied, in the form that all others are made from. Each is absent when the copy has none of it. The
 * bytes are nobody else's: who makes one copies them out of the message.
 */
export interface ClipboardContent {
  /** UTF-8, lines end with LF, without NUL. */
  readonly text: Uint8Array | undefined;
  /** Plain HTML, UTF-8. */
  readonly html: Uint8Array | undefined;
  /** A picture. Standard VNC has it as DIB, which is made when it is asked for. */
  readonly png: Uint8Array | undefined;
}

/** KasmVNC's names for them. */
export const clipboardMimes = { text: 'text/plain', html: 'text/html', png: 'image/png' } as const;

/** A cut text message of either side has this type. */
export type CutTextType = typeof clientMessages.clientCutText | typeof serverMessages.serverCutText;

const nul = 0;
const lineFeed = 10;
const carriageReturn = 13;
const asciiMax = 0x7f;
const latinMax = 0xff;

export function contentBytes({ text, html, png }: ClipboardContent): number {
  return (text?.length ?? 0) + (html?.length ?? 0) + (png?.length ?? 0);
}

/**
 * Reads a whole BinaryClipboard (180) that was judged: type · u8 n · n × ([u32 id, server only] · u8 mime
 * length · mime · u32 length · data). Of items with one name the first counts, as for KasmVNC.
 * @param idBytes 4 from the server, 0 from the client.
 */
export function readBinaryClipboard(
  bytes: Uint8Array,
  start: number,
  end: number,
  idBytes: number,
): ClipboardContent {
  const cursor = new ReadCursor(bytes, start, end);
  cursor.skip(1, 'message-type');
  let text: Uint8Array | undefined;
  let html: Uint8Array | undefined;
  let png: Uint8Array | undefined;
  const latin = new TextDecoder('latin1');
  for (let left = cursor.u8('clipboard items'); left > 0; left--) {
    cursor.skip(idBytes, 'clipboard id');
    const mime = latin.decode(cursor.view(cursor.u8('mime length'), 'mime'));
    const item = cursor.view(cursor.u32('clipboard item length'), 'clipboard item');
    if (mime === clipboardMimes.text) text ??= plainText(item);
    else if (mime === clipboardMimes.html) html ??= item.slice();
    else if (mime === clipboardMimes.png) png ??= item.slice();
  }
  return { text, html, png };
}

/**
 * A BinaryClipboard (180) of the content.
 * @param nextId numbers the items of a server's message; absent for a client's, which has no numbers.
 */
export function encodeBinaryClipboard(content: ClipboardContent, nextId?: () => number): Uint8Array {
  const items = (['text', 'html', 'png'] as const).filter(format => content[format] !== undefined);
  const out = new WriteCursor().u8(clientMessages.binaryClipboard).u8(items.length);
  for (const format of items) {
    if (nextId !== undefined) out.u32(nextId());
    const mime = clipboardMimes[format];
    const item = content[format]!;
    out.u8(mime.length).ascii(mime).u32(item.length).raw(item);
  }
  return out.finish();
}

/** The text of a whole legacy cut text message (RFC 6143 §7.5.6, §7.6.4), which is Latin-1. */
export function readCutText(bytes: Uint8Array, start: number, end: number): ClipboardContent {
  const latin = bytes.subarray(start + cutTextHeaderBytes, end);
  const out = new Uint8Array(2 * latin.length);
  let length = 0;
  for (const byte of latin) {
    if (byte <= asciiMax) out[length++] = byte;
    else {
      out[length++] = 0xc0 | (byte >> 6);
      out[length++] = 0x80 | (byte & 0x3f);
    }
  }
  return { text: plainText(out.subarray(0, length)), html: undefined, png: undefined };
}

/** A legacy cut text message: what Latin-1 does not have becomes a question mark. */
export function encodeCutText(type: CutTextType, text: Uint8Array): Uint8Array {
  const latin = new Uint8Array(text.length);
  let length = 0;
  for (const character of new TextDecoder().decode(text)) {
    const code = character.codePointAt(0)!;
    latin[length++] = code <= latinMax ? code : 0x3f;
  }
  return new WriteCursor().u8(type).zeros(3).u32(length).raw(latin.subarray(0, length)).finish();
}

/** A copy with lines ending in LF and no NUL, which other forms end their text with. */
export function plainText(text: Uint8Array): Uint8Array {
  const plain = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]!;
    if (byte === nul) continue;
    if (byte !== carriageReturn) plain[length++] = byte;
    else if (text[at + 1] !== lineFeed) plain[length++] = lineFeed;
  }
  return plain.slice(0, length);
}

/** The text as the extended clipboard wants it: lines ending in CR LF, and a NUL at the end. */
export function windowsText(text: Uint8Array): Uint8Array {
  const wide = new Uint8Array(2 * text.length + 1);
  let length = 0;
  for (const byte of text) {
    if (byte === lineFeed) wide[length++] = carriageReturn;
    wide[length++] = byte;
  }
  return wide.slice(0, length + 1);
}
