/** The other side of a desktop: what can be found where it runs, without going through the product. */
import { readdir, readFile } from 'node:fs/promises';
import { sessionLabel } from '../../agent/runtime/container-spec.ts';
import { runToEnd } from '../harness/processes.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';

export interface DesktopHost extends AsyncDisposable {
  /** A file that programs in the desktop can write, as they name it. */
  path(name: string): string;
  /** What a program in the desktop wrote there; undefined when nothing is there. */
  read(sessionId: string, name: string): Promise<string | undefined>;
  /** Containers or processes of the session. */
  countOf(sessionId: string): Promise<number>;
}

export function dockerHost(socket: string): DesktopHost {
  const docker = (...words: string[]) => runToEnd(['docker', '-H', `unix://${socket}`, ...words]);
  const containers = async (sessionId: string): Promise<string[]> => {
    const { stdout } = await docker('ps', '-aq', '--filter', `label=${sessionLabel}=${sessionId}`);
    return stdout.split('\n').filter(line => line !== '');
  };
  return {
    path: name => `/tmp/${name}`,
    read: async (sessionId, name) => {
      const [container = ''] = await containers(sessionId);
      const { exitCode, stdout } = await docker('exec', container, 'cat', `/tmp/${name}`);
      return exitCode === 0 ? stdout : undefined;
    },
    countOf: async sessionId => (await containers(sessionId)).length,
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The process runtime: its desktops run as users of their own on this machine. */
export async function processHost(): Promise<DesktopHost> {
  const folder: TempFolder = await makeTempFolder('e2e-desktop');
  await runToEnd(['chmod', '1777', folder.path]);
  return {
    path: name => folder.file(name),
    read: async (_sessionId, name) => readFile(folder.file(name), 'utf8').catch(() => undefined),
    countOf: async sessionId => {
      const hostname = `desktop-${sessionId.slice(0, 8)}`;
      const processes = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
      const lines = await Promise.all(
        processes.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
      );
      return lines.filter(line => line.startsWith('Xvnc\0') && line.split('\0').includes(hostname)).length;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
