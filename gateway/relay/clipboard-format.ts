import type { Policy } from '../policy/compile-policy.ts';
import { isAllowedMimetype } from '../policy/evaluate-clipboard.ts';
import { textMimetype } from '../policy/mimetype.ts';
import { clipboardMimes } from '../rfb/clipboard-form.ts';
import { clipboardFormats } from '../rfb/numbers.ts';

const mimetypes: ReadonlyMap<number, string> = new Map([
  [clipboardFormats.text, textMimetype],
  [clipboardFormats.rtf, 'text/rtf'],
  [clipboardFormats.html, 'text/html'],
  [clipboardFormats.dib, 'image/bmp'],
]);

/**
 * What a format of the extended clipboard (a bit of `clipboardFormats`) is to the policy. Files and the formats that the
 * specification keeps free have no MIME type, which is '': only `any` covers them.
 * @param isTranslated a DIB is turned into KasmVNC's PNG.
 */
export function formatMimetype(format: number, isTranslated: boolean): string {
  if (isTranslated && format === clipboardFormats.dib) return clipboardMimes.png;
  return mimetypes.get(format) ?? '';
}

/** Those of the formats that may pass, whatever their size. */
export function allowedFormats(policy: Policy, formats: number, isTranslated: boolean): number {
  let allowed = 0;
  for (let format = 1; format <= formats; format <<= 1) {
    const isThere = (formats & format) !== 0;
    if (isThere && isAllowedMimetype(policy, formatMimetype(format, isTranslated))) allowed |= format;
  }
  return allowed;
}
