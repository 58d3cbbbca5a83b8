/** The relays that the bench compares: ours, and what people put in front of desktops otherwise. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineOptions } from '../../config/engine-options.ts';
import { findFreePort } from '../../test/harness/ports.ts';
import { bunPath, runToEnd } from '../../test/harness/processes.ts';
import { findProgram } from '../../test/harness/requirements.ts';
import { startOwnGateway } from './own-gateway.ts';
import {
  fillTemplate,
  type Peer,
  type PeerSetting,
  type RunningRelay,
  startPinned,
  writeCertificate,
} from './peer.ts';

const tunedBuffers =
  'proxy_buffering on; proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;';
const plainPaths = { path: '/{index}', probePath: '/probe/0' };
const websocket = 'websocket';

export const ownName = 'sluice';

const peers = {
  sluice: {
    name: ownName,
    program: bunPath,
    packages: [],
    upstream: websocket,
    start: setting => startOwnGateway(setting),
  },
  nginxShipped: {
    name: 'nginx as shipped',
    program: 'nginx',
    packages: ['nginx-light'],
    upstream: websocket,
    start: setting => startNginx(setting, ''),
  },
  nginxTuned: {
    name: 'nginx tuned',
    program: 'nginx',
    packages: ['nginx-light'],
    upstream: websocket,
    start: setting => startNginx(setting, tunedBuffers),
  },
  haproxyTuned: {
    name: 'haproxy tuned',
    program: 'haproxy',
    packages: ['haproxy'],
    upstream: websocket,
    start: startHaproxy,
  },
  threadRelay: {
    name: 'C, a thread a session',
    program: 'gcc',
    packages: ['gcc', 'libc6-dev', 'libssl-dev'],
    upstream: websocket,
    start: startThreadRelay,
  },
  websockify: {
    name: 'websockify',
    program: 'websockify',
    packages: ['websockify'],
    upstream: 'tcp',
    start: startWebsockify,
  },
  bareRelay: {
    name: 'bare relay',
    program: bunPath,
    packages: [],
    upstream: websocket,
    start: startBareRelay,
  },
} as const satisfies Readonly<Record<string, Peer>>;

export type PeerKey = keyof typeof peers;

export const peerByKey: Readonly<Record<PeerKey, Peer>> = peers;

/**
 * The relays that match and are installed.
 * @param pattern regular expression for the name.
 * @param before the root of another working tree, whose gateway is to be compared: before and after in one run.
 */
export function choosePeers(pattern: string, before: string | undefined): Peer[] {
  const all = [...Object.values(peerByKey), ...(before === undefined ? [] : [gatewayOf(before)])];
  return all.filter(peer => new RegExp(pattern).test(peer.name) && isInstalled(peer));
}

/** Our gateway of another working tree: before and after in one run. */
export function gatewayOf(folder: string): Peer {
  const main = join(folder, 'gateway/main.ts');
  const start = (setting: PeerSetting): Promise<RunningRelay> => startOwnGateway(setting, { main });
  return { ...peers.sluice, name: 'sluice, before', start };
}

export const isInstalled = (peer: Peer): boolean =>
  peer.program === bunPath || findProgram(peer.program) !== undefined;

async function startBareRelay(setting: PeerSetting): Promise<RunningRelay> {
  const port = await findFreePort();
  const { certificate, key } = await writeCertificate(setting.folder);
  const script = new URL('bare-relay.ts', import.meta.url).pathname;
  const ports = [setting.upstreamPort, setting.probePort].map(String);
  // It is told what our gateway tells its own runtime: the floor is the runtime's at its best.
  const options = Object.entries(engineOptions).map(([name, value]) => `${name}=${value}`);
  const command = ['env', ...options, bunPath, script, String(port), certificate, key, ...ports];
  return startPinned(setting.cores, command, { port, ...plainPaths });
}

async function startNginx(setting: PeerSetting, buffers: string): Promise<RunningRelay> {
  const { folder, streams } = setting;
  const port = await findFreePort();
  const { certificate, key } = await writeCertificate(folder);
  const file = join(folder, 'nginx.conf');
  const ports = { port, upstream: setting.upstreamPort, probe: setting.probePort };
  // A stream is two connections; with less than a sixteenth of them free nginx closes some that it deems idle.
  const connections = Math.ceil(2.2 * streams) + 512;
  await writeFile(
    file,
    await fillTemplate('nginx.conf', { ...ports, folder, certificate, key, buffers, connections }),
  );
  const command = [findProgram('nginx') ?? 'nginx', '-c', file, '-p', folder, '-e', 'stderr'];
  return startPinned(setting.cores, command, { port, ...plainPaths });
}

async function startHaproxy(setting: PeerSetting): Promise<RunningRelay> {
  const { folder } = setting;
  const port = await findFreePort();
  const { certificate, key } = await writeCertificate(folder);
  const pem = join(folder, 'haproxy.pem');
  await writeFile(pem, (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')), {
    mode: 0o600,
  });
  const file = join(folder, 'haproxy.conf');
  const ports = { port, upstream: setting.upstreamPort, probe: setting.probePort };
  await writeFile(file, await fillTemplate('haproxy.conf', { ...ports, pem, streams: setting.streams + 16 }));
  const command = [findProgram('haproxy') ?? 'haproxy', '-db', '-f', file];
  return startPinned(setting.cores, command, { port, ...plainPaths });
}

/** Compiled for each start: it takes less than a second, and is always of the source that is here. */
async function startThreadRelay(setting: PeerSetting): Promise<RunningRelay> {
  const port = await findFreePort();
  const { certificate, key } = await writeCertificate(setting.folder);
  const source = new URL('thread-relay.c', import.meta.url).pathname;
  const program = join(setting.folder, 'thread-relay');
  const compile = ['gcc', '-O2', '-o', program, source, '-lssl', '-lcrypto', '-lpthread'];
  const { exitCode, stderr } = await runToEnd(compile);
  if (exitCode !== 0) throw new Error(`gcc: ${stderr.trim().slice(-500)}`);
  const command = [program, String(port), certificate, key, String(setting.upstreamPort)];
  return startPinned(setting.cores, command, { port, ...plainPaths });
}

/** TLS and WebSocket in, plain TCP out: it unframes what the others pass on in frames. One process a stream. */
async function startWebsockify(setting: PeerSetting): Promise<RunningRelay> {
  const port = await findFreePort();
  const { certificate, key } = await writeCertificate(setting.folder);
  const program = findProgram('websockify') ?? 'websockify';
  const command = [program, `--cert=${certificate}`, `--key=${key}`, '--ssl-only'];
  const addresses = [`127.0.0.1:${port}`, `127.0.0.1:${setting.upstreamPort}`];
  return startPinned(setting.cores, [...command, ...addresses], { port, ...plainPaths });
}
