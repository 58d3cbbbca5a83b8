/** From what a desktop's HTTP server answers to what the browser gets of it: the body, under headers of our own. */
import type { DesktopPath } from './desktop-path.ts';
import { markDesktopContent } from './hardening-headers.ts';

export type OpenPath = Exclude<DesktopPath, { kind: 'closed' }>;

/** Statuses by which KasmVNC's API says what is wrong with a call. */
const apiStatuses = [400, 404, 503];

/** Kinds of content that KasmVNC's API answers with. */
const apiTypes = ['application/json', 'image/jpeg', 'text/plain'];

/** What to answer instead of a body that must not or can not be passed on. */
export function problemOf(
  answer: Response,
  path: OpenPath,
): { readonly status: number; readonly message: string } | undefined {
  const { status, headers } = answer;
  if (status === 401 || status === 403) {
    return { status: 502, message: "the desktop did not accept the gateway's credential" };
  }
  // KasmVNC redirects to a directory's listing, and nowhere else.
  if (status === 404 || (status >= 300 && status < 400)) {
    return { status: 404, message: 'the desktop has no such file' };
  }
  if (path.kind === 'api' && apiStatuses.includes(status)) {
    return { status, message: `the desktop refused the call with HTTP status ${status}` };
  }
  if (status !== 200) return { status: 502, message: `the desktop answered with HTTP status ${status}` };
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') {
    return { status: 502, message: 'the desktop answered in an encoding it was not asked for' };
  }
  return undefined;
}

/** KasmVNC's own page of a directory's names. @param start the first bytes of a body. */
export function beginsAsListing(start: Uint8Array): boolean {
  const text = Buffer.from(start.buffer, start.byteOffset, start.length).toString('latin1');
  return /<title>\s*(directory listing|index of)/i.test(text);
}

/** @returns undefined without one, or with one that is no number. */
export function contentLength(answer: Response): number | undefined {
  const text = answer.headers.get('content-length') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** @param exchange.prefix `/desktop/<id>` as the client spelt it. */
export function contentResponse(
  exchange: { readonly url: URL; readonly prefix: string },
  path: OpenPath,
  answer: Response,
  body: ReadableStream<Uint8Array> | null,
): Response {
  const isLoaded = path.kind === 'page' && !path.entry;
  const headers = new Headers({
    'Content-Type': typeOf(path, answer),
    // A session's files stay the same as long as it lives, and its address is its own.
    'Cache-Control': isLoaded ? 'private, max-age=300' : 'no-store',
  });
  const length = contentLength(answer);
  if (length !== undefined) headers.set('Content-Length', String(length));
  if (path.kind === 'download' && !isListing(path)) headers.set('Content-Disposition', 'attachment');
  const response = new Response(body, { headers });
  const desktop = `https://${exchange.url.host}${exchange.prefix}/`;
  return markDesktopContent(response, desktop, path.kind === 'page' ? 'page' : 'data');
}

const isListing = ({ path }: OpenPath): boolean => path.endsWith('/');

function typeOf(path: OpenPath, answer: Response): string {
  if (path.kind === 'page') return path.type;
  if (path.kind === 'download')
    return isListing(path) ? 'text/html; charset=utf-8' : 'application/octet-stream';
  const type = (answer.headers.get('content-type') ?? '').replace(/;.*$/, '').trim().toLowerCase();
  return apiTypes.includes(type) ? type : 'application/octet-stream';
}
