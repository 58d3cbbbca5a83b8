import type { Policy } from './compile-policy.ts';

/** MIME type of text: allowed by `allow_text`, never by the list. */
export const textMimetype = 'text/plain';

/** What a kind is called that is not one of the known ones: its name is bytes of whoever copies. */
export const otherMimetype = 'other';

/** Kinds of content that are told by their names though no policy lists them. */
const knownMimetypes: ReadonlySet<string> = new Set([
  textMimetype,
  'application/json',
  'application/pdf',
  'application/rtf',
  'chromium/x-web-custom-data',
  'image/bmp',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/svg+xml',
  'image/tiff',
  'image/webp',
  'text/csv',
  'text/html',
  'text/rtf',
  'text/uri-list',
]);

/** Whether a name is one of text's. Those that hold `text/plain` are, as in KasmVNC. */
export function isText(mimetype: string): boolean {
  return mimetype.includes(textMimetype) || /^(TEXT|STRING|UTF8_STRING)$/.test(mimetype);
}

/** The name under which an item is judged and goes on: of text's many names the one, else as it came. */
export function plainMimetype(mimetype: string): string {
  return isText(mimetype) ? textMimetype : mimetype;
}

/** Bytes of a plain name that count as content, for where any kind may pass whoever copies could choose them. */
export function countedNameBytes(policy: Policy, mimetype: string): number {
  const mayBeAny = policy.clipboardKinds.mimetypes === undefined;
  return mayBeAny && !knownMimetypes.has(mimetype) ? mimetype.length : 0;
}

/** What events and records call a kind, none of which may hold content. The name is a plain one. */
export function toldMimetype(policy: Policy, mimetype: string): string {
  const isKnown = knownMimetypes.has(mimetype) || policy.clipboardKinds.mimetypes?.has(mimetype) === true;
  return isKnown ? mimetype : otherMimetype;
}
