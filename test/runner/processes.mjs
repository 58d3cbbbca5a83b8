// Every process of a run: each leads a process group of its own, so that what it started can be found and ended by id.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Group leaders that may still have members. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

const stopTimeMs = 30_000;

/**
 * Runs a program to its end.
 * @param {string[]} command
 * @param {{env?: Record<string, string>, timeMs: number, onLine?: (line: string) => void}} options
 *   onLine: told every line of both outputs as it comes
 * @returns {Promise<{exitCode: number, output: string, timedOut: boolean, leftBehind: boolean}>}
 *   leftBehind: processes of its group outlived it (they are ended)
 */
export async function runProcess([file, ...args], { env = {}, timeMs, onLine = () => {} }) {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    onLines(stream, line => {
      output += `${line}\n`;
      onLine(line);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    signalGroup(child, 'SIGKILL');
  }, timeMs);
  const exitCode = await new Promise(resolve => {
    child.once('error', error => {
      output += `${error.message}\n`;
      resolve(127);
    });
    // Not 'close': a process left behind would hold the pipes open for ever.
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
  clearTimeout(timer);
  const leftBehind = await endGroup(child);
  running.delete(child);
  return { exitCode, output, timedOut, leftBehind };
}

/**
 * Starts a server that tells on its first output line that it is ready.
 * @param {string[]} command
 * @param {(line: string) => void} onProgress told the lines of its standard error
 * @returns {{ready: Promise<string>, stop: () => Promise<void>}} ready: its first line; rejects if it ends before
 */
export function startServer([file, ...args], onProgress) {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  running.add(child);
  const said = [];
  onLines(child.stderr, line => {
    said.push(line);
    onProgress(line);
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  const ready = new Promise((resolve, reject) => {
    onLines(child.stdout, resolve);
    child.once('error', reject);
    child.once('exit', code => {
      reject(new Error(`${args[0] ?? file} ended with exit code ${code}:\n${said.slice(-20).join('\n')}`));
    });
  });
  ready.catch(() => {});
  const stop = async () => {
    child.stdin.end();
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(stopTimeMs, undefined, { ref: false })]);
    await endGroup(child);
    running.delete(child);
  };
  return { ready, stop };
}

/** Ends whatever still runs: on failure and at signals. */
export async function endAllProcesses() {
  await Promise.all(
    [...running].map(async child => {
      signalGroup(child, 'SIGTERM');
      for (let waitedMs = 0; waitedMs < stopTimeMs && signalGroup(child, 0); waitedMs += 100)
        await sleep(100);
      signalGroup(child, 'SIGKILL');
    }),
  );
}

/** @returns {Promise<boolean>} true if the group had members beyond its leader for longer than a moment */
async function endGroup(child) {
  for (let tries = 0; tries < 10; tries++) {
    if (!signalGroup(child, 0)) return false;
    await sleep(100);
  }
  signalGroup(child, 'SIGTERM');
  await sleep(1_000);
  signalGroup(child, 'SIGKILL');
  return true;
}

/** @returns {boolean} false when nobody is left in the group */
function signalGroup(child, signal) {
  if (child.pid === undefined) return false;
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch {
    return false;
  }
}

function onLines(stream, take) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', chunk => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}
