import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const linesKept = 12;

/**
 * The user's environment goes on to the tool (a proxy may stand in it), but apt must not ask questions, output must be
 * what we parse whatever the user's language, and tools for root are not on everybody's path.
 */
const wrapper =
  'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive; ' +
  'export PATH LC_ALL DEBIAN_FRONTEND; exec "$@"';

/**
 * Runs a system tool to its end.
 * @param onLine sees every line of stdout and stderr as it comes
 * @param signal ends the tool with SIGTERM
 * @returns the lines of stdout
 * @throws Error with the last lines it printed when it cannot be started or ends with another code than 0
 */
export async function runTool(
  command: readonly string[],
  onLine: (line: string) => void = () => {},
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const child = spawn('/bin/sh', ['-c', wrapper, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const output: string[] = [];
  const last: string[] = [];
  const take = (line: string): void => {
    last.push(line);
    if (last.length > linesKept) last.shift();
    onLine(line);
  };
  createInterface(child.stdout).on('line', line => {
    output.push(line);
    take(line);
  });
  createInterface(child.stderr).on('line', take);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return output;
  throw new Error(`${command[0]} ended with ${code}: ${last.join(' · ')}`);
}
