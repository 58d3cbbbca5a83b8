// `npm test` and, with --quick, `npm run ok`. Runs on bare Node.js: installs packages, prepares the servers that the
// tests need, runs everything, and closes with a line "N passed, N failed".
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunPath, checkNodeVersion, InstallError, installPackages } from '../supervisor/install.mjs';
import { addCounts, formatCounts, noCounts, readBunCounts } from './runner/bun-counts.mjs';
import { installDebianPackages } from './runner/debian-packages.mjs';
import { readFailedTests } from './runner/failed-tests.mjs';
import { endAllProcesses, runProcess, startServer } from './runner/processes.mjs';
import { listTestFiles } from './runner/test-files.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quick = process.argv.includes('--quick');
const ci = process.env.CI === 'true';
const minuteMs = 60_000;

const print = line => process.stdout.write(`${line}\n`);
let counts = noCounts();
const failures = [];

function addFailure(what) {
  counts = addCounts(counts, { passed: 0, failed: 1, skipped: 0 });
  failures.push(what);
}

/** A tool whose success is one test. */
async function checkWith(name, command) {
  print(`\n== ${name}`);
  const { exitCode, output } = await runProcess(command, { timeMs: 5 * minuteMs });
  if (exitCode === 0) {
    counts = addCounts(counts, { passed: 1, failed: 0, skipped: 0 });
    return print('ok');
  }
  print(output.trimEnd());
  addFailure(name);
}

async function runTests(name, files, { env, timeMs }) {
  print(`\n== ${name}`);
  if (files.length === 0) return addFailure(`${name}: no test file found`);
  const startedMs = Date.now();
  const { exitCode, output, timedOut, leftBehind } = await runProcess(
    [bunPath(root), 'test', '--timeout', '20000', ...files.map(file => `./${file}`)],
    { env: { ...env, NO_COLOR: '1' }, timeMs, onLine: showTestLine },
  );
  const read = readBunCounts(output, exitCode);
  counts = addCounts(counts, read.counts);
  // In words of its own: the line "N passed, N failed" closes the whole run and stands nowhere else.
  const { passed, failed, skipped } = read.counts;
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  print(`passed ${passed}, failed ${failed}, skipped ${skipped} in ${seconds} s`);
  const problem = timedOut ? `did not end within ${timeMs / minuteMs} minutes` : read.problem;
  if (failed > 0) {
    failures.push(
      [problem === undefined ? name : `${name}: ${problem}`, ...readFailedTests(output)].join('\n'),
    );
  }
  if (leftBehind) addFailure(`${name}: left processes running`);
}

/** Everything but the passed tests and Bun's own counts, which are printed in our form. */
function showTestLine(line) {
  const quiet =
    /^\(pass\)|^$|^bun test v|^ *\d+ (pass|fail|skip|todo|error)s?$|^ *\d+ (snapshots, \d+ )?expect\(\)|^Ran \d+ tests? across/;
  if (!quiet.test(line)) print(line);
}

/**
 * Installs and starts what the full run needs.
 * @returns {Promise<{env: Record<string, string>, stop: () => Promise<void>}>} env: what the tests are told
 */
async function prepareServers() {
  const problems = await installDebianPackages(print);
  const k6 = buildK6();
  const docker = process.platform === 'linux' && process.getuid?.() === 0 ? startDocker() : undefined;
  if (docker === undefined) problems.push("a Docker Engine of the tests' own needs root on Linux");
  return {
    ready: async () => {
      const env = docker === undefined ? {} : await docker.env(problems);
      problems.push(...(await k6));
      if (problems.length === 0) return { ...env, SLUICE_TEST_STRICT: '1' };
      print('\n*** Tests that need real servers are SKIPPED on this machine:');
      for (const problem of problems) print(`***   ${problem}`);
      if (ci) addFailure('this is CI, where nothing may be skipped');
      return env;
    },
    stop: async () => docker?.stop(),
  };
}

function startDocker() {
  print('Starting a private Docker Engine and preparing the workspace image …');
  const folder = join(root, '.cache', 'test');
  const server = startServer(
    [bunPath(root), join(root, 'test/harness/docker-serve.ts'), '--folder', folder],
    print,
  );
  return {
    stop: server.stop,
    env: async problems => {
      try {
        const { socket, image } = JSON.parse(await server.ready);
        return { SLUICE_TEST_DOCKER_SOCKET: socket, SLUICE_TEST_WORKSPACE_IMAGE: image };
      } catch (error) {
        problems.push(`the Docker Engine did not start: ${error.message}`);
        return {};
      }
    },
  };
}

/** Minutes of all cores on a new checkout, nothing later. @returns why it is not there, if so */
async function buildK6() {
  const { exitCode, output } = await runProcess([process.execPath, join(root, 'bench/k6/install.mjs')], {
    timeMs: 15 * minuteMs,
    onLine: line => line.endsWith(' …') && print(line),
  });
  return exitCode === 0 ? [] : [`k6 could not be built: ${output.trim()}`];
}

async function runQuick() {
  const bin = name => join(root, 'node_modules', '.bin', name);
  await checkWith('format and lint', [bin('biome'), 'check', '.']);
  await checkWith('types', [bin('tsc'), '--noEmit']);
  await checkWith('types of the k6 scripts', [bin('tsc'), '--noEmit', '-p', 'bench/k6']);
}

async function runAll() {
  checkNodeVersion();
  await installPackages({ root, print });
  const files = listTestFiles(root);
  if (quick) {
    await runQuick();
    await runTests('tidy, unit, conformance, fuzz', files.quick, {
      env: { SLUICE_TEST_QUICK: '1' },
      timeMs: 5 * minuteMs,
    });
    return;
  }
  const servers = await prepareServers();
  try {
    await runQuick();
    const env = await servers.ready();
    await runTests('tidy, unit, conformance, fuzz', files.quick, {
      env: { ...env, SLUICE_FUZZ_MS: String(minuteMs) },
      timeMs: 10 * minuteMs,
    });
    for (const file of files.integration) await runTests(file, [file], { env, timeMs: 10 * minuteMs });
    for (const file of files.e2e) await runTests(file, [file], { env, timeMs: 10 * minuteMs });
  } finally {
    await servers.stop();
  }
}

function finish() {
  print('');
  for (const failure of failures) print(`FAILED: ${failure}`);
  print(formatCounts(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal's Ctrl-C arrives twice, from the terminal and from npm.
    if (stopping) return;
    stopping = true;
    addFailure(`stopped by ${signal}`);
    // What runs breaks off, nothing new starts, and the run comes to its closing line by itself.
    void endAllProcesses();
  });
}

process.chdir(root);
try {
  await runAll();
} catch (error) {
  if (!stopping) addFailure(error instanceof InstallError ? error.message : String(error?.stack ?? error));
} finally {
  await endAllProcesses();
}
finish();
