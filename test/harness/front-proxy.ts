/** Real nginx and HAProxy in front of a gateway, with the configurations that docs/reverse-proxy.md shows. */
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { findFreePort } from './ports.ts';
import { type StartedProcess, startProcess } from './processes.ts';
import { findProgram, nginxStreamModule } from './requirements.ts';
import { makeTempFolder } from './temp-folder.ts';
import { waitFor } from './wait-for.ts';

export interface FrontProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly process: StartedProcess;
}

export interface FrontProxyOptions {
  readonly gatewayPort: number;
  /** PEM file with what the gateway shows; its name must be gateway.example.com. */
  readonly gatewayCertificate: string;
  /** Changes to the documented text, for what a test is about. */
  readonly changes?: readonly (readonly [from: string, to: string])[];
}

const documentation = new URL('../../docs/reverse-proxy.md', import.meta.url).pathname;

/** The text of the documented snippet of this kind. */
async function readSnippet(kind: string): Promise<string> {
  const text = await readFile(documentation, 'utf8');
  const [, snippet, ...more] = text.split(new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\`$`, 'm')).slice(0, 3);
  if (snippet === undefined || more.length !== 1) throw new Error(`there is no snippet ${kind}`);
  return snippet;
}

/** @throws Error when the text does not hold what is to be changed. */
function change(text: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the snippet does not hold ${from}`);
    return changed.replaceAll(from, to);
  }, text);
}

async function untilListening(port: number, process: StartedProcess): Promise<void> {
  await waitFor(`port ${port} to listen`, async () => {
    if (process.exitCode !== undefined) return true;
    const socket = connect({ host: '127.0.0.1', port });
    try {
      return await new Promise<boolean>(resolve => {
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
      });
    } finally {
      socket.destroy();
    }
  });
  if (process.exitCode !== undefined) throw new Error(`the proxy ended: ${process.stderr}${process.stdout}`);
}

/** Every timeout the documentation does not name is a second, so that what is idle is cut soon. */
export async function startNginx(
  kind: 'nginx' | 'nginx-stream',
  options: FrontProxyOptions,
): Promise<FrontProxy> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder('nginx'));
  const port = await findFreePort();
  const own = createSelfSigned(['desk.example.com', '127.0.0.1'], Date.now());
  await writeFile(folder.file('desk.pem'), own.certificate);
  await writeFile(folder.file('desk.key'), own.privateKey);
  const address = ['10.0.0.10:8443', `127.0.0.1:${options.gatewayPort}`] as const;
  const snippet = change(await readSnippet(kind), [
    ['listen 443', `listen 127.0.0.1:${port}`],
    address,
    ...(kind === 'nginx'
      ? ([
          ['/etc/nginx/gateway-ca.pem', options.gatewayCertificate],
          ['/etc/nginx/', `${folder.path}/`],
        ] as const)
      : []),
    ...(options.changes ?? []),
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `${name}_temp_path ${folder.file(name)};`)
    .join(' ');
  const section =
    kind === 'nginx'
      ? `http { access_log off; ${temporary} keepalive_timeout 1s; client_header_timeout 1s;\n${snippet} }`
      : `stream { ${snippet} }`;
  const modules = kind === 'nginx' ? '' : `load_module ${nginxStreamModule};\n`;
  const main = `${modules}daemon off; pid ${folder.file('nginx.pid')}; worker_processes 1;\nevents {}\n`;
  await writeFile(folder.file('nginx.conf'), main + section);
  const program = findProgram('nginx') ?? 'nginx';
  const command = [program, '-e', 'stderr', '-p', folder.path, '-c', folder.file('nginx.conf')];
  const process = stack.use(await startProcess(command));
  await untilListening(port, process);
  const parts = stack.move();
  return { port, process, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** As `startNginx`. */
export async function startHaproxy(
  kind: 'haproxy' | 'haproxy-tcp',
  options: FrontProxyOptions,
): Promise<FrontProxy> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder('haproxy'));
  const port = await findFreePort();
  const own = createSelfSigned(['desk.example.com', '127.0.0.1'], Date.now());
  await writeFile(folder.file('desk.pem'), own.certificate + own.privateKey);
  const snippet = change(await readSnippet(kind), [
    ['bind :443', `bind 127.0.0.1:${port}`],
    ['10.0.0.10:8443', `127.0.0.1:${options.gatewayPort}`],
    ...(kind === 'haproxy'
      ? ([
          ['/etc/haproxy/gateway-ca.pem', options.gatewayCertificate],
          ['/etc/haproxy/', `${folder.path}/`],
        ] as const)
      : []),
    ...(options.changes ?? []),
  ]);
  const timeouts = 'timeout connect 5s\n timeout client 1s\n timeout server 1s';
  const file = join(folder.path, 'haproxy.cfg');
  await writeFile(file, `global\n maxconn 200\ndefaults\n ${timeouts}\n\n${snippet}`);
  const process = stack.use(await startProcess([findProgram('haproxy') ?? 'haproxy', '-db', '-f', file]));
  await untilListening(port, process);
  const parts = stack.move();
  return { port, process, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}
