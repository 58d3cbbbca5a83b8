/**
 * Which paths of a desktop's own HTTP server may be asked for. KasmVNC serves its web client, an owner's API, the
 * Downloads folder and directory listings on one port: the client's files pass, the rest are side doors, closed
 * unless policy opens them. What is not plainly one of these is refused, so that no two readings of a path differ.
 * Pure.
 */
import { limits } from '../../config/limits.ts';

/** Which side doors policy has opened. */
export interface SideDoors {
  /** `/Downloads/…` with its listings, and `/api/downloads`. */
  readonly downloads: boolean;
  /** `/api/…` but `/api/downloads`. */
  readonly api: boolean;
}

export type DesktopPath =
  /** A file of the web client; `type` is what it is served as, whatever the desktop calls it. */
  | { readonly kind: 'page'; readonly path: string; readonly type: string; readonly entry: boolean }
  | { readonly kind: 'download'; readonly path: string }
  /** The only kind whose query is passed on. */
  | { readonly kind: 'api'; readonly path: string }
  | { readonly kind: 'closed'; readonly reason: ClosedReason };

export type ClosedReason = 'downloads' | 'api' | 'listing' | 'bent_path' | 'no_page';

/** How a closed path is answered. */
export const closedAnswers = {
  downloads: { status: 403, message: 'the policy of this session opens no downloads from the desktop' },
  api: { status: 403, message: "the policy of this session does not open the desktop's own API" },
  listing: { status: 404, message: 'directories of the desktop are not listed' },
  bent_path: { status: 400, message: 'the path is not spelt plainly' },
  no_page: { status: 404, message: 'this is no file of the web client' },
} as const satisfies Record<ClosedReason, { status: number; message: string }>;

/** Files a web client is made of, by extension. A directory has none, so none is ever asked for. */
const pageTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  gif: 'image/gif',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  mjs: 'text/javascript; charset=utf-8',
  mp3: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  otf: 'font/otf',
  png: 'image/png',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  wav: 'audio/wav',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
};

/** No segment begins with a dot, so neither `..` nor a hidden file passes; nothing is escaped. */
const plainSegment = /^[A-Za-z0-9_@+~-][A-Za-z0-9._@+~-]*$/;

/**
 * @param path what stands behind `/desktop/<id>/vnc`, as the client spelt it, without its query: `/`, `/app/ui.js`.
 * @returns what to ask the desktop for, below its own root.
 */
export function readDesktopPath(path: string, doors: SideDoors): DesktopPath {
  if (!path.startsWith('/') || path.length > limits.desktopPathCharsMax) return closed('bent_path');
  if (path === '/') return { kind: 'page', path, type: pageTypes.html ?? '', entry: true };
  const [, first = '', ...rest] = path.split('/');
  // Spelt otherwise they are doors all the same, but never open ones.
  const door = decodeSegment(first)?.toLowerCase();
  if (door === 'api') return readApiPath(path, first, rest, doors);
  if (door === 'downloads') return readDownloadPath(first, rest, doors);
  const segments = [first, ...rest];
  const name = segments.pop() ?? '';
  if (!segments.every(segment => plainSegment.test(segment))) return closed('bent_path');
  if (name === '') return closed('listing');
  if (!plainSegment.test(name)) return closed('bent_path');
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const type = Object.hasOwn(pageTypes, extension) ? pageTypes[extension] : undefined;
  if (type === undefined) return closed('no_page');
  return { kind: 'page', path, type, entry: path === '/index.html' || path === '/vnc.html' };
}

function readApiPath(path: string, first: string, rest: readonly string[], doors: SideDoors): DesktopPath {
  const isDownloads = rest.length === 1 && rest[0]?.toLowerCase() === 'downloads';
  if (isDownloads && !doors.downloads) return closed('downloads');
  if (!isDownloads && !doors.api) return closed('api');
  const isPlain = first === 'api' && rest.length > 0 && rest.every(segment => plainSegment.test(segment));
  return isPlain ? { kind: 'api', path } : closed('bent_path');
}

/** Names of files are the user's, so they may be escaped: each is decoded once and encoded anew. */
function readDownloadPath(first: string, rest: readonly string[], doors: SideDoors): DesktopPath {
  if (!doors.downloads) return closed('downloads');
  const last = rest.length - 1;
  if (first !== 'Downloads' || last < 0) return closed('bent_path');
  const encoded: string[] = [];
  for (const [index, segment] of rest.entries()) {
    const name = decodeSegment(segment);
    const isListing = index === last && segment === '';
    if (!isListing && !isFileName(name)) return closed('bent_path');
    encoded.push(encodeURIComponent(name ?? ''));
  }
  const path = `/Downloads/${encoded.join('/')}`;
  return path.length > limits.desktopPathCharsMax ? closed('bent_path') : { kind: 'download', path };
}

/** A percent sign that is left after decoding might be decoded again on the way. */
function isFileName(name: string | undefined): boolean {
  if (name === undefined || name === '' || name === '.' || name === '..') return false;
  return ![...name].some(sign => sign < ' ' || sign === '\x7f' || '/\\%'.includes(sign));
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

const closed = (reason: ClosedReason): DesktopPath => ({ kind: 'closed', reason });
