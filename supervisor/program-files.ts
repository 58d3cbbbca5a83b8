import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartOptions } from './command-line.ts';
import type { DataFolder } from './data-folder.ts';

/** In the order they are started. */
export const programNames = ['control', 'agent', 'gateway'] as const;
export type ProgramName = (typeof programNames)[number];

export interface ProgramFiles {
  /** Path of each program's configuration file. */
  readonly config: Readonly<Record<ProgramName, string>>;
  /** Where control leaves the passwords it made up on its first start: JSON, user name to password. */
  readonly passwordsFile: string;
}

export interface Ports {
  readonly gateway: number;
  readonly control: number;
}

const enrolmentTokenBytes = 32;
const header = '# Written by the supervisor at every start: changes here do not last.\n';

/** Writes the three configuration files and, once, the enrolment token; readable by this user only. */
export async function writeProgramFiles(
  folder: DataFolder,
  options: StartOptions,
  ports: Ports,
): Promise<ProgramFiles> {
  const enrolmentTokenFile = join(folder.configFolder, 'enrolment-token');
  if ((await readFile(enrolmentTokenFile, 'utf8').catch(() => '')).trim() === '') {
    await writePrivateFile(enrolmentTokenFile, `${randomBytes(enrolmentTokenBytes).toString('base64url')}\n`);
  }
  const passwordsFile = join(folder.configFolder, 'first-passwords.json');
  const texts = makeConfigTexts({ folder: folder.path, options, ports, enrolmentTokenFile, passwordsFile });
  const fileOf = (name: ProgramName): string => join(folder.configFolder, `${name}.yaml`);
  for (const name of programNames) await writePrivateFile(fileOf(name), texts[name]);
  return {
    config: { control: fileOf('control'), agent: fileOf('agent'), gateway: fileOf('gateway') },
    passwordsFile,
  };
}

interface ConfigInput {
  readonly folder: string;
  readonly options: StartOptions;
  readonly ports: Ports;
  readonly enrolmentTokenFile: string;
  readonly passwordsFile: string;
}

/** The three files as YAML; strings are quoted as in JSON, which is YAML too. */
export function makeConfigTexts(input: ConfigInput): Record<ProgramName, string> {
  const { options, ports } = input;
  const quote = (text: string): string => JSON.stringify(text);
  const dataDir = (name: ProgramName): string => `data_dir: ${quote(join(input.folder, name))}\n`;
  // The supervisor follows the programs by their info lines, and keeps fewer of them in the log files if asked to.
  const log = `log: { level: ${options.logLevel === 'debug' ? 'debug' : 'info'} }\n`;
  // Trying out as root is fine; the programs would say so in their logs at every start.
  const root = 'allow_root: true\n';
  const token = quote(input.enrolmentTokenFile);
  const link = `control: { url: "http://127.0.0.1:${ports.control}", enrolment_token_file: ${token} }\n`;
  const docker =
    options.dockerSocket === undefined ? '' : `docker: { socket: ${quote(options.dockerSocket)} }\n`;
  return {
    control:
      `${header}listen: { host: 127.0.0.1, port: ${ports.control} }\n${dataDir('control')}` +
      `enrolment_token_file: ${token}\n` +
      `first_start: { passwords_file: ${quote(input.passwordsFile)} }\n${root}${log}`,
    agent:
      `${header}${link}${dataDir('agent')}runtime: ${options.runtime}\n${docker}` +
      `process: { install: ${options.install} }\n${root}${log}`,
    gateway:
      `${header}listen: { host: ${quote(options.host)}, port: ${ports.gateway} }\n${dataDir('gateway')}` +
      `${link}${root}${log}`,
  };
}

/** Replaces a file in one step, so that a crash leaves the old one or the new one. */
async function writePrivateFile(file: string, text: string): Promise<void> {
  const unfinished = `${file}.new`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, file);
}

/**
 * Control's first passwords by user name; undefined when this was not its first start. The caller deletes the file
 * once they are shown.
 */
export async function readFirstPasswords(file: string): Promise<ReadonlyMap<string, string> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${file} holds no object`);
  return new Map(Object.entries(parsed).map(([name, password]) => [name, String(password)]));
}
