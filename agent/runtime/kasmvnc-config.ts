/** Tells a KasmVNC desktop, before it starts, what of its policy only it can carry out. */
import { type KasmvncSection, kasmvncFile, mergeKasmvncFile } from '../../config/kasmvnc-file.ts';
import { limits } from '../../config/limits.ts';
import { findFileProblem, readContainerFile, writeContainerFile } from './container-file.ts';
import { DesktopStartError } from './desktop-runtime.ts';
import { type DockerContainer, engineErrorText } from './docker-connection.ts';

/** A file that a watermark names and that its desktop does not have. */
export interface MissingFile {
  readonly kind: 'image' | 'font';
  readonly path: string;
  readonly reason: string;
}

/**
 * Puts the section into the container's own kasmvnc.yaml, which KasmVNC reads once, at its start. It would not start with
 * a watermark whose file it does not have. That is only a deterrent: it is left out then, or has another font.
 * @returns what was left out
 * @throws DesktopStartError when that file is not one to put it into: a desktop does not start without what its policy
 * says
 */
export async function addToKasmvncFile(
  container: DockerContainer,
  section: KasmvncSection,
): Promise<readonly MissingFile[]> {
  const [possible, missing] = await withoutMissingFiles(container, section);
  if (Object.keys(possible).length > 0) await mergeIntoFile(container, possible);
  return missing;
}

async function mergeIntoFile(container: DockerContainer, section: KasmvncSection): Promise<void> {
  try {
    const old = await readContainerFile(container, kasmvncFile, limits.kasmvncFileBytesMax);
    const text = old === undefined ? '' : new TextDecoder('utf-8', { fatal: true }).decode(old);
    const merged = new TextEncoder().encode(mergeKasmvncFile(text, section));
    await writeContainerFile(container, kasmvncFile, merged);
  } catch (error) {
    const path = `${kasmvncFile.folder}/${kasmvncFile.name}`;
    throw new DesktopStartError(
      `the image's ${path} cannot take the watermark or region of the policy: ${engineErrorText(error)}`,
    );
  }
}

async function withoutMissingFiles(
  container: DockerContainer,
  section: KasmvncSection,
): Promise<[KasmvncSection, readonly MissingFile[]]> {
  const { watermark, ...others } = section;
  if (typeof watermark !== 'object') return [section, []];
  const { image, text } = watermark;
  if (image !== undefined) {
    const missing = await findMissing(container, 'image', image);
    return missing === undefined ? [section, []] : [others, [missing]];
  }
  if (typeof text !== 'object') return [section, []];
  const { font, ...otherText } = text;
  const missing = font === undefined ? undefined : await findMissing(container, 'font', font);
  if (missing === undefined) return [section, []];
  return [{ ...others, watermark: { ...watermark, text: otherText } }, [missing]];
}

/** KasmVNC would put its variables into a path, which only the desktop knows. */
async function findMissing(
  container: DockerContainer,
  kind: MissingFile['kind'],
  value: KasmvncSection[string],
): Promise<MissingFile | undefined> {
  const path = String(value);
  const reason = path.includes('${') ? 'it has variables' : await findFileProblem(container, path);
  return reason === undefined ? undefined : { kind, path, reason };
}
