import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineAt, repositoryRoot, type SourceFile } from './source-tree.ts';

export const fileLinesMax = 400;

/** Files that are one table and may be longer. */
const tables = new Set(['config/settings.ts']);

/** Words that say nothing about what a file is for. */
const emptyNames = /(^|\/)(src|lib|utils?|helpers?|common|misc|manager|index)(\.(ts|tsx|mjs)|\/)/;
const emptyEndings = /-(utils?|helpers?|manager|common)\.(ts|tsx|mjs)$/;

/** Files whose names tools or custom prescribe. */
const customaryNames =
  /^(README|ARCHITECTURE|STYLE|CHANGELOG|SECURITY|CONTRIBUTING)\.md$|^LICENSE$|(^|\/)(README|PROVENANCE)\.md$/;

export function findLongFiles(sources: readonly SourceFile[]): string[] {
  return sources
    .filter(({ path, text }) => !tables.has(path) && lineAt(text, text.trimEnd().length) > fileLinesMax)
    .map(({ path, text }) => `${path}: ${lineAt(text, text.trimEnd().length)} lines`);
}

export function findMisnamedFiles(paths: readonly string[]): string[] {
  return paths.filter(path => {
    if (customaryNames.test(path)) return false;
    if (emptyNames.test(path) || emptyEndings.test(path)) return true;
    const names = path.split('/').filter(name => !name.startsWith('.'));
    return !names.every(
      name => /^[a-z0-9]+([-_.][a-z0-9]+)*$/.test(name) && !(/_/.test(name) && !/\.sql$/.test(name)),
    );
  });
}

export function findUnfinishedMarks(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(source =>
    [...source.masked.comments.matchAll(/\b(TODO|FIXME|XXX|HACK|WIP)\b/g)].map(
      match => `${source.path}:${lineAt(source.text, match.index)}: ${match[0]}`,
    ),
  );
}

/** Folders of one machine, and hosts that serve packages: the product must run where none of them exist. */
const foreignPlaces = [
  /\/work\/\w+/g,
  /\/root\/\w+/g,
  /\/home\/(?!user\b)\w+/g,
  /\bregistry\.(?!example\b)[\w-]+\.\w+/g,
  /\b(deb|security|ftp|archive|snapshot)\.(debian|ubuntu)\.(org|com)\b/g,
  /\b(artifactory|nexus|jfrog)\b/gi,
];

const textNames = /\.(ts|tsx|mjs|js|json|md|yaml|yml|toml|sh|sql|html|css|proto|xml)$|(^|\/)(\.npmrc|run)$/;

export function findForeignPlaces(paths: readonly string[]): string[] {
  return paths
    .filter(path => textNames.test(path) && path !== 'test/tidy/file-rules.ts')
    .flatMap(path => {
      const text = readFileSync(join(repositoryRoot, path), 'utf8');
      return foreignPlaces.flatMap(place =>
        [...text.matchAll(place)].map(match => `${path}:${lineAt(text, match.index)}: ${match[0]}`),
      );
    });
}

/** `npm run NAME`, `npm test` and program files that the documentation names, but that do not exist. */
export function findDeadCommands(documents: readonly string[], paths: readonly string[]): string[] {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const known = new Set(paths);
  return documents.flatMap(document => {
    const text = readFileSync(join(repositoryRoot, document), 'utf8');
    const dead = (match: RegExpExecArray): string => `${document}:${lineAt(text, match.index)}: ${match[0]}`;
    const scriptNames = [...text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g)];
    const programFiles = [...text.matchAll(/\b(?:bun|node|bash) ((?:[\w.-]+\/)+[\w.-]+\.\w+)/g)];
    return [
      ...scriptNames.filter(match => scripts[match[1] ?? ''] === undefined).map(dead),
      ...programFiles.filter(match => !known.has(match[1] ?? '')).map(dead),
    ];
  });
}
