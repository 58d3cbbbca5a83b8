import { ReadCursor } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { type ClipboardContent, type CutTextType, plainText, windowsText } from './clipboard-form.ts';
import { cutTextHeaderBytes, inflateProvided, packClipboard } from './extended-clipboard.ts';
import { plainHtml, wrapHtmlFragment } from './html-fragment.ts';
import { clipboardActions, clipboardFormats } from './numbers.ts';
import type { PictureMaker } from './picture-forms.ts';

const flagsBytes = 4;
const formatBits = 16;

/** All actions there are, and the formats that can be translated. */
export const ourActions =
  clipboardActions.caps |
  clipboardActions.request |
  clipboardActions.peek |
  clipboardActions.notify |
  clipboardActions.provide;
export const ourFormats = clipboardFormats.text | clipboardFormats.html | clipboardFormats.dib;

/** Bits of `clipboardFormats` that the content has something for. */
export function formatsOf({ text, html, png }: ClipboardContent): number {
  return (
    (text === undefined ? 0 : clipboardFormats.text) |
    (html === undefined ? 0 : clipboardFormats.html) |
    (png === undefined ? 0 : clipboardFormats.dib)
  );
}

/** The flags of a whole extended cut text message: actions and formats. */
export function extendedFlags(bytes: Uint8Array, start: number, end: number): number {
  return new ReadCursor(bytes, start + cutTextHeaderBytes, end).u32('flags');
}

/** A message without data: request, peek or notify, for these formats. */
export function encodeExtendedAction(type: CutTextType, action: number, formats: number): Uint8Array {
  return encodeExtended(type, action | formats, new Uint8Array(0));
}

/** Capabilities: all actions, our formats, and for each the size to be provided without asking, which is none. */
export function encodeExtendedCaps(type: CutTextType): Uint8Array {
  const sizes = new WriteCursor().u32(0).u32(0).u32(0).finish();
  return encodeExtended(type, ourActions | ourFormats, sizes);
}

/**
 * One zlib stream with, for each of `formats` in the order of their bits: u32 size · bytes.
 * @param dib the picture of the content.
 */
export function encodeExtendedProvide(
  type: CutTextType,
  formats: number,
  { text, html }: ClipboardContent,
  dib: Uint8Array | undefined,
): Uint8Array {
  const items = new WriteCursor();
  let provided = 0;
  const add = (format: number, item: Uint8Array | undefined): void => {
    if ((formats & format) === 0 || item === undefined) return;
    provided |= format;
    items.u32(item.length).raw(item);
  };
  add(clipboardFormats.text, text && windowsText(text));
  add(clipboardFormats.html, html && wrapHtmlFragment(html));
  add(clipboardFormats.dib, dib);
  return encodeExtended(type, clipboardActions.provide | provided, packClipboard(items.finish()));
}

/** type · 3 padding · s32 −length · u32 flags · payload. */
function encodeExtended(type: CutTextType, flags: number, payload: Uint8Array): Uint8Array {
  const header = new WriteCursor()
    .u8(type)
    .zeros(3)
    .u32(-(flagsBytes + payload.length));
  return header.u32(flags).raw(payload).finish();
}

/**
 * What a whole `provide` message carries of the formats that can be translated. A picture that cannot be is left out.
 * @throws DecodeError as providedItems does.
 */
export function readProvided(
  bytes: Uint8Array,
  start: number,
  end: number,
  formats: number,
  pictures: PictureMaker,
): ClipboardContent {
  const items = new ReadCursor(inflateProvided(bytes, start, end));
  let text: Uint8Array | undefined;
  let html: Uint8Array | undefined;
  let png: Uint8Array | undefined;
  for (let bit = 0; bit < formatBits; bit++) {
    const format = 1 << bit;
    if ((formats & format) === 0) continue;
    const item = items.view(items.u32('clipboard item size'), 'clipboard item');
    if (format === clipboardFormats.text) text = plainText(item);
    else if (format === clipboardFormats.html) html = plainHtml(item).slice();
    else if (format === clipboardFormats.dib) png = pictures.pngOf(item).bytes;
  }
  pictures.forget();
  return { text, html, png };
}
