/** Container desktops need an image: the first start builds it, as `npm run image` does, so that one command is enough. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dir, '..');

export interface WorkspaceImageOptions {
  /** The Docker Engine's socket; undefined: the usual one. */
  readonly socket: string | undefined;
  readonly print: (line: string) => void;
  /** Ends the build. */
  readonly signal: AbortSignal;
  /** Stands in for the build command in tests. */
  readonly command?: readonly string[];
}

/**
 * Makes sure the workspace image is there and up to date; takes a second when it is, minutes when it must be built.
 * A build that fails is said with its way out and is no reason not to start: other images may be launched.
 */
export async function prepareWorkspaceImage(options: WorkspaceImageOptions): Promise<void> {
  const { socket, print, signal } = options;
  const command = options.command ?? [process.execPath, join(root, 'agent', 'image', 'main.ts')];
  const [file = '', ...args] = [...command, ...(socket === undefined ? [] : ['--socket', socket])];
  const child = spawn(file, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGTERM',
  });
  let last = '';
  const show = (line: string): void => {
    last = line;
    if (!line.endsWith('is up to date')) print(`image: ${line}`);
  };
  if (child.stdout) createInterface({ input: child.stdout }).on('line', show);
  if (child.stderr) createInterface({ input: child.stderr }).on('line', show);
  const code = await exitOf(child);
  if (code === 0 || signal.aborted) return;
  print(`image: the workspace image could not be built${last === '' ? '' : ` (${last})`};`);
  print('       its desktops can not be launched until "npm run image" has made it');
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise(resolve => {
    child.once('error', () => resolve(1));
    child.once('close', code => resolve(code ?? 1));
  });
}
