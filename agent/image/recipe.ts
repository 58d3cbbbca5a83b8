/** What the workspace image is made of. A change of anything here, or in the files beside it, makes a new image. */
import { createHash } from 'node:crypto';

export const workspaceImage = 'sluice/desktop:1';

/** Label that says which recipe an image was built from. */
export const recipeLabel = 'sluice.recipe';

export const packages = [
  'tini',
  'tigervnc-standalone-server',
  'tigervnc-tools',
  'openbox',
  'hsetroot',
  'xterm',
  'xclip',
  'xsel',
  'x11-utils',
  'x11-xkb-utils',
  'xfonts-base',
  'fonts-dejavu-core',
  'procps',
] as const;

/**
 * Left out of the packages above: documentation, and what only they would use that nothing here runs
 * (OpenGL in software, PostScript, video codecs, Python): more than half of the image.
 */
export const excludedPaths = [
  '/usr/share/man/*',
  '/usr/share/doc/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/ghostscript/*',
  '/usr/share/poppler/*',
  '/usr/share/fonts/opentype/*',
  '/usr/share/fonts/type1/*',
  '/usr/share/fonts/X11/Type1/*',
  '/usr/lib/*/dri/*',
  '/usr/lib/*/libLLVM*',
  '/usr/lib/*/libgallium*',
  '/usr/lib/*/libz3.so*',
  '/usr/lib/*/libgs.so*',
  '/usr/lib/*/libx265.so*',
  '/usr/lib/*/libaom.so*',
] as const;

/** Licences stay, as they must. */
export const includedPaths = ['/usr/share/doc/*/copyright'] as const;

/** Dockerfile instructions of the import. */
export const imageChanges = [
  'ENTRYPOINT ["/usr/bin/tini", "-g", "--", "/usr/local/bin/desktop-entry"]',
  'ENV HOME=/home/user',
  'ENV DISPLAY=:1',
  'ENV LANG=C.UTF-8',
  'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
  'WORKDIR /home/user',
  'USER 1000:1000',
  'EXPOSE 5901',
] as const;

export interface RecipeInput {
  /** The release's code name, such as bookworm. */
  readonly release: string;
  /** Debian's word: amd64, arm64. */
  readonly architecture: string;
  /** Contents of the files that go into the image. */
  readonly files: readonly string[];
}

/** A short name for exactly this recipe: 16 hex digits. */
export function recipeKey(input: RecipeInput): string {
  const recipe = { packages, excludedPaths, includedPaths, imageChanges, ...input };
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
}
