/**
 * Desktops as processes of this host, for trying Sluice out where no Docker Engine is: Xvnc, a window manager and a
 * terminal. They are not isolated from the host as containers are, have no resource limits, and end with the agent.
 */
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorText, type Log } from '../../config/log.ts';
import { createPassword } from './desktop-password.ts';
import {
  type DesktopOrder,
  type DesktopProgressStep,
  type DesktopRuntime,
  DesktopStartError,
  type RunningDesktop,
  type RuntimeEvents,
} from './desktop-runtime.ts';
import { ProcessDesktop, removeDesktopFiles } from './process-desktop.ts';
import { agentVariable, endProcesses } from './process-sweep.ts';
import { desktopUserOf } from './process-user.ts';

const startTimeMs = 30_000;

export interface ProcessRuntimeOptions {
  readonly agentId: string;
  readonly log: Log;
  readonly events: RuntimeEvents;
}

export async function startProcessRuntime(options: ProcessRuntimeOptions): Promise<DesktopRuntime> {
  options.log.warn(
    'desktops run as processes of this host: for trying out only, they are not isolated from it',
    {
      runtime: 'process',
      hint: 'install Docker for real use',
    },
  );
  const runtime = new ProcessRuntime(options);
  await runtime.sweep();
  return runtime;
}

interface Entry {
  readonly desktop: ProcessDesktop;
  running: RunningDesktop | undefined;
  /** Its end is no news. */
  stopping: boolean;
}

class ProcessRuntime implements DesktopRuntime {
  readonly kind = 'process';
  readonly version = 'TigerVNC';
  readonly #options: ProcessRuntimeOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #prefix: string;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
    // Not in the data folder: a desktop's user must be able to reach it, and may not see into that.
    this.#prefix = `sluice-desktop-${options.agentId.slice(0, 8)}-`;
  }

  /** What an earlier process of this agent left when it was killed. */
  async sweep(): Promise<void> {
    const ours = { variable: agentVariable, value: this.#options.agentId };
    await endProcesses(ours);
    for (const name of await readdir(tmpdir())) {
      if (!name.startsWith(this.#prefix)) continue;
      const folder = join(tmpdir(), name);
      await endProcesses({ ...ours, user: desktopUserOf((await stat(folder)).uid) });
      await removeDesktopFiles(folder);
    }
  }

  async desktops(): Promise<readonly RunningDesktop[]> {
    return [...this.#entries.values()].flatMap(({ running }) => (running === undefined ? [] : [running]));
  }

  async images(): Promise<readonly string[]> {
    return [];
  }

  async start(
    order: DesktopOrder,
    onProgress: (step: DesktopProgressStep) => void,
    signal: AbortSignal,
  ): Promise<RunningDesktop> {
    if (order.protocol !== 'rfb') {
      throw new DesktopStartError(
        `the image ${order.image} needs a Docker Engine: without one this host runs only its own plain desktop`,
      );
    }
    onProgress({ phase: 'starting', message: 'starting the desktop', progress: 0 });
    const password = createPassword('rfb');
    const folder = join(tmpdir(), this.#prefix + order.sessionId);
    const desktop = new ProcessDesktop({ order, agentId: this.#options.agentId, folder, password });
    const entry: Entry = { desktop, running: undefined, stopping: false };
    this.#entries.set(order.sessionId, entry);
    try {
      await this.#startInTime(desktop, signal);
    } catch (error) {
      this.#entries.delete(order.sessionId);
      await desktop.remove();
      signal.throwIfAborted();
      if (error instanceof DesktopStartError) throw error;
      throw new DesktopStartError(`the desktop could not be started: ${errorText(error)}`);
    }
    void desktop.ended.then(how => this.#bury(order.sessionId, entry, how));
    entry.running = {
      sessionId: order.sessionId,
      protocol: 'rfb',
      upstream: `tcp://127.0.0.1:${desktop.port}`,
      authorization: undefined,
      password,
      tlsVerify: false,
      containerId: '',
      containerIp: '127.0.0.1',
    };
    return entry.running;
  }

  async #startInTime(desktop: ProcessDesktop, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.timeout(startTimeMs);
    try {
      await desktop.start(AbortSignal.any([signal, limit]));
    } catch (error) {
      if (!limit.aborted || signal.aborted) throw error;
      throw new DesktopStartError(`the desktop did not answer within ${startTimeMs / 1000} s`);
    }
  }

  async stop(sessionId: string): Promise<void> {
    const entry = this.#entries.get(sessionId);
    if (entry === undefined) return;
    entry.stopping = true;
    await entry.desktop.remove();
    this.#entries.delete(sessionId);
  }

  async #bury(sessionId: string, entry: Entry, how: string): Promise<void> {
    if (entry.stopping || this.#entries.get(sessionId) !== entry) return;
    this.#entries.delete(sessionId);
    const { log, events } = this.#options;
    try {
      await entry.desktop.remove();
    } catch (error) {
      log.error('could not remove all of an ended desktop', { sessionId, error: errorText(error) });
    }
    events.onDesktopEnded(sessionId, `the desktop ended by itself (${how})`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = [...this.#entries.keys()];
    await Promise.all(sessions.map(sessionId => this.stop(sessionId)));
    for (const sessionId of sessions) {
      this.#options.events.onDesktopEnded(
        sessionId,
        'the agent stopped, and with it the desktops on its host',
      );
    }
  }
}
