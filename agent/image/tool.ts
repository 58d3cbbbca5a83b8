import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const linesKept = 12;

/**
 * Runs a system tool to its end without a shell.
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
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: toolEnvironment(), signal });
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
  throw new Error(`${file} ended with ${code}: ${last.join(' · ')}`);
}

/** apt must not ask questions, and its output must be what we parse whatever the user's language. */
function toolEnvironment(): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
  };
}
