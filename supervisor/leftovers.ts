import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { programNames } from './program-files.ts';

const waitMs = 20_000;
const pauseMs = 50;

/**
 * After a start that ended hard (SIGKILL, power of the terminal) its programs stop by themselves, but not at once: waits
 * for those still there, and kills the ones that stay. A pid that belongs to another program by now is left alone.
 */
export async function endLeftovers(folder: DataFolder, print: (line: string) => void): Promise<void> {
  for (const name of programNames) {
    const pidFile = join(folder.runFolder, `${name}.pid`);
    const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
    const configFile = join(folder.configFolder, `${name}.yaml`);
    if (pid > 0 && (await isOurs(pid, configFile))) {
      print(`${name}: waiting for the one of the last start to end (pid ${pid}) …`);
      await waitOrKill(pid, configFile);
    }
    await rm(pidFile, { force: true });
  }
}

async function waitOrKill(pid: number, configFile: string): Promise<void> {
  const end = performance.now() + waitMs;
  while (await isOurs(pid, configFile)) {
    if (performance.now() >= end) return void process.kill(pid, 'SIGKILL');
    await Bun.sleep(pauseMs);
  }
}

async function isOurs(pid: number, configFile: string): Promise<boolean> {
  return (await readCommandLine(pid)).includes(configFile);
}

/** Program and arguments of a process in one string; empty when there is no such process. */
async function readCommandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const ps = Bun.spawn(['ps', '-o', 'args=', '-p', String(pid)], { stdout: 'pipe', stderr: 'ignore' });
  return new Response(ps.stdout).text();
}
