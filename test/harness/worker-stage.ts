/** A gateway of several workers in front of a stand-in for a desktop: the stage for tests of workers and restarts. */
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { type KasmvncDesktop, KasmvncServer } from './kasmvnc-server.ts';
import { handshakeRfb } from './rfb-viewer.ts';
import { openStream, type StreamClient, type StreamClientOptions } from './stream-client.ts';
import { waitFor } from './wait-for.ts';

export const sessionId = '11111111-1111-4111-8111-111111111111';
export const otherSessionId = '22222222-2222-4222-8222-222222222222';
export const token = 'a-token-for-the-workers';

/** An open stream, its desktop and the worker between them. */
export interface PlacedStream {
  readonly stream: StreamClient;
  readonly desktop: KasmvncDesktop;
  readonly worker: number;
  readonly pid: number;
}

type Config = Readonly<Record<string, unknown>>;

export class WorkerStage implements AsyncDisposable {
  readonly gateway: GatewayProcess;
  readonly desktop: KasmvncServer;

  private constructor(gateway: GatewayProcess, desktop: KasmvncServer) {
    this.gateway = gateway;
    this.desktop = desktop;
  }

  /** @param config further keys; without `sessions` and `control` two sessions of a file. */
  static async start(config: Config = {}): Promise<WorkerStage> {
    const desktop = await KasmvncServer.start();
    try {
      const own = config.control === undefined ? { sessions: sessionsFor(desktop) } : {};
      const gateway = await startGatewayProcess({ listen: listen(), ...own, ...config });
      return new WorkerStage(gateway, desktop);
    } catch (error) {
      await desktop[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Opens a stream, wherever the kernel puts it. */
  async open(options: Partial<StreamClientOptions> = {}): Promise<PlacedStream> {
    const index = this.desktop.desktops.length;
    const before = this.#opened().length;
    const stream = await openStream({ port: this.gateway.port, sessionId, token, ...options });
    await handshakeRfb(stream);
    const desktop = await this.desktop.desktop(index);
    const line = await waitFor('the log line of the stream', () => this.#opened()[before]);
    return { stream, desktop, worker: Number(line.worker), pid: this.pidOf(Number(line.worker)) };
  }

  /** Opens streams until one is where it is wanted; the others are closed. */
  async openWhere(
    wanted: (placed: PlacedStream) => boolean,
    options: Partial<StreamClientOptions> = {},
  ): Promise<PlacedStream> {
    for (let tries = 0; tries < 100; tries++) {
      const placed = await this.open(options);
      if (wanted(placed)) return placed;
      await placed.stream.close();
    }
    throw new Error('of a hundred streams none came to where it is wanted');
  }

  /** One stream in worker 1, one in worker 2. */
  async openBoth(options: Partial<StreamClientOptions> = {}): Promise<[PlacedStream, PlacedStream]> {
    const first = await this.openWhere(({ worker }) => worker === 1, options);
    return [first, await this.openWhere(({ worker }) => worker === 2, options)];
  }

  /** Of the worker's latest process that listens. */
  pidOf(worker: number): number {
    const lines = this.gateway.logLines().filter(line => line.message === 'worker listens');
    return Number(lines.findLast(line => line.worker === worker)?.pid ?? 0);
  }

  countOf(message: string): number {
    return this.gateway.logLines().filter(line => line.message === message).length;
  }

  /** Writes the configuration file anew, with the port that the gateway has. */
  async configure(config: Config): Promise<void> {
    const file = `${this.gateway.folder}/gateway.yaml`;
    const whole = {
      listen: listen(),
      metrics: { host: '127.0.0.1', port: 0 },
      data_dir: 'data',
      log: { level: 'debug' },
      sessions: sessionsFor(this.desktop),
      ...config,
    };
    await writeFile(file, stringify(whole));
  }

  /** Signals the parent and waits for the log line that says it is done. */
  async signal(signal: NodeJS.Signals, done: string): Promise<void> {
    const before = this.countOf(done);
    this.gateway.process.kill(signal);
    await waitFor(`the log line "${done}"`, () => this.countOf(done) > before, 20_000);
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.gateway.metricsPort}/metrics`)).text();
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(`http://127.0.0.1:${this.gateway.metricsPort}/healthz`);
    return (await answer.json()) as Readonly<Record<string, unknown>>;
  }

  async metric(sample: string): Promise<number> {
    const lines = (await this.metrics()).split('\n');
    return Number(lines.find(line => line.startsWith(`${sample} `))?.slice(sample.length + 1) ?? Number.NaN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.desktop[Symbol.asyncDispose]();
  }

  #opened() {
    return this.gateway.logLines().filter(line => line.message === 'stream opened');
  }
}

export const listen = (further: Config = {}): Config => ({
  host: '127.0.0.1',
  port: 0,
  workers: 2,
  ...further,
});

export function sessionsFor(desktop: KasmvncServer, further: Config = {}): Config[] {
  const session = { token, protocol: 'rfb', upstream: `ws://127.0.0.1:${desktop.port}/websockify` };
  return [sessionId, otherSessionId].map(id => ({ ...session, id, ...further }));
}

/** Whether a process with this id runs; one that ended and was not yet waited for does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && !/^\d+ \(.*\) [ZX]/s.test(stat);
}
