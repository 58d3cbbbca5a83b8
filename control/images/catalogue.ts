/** The catalogue a new system starts with: the desktop the image script builds, and public Kasm images. */
import { allUsersId } from '../groups/group.ts';
import type { ImageFields, ImageStore } from './image-store.ts';

type Entry = ImageFields & { readonly name: string; readonly friendly_name: string };

const gigabyte = 1_000_000_000;

const kasmImage = { protocol: 'kasmvnc', docker_registry: 'https://index.docker.io/v1/' } as const;

export const firstCatalogue: readonly Entry[] = [
  {
    name: 'sluice/desktop:1',
    friendly_name: 'Debian Desktop',
    description:
      'A small Debian desktop with a terminal, built on the host: nothing is downloaded from a registry.',
    categories: ['Desktop'],
    protocol: 'rfb',
    local: true,
    cores: 1,
    memory_bytes: gigabyte,
  },
  {
    ...kasmImage,
    name: 'kasmweb/firefox:1.18.0',
    friendly_name: 'Firefox',
    description: 'Mozilla Firefox.',
    categories: ['Browser'],
    cores: 2,
    memory_bytes: 2.768 * gigabyte,
  },
  {
    ...kasmImage,
    name: 'kasmweb/chrome:1.18.0',
    friendly_name: 'Chrome',
    description: 'Google Chrome.',
    categories: ['Browser'],
    cores: 2,
    memory_bytes: 2.768 * gigabyte,
  },
  {
    ...kasmImage,
    name: 'kasmweb/ubuntu-jammy-desktop:1.18.0',
    friendly_name: 'Ubuntu Jammy',
    description: 'A full Ubuntu 22.04 desktop.',
    categories: ['Desktop'],
    cores: 2,
    memory_bytes: 2.768 * gigabyte,
  },
  {
    ...kasmImage,
    name: 'kasmweb/terminal:1.18.0',
    friendly_name: 'Terminal',
    description: 'A terminal and little else.',
    categories: ['Development'],
    cores: 1,
    memory_bytes: gigabyte,
  },
];

/** Fills an empty catalogue and grants it to all users. */
export async function seedCatalogue(images: ImageStore): Promise<void> {
  for (const entry of firstCatalogue) {
    const image = await images.create(entry);
    await images.grant(allUsersId, image.imageId);
  }
}
