import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { BuildError, buildWorkspaceImage } from '../../agent/image/build.ts';
import { bunPath, runToEnd } from '../harness/processes.ts';
import { needs, testEnvironment } from '../harness/requirements.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';

const program = join(import.meta.dir, '../../agent/image/main.ts');

describe('building the workspace image', () => {
  test.skipIf(!needs('docker', 'workspace-image'))('is done at once when nothing changed', async () => {
    await using folder = await makeTempFolder('image');
    const lines: string[] = [];
    const engine = { socket: testEnvironment.dockerSocket ?? '' };
    await buildWorkspaceImage({ engine, cacheFolder: folder.file('cache'), print: line => lines.push(line) });
    expect(lines).toEqual(['sluice/desktop:1 is up to date']);
  });

  test('needs an engine, and says where it looked', async () => {
    await using folder = await makeTempFolder('image');
    const socket = folder.file('none.sock');
    const building = buildWorkspaceImage({ engine: { socket }, cacheFolder: folder.path, print: () => {} });
    const problem = await building.catch(error => error);
    expect(problem).toBeInstanceOf(BuildError);
    expect(problem.message).toStartWith(`no Docker Engine answers at unix://${socket}`);
  });

  test('is a command that explains itself, and ends with one line when it cannot work', async () => {
    const help = await runToEnd([bunPath, program, '--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toContain('usage: npm run image');
    const refused = await runToEnd([bunPath, program, '--socket', '/nowhere/docker.sock']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
  });
});
