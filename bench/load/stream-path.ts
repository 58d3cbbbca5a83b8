/**
 * How a stream and its desktop find each other: by its number in the path. A gateway's configuration file holds some
 * thousand sessions at most; streams beyond share them, in the order in which they are opened.
 */

/** Divisible by every number of load processes up to ten: each session stays with one of them. */
export const sessionsMax = 5_040;

/**
 * @param template `{index}` stands for the stream's number, `{session12}` for its session's in 12 hex digits.
 */
export function fillPath(template: string, index: number): string {
  return template
    .replace('{index}', String(index))
    .replace('{session12}', (index % sessionsMax).toString(16).padStart(12, '0'));
}

/** The number of the stream whose path said `pathNumber`: that one, or the next of the same session. */
export function firstFree(pathNumber: number, claimed: ReadonlySet<number>): number {
  let index = pathNumber;
  while (claimed.has(index)) index += sessionsMax;
  return index;
}
