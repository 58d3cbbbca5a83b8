import { ReadCursor } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { type ClipboardContent, type CutTextType, plainText, windowsText } from './clipboard-form.ts';
import { encodeProvide, type ProvidedPart } from './clipboard-provide.ts';
import { cutTextHeaderBytes, encodeExtended } from './extended-clipboard.ts';
import { plainHtml, wrapHtmlFragment } from './html-fragment.ts';
import { clipboardActions, clipboardFormats } from './numbers.ts';
import type { PictureMaker } from './picture-forms.ts';

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
 * A `provide` message of those of `formats` that the content has.
 * @param dib the picture of the content.
 */
export function encodeExtendedProvide(
  type: CutTextType,
  formats: number,
  { text, html }: ClipboardContent,
  dib: Uint8Array | undefined,
): Uint8Array {
  const parts: ProvidedPart[] = [];
  const add = (format: number, content: Uint8Array | undefined): void => {
    if ((formats & format) !== 0 && content !== undefined) parts.push({ format, content });
  };
  add(clipboardFormats.text, text && windowsText(text));
  add(clipboardFormats.html, html && wrapHtmlFragment(html));
  add(clipboardFormats.dib, dib);
  return encodeProvide(type, parts);
}

/** What was provided of the formats that can be translated. A picture that cannot be is left out. */
export function readProvided(provided: readonly ProvidedPart[], pictures: PictureMaker): ClipboardContent {
  let text: Uint8Array | undefined;
  let html: Uint8Array | undefined;
  let png: Uint8Array | undefined;
  for (const { format, content } of provided) {
    if (format === clipboardFormats.text) text = plainText(content);
    else if (format === clipboardFormats.html) html = plainHtml(content).slice();
    else if (format === clipboardFormats.dib) png = pictures.pngOf(content).bytes;
  }
  pictures.forget();
  return { text, html, png };
}
