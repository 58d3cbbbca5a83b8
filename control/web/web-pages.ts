/**
 * Serves the pages: one document, and scripts and styles that Bun bundles once, at start, in memory.
 * Bundles carry a hash of their content in their name, so a browser may keep them for ever.
 */
import { fileURLToPath } from 'node:url';

/** What the document may load: its own files, pictures the viewer draws, and streams to where it came from. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self' wss:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

interface WebFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Record<string, string>;
}

/** Answers a request for a page file; undefined when the path is none of the pages'. */
export type WebPages = (request: Request) => Response | undefined;

const folder = fileURLToPath(new URL('./page/', import.meta.url));
const textEncoder = new TextEncoder();

/**
 * Bundles the pages (some hundred milliseconds) and returns their handler, for `GET` and `HEAD`.
 * @throws Error with the bundler's words when the sources don't build.
 */
export async function startWebPages(): Promise<WebPages> {
  const files = await buildFiles();
  return request => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const file = files.get(new URL(request.url).pathname);
    return file === undefined ? undefined : answer(request, file);
  };
}

function answer(request: Request, file: WebFile): Response {
  const known = request.headers
    .get('if-none-match')
    ?.split(',')
    .map(tag => tag.trim().replace(/^W\//, ''));
  if (known?.includes(file.headers.etag ?? '') === true)
    return new Response(null, { status: 304, headers: file.headers });
  return new Response(request.method === 'HEAD' ? null : file.body, { headers: file.headers });
}

async function buildFiles(): Promise<Map<string, WebFile>> {
  const build = await Bun.build({
    entrypoints: [`${folder}main.ts`, `${folder}style/page.css`],
    target: 'browser',
    format: 'esm',
    splitting: true,
    minify: true,
    naming: { entry: 'assets/[name]-[hash].[ext]', chunk: 'assets/[name]-[hash].[ext]' },
    publicPath: '/',
  });
  const files = new Map<string, WebFile>();
  let script = '';
  let style = '';
  for (const output of build.outputs) {
    const path = `/${output.path.replace(/^\.?\//, '')}`;
    if (output.kind === 'entry-point' && path.endsWith('.js')) script = path;
    if (path.endsWith('.css')) style = path;
    files.set(path, immutable(new Uint8Array(await output.arrayBuffer()), output.type));
  }
  const favicon = `/assets/favicon-${Bun.hash(await Bun.file(`${folder}favicon.svg`).bytes()).toString(36)}.svg`;
  files.set(favicon, immutable(await Bun.file(`${folder}favicon.svg`).bytes(), 'image/svg+xml'));
  const document = textEncoder.encode(documentText({ script, style, favicon }));
  files.set('/', page(document));
  files.set('/index.html', page(document));
  return files;
}

function immutable(body: Uint8Array<ArrayBuffer>, type: string): WebFile {
  return {
    body,
    headers: {
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
      etag: entityTag(body),
      'x-content-type-options': 'nosniff',
    },
  };
}

function page(body: Uint8Array<ArrayBuffer>): WebFile {
  return {
    body,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      etag: entityTag(body),
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  };
}

function entityTag(body: Uint8Array): string {
  return `"${Bun.hash(body).toString(36)}"`;
}

function documentText(paths: { script: string; style: string; favicon: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Sluice</title>
<link rel="icon" type="image/svg+xml" href="${paths.favicon}">
<link rel="stylesheet" href="${paths.style}">
<script type="module" src="${paths.script}"></script>
</head>
<body>
<noscript>Sluice shows desktops in the browser and needs JavaScript for it.</noscript>
<div id="app"></div>
<div id="toasts" role="status" aria-live="polite"></div>
</body>
</html>
`;
}
