// Builds k6 from its Go module: `node bench/k6/install.mjs` prints the path of the program. Runs on bare Node.js; what
// it needs beyond comes from the Go module proxy. Everything stays in .cache/k6 of the checkout.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findGo } from './go-toolchain.mjs';

export const k6Version = 'v1.8.1';

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.cache', 'k6');

/** Where the program is once it is installed. */
export const k6File = join(folder, `k6-${k6Version}`);

/**
 * Builds the program unless it is there. The first time takes minutes of all cores, 400 MB of download and 1.5 GB of
 * disk, of which all but the program is given back.
 * @param {(line: string) => void} print takes progress lines
 * @throws Error with what a person can do about it
 */
export async function installK6(print) {
  if (existsSync(k6File)) return k6File;
  mkdirSync(folder, { recursive: true });
  const work = join(folder, 'build');
  try {
    const go = await findGo({ folder: work, print });
    print(`Building k6 ${k6Version} with go install (some minutes, once) …`);
    const startedMs = Date.now();
    await goInstall(go, work);
    renameSync(join(work, 'bin', 'k6'), k6File);
    print(`Built k6 in ${Math.round((Date.now() - startedMs) / 1000)} s.`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return k6File;
}

async function goInstall(go, work) {
  const args = ['install', '-trimpath', '-p', String(availableParallelism()), `go.k6.io/k6@${k6Version}`];
  const env = {
    ...process.env,
    // No C compiler is asked for, and no other Go than the one that was found.
    CGO_ENABLED: '0',
    GOTOOLCHAIN: 'local',
    GOPATH: work,
    GOMODCACHE: join(work, 'modules'),
    GOCACHE: join(work, 'cache'),
    GOBIN: join(work, 'bin'),
    // Or nobody could delete the downloaded modules.
    GOFLAGS: '-modcacherw',
  };
  const { code, output } = await run(go, args, env);
  if (code !== 0)
    throw new Error(
      `go install ended with exit code ${code}. It said:\n${output.trim().split('\n').slice(-15).join('\n')}`,
    );
}

function run(file, args, env) {
  return new Promise(resolve => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', chunk => {
      output = (output + chunk).slice(-100_000);
    });
    child.once('error', error => resolve({ code: -1, output: error.message }));
    child.once('close', code => resolve({ code, output }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const file = await installK6(line => process.stderr.write(`${line}\n`));
    process.stdout.write(`${file}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
