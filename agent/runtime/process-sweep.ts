/** Finds and ends what desktops of the process runtime started, by a variable in their environment. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export const agentVariable = 'SLUICE_AGENT';
export const sessionVariable = 'SLUICE_SESSION';

const graceMs = 2_000;
const pauseMs = 25;

/** Process ids whose environment has this variable with this value. Children keep it wherever they hang. */
async function findProcesses(variable: string, value: string): Promise<readonly number[]> {
  const entry = `${variable}=${value}`;
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    // Unreadable: another user's, or gone meanwhile.
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(entry)) found.push(pid);
  }
  return found;
}

/** Asks them to end, then kills what is left. Resolves when none is there any more. */
export async function endProcesses(variable: string, value: string): Promise<void> {
  for (const pid of await findProcesses(variable, value)) signal(pid, 'SIGTERM');
  const killAt = performance.now() + graceMs;
  for (;;) {
    const left = await findProcesses(variable, value);
    if (left.length === 0) return;
    if (performance.now() >= killAt) for (const pid of left) signal(pid, 'SIGKILL');
    await sleep(pauseMs);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * A killed X server leaves its socket (and, unless it chose its display itself, a lock). Removed only if they belong to
 * the desktop's user: another server may have taken the number since.
 */
export async function removeDisplayFiles(display: number, owner: number): Promise<void> {
  for (const file of [`/tmp/.X${display}-lock`, `/tmp/.X11-unix/X${display}`]) {
    const found = await stat(file).catch(() => undefined);
    if (found?.uid === owner) await rm(file, { force: true });
  }
}
