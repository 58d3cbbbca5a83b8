/** Files of a container, read and written through its engine, whether it runs or not. */
import { type DockerContainer, engineStatus } from './docker-connection.ts';
import { encodeTar, fileOfTar } from './tar-archive.ts';

/** Room for the headers of an archive of one file. */
const archiveBytes = 16 * 1024;
const folderMode = 0o755;

/** A file in a folder of its own, which may be missing, below one that is there. */
export interface ContainerFile {
  /** Absolute, without a slash at its end. */
  readonly folder: string;
  readonly name: string;
}

/**
 * @returns undefined when there is no such file
 * @throws Error when it is no plain file, or larger than the limit
 */
export async function readContainerFile(
  container: DockerContainer,
  { folder, name }: ContainerFile,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = await container.getArchive({ path: `${folder}/${name}` });
    // Leaving the loop early closes the stream.
    for await (const chunk of stream) {
      chunks.push(chunk as unknown as Uint8Array);
      length += chunk.length;
      if (length > bytesMax + archiveBytes) throw tooLarge(bytesMax);
    }
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
  const bytes = fileOfTar(Buffer.concat(chunks));
  if (bytes.length > bytesMax) throw tooLarge(bytesMax);
  return bytes;
}

function tooLarge(bytesMax: number): Error {
  return new Error(`it is over the limit of ${bytesMax} bytes`);
}

/** Writes a file that is root's and that everyone may read and nobody write, in the place of one that is there. */
export async function writeContainerFile(
  container: DockerContainer,
  { folder, name }: ContainerFile,
  bytes: Uint8Array,
): Promise<void> {
  const put = (entries: Parameters<typeof encodeTar>[0], path: string): Promise<unknown> =>
    container.putArchive(Buffer.from(encodeTar(entries)), { path });
  const mode = 0o444;
  try {
    await put([{ name, mode, bytes }], folder);
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
    const at = folder.lastIndexOf('/');
    const inner = folder.slice(at + 1);
    const entries = [
      { name: `${inner}/`, mode: folderMode },
      { name: `${inner}/${name}`, mode, bytes },
    ];
    await put(entries, folder.slice(0, at) || '/');
  }
}
