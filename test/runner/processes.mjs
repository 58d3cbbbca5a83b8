// Every process of a run: each leads a process group of its own and carries a mark in its environment, so that what it
// started can be found, also what left the group, and ended by id.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Leaders that may still have members, with their marks. @type {Map<import('node:child_process').ChildProcess, string>} */
const running = new Map();
const markName = 'SLUICE_TEST_PROCESS';

function nextMark() {
  nextMark.count = (nextMark.count ?? 0) + 1;
  return `${process.pid}-${Date.now()}-${nextMark.count}`;
}

const stopTimeMs = 30_000;
/** What a program may take to be gone after its leader. */
const momentMs = 1_500;
const pauseMs = 100;

/** Set once everything is being ended: nothing may start any more. */
let ending = false;

/**
 * Runs a program to its end.
 * @param {string[]} command
 * @param {{env?: Record<string, string>, timeMs: number, onLine?: (line: string) => void}} options
 *   onLine: told every line of both outputs as it comes
 * @returns {Promise<{exitCode: number, output: string, timedOut: boolean, leftBehind: boolean}>}
 *   leftBehind: processes of its group outlived it (they are ended)
 */
export async function runProcess([file, ...args], { env = {}, timeMs, onLine = () => {} }) {
  if (ending) throw new Error(`${file} is not started: the run is stopping`);
  const mark = nextMark();
  const child = spawn(file, args, {
    env: { ...process.env, ...env, [markName]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.set(child, mark);
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
    signalAll(child, mark, 'SIGKILL');
  }, timeMs);
  const closed = new Promise(resolve => child.once('close', resolve));
  const exitCode = await new Promise(resolve => {
    child.once('error', error => {
      output += `${error.message}\n`;
      resolve(127);
    });
    // Not 'close': a process left behind would hold the pipes open for ever.
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
  clearTimeout(timer);
  const leftBehind = await endOthers(child, mark);
  // Its last lines may still be in the pipes.
  await Promise.race([closed, sleep(stopTimeMs, undefined, { ref: false })]);
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
  const mark = nextMark();
  const env = { ...process.env, [markName]: mark };
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  running.set(child, mark);
  const said = [];
  onLines(child.stderr, line => {
    said.push(line);
    onProgress(line);
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  const ready = new Promise((resolve, reject) => {
    onLines(child.stdout, resolve);
    child.once('error', reject);
    child.once('close', code => {
      reject(new Error(`${args[0] ?? file} ended with exit code ${code}:\n${said.slice(-20).join('\n')}`));
    });
  });
  ready.catch(() => {});
  const stop = async () => {
    child.stdin.end();
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(stopTimeMs, undefined, { ref: false })]);
    await endOthers(child, mark);
    running.delete(child);
  };
  return { ready, stop };
}

/** Ends whatever still runs: on failure and at signals. */
export async function endAllProcesses() {
  ending = true;
  await Promise.all(
    [...running].map(async ([child, mark]) => {
      signalAll(child, mark, 'SIGTERM');
      for (let waitedMs = 0; waitedMs < stopTimeMs && isAlive(child, mark); waitedMs += pauseMs)
        await sleep(pauseMs);
      signalAll(child, mark, 'SIGKILL');
    }),
  );
}

/** @returns {Promise<boolean>} true if others than the leader were there for longer than a moment */
async function endOthers(child, mark) {
  for (let waitedMs = 0; waitedMs < momentMs; waitedMs += pauseMs) {
    if (!isAlive(child, mark)) return false;
    await sleep(pauseMs);
  }
  signalAll(child, mark, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < stopTimeMs && isAlive(child, mark); waitedMs += pauseMs)
    await sleep(pauseMs);
  signalAll(child, mark, 'SIGKILL');
  return true;
}

function isAlive(child, mark) {
  return signal(-child.pid, 0) || listMarked(mark).length > 0;
}

function signalAll(child, mark, name) {
  if (child.pid !== undefined) signal(-child.pid, name);
  for (const pid of listMarked(mark)) signal(pid, name);
}

/** Ids of the processes that carry the mark; empty on systems without /proc, where the group has to do. */
function listMarked(mark) {
  const wanted = `${markName}=${mark}`;
  return listProcessIds().filter(pid => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted);
    } catch {
      return false;
    }
  });
}

function listProcessIds() {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** @returns {boolean} false when there is no such process or group */
function signal(pid, name) {
  try {
    process.kill(pid, name);
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
