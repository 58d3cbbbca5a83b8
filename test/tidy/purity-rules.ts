import { findInCode, isTest, type SourceFile } from './source-tree.ts';

/** Rooms that only compute: no input or output, no clock, no randomness, no environment, no log. */
const pureFiles =
  /^gateway\/((wire|websocket|rfb|rdp|policy)\/|http\/(\w+-head|head-\w+|header-\w+)\.ts$)|^config\/(limits|policy|settings)\.ts$/;

/** Built-in modules that compute and nothing else. Of node:crypto only hashes: see pureWords. */
const pureModules = new Set(['node:crypto', 'node:zlib', 'node:buffer', 'node:util']);

const pureWords = [
  /\bDate\b/g,
  /\bperformance\b/g,
  /\bMath\.random\b/g,
  /\b(randomBytes|randomInt|randomUUID|getRandomValues|randomFill\w*)\b/g,
  /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/g,
  /\bprocess\.\w+/g,
  /\bBun\.(?!deflateSync|inflateSync|hash)\w+/g,
  /\bfetch\s*\(/g,
  /\bnew (WebSocket|Worker|BroadcastChannel)\b/g,
];

const isPure = ({ path }: SourceFile): boolean => pureFiles.test(path) && !isTest(path);

export function findImpureImports(sources: readonly SourceFile[]): string[] {
  return sources.filter(isPure).flatMap(source =>
    source.imports
      .filter(({ specifier, file }) => {
        if (file !== undefined) return file === 'config/log.ts';
        return /^(node|bun)\b/.test(specifier) && !pureModules.has(specifier);
      })
      .map(({ line, specifier }) => `${source.path}:${line}: imports ${specifier}`),
  );
}

export function findImpureWords(sources: readonly SourceFile[]): string[] {
  return sources.filter(isPure).flatMap(source => pureWords.flatMap(word => findInCode(source, word)));
}

/** A program reads its configuration file; only tools and tests look at the environment. */
export function findEnvironmentReads(sources: readonly SourceFile[]): string[] {
  const mayRead = /^(config|supervisor|test|bench)\//;
  return sources
    .filter(({ path }) => !mayRead.test(path) && !isTest(path))
    .flatMap(source => findInCode(source, /\b(process|Bun|import\.meta)\.env\b/g));
}

export function findConsoleUses(sources: readonly SourceFile[]): string[] {
  return sources
    .filter(({ path }) => !path.startsWith('bench/k6/'))
    .flatMap(source => findInCode(source, /\bconsole\s*\.\s*\w+/g));
}

export function findAnyTypes(sources: readonly SourceFile[]): string[] {
  const anyType = /(:|\bas|<|,|\||&|=>|=)\s*any\b(?!\s*[:(=])(\[\])*/g;
  const ignored = /@ts-(ignore|nocheck)/;
  return sources.flatMap(source => [
    ...(source.path.endsWith('.mjs') ? [] : findInCode(source, anyType)),
    ...(ignored.test(source.masked.comments) ? [`${source.path}: switches type checking off`] : []),
  ]);
}

/** SQL stands in the stores and in the database's own room. */
export function findStraySql(sources: readonly SourceFile[]): string[] {
  const mayHold = /^control\/(db\/|.*-store\.ts$)/;
  return sources
    .filter(({ path }) => !mayHold.test(path) && !isTest(path))
    .flatMap(source => findInCode(source, /\b(sql|tx|transaction|db)\s*(<[^`;]*>)?`/g));
}
