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

const stopping = new AbortController();
const ended = new Promise<void>(resolve => {
  stopping.signal.addEventListener('abort', () => resolve());
});
process.once('SIGTERM', () => stopping.abort());
process.once('SIGINT', () => stopping.abort());
process.stdin.once('end', () => stopping.abort()).resume();

const engine = await startDockerEngine({ folder: join(values.folder, 'engine') });
try {
  const image = await buildWorkspaceImage({
    engine: { socket: engine.socket },
    cacheFolder: join(values.folder, 'image'),
    signal: stopping.signal,
    print: line => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify({ socket: engine.socket, image })}\n`);
  await ended;
} finally {
  await engine[Symbol.asyncDispose]();
}
process.exit(0);
