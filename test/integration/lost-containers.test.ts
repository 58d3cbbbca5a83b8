/** The commands that docs/troubleshooting.md gives for containers of an agent that is no more. */
import { describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { agentLabel, sessionLabel } from '../../agent/runtime/container-spec.ts';
import { runToEnd } from '../harness/processes.ts';
import { needs, testEnvironment } from '../harness/requirements.ts';

const socket = testEnvironment.dockerSocket ?? '';
const image = testEnvironment.workspaceImage ?? '';

describe.skipIf(!needs('docker', 'workspace-image'))('containers that belong to nobody', () => {
  const docker = async (...words: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runToEnd(['docker', '-H', `unix://${socket}`, ...words]);
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.trim();
  };

  test('are listed and removed by the documented commands, and no others are', async () => {
    const page = await readFile(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
    const [, section = ''] = page.split('## Containers that belong to nobody');
    const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
    const [list = '', remove = ''] = block.replaceAll('docker ', `docker -H unix://${socket} `).split('\n');
    const [lost, other, session] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const create = (...labels: string[]): Promise<string> =>
      docker('create', ...labels.flatMap(label => ['--label', label]), image, 'true');
    const gone = await create(`${agentLabel}=${lost}`, `${sessionLabel}=${session}`);
    const kept = [await create(`${agentLabel}=${other}`), await create('somebody.else=1')];
    try {
      const listed = await runToEnd(['sh', '-c', list]);
      expect(listed.stdout).toContain(`${lost} ${session} Created`);
      expect(listed.stdout).toContain(other);
      const removed = await runToEnd(['sh', '-c', remove.replace('ID-OF-THE-LOST-AGENT', lost)]);
      expect(removed.exitCode).toBe(0);
      const left = (await docker('ps', '-aq', '--no-trunc')).split('\n');
      expect(left).toEqual(expect.arrayContaining(kept));
      expect(left).not.toContain(gone);
    } finally {
      await docker('rm', '-f', ...kept);
    }
  });
});
