/** Our gateway as users run it, with the sessions in its configuration file and inspection on. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../test/harness/ports.ts';
import { bunPath } from '../../test/harness/processes.ts';
import { sessionsMax } from '../load/stream-path.ts';
import { type PeerSetting, type RunningRelay, startPinned, writeCertificate } from './peer.ts';

const token = 'a-token-for-the-bench';
const mainFile = new URL('../../gateway/main.ts', import.meta.url).pathname;
const sessionPrefix = '11111111-1111-4111-8111-';
const probeSession = '22222222-2222-4222-8222-222222222222';
/** One session a stream, while the file has room: what a session costs is in every figure. */
const sessionIdOf = (index: number): string => `${sessionPrefix}${index.toString(16).padStart(12, '0')}`;

const pathOf = (id: string): string => `/desktop/${id}/vnc/websockify?token=${token}`;

export interface GatewayOptions {
  /** Of the desktops; rfb. */
  readonly protocol?: 'rfb' | 'kasmvnc';
  /** gateway/main.ts of another working tree. */
  readonly main?: string;
}

export async function startOwnGateway(
  setting: PeerSetting,
  { protocol = 'rfb', main = mainFile }: GatewayOptions = {},
): Promise<RunningRelay> {
  const { folder, upstreamPort, probePort, workers, moreUpstreamPorts = [] } = setting;
  const upstreamPorts = [upstreamPort, ...moreUpstreamPorts];
  const { certificate, key } = await writeCertificate(folder);
  const port = await findFreePort();
  const file = join(folder, 'gateway.json');
  const common = { token, protocol };
  const sessions = Array.from({ length: Math.min(setting.streams, sessionsMax) }, (_, index) => ({
    ...common,
    id: sessionIdOf(index),
    upstream: `ws://127.0.0.1:${upstreamPorts[index % upstreamPorts.length]}/${index}`,
  }));
  const probe = { ...common, id: probeSession, upstream: `ws://127.0.0.1:${probePort}/0` };
  const config = {
    listen: { host: '127.0.0.1', port, ...(workers > 1 ? { workers } : {}) },
    tls: { certificate, private_key: key },
    data_dir: join(folder, 'data'),
    log: { level: 'warn' },
    sessions: [...sessions, probe],
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  return startPinned(setting.cores, [bunPath, main, '--config', file], {
    port,
    path: pathOf(`${sessionPrefix}{session12}`),
    probePath: pathOf(probeSession),
  });
}
