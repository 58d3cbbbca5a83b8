/** A gateway as users run it: a process of its own, with a YAML file. */
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { type HeapContent, heapSocketVariable } from './heap-probe.ts';
import { bunPath, type StartedProcess, startProcess } from './processes.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface GatewayProcess extends AsyncDisposable {
  /** Of the TLS port on 127.0.0.1. */
  readonly port: number;
  readonly metricsPort: number;
  readonly process: StartedProcess;
  /** The folder of its configuration and data. */
  readonly folder: string;
  /** Resident memory now. */
  residentBytes(): Promise<number>;
  /** What is alive after a garbage collection, which this starts; needs the option `heapProbe`. */
  heapContent(): Promise<HeapContent>;
  /** Log lines so far, parsed. */
  logLines(): GatewayLogLine[];
}

export interface GatewayProcessOptions {
  /** Lets `heapContent` look into the process. */
  readonly heapProbe?: boolean;
  /** Of its environment, on top of our own. */
  readonly env?: Readonly<Record<string, string>>;
}

export type GatewayLogLine = { readonly level: string; readonly message: string } & Readonly<
  Record<string, unknown>
>;

const heapProbeFile = new URL('./heap-probe.ts', import.meta.url).pathname;

export const mainFile = new URL('../../gateway/main.ts', import.meta.url).pathname;

/** Starts a gateway on a free port with these further keys of the configuration, and waits until it listens. */
export async function startGatewayProcess(
  config: Readonly<Record<string, unknown>>,
  options: GatewayProcessOptions = {},
): Promise<GatewayProcess> {
  const folder = await makeTempFolder('gateway');
  const file = folder.file('gateway.yaml');
  const whole = {
    listen: { host: '127.0.0.1', port: 0 },
    metrics: { host: '127.0.0.1', port: 0 },
    data_dir: 'data',
    log: { level: 'debug' },
    ...config,
  };
  await writeFile(file, stringify(whole));
  const heapSocket = folder.file('heap.sock');
  const probe = options.heapProbe ? ['--preload', heapProbeFile] : [];
  const child = await startProcess([bunPath, ...probe, mainFile, '--config', file], {
    env: { ...options.env, [heapSocketVariable]: heapSocket },
  });
  const stop = async (): Promise<void> => {
    await child[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  const logLines = (): GatewayLogLine[] =>
    child.stdout
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as GatewayLogLine);
  try {
    await child.printed('gateway listens');
    const ports = logLines();
    const portOf = (message: string): number =>
      Number(ports.find(line => line.message === message)?.port ?? 0);
    return {
      port: portOf('gateway listens'),
      metricsPort: portOf('metrics listen'),
      process: child,
      folder: folder.path,
      residentBytes: () => readResidentBytes(child.pid),
      heapContent: () => readHeapContent(heapSocket),
      logLines,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function readHeapContent(heapSocket: string): Promise<HeapContent> {
  const response = await fetch('http://heap/', { unix: heapSocket });
  return (await response.json()) as HeapContent;
}
