/** A gateway of this working tree for a load, with desktops that the load plays itself. */
import { availableParallelism } from 'node:os';
import { makeTempFolder } from '../../test/harness/temp-folder.ts';
import { startOwnGateway } from '../peers/own-gateway.ts';
import { readCpuSeconds, readResidentBytes } from '../report/cpu-time.ts';
import type { GatewayUse } from './load-summary.ts';

export interface LocalGateway extends AsyncDisposable {
  readonly port: number;
  readonly path: string;
  /** Begins to measure what it uses. */
  mark(): void;
  /** Since then; undefined before. */
  use(): GatewayUse | undefined;
}

export async function startLocalGateway(
  streams: number,
  upstreamPorts: readonly [number, ...number[]],
  workers: number,
): Promise<LocalGateway> {
  const [upstreamPort, ...moreUpstreamPorts] = upstreamPorts;
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder('load'));
  const cores = Math.min(workers, Math.max(1, availableParallelism() - 1));
  const setting = {
    folder: folder.path,
    upstreamPort,
    moreUpstreamPorts,
    probePort: upstreamPort,
    cores: Array.from({ length: cores }, (_, core) => core).join(','),
    streams,
    workers,
  };
  try {
    const relay = stack.use(await startOwnGateway(setting, { protocol: 'kasmvnc' }));
    let since: { readonly cpuSeconds: number; readonly ms: number } | undefined;
    return {
      port: relay.port,
      path: `${relay.path}&client=kasmvnc`,
      mark: () => {
        since = { cpuSeconds: readCpuSeconds(relay.pid), ms: performance.now() };
      },
      use: () =>
        since === undefined
          ? undefined
          : {
              cpuShare:
                (readCpuSeconds(relay.pid) - since.cpuSeconds) / ((performance.now() - since.ms) / 1000),
              residentMb: readResidentBytes(relay.pid) / 1e6,
            },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
