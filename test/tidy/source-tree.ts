import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type MaskedSource, maskSource } from './masked-source.ts';

export interface ImportSpecifier {
  /** As written, type-only imports and exports included. */
  readonly specifier: string;
  readonly line: number;
  /** Path from the repository's root for a relative import; undefined for a package. */
  readonly file: string | undefined;
}

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly masked: MaskedSource;
  readonly imports: readonly ImportSpecifier[];
}

export const repositoryRoot = dirname(dirname(import.meta.dir));

const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.cache',
  'data',
  'test-results',
  'generated',
  'corpus',
]);
const codeNames = /\.(ts|tsx|mjs)$/;

/** Every file of the repository that people write, from the root, with forward slashes. */
export function listFiles(folder = ''): string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap(entry => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return entry.isFile() ? [path] : [];
    return skippedFolders.has(entry.name) ? [] : listFiles(path);
  });
}

export function readSource(path: string): SourceFile {
  return parseSource(path, readFileSync(join(repositoryRoot, path), 'utf8'));
}

export function parseSource(path: string, text: string): SourceFile {
  const masked = maskSource(text);
  return { path, text, masked, imports: readImports(path, text, masked) };
}

export function readSourceTree(): SourceFile[] {
  return listFiles()
    .filter(path => codeNames.test(path))
    .map(readSource);
}

export const isTest = (path: string): boolean => path.startsWith('test/') || path.endsWith('.test.ts');

/** Line number of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** `path:line` of every match in the code (not in comments and strings) of the file. */
export function findInCode(source: SourceFile, pattern: RegExp): string[] {
  return [...source.masked.code.matchAll(pattern)].map(
    match => `${source.path}:${lineAt(source.text, match.index)}: ${match[0].trim()}`,
  );
}

/**
 * Reads every module specifier: import … from, export … from, import '…', import(…), and import types.
 * The quotes are found in the masked code, so that an import inside a string or a comment does not count.
 */
function readImports(path: string, text: string, masked: MaskedSource): ImportSpecifier[] {
  const opening = /(?:(?<![.\w])from\s*|\bimport\s*\(?\s*)(['"])/g;
  return [...masked.code.matchAll(opening)].map(match => {
    const start = match.index + match[0].length;
    const specifier = text.slice(start, text.indexOf(match[1] ?? "'", start));
    const relative = specifier.startsWith('.');
    return {
      specifier,
      line: lineAt(text, start),
      file: relative ? normalize(join(dirname(path), specifier)).replaceAll('\\', '/') : undefined,
    };
  });
}
