/** How an image without a picture is drawn. Pure. */

/** Number of tile colours in the style sheet (`.tile-0` …). */
export const tileHues = 6;

/** One or two letters: the first ones of the first two words that start with a letter or digit. */
export function initialsOf(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .slice(0, 2)
    .map(word => [...word][0]?.toUpperCase() ?? '')
    .join('');
}

/** The same name always gets the same colour. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % tileHues;
}

/** A picture the content policy lets through: on this server or inline. Others would only leave a broken frame. */
export function pictureAddress(source: string, origin: string): string | undefined {
  if (source.startsWith('data:image/')) return source;
  if (source === '' || !URL.canParse(source, origin)) return undefined;
  const address = new URL(source, origin);
  return address.origin === origin ? address.href : undefined;
}
