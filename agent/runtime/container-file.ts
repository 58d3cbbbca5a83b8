/** Files of a container, looked at, read and written through its engine, whether it runs or not. */
import type { IncomingMessage } from 'node:http';
import { type DockerContainer, engineErrorText, engineStatus } from './docker-connection.ts';
import { encodeTar, fileOfTar } from './tar-archive.ts';

/** Room for the headers of an archive of one file. */
const archiveBytes = 16 * 1024;
const folderMode = 0o755;
/** What Linux opens, without the NUL. */
const pathBytesMax = 4095;
/** Of the modes that the engine tells, which are Go's (os.FileMode): all but the permissions and the set-ID bits. */
const linkBit = 0x0800_0000;
const otherKindBits = 0x8728_0000;

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

/**
 * Why a path cannot be opened as a plain file; links are followed as the container would follow them.
 * @returns undefined when it can be, but for permissions; else a sentence without the path, which speaks of it as "it"
 */
export async function findFileProblem(container: DockerContainer, path: string): Promise<string | undefined> {
  if (Buffer.byteLength(path) > pathBytesMax) return `it is over the limit of ${pathBytesMax} bytes`;
  // The engine takes names before `..` away unread, where a container follows the links among them.
  if (!path.startsWith('/') || path.split('/').includes('..')) return 'it is no absolute path';
  try {
    const { mode, linkTarget } = await statOf(container, path);
    const end = (mode & linkBit) === 0 ? mode : (await statOf(container, linkTarget)).mode;
    return (end & (linkBit | otherKindBits)) === 0 ? undefined : 'it is no plain file';
  } catch (error) {
    // The engine answers 500 where open() has several words: below a file, links in a ring, a name too long.
    return engineStatus(error) === undefined ? engineErrorText(error) : 'it is not there';
  }
}

interface FileStat {
  readonly mode: number;
  /** Of a link: the end of all links, absolute. */
  readonly linkTarget: string;
}

/** Docker Engine API 1.41, "ContainerArchiveInfo": base64 of JSON in a header. */
async function statOf(container: DockerContainer, path: string): Promise<FileStat> {
  const answer: IncomingMessage = await container.infoArchive({ path });
  answer.resume();
  const header = String(answer.headers['x-docker-container-path-stat']);
  return JSON.parse(Buffer.from(header, 'base64').toString()) as FileStat;
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
