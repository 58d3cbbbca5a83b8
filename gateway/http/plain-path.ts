/** The path that a request is routed by, whatever way it was spelt. */

/** Decoded and without doubled slashes, so that no spelling of a path gets around a rule; undefined for broken escapes. */
export function plainPath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname).replaceAll(/[/\\]+/g, '/');
  } catch {
    return undefined;
  }
}

/**
 * In lower case, letters of ASCII only: Unicode folds others into them, such as the Kelvin sign into a k, and what a
 * rule then takes for a path of ours is another one to whoever reads it plainly.
 */
export function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase());
}

/** @param path plain. @param folder in lower case, without a slash at its end. */
export function isWithin(path: string, folder: string): boolean {
  const lower = lowerAscii(path);
  return lower === folder || lower.startsWith(`${folder}/`);
}
