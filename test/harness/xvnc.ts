/** A real Xvnc (Debian's tigervnc-standalone-server) on a port and a display of its own, with nothing running in it. */

import { writeFile } from 'node:fs/promises';
import { findFreePort } from './ports.ts';
import { runToEnd, startProcess } from './processes.ts';
import { findProgram } from './requirements.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface Xvnc extends AsyncDisposable {
  /** RFB port on 127.0.0.1. */
  readonly port: number;
  /** Such as `:7`. */
  readonly display: string;
  /** What the server logged so far. */
  readonly log: string;
}

export interface XvncOptions {
  /** Further options of the server, such as `-Protocol3.3`; a later one of a name counts. */
  readonly options?: readonly string[];
  readonly width?: number;
  readonly height?: number;
  /** With one the server asks for it by VncAuth; without, its only security type is None. */
  readonly password?: string;
}

/** The screen is white all over, so that a test can tell real pixels from a blank buffer. */
export async function startXvnc(options: XvncOptions = {}): Promise<Xvnc> {
  const { width = 640, height = 480, password, options: further = [] } = options;
  const folder = await makeTempFolder('xvnc');
  const port = await findFreePort();
  const security =
    password === undefined
      ? ['-SecurityTypes', 'None']
      : await passwordOptions(folder.file('passwd'), password);
  const server = await startProcess([
    findProgram('Xvnc') ?? 'Xvnc',
    ...['-displayfd', '1', '-rfbport', String(port), '-localhost', '-wr', '-nolisten', 'tcp'],
    ...['-geometry', `${width}x${height}`, '-depth', '24', '-AlwaysShared', '-Log', '*:stderr:30'],
    ...security,
    ...further,
  ]);
  const stop = async (): Promise<void> => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  try {
    await server.printed(/Listening for VNC connections/);
    const [, display = ''] = await server.printed(/^(\d+)$/m);
    return {
      port,
      display: `:${display}`,
      get log(): string {
        return server.stderr;
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function passwordOptions(file: string, password: string): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runToEnd(
    ['sh', '-c', 'printf "%s\\n" "$PASSWORD" | vncpasswd -f | base64'],
    { env: { PASSWORD: password } },
  );
  if (exitCode !== 0) throw new Error(`vncpasswd failed: ${stderr}`);
  await writeFile(file, Buffer.from(stdout, 'base64'), { mode: 0o600 });
  return ['-SecurityTypes', 'VncAuth', '-rfbauth', file];
}
