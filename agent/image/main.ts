/** `npm run image`: builds the workspace image. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorText } from '../../config/log.ts';
import { BuildError, buildWorkspaceImage } from './build.ts';
import { workspaceImage } from './recipe.ts';

const help = `usage: npm run image -- [options]

Builds the workspace image ${workspaceImage} (a small Debian desktop) from this machine's own package sources with
mmdebstrap, and imports it into the Docker Engine. A second run has nothing to do.

  --socket PATH   the engine's socket (default /var/run/docker.sock)
  --host URL      an engine elsewhere, tcp://HOST:PORT; wins over --socket
  --tag NAME:TAG  another name for the image
  --cache FOLDER  where the root file system is kept (default .cache/image)
  --force         build anew, for the distribution's security updates
  --help
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      socket: { type: 'string', default: '/var/run/docker.sock' },
      host: { type: 'string' },
      tag: { type: 'string', default: workspaceImage },
      cache: { type: 'string', default: join(import.meta.dir, '../../.cache/image') },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  await buildWorkspaceImage({
    engine: { socket: values.socket, host: values.host },
    cacheFolder: values.cache,
    tag: values.tag,
    force: values.force,
    print: line => process.stdout.write(`${line}\n`),
  });
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof BuildError || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`image: ${expected || !(error instanceof Error) ? errorText(error) : error.stack}\n`);
  process.exitCode = 1;
}
