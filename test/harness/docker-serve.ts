/**
 * Runs a private Docker Engine with the workspace image in it for a whole test run:
 *   bun test/harness/docker-serve.ts --folder FOLDER
 * Progress goes to stderr. When all is ready it prints one JSON line {"socket":…,"image":…} on stdout. It ends,
 * leaving nothing but the image cache in FOLDER, on SIGTERM, on SIGINT, or when its stdin closes.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWorkspaceImage } from '../../agent/image/build.ts';
import { startDockerEngine } from './docker-engine.ts';

const { values } = parseArgs({ options: { folder: { type: 'string' } } });
if (values.folder === undefined) throw new Error('--folder FOLDER is missing');

const ended = new Promise<void>(resolve => {
  process.once('SIGTERM', () => resolve());
  process.once('SIGINT', () => resolve());
  process.stdin.once('end', () => resolve()).resume();
});

const engine = await startDockerEngine({ folder: join(values.folder, 'engine') });
try {
  const image = await buildWorkspaceImage({
    engine: { socket: engine.socket },
    cacheFolder: join(values.folder, 'image'),
    print: line => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify({ socket: engine.socket, image })}\n`);
  await ended;
} finally {
  await engine[Symbol.asyncDispose]();
}
process.exit(0);
