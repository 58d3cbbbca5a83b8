/** Which user a desktop's processes run as. */
import { readdir, stat } from 'node:fs/promises';

/** Numbers that systemd also sets aside for users that exist only while a service runs. */
const firstNumber = 61_184;
const lastNumber = 65_519;

/** The user and group number of a desktop; undefined: the agent's own user. */
export type DesktopUser = number | undefined;

/**
 * Root gives every desktop a number of its own that has no account, owns no process and belongs to no group: a desktop
 * can read neither the agent's files nor another desktop's. An agent that is no root cannot: its desktops are its user's.
 */
export async function chooseUser(): Promise<DesktopUser> {
  if (process.getuid?.() !== 0) return undefined;
  const taken = await numbersInUse();
  for (let attempt = 0; attempt < 100; attempt++) {
    const number = firstNumber + Math.floor(Math.random() * (lastNumber - firstNumber + 1));
    if (!taken.has(number)) return number;
  }
  throw new Error(`no user number between ${firstNumber} and ${lastNumber} is free`);
}

/** The user of a desktop whose folder has this owner: undefined unless it is one of those numbers. */
export function desktopUserOf(owner: number): DesktopUser {
  return owner >= firstNumber && owner <= lastNumber ? owner : undefined;
}

async function numbersInUse(): Promise<Set<number>> {
  const taken = new Set<number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const owner = await stat(`/proc/${name}`).catch(() => undefined);
    if (owner !== undefined) taken.add(owner.uid);
  }
  return taken;
}

/**
 * Prefix of a command: drops root, forbids getting it back, and has the kernel kill the process when the agent dies.
 * (setpriv sets the death signal after it changed the user, which would clear it.)
 */
export function asUser(user: DesktopUser): readonly string[] {
  const drop =
    user === undefined ? [] : [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--bounding-set=-all'];
  return ['setpriv', ...drop, '--no-new-privs', '--pdeathsig=KILL', '--'];
}
