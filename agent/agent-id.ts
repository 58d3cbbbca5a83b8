import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseId } from '../config/ids.ts';

/**
 * The id that marks this agent's containers. It is made once and kept in the data folder, so that an agent that starts
 * again finds its desktops. (Control's node id comes too late: desktops are looked for before control is reached.)
 * @throws Error when the folder cannot be written or the file is damaged
 */
export async function readAgentId(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'agent-id');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    const id = crypto.randomUUID();
    await writeFile(file, `${id}\n`, { mode: 0o600, flag: 'wx' });
    return id;
  }
  const id = parseId(text.trim());
  if (id === undefined) throw new Error(`${file} is damaged: it must hold one UUID`);
  return id;
}
