/** The relays that the bench compares: ours, and what people put in front of desktops otherwise. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSelfSigned } from '../gateway/edge/self-signed.ts';
import { findFreePort } from '../test/harness/ports.ts';
import { bunPath, type StartedProcess, startProcess } from '../test/harness/processes.ts';
import { findProgram } from '../test/harness/requirements.ts';
import { waitFor } from '../test/harness/wait-for.ts';
import { print } from './history.ts';

export interface RunningRelay extends AsyncDisposable {
  readonly port: number;
  /** Of the upgrade request. */
  readonly path: string;
  /** The process and its children. */
  readonly pid: number;
}

export interface Peer {
  readonly name: string;
  /** The program it needs; the bench leaves the peer out where it is not installed. */
  readonly program: string;
  start(setting: PeerSetting): Promise<RunningRelay>;
}

export interface PeerSetting {
  /** Temporary, its own. */
  readonly folder: string;
  /** WebSocket server on 127.0.0.1. */
  readonly upstreamPort: number;
  /** The core the relay is pinned to. */
  readonly core: number;
}

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-for-the-bench';
const ownGateway = new URL('../gateway/main.ts', import.meta.url).pathname;
const tunedBuffers =
  'proxy_buffering on; proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;';

const peers: readonly Peer[] = [
  { name: 'sluice, inspecting', program: bunPath, start: setting => startGateway(setting, ownGateway) },
  { name: 'bare relay', program: bunPath, start: startBareRelay },
  { name: 'nginx as shipped', program: 'nginx', start: setting => startNginx(setting, '') },
  { name: 'nginx, 64k buffers', program: 'nginx', start: setting => startNginx(setting, tunedBuffers) },
  { name: 'haproxy, 64k buffers', program: 'haproxy', start: startHaproxy },
];

/**
 * The relays that match and are installed.
 * @param pattern regular expression for the name.
 * @param before the root of another working tree, whose gateway is to be compared: before and after in one run.
 */
export function choosePeers(pattern: string, before: string | undefined): Peer[] {
  const all = before === undefined ? peers : [...peers, createGatewayPeer(before)];
  return all.filter(peer => new RegExp(pattern).test(peer.name) && isInstalled(peer));
}

function isInstalled(peer: Peer): boolean {
  if (peer.program === bunPath || findProgram(peer.program) !== undefined) return true;
  print(`${peer.name}: left out, ${peer.program} is not installed`);
  return false;
}

function createGatewayPeer(folder: string): Peer {
  const main = join(folder, 'gateway/main.ts');
  return { name: 'sluice, before', program: bunPath, start: setting => startGateway(setting, main) };
}

async function startGateway(setting: PeerSetting, main: string): Promise<RunningRelay> {
  const { folder, upstreamPort } = setting;
  const { certificate, key } = await writeCertificate(folder);
  const port = await findFreePort();
  const file = join(folder, 'gateway.json');
  const session = { id: sessionId, token, protocol: 'rfb', upstream: `ws://127.0.0.1:${upstreamPort}/` };
  const config = {
    listen: { host: '127.0.0.1', port },
    tls: { certificate, private_key: key },
    data_dir: join(folder, 'data'),
    log: { level: 'warn' },
    sessions: [session],
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  const path = `/desktop/${sessionId}/vnc/websockify?token=${token}`;
  return listening(await pinned(setting.core, [bunPath, main, '--config', file]), port, path);
}

async function startBareRelay(setting: PeerSetting): Promise<RunningRelay> {
  const port = await findFreePort();
  const { certificate, key } = await writeCertificate(setting.folder);
  const script = new URL('peers/bare-relay.ts', import.meta.url).pathname;
  const command = [bunPath, script, String(port), certificate, key, String(setting.upstreamPort)];
  return listening(await pinned(setting.core, command), port, '/');
}

async function startNginx(setting: PeerSetting, buffers: string): Promise<RunningRelay> {
  const { folder } = setting;
  const port = await findFreePort();
  const { certificate, key } = await writeCertificate(folder);
  const file = join(folder, 'nginx.conf');
  const values = { folder, port, certificate, key, buffers, upstream: setting.upstreamPort };
  await writeFile(file, await fill('nginx.conf', values));
  const command = [findProgram('nginx') ?? 'nginx', '-c', file, '-p', folder, '-e', 'stderr'];
  return listening(await pinned(setting.core, command), port, '/');
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
  await writeFile(file, await fill('haproxy.conf', { port, pem, upstream: setting.upstreamPort }));
  return listening(
    await pinned(setting.core, [findProgram('haproxy') ?? 'haproxy', '-db', '-f', file]),
    port,
    '/',
  );
}

/** A certificate of the kind that every relay of the bench has: P-256. */
export async function writeCertificate(folder: string): Promise<{ certificate: string; key: string }> {
  const pair = createSelfSigned(['127.0.0.1'], Date.now());
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  await writeFile(certificate, pair.certificate);
  await writeFile(key, pair.privateKey, { mode: 0o600 });
  return { certificate, key };
}

async function fill(template: string, values: Readonly<Record<string, string | number>>): Promise<string> {
  const text = await readFile(new URL(`peers/${template}`, import.meta.url), 'utf8');
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function pinned(core: number, command: readonly string[]): Promise<StartedProcess> {
  return startProcess(['taskset', '-c', String(core), ...command]);
}

async function listening(child: StartedProcess, port: number, path: string): Promise<RunningRelay> {
  await waitForPort(port, () => {
    if (child.exitCode !== undefined) throw new Error(`the relay ended: ${child.stderr}`);
  });
  return { port, path, pid: child.pid, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

/** Until somebody listens there. @param check throws when that will not happen any more. */
export async function waitForPort(port: number, check: () => void = () => {}): Promise<void> {
  await waitFor(`the relay to listen on port ${port}`, async () => {
    check();
    const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } });
    socket.end();
    return true;
  });
}
