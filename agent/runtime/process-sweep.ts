/** Finds and ends what desktops of the process runtime started, by a variable in their environment. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DesktopUser } from './process-user.ts';

export const agentVariable = 'SLUICE_AGENT' as const;
export const sessionVariable = 'SLUICE_SESSION';

const graceMs = 2_000;
const giveUpMs = 10_000;
const pauseMs = 25;

/** What is looked for: a variable that children keep wherever they hang, and the desktop's own user if it has one. */
export interface Belonging {
  readonly variable: typeof agentVariable | typeof sessionVariable;
  readonly value: string;
  /** Every process of this user belongs, even one that cleared its environment. */
  readonly user?: DesktopUser;
}

async function findProcesses({ variable, value, user }: Belonging): Promise<readonly number[]> {
  const entry = `${variable}=${value}`;
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if ((await hasEntry(name, entry)) || (user !== undefined && (await isOf(name, user)))) found.push(pid);
  }
  return found;
}

async function hasEntry(pid: string, entry: string): Promise<boolean> {
  // Unreadable: another user's, or gone meanwhile. Empty: ended, and not reaped yet.
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(entry);
}

async function isOf(pid: string, user: number): Promise<boolean> {
  const found = await stat(`/proc/${pid}`).catch(() => undefined);
  if (found?.uid !== user) return false;
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}

/**
 * Asks them to end, then kills what is left. Resolves when none is there any more.
 * @throws Error when some cannot be killed
 */
export async function endProcesses(belonging: Belonging): Promise<void> {
  for (const pid of await findProcesses(belonging)) signal(pid, 'SIGTERM');
  const began = performance.now();
  for (;;) {
    const left = await findProcesses(belonging);
    if (left.length === 0) return;
    const waitedMs = performance.now() - began;
    if (waitedMs > giveUpMs) throw new Error(`the processes ${left.join(', ')} cannot be ended`);
    if (waitedMs > graceMs) for (const pid of left) signal(pid, 'SIGKILL');
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
