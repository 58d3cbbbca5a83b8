/**
 * A source text with everything that is no code blanked out, character for character (line breaks stay), so that a rule
 * can look for words without being fooled by comments and strings.
 */
export interface MaskedSource {
  /** Comments, and the insides of strings, templates and regular expressions, are blanks. */
  readonly code: string;
  /** Only the comments are left. */
  readonly comments: string;
}

type Kind = 'code' | 'comment' | 'text';

/** After one of these a slash begins a regular expression; after a name, a number or a bracket it divides. */
const beforeRegExp = /(^|[=(,:;!&|?{}[+\-*%<>~^]|\b(return|typeof|case|of|in|await|yield|throw|else))\s*$/;

export function maskSource(source: string): MaskedSource {
  const code: string[] = [];
  const comments: string[] = [];
  const put = (text: string, kind: Kind): void => {
    const blank = text.replace(/[^\n]/g, ' ');
    code.push(kind === 'code' ? text : blank);
    comments.push(kind === 'comment' ? text : blank);
  };
  /** Braces open inside each `${` that is open. */
  const templates: number[] = [];
  let at = 0;
  const take = (end: number, kind: Kind): void => {
    put(source.slice(at, end), kind);
    at = end;
  };
  while (at < source.length) {
    const char = source.charAt(at);
    if (source.startsWith('//', at)) take(endOf(source, '\n', at, 0), 'comment');
    else if (source.startsWith('/*', at)) take(endOf(source, '*/', at + 2, 2), 'comment');
    else if (char === "'" || char === '"') maskQuoted(char);
    else if (char === '/' && beforeRegExp.test(code.join('').slice(-40))) maskRegExp();
    else if (char === '`') maskTemplate(at + 1);
    else if (char === '}' && templates.at(-1) === 0) {
      templates.pop();
      maskTemplate(at + 1);
    } else {
      const open = templates.length - 1;
      if (open >= 0 && char === '{') templates[open] = (templates[open] ?? 0) + 1;
      if (open >= 0 && char === '}') templates[open] = (templates[open] ?? 0) - 1;
      take(at + 1, 'code');
    }
  }
  return { code: code.join(''), comments: comments.join('') };

  function maskQuoted(quote: string): void {
    let end = at + 1;
    while (end < source.length && source[end] !== quote && source[end] !== '\n')
      end += source[end] === '\\' ? 2 : 1;
    take(at + 1, 'code');
    take(Math.min(end, source.length), 'text');
    if (source[at] === quote) take(at + 1, 'code');
  }

  function maskRegExp(): void {
    let end = at + 1;
    let inClass = false;
    while (end < source.length && source[end] !== '\n' && (inClass || source[end] !== '/')) {
      if (source[end] === '[') inClass = true;
      if (source[end] === ']') inClass = false;
      end += source[end] === '\\' ? 2 : 1;
    }
    take(Math.min(end + 1, source.length), 'text');
  }

  /** From after a backtick, or after the brace that ends an inserted expression, to the next of either. */
  function maskTemplate(start: number): void {
    take(start, 'code');
    let end = at;
    while (end < source.length && source[end] !== '`' && !source.startsWith('${', end))
      end += source[end] === '\\' ? 2 : 1;
    take(Math.min(end, source.length), 'text');
    if (source[at] === '`') take(at + 1, 'code');
    else if (at < source.length) {
      take(at + 2, 'code');
      templates.push(0);
    }
  }
}

function endOf(source: string, mark: string, from: number, markLength: number): number {
  const found = source.indexOf(mark, from);
  return found < 0 ? source.length : found + markLength;
}
