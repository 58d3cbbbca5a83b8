import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempFolder extends AsyncDisposable {
  /** Absolute path. */
  readonly path: string;
  /** A path inside the folder. */
  file(...names: string[]): string;
}

/**
 * A folder of its own for one test, deleted on dispose. Other users may enter it (mode 0711): a database server that
 * gave up root must reach its data below.
 */
export async function makeTempFolder(name = 'test'): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), `sluice-${name}-`));
  await chmod(path, 0o711);
  return {
    path,
    file: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}
