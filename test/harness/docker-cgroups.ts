import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from './processes.ts';

const root = '/sys/fs/cgroup';

/**
 * Mounts the cgroup hierarchies that a Docker Engine needs where the machine's init has not (a bare VM, a build
 * container). Does nothing where they are mounted: under cgroup v2, or v1 by systemd. Needs root.
 * @returns the mount points it made, for a log line
 */
export async function mountCgroups(): Promise<readonly string[]> {
  if (existsSync(join(root, 'cgroup.controllers'))) return [];
  const made: string[] = [];
  if (!(await isMounted(root)) && (await mount(root, ['-t', 'tmpfs', '-o', 'mode=755', 'cgroup'])))
    made.push(root);
  for (const controller of await readControllers()) {
    const folder = join(root, controller);
    if (await mountHierarchy(folder, controller)) made.push(folder);
  }
  const systemd = join(root, 'systemd');
  if (await mountHierarchy(systemd, 'none,name=systemd')) made.push(systemd);
  return made;
}

/** Controllers the kernel has switched on, from /proc/cgroups (name, hierarchy, count, enabled). */
async function readControllers(): Promise<readonly string[]> {
  const table = await readFile('/proc/cgroups', 'utf8');
  return table
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.split(/\s+/))
    .flatMap(([name, , , enabled]) => (name !== undefined && enabled === '1' ? [name] : []));
}

async function mountHierarchy(folder: string, options: string): Promise<boolean> {
  if (await isMounted(folder)) return false;
  await mkdir(folder, { recursive: true });
  if (await mount(folder, ['-t', 'cgroup', '-o', options, 'cgroup'])) return true;
  await rmdir(folder);
  return false;
}

async function isMounted(folder: string): Promise<boolean> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  return mounts.split('\n').some(line => line.split(' ')[1] === folder);
}

async function mount(folder: string, options: readonly string[]): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const { exitCode } = await runToEnd(['mount', ...options, folder]);
  return exitCode === 0;
}
