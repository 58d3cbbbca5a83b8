import type { HeadRefusalReason } from './head-refusal.ts';

/** RFC 9110, section 5.6.2. */
export const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Header fields in the order they came. Names are looked up in lower case. */
export class HeaderFields {
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  add(name: string, value: string): void {
    this.#names.push(name.toLowerCase());
    this.#values.push(value);
  }

  get size(): number {
    return this.#names.length;
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** The value, several fields of the name joined by a comma (RFC 9110, section 5.3); undefined without one. */
  get(name: string): string | undefined {
    const first = this.#names.indexOf(name);
    if (first < 0) return undefined;
    return this.#names.includes(name, first + 1) ? this.getAll(name).join(', ') : this.#values[first];
  }

  getAll(name: string): string[] {
    if (!this.#names.includes(name)) return [];
    return this.#values.filter((_, index) => this.#names[index] === name);
  }

  /** Whether a comma-separated header holds this token, in any case. */
  hasToken(name: string, token: string): boolean {
    return this.tokens(name).some(each => each.toLowerCase() === token);
  }

  /** The parts of a comma-separated header, without empty ones. */
  tokens(name: string): string[] {
    return (this.get(name) ?? '').split(',').flatMap(part => {
      const token = part.trim();
      return token === '' ? [] : [token];
    });
  }
}

/**
 * Reads field lines, RFC 9112 section 5. Strict: no folding, no space before the colon, names are tokens.
 * @param lines without their line breaks, each decoded as Latin-1.
 */
export function parseHeaderFields(
  lines: readonly string[],
  countMax: number,
): HeaderFields | HeadRefusalReason {
  if (lines.length > countMax) return 'too_many_headers';
  const fields = new HeaderFields();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (!tokenPattern.test(name)) return problemOf(line, name);
    fields.add(name, trimSpaces(line, colon + 1));
  }
  return fields;
}

function problemOf(line: string, name: string): HeadRefusalReason {
  if (/^[ \t]/.test(line)) return 'folded_header';
  return /[ \t]$/.test(name) ? 'space_before_colon' : 'header_name';
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

/** The line from `from` on without the spaces and tabs around it, RFC 9110 section 5.6.3. */
function trimSpaces(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isSpace(line.charCodeAt(start))) start++;
  while (end > start && isSpace(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}
