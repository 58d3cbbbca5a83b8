// `npm run bench`. Runs on bare Node.js: installs the npm packages and, from Debian, the relays to compare with; raises
// the limit of descriptors; then runs the suite (bench/suite/main.ts) and ends everything it started.
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunPath, checkNodeVersion, InstallError, installPackages } from '../supervisor/install.mjs';
import { installPackagesOf } from '../test/runner/debian-packages.mjs';
import { endAllProcesses, runProcess } from '../test/runner/processes.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const peerPackages = ['nginx-light', 'haproxy', 'websockify', 'gcc', 'libc6-dev', 'libssl-dev', 'util-linux'];
const wantedDescriptors = 65_536;
const runTimeMs = 60 * 60_000;

// Configurations, keys and programs of a run: gone with it, also when it is interrupted. Relays that give up root enter it.
const scratch = mkdtempSync(join(tmpdir(), 'sluice-bench-run-'));
chmodSync(scratch, 0o711);

const print = line => process.stdout.write(`${line}\n`);

/** The relays come from apt; what can't be installed is left out of the comparison, and said. */
async function installPeers() {
  const problems = await installPackagesOf(peerPackages, print);
  if (problems.length === 0) return;
  print('*** Some relays may be missing from the comparison:');
  for (const problem of problems) print(`***   ${problem}`);
  print(`***   On Debian, as root: apt-get install ${peerPackages.join(' ')}`);
}

async function main() {
  checkNodeVersion();
  process.chdir(root);
  const args = process.argv.slice(2);
  if (!args.includes('--help') || !existsSync(bunPath(root))) await installPackages({ root, print });
  if (!args.includes('--help')) await installPeers();
  // As many descriptors as the system gives: more than the hard limit where we may raise it, else that.
  const raise = `ulimit -n ${wantedDescriptors} 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$@"`;
  const command = [bunPath(root), join(root, 'bench/suite/main.ts'), ...args];
  const { exitCode, timedOut } = await runProcess(['sh', '-c', raise, 'sh', ...command], {
    env: { TMPDIR: scratch },
    timeMs: runTimeMs,
    onLine: print,
  });
  if (timedOut) print(`the bench did not end within ${runTimeMs / 60_000} minutes`);
  process.exitCode = exitCode;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    process.exitCode = 130;
    void endAllProcesses();
  });
}

try {
  await main();
} catch (error) {
  print(error instanceof InstallError ? error.message : String(error?.stack ?? error));
  process.exitCode ||= 1;
} finally {
  await endAllProcesses();
  rmSync(scratch, { recursive: true, force: true });
}
