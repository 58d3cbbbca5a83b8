/** Tells a KasmVNC desktop, before it starts, what of its policy only it can carry out. */
import { type KasmvncSection, kasmvncFile, mergeKasmvncFile } from '../../config/kasmvnc-file.ts';
import { limits } from '../../config/limits.ts';
import { readContainerFile, writeContainerFile } from './container-file.ts';
import { DesktopStartError } from './desktop-runtime.ts';
import { type DockerContainer, engineErrorText } from './docker-connection.ts';

/**
 * Puts the section into the container's own kasmvnc.yaml, which KasmVNC reads once, at its start.
 * @throws DesktopStartError when that file is not one to put it into: a desktop does not start without what its policy
 * says
 */
export async function addToKasmvncFile(container: DockerContainer, section: KasmvncSection): Promise<void> {
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
