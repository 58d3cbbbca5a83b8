import { DecodeError } from '../wire/decode-error.ts';
import { ReadCursor } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { protocolTextBytes } from './clipboard-text.ts';
import { cutTextHeaderBytes, encodeExtended, inflateProvided, packClipboard } from './extended-clipboard.ts';
import { plainHtml, wrapHtmlFragment } from './html-fragment.ts';
import { clipboardActions, clipboardFormats } from './numbers.ts';

const formatBits = 16;

/** One format of an extended clipboard's `provide` message, as the protocol carries it. */
export interface ProvidedPart {
  /** Its bit of `clipboardFormats`. */
  readonly format: number;
  /** Text may have CR LF line ends and a closing NUL. */
  readonly content: Uint8Array;
}

/** One that is to be judged. */
export interface ProvidedItem extends ProvidedPart {
  /** Text and HTML are counted as their sender's user saw them: what the protocol added does not count. */
  readonly bytes: number;
}

/**
 * What a `provide` message carries, in the order of the format bits: one zlib stream with, per format,
 * u32 size · bytes.
 * @param most bytes to inflate; absent: the limit
 * @throws DecodeError kind `limit` when it inflates to more than that, `malformed` when the
 *   sizes do not add up to what is there.
 */
export function providedItems(
  bytes: Uint8Array,
  start: number,
  end: number,
  formats: number,
  most?: number,
): ProvidedItem[] {
  const cursor = new ReadCursor(inflateProvided(bytes, start, end, most));
  const items: ProvidedItem[] = [];
  for (let bit = 0; bit < formatBits; bit++) {
    const format = 1 << bit;
    if ((formats & format) === 0) continue;
    const content = cursor.view(cursor.u32('clipboard item size'), 'clipboard item');
    items.push({ format, content, bytes: countedBytes(format, content) });
  }
  if (cursor.remaining > 0) {
    const sentence = `${cursor.remaining} bytes follow the last clipboard item`;
    throw new DecodeError('malformed', sentence, 'clipboard item');
  }
  return items;
}

function countedBytes(format: number, content: Uint8Array): number {
  if (format === clipboardFormats.text) return protocolTextBytes(content);
  return format === clipboardFormats.html ? plainHtml(content).length : content.length;
}

/** The item's content with nothing in it that was not counted. */
export function countedContent({ format, content }: ProvidedPart): Uint8Array {
  return format === clipboardFormats.html ? wrapHtmlFragment(plainHtml(content)) : content;
}

/** A whole `provide` message of these items, which stand in the order of their format bits. */
export function encodeProvide(messageType: number, items: readonly ProvidedPart[]): Uint8Array {
  const plain = new WriteCursor();
  let formats = 0;
  for (const { format, content } of items) {
    formats |= format;
    plain.u32(content.length).raw(content);
  }
  return encodeExtended(messageType, clipboardActions.provide | formats, packClipboard(plain.finish()));
}

/** The extended message at `start` with other formats in its flags; for messages that carry nothing else. */
export function withFormats(bytes: Uint8Array, start: number, end: number, formats: number): Uint8Array {
  const copy = bytes.slice(start, end);
  copy[cutTextHeaderBytes + 2] = formats >> 8;
  copy[cutTextHeaderBytes + 3] = formats;
  return copy;
}
