/**
 * Builds the workspace image from this machine's Debian or Ubuntu sources and gives it to a Docker Engine. No
 * registry is needed. A second run finds the image up to date; a cleared engine gets it again out of the cache.
 */
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../../config/log.ts';
import {
  connectEngine,
  type DockerEngine,
  type EngineAddress,
  type EngineProgress,
  engineAddressText,
  engineErrorText,
  engineStatus,
  pingEngine,
  readLines,
} from '../runtime/docker-connection.ts';
import { indexTargetFormat, parseIndexTargets } from './apt-sources.ts';
import * as recipe from './recipe.ts';
import { runTool } from './tool.ts';

export interface BuildOptions {
  readonly engine: EngineAddress;
  /** Keeps the built root file system, a few hundred MB. */
  readonly cacheFolder: string;
  readonly tag?: string;
  /** Build anew even if image or cache are up to date: for security updates. */
  readonly force?: boolean;
  readonly print: (line: string) => void;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** What the operator must mend; its message says how. */
export class BuildError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BuildError';
  }
}

const folder = import.meta.dir;

/** @returns the image's reference. @throws BuildError */
export async function buildWorkspaceImage(options: BuildOptions): Promise<string> {
  const { print, force = false, tag = recipe.workspaceImage, signal } = options;
  const engine = connectEngine(options.engine);
  await pingEngine(engine).catch(error => {
    const address = engineAddressText(options.engine);
    throw new BuildError(
      `no Docker Engine answers at ${address} (${errorText(error)}): start it, or name it by --socket`,
    );
  });
  const release = await readRelease();
  const key = recipe.recipeKey({ release, architecture: process.arch, files: await readFiles() });
  if (!force && (await imageRecipe(engine, tag)) === key) {
    print(`${tag} is up to date`);
    return tag;
  }
  await mkdir(options.cacheFolder, { recursive: true });
  const archive = join(options.cacheFolder, `desktop-${key}.tar`);
  if (force || !existsSync(archive)) await buildArchive(archive, release, print, signal);
  else print('root file system taken from the cache');
  await importArchive(engine, archive, tag, key, print);
  await removeOldArchives(options.cacheFolder, archive);
  return tag;
}

async function readRelease(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1];
  if (release === undefined || !existsSync('/usr/bin/apt-get')) {
    throw new BuildError('the image is built from Debian or Ubuntu packages: run this on such a machine');
  }
  return release;
}

async function readFiles(): Promise<readonly string[]> {
  const names = ['desktop-entry.sh', 'customise.sh', 'menu.xml'];
  return Promise.all(names.map(name => readFile(join(folder, name), 'utf8')));
}

async function imageRecipe(engine: DockerEngine, tag: string): Promise<string | undefined> {
  try {
    return (await engine.getImage(tag).inspect()).Config.Labels?.[recipe.recipeLabel];
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}

/** Written under another name first: an interrupted build must not look like a finished one. */
async function buildArchive(
  archive: string,
  release: string,
  print: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sources = await readSources(release, print);
  await installMmdebstrap(print);
  print(`building a ${release} root file system with mmdebstrap: one to three minutes`);
  const unfinished = `${archive}.${process.pid}`;
  const sourcesFile = `${unfinished}.list`;
  await writeFile(sourcesFile, `${sources.join('\n')}\n`);
  try {
    const show = (line: string): void => {
      if (/^(I|W|E): /.test(line) && !line.includes('automatically chosen')) print(`  ${line}`);
    };
    await runTool(mmdebstrapCommand(release, unfinished, sourcesFile), show, signal);
    await rename(unfinished, archive);
  } catch (error) {
    throw new BuildError(`mmdebstrap failed: ${errorText(error)}`);
  } finally {
    await rm(sourcesFile, { force: true });
    await rm(unfinished, { force: true });
  }
}

function mmdebstrapCommand(release: string, archive: string, sourcesFile: string): readonly string[] {
  return [
    'mmdebstrap',
    '--variant=minbase',
    '--format=tar',
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Install-Recommends "false"',
    ...recipe.excludedPaths.map(path => `--dpkgopt=path-exclude=${path}`),
    ...recipe.includedPaths.map(path => `--dpkgopt=path-include=${path}`),
    `--include=${recipe.packages.join(',')}`,
    `--customize-hook='${folder}/customise.sh' "$1" '${folder}'`,
    release,
    archive,
    sourcesFile,
  ];
}

async function readSources(release: string, print: (line: string) => void): Promise<readonly string[]> {
  const read = async (): Promise<readonly string[]> => {
    const command = ['apt-get', 'indextargets', '--format', indexTargetFormat, 'Identifier: Packages'];
    return parseIndexTargets((await runTool(command)).join('\n'), release);
  };
  let sources = await read();
  if (sources.length === 0 && isRoot()) {
    print('updating the package lists (apt-get update)');
    await runTool(['apt-get', 'update', '-qq']);
    sources = await read();
  }
  if (sources.length > 0) return sources;
  throw new BuildError(`apt knows no source of ${release} packages: run apt-get update as root first`);
}

async function installMmdebstrap(print: (line: string) => void): Promise<void> {
  if (Bun.which('mmdebstrap') !== null) return;
  if (!isRoot()) throw new BuildError('mmdebstrap is not installed: apt-get install mmdebstrap');
  print('installing mmdebstrap by apt (you are root)');
  await runTool(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'mmdebstrap']);
}

async function importArchive(
  engine: DockerEngine,
  archive: string,
  tag: string,
  key: string,
  print: (line: string) => void,
): Promise<void> {
  print(`importing it as ${tag}`);
  const [repo, version] = tag.split(':');
  const changes = [...recipe.imageChanges, `LABEL ${recipe.recipeLabel}=${key}`];
  try {
    const stream = await engine.importImage(createReadStream(archive), { repo, tag: version, changes });
    for await (const line of readLines<EngineProgress>(stream)) {
      if (line.error !== undefined) throw new Error(line.error);
    }
  } catch (error) {
    throw new BuildError(`the Docker Engine refused the image: ${engineErrorText(error)}`);
  }
  const { Size } = await engine.getImage(tag).inspect();
  print(`${tag} is ready (${Math.round(Size / 1e6)} MB)`);
}

async function removeOldArchives(cacheFolder: string, current: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const file = join(cacheFolder, name);
    if (/^desktop-[0-9a-f]{16}\.tar$/.test(name) && file !== current) await rm(file, { force: true });
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
