/** Why a container ended, in words for the user. */

import { type DockerEngine, engineErrorText, engineStatus } from './docker-connection.ts';
import { demultiplex } from './log-frames.ts';

const linesKept = 5;
const messageCharsMax = 600;

/** The last lines the container printed, on one line; empty when there are none or they cannot be read. */
export async function readLastLines(engine: DockerEngine, containerId: string): Promise<string> {
  try {
    const logs = await engine.getContainer(containerId).logs({ stdout: true, stderr: true, tail: linesKept });
    const lines = demultiplex(logs)
      .split('\n')
      .map(line => line.trim());
    return lines
      .filter(line => line !== '')
      .join(' · ')
      .slice(-messageCharsMax);
  } catch {
    return '';
  }
}

/** "exit code 137 (killed)" and such: what shells and engines mean by the larger codes. */
export function exitText(code: number): string {
  const meanings: Readonly<Record<number, string>> = {
    126: 'its program cannot be run',
    127: 'its program was not found',
    137: 'killed, often for want of memory',
    139: 'crashed',
    143: 'stopped',
  };
  const meaning = meanings[code];
  return meaning === undefined ? `exit code ${code}` : `exit code ${code}: ${meaning}`;
}

/** Kills and removes a container with its anonymous volumes. One that is not there is no error. */
export async function removeContainer(engine: DockerEngine, containerId: string): Promise<void> {
  try {
    await engine.getContainer(containerId).remove({ force: true, v: true });
  } catch (error) {
    const status = engineStatus(error);
    // 409: somebody else's removal of it is under way.
    if (status !== 404 && status !== 409) throw new Error(`could not remove it: ${engineErrorText(error)}`);
  }
}
