/**
 * Stands in for the HTTP server inside KasmVNC, where no KasmVNC package can be had: its rules as read from
 * KasmVNC's sources and written here anew. GET only, one request a connection, a folder of files (here: a table),
 * directory listings, a redirect to a directory's slash, the owner's API, `Server` and configured headers on every
 * answer. HTTP Basic is checked by `KasmvncServer`, at whose `web` option this goes.
 *
 * It fakes: the files (`clientPage` is a page of our own that does what KasmVNC's client does at its start: inline
 * script, local storage, WebAssembly, a WebSocket at the address its `path` names), and the API's answers.
 * `targets` is what reached it.
 */
export class KasmvncWeb {
  /** Request lines' targets, in order. */
  readonly targets: string[] = [];
  /** Whole heads, in order. */
  readonly heads: string[] = [];
  readonly files = new Map<string, string | Uint8Array>([
    ['/index.html', clientPage()],
    ['/vnc.html', clientPage()],
    ['/app/ui.js', 'window.uiLoaded = true;'],
    ['/app/style.css', 'body { background: rgb(1, 2, 3) }'],
    ['/app/sounds/bell.oga', new Uint8Array(70_000).fill(7)],
    ['/Downloads/secret plans.txt', 'the plans'],
  ]);

  readonly answer = (head: string): Uint8Array => {
    const [, method = '', target = ''] = /^(\S+) (\S+) HTTP/.exec(head) ?? [];
    this.targets.push(target);
    this.heads.push(head);
    const path = target.replace(/\?.*$/, '');
    if (method === 'GET' && path.startsWith('/api/')) return this.#answerApi(target);
    if (method !== 'GET' || target.includes('../')) return reply('404 Not Found', 'text/plain', '404');
    return this.#answerFile(decodeURIComponent(path === '/' ? '/index.html' : path));
  };

  #answerApi(target: string): Uint8Array {
    if (target.startsWith('/api/get_users')) {
      return reply('200 OK', 'application/json', '[{"user":"kasm_user","owner":true}]');
    }
    if (target.startsWith('/api/get_screenshot'))
      return reply('200 OK', 'image/jpeg', Buffer.from([0xff, 0xd8]));
    if (target.startsWith('/api/downloads')) return reply('200 OK', 'application/json', '{"files":[]}');
    return reply('400 Bad Request', 'text/plain', '400 Bad Request');
  }

  #answerFile(path: string): Uint8Array {
    const file = this.files.get(path);
    if (file !== undefined) return reply('200 OK', typeOf(path), file, true);
    const names = this.#namesIn(path.endsWith('/') ? path : `${path}/`);
    if (names.length === 0) return reply('404 Not Found', 'text/plain', '404');
    if (!path.endsWith('/'))
      return reply('301 Moved Permanently', 'text/plain', '', false, `Location: ${path}/\r\n`);
    const items = names.map(name => `<li><a href="${encodeURIComponent(name)}">${name}</a></li>`).join('');
    const page = `<html><title>Directory Listing</title><body><h2>${path}</h2><hr><ul>${items}</ul></body></html>`;
    return reply('200 OK', 'text/html', page);
  }

  #namesIn(folder: string): string[] {
    const inside = [...this.files.keys()].filter(path => path.startsWith(folder));
    return [...new Set(inside.map(path => path.slice(folder.length).replace(/\/.*$/, '/')))];
  }
}

function typeOf(path: string): string {
  if (path.includes('Downloads/')) return 'application/octet-stream';
  const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
  return types[path.replace(/^.*\./, '')] ?? 'application/octet-stream';
}

/** With headers no browser is to see: a cookie, a banner, a policy of its own. */
function reply(
  status: string,
  type: string,
  body: string | Uint8Array,
  withLength = false,
  further = '',
): Uint8Array {
  const bytes = Buffer.from(body);
  const head =
    `HTTP/1.1 ${status}\r\nServer: KasmVNC/4.0\r\nConnection: close\r\nContent-type: ${type}\r\n` +
    (withLength ? `Content-length: ${bytes.length}\r\n` : '') +
    'Set-Cookie: from=desktop; Path=/\r\nContent-Security-Policy: default-src *\r\nX-Own: 1\r\n' +
    `${further}\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** Writes what worked into `document.title`, one word each. */
function clientPage(): string {
  return `<!doctype html>
<html><head><title>starting</title><link rel="stylesheet" href="app/style.css">
<style>p { color: rgb(4, 5, 6) }</style><script src="app/ui.js"></script></head>
<body><p id="text">KasmVNC</p><script>
const worked = [];
const attempt = async (name, step) => { try { if (await step()) worked.push(name); } catch { } };
(async () => {
  await attempt('script', () => window.uiLoaded);
  await attempt('style', () => getComputedStyle(document.body).backgroundColor === 'rgb(1, 2, 3)');
  await attempt('inline-style', () => getComputedStyle(document.getElementById('text')).color === 'rgb(4, 5, 6)');
  await attempt('storage', () => { localStorage.setItem('x', '1'); return localStorage.getItem('x') === '1'; });
  await attempt('wasm', () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)));
  await attempt('shared-memory', () => new SharedArrayBuffer(8));
  await attempt('worker', () => new Promise((resolve, reject) => {
    const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' })));
    worker.onmessage = () => resolve(true); worker.onerror = reject; }));
  await attempt('own-policy', async () => (await fetch(new URL('../policy', location.href))).ok);
  await attempt('control-api', async () => (await fetch('/api/public/get_kasms', { method: 'POST' })) !== undefined);
  await attempt('other-host', async () => (await fetch('https://127.0.0.1:9/', { mode: 'no-cors' })) !== undefined);
  await attempt('cookie', () => document.cookie.includes('session_token'));
  await attempt('frame', () => new Promise(resolve => {
    const frame = document.createElement('iframe'); frame.src = '/';
    frame.onload = () => { try { resolve(frame.contentDocument.body.textContent !== ''); } catch { resolve(false); } };
    document.body.append(frame); }));
  await attempt('stream', () => new Promise((resolve, reject) => {
    const path = new URLSearchParams(location.search).get('path');
    const socket = new WebSocket('wss://' + location.host + '/' + path, ['binary']);
    socket.binaryType = 'arraybuffer'; socket.onerror = reject;
    socket.onmessage = event => resolve(new TextDecoder().decode(event.data).startsWith('RFB 003.008')); }));
  document.title = 'worked: ' + worked.join(' ');
})();
</script></body></html>
`;
}
