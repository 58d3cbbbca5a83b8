// `npm start`: runs on bare Node.js with nothing installed. Installs what is missing, then hands over to Bun.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunPath, checkNodeVersion, InstallError, installPackages } from './install.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const parentWatchMs = 250;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The program that runs now, npm or the supervisor: signals are handed on to it. */
let child;
let handedOver = false;

function passOn(signal) {
  child?.kill(signal);
  if (!handedOver) process.exit(128 + constants.signals[signal]);
}

for (const signal of signals) process.on(signal, () => passOn(signal));

// npm hands signals on to us, but if it is killed outright nobody tells.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    passOn('SIGTERM');
  }, parentWatchMs);
  watch.unref();
}

/** Runs the supervisor until it ends; its end is ours. */
function handOver() {
  // The channel tells the supervisor when this process is gone, even if it was killed outright.
  child = spawn(bunPath(root), [join(root, 'supervisor', 'supervisor.ts'), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  handedOver = true;
  child.once('error', error => {
    process.stderr.write(`could not start Bun: ${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

try {
  checkNodeVersion();
  await installPackages({
    root,
    print: line => process.stdout.write(`${line}\n`),
    onChild: running => {
      child = running;
    },
  });
  handOver();
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
