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
    if (line.startsWith(' ') || line.startsWith('\t')) return 'folded_header';
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (name.endsWith(' ') || name.endsWith('\t')) return 'space_before_colon';
    if (!tokenPattern.test(name)) return 'header_name';
    fields.add(name, line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, ''));
  }
  return fields;
}
