import { expect, test } from 'bun:test';
import { prepareWorkspaceImage } from './workspace-image.ts';

async function prepare(script: string, abort?: AbortController): Promise<string[]> {
  const lines: string[] = [];
  await prepareWorkspaceImage({
    socket: undefined,
    command: ['sh', '-c', script],
    print: line => {
      lines.push(line);
      abort?.abort();
    },
    signal: (abort ?? new AbortController()).signal,
  });
  return lines;
}

test('what the build says is shown as it comes', async () => {
  expect(await prepare('echo building; echo ready')).toEqual(['image: building', 'image: ready']);
});

test('an image that is there already is not worth a line', async () => {
  expect(await prepare('echo sluice/desktop:1 is up to date')).toEqual([]);
});

test('a build that fails is said with its reason and the command that mends it, and the start goes on', async () => {
  const lines = await prepare('echo no space left >&2; exit 1');
  expect(lines[1]).toBe('image: the workspace image could not be built (no space left);');
  expect(lines[2]).toContain('npm run image');
});

test('a stop while it builds ends the build without blaming it', async () => {
  expect(await prepare('echo building; exec sleep 60', new AbortController())).toEqual(['image: building']);
});

test('a build command that is not there is a build that failed', async () => {
  const lines: string[] = [];
  const { signal } = new AbortController();
  const print = (line: string): void => void lines.push(line);
  await prepareWorkspaceImage({ socket: undefined, command: ['/nowhere/build'], print, signal });
  expect(lines[0]).toContain('could not be built');
});
