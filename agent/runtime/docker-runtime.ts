/** Desktops as containers of a Docker Engine. They outlive this process: their labels say whose they are. */
import { errorText, type Log } from '../../config/log.ts';
import { exitText, readLastLines, removeContainer } from './container-end.ts';
import { agentLabel, containerSpec, desktopOf, desktopPorts, sessionLabel } from './container-spec.ts';
import { createPassword } from './desktop-password.ts';
import {
  type DesktopOrder,
  type DesktopProgressStep,
  type DesktopRuntime,
  DesktopStartError,
  type RunningDesktop,
  type RuntimeEvents,
} from './desktop-runtime.ts';
import {
  type ContainerInspectInfo,
  connectEngine,
  type DockerContainer,
  type DockerEngine,
  type EngineAddress,
  engineErrorText,
  engineStatus,
  pingEngine,
} from './docker-connection.ts';
import { type ContainerDeath, followDeaths } from './docker-events.ts';
import { ensureImage } from './image-pull.ts';
import { addToKasmvncFile } from './kasmvnc-config.ts';
import { waitForHttps, waitForRfb } from './rfb-probe.ts';

/** From the container's start to an answering VNC server; Kasm's large images take half a minute on a busy host. */
export const startTimeMs = 120_000;
const stopTimeSeconds = 3;

export interface DockerRuntimeOptions {
  readonly address: EngineAddress;
  readonly agentId: string;
  readonly log: Log;
  readonly events: RuntimeEvents;
  readonly startTimeMs?: number;
}

/** @throws Error when no engine answers at the address */
export async function startDockerRuntime(options: DockerRuntimeOptions): Promise<DesktopRuntime> {
  const engine = connectEngine(options.address);
  await pingEngine(engine);
  const { Version } = await engine.version();
  const runtime = new DockerRuntime(engine, Version, options);
  await runtime.follow();
  await runtime.removeDead();
  return runtime;
}

class DockerRuntime implements DesktopRuntime {
  readonly kind = 'docker';
  readonly version: string;
  readonly #engine: DockerEngine;
  readonly #options: DockerRuntimeOptions;
  readonly #stopped = new AbortController();
  /** Sessions being started or stopped by us, with the exit code of a container that died meanwhile. */
  readonly #busy = new Map<string, { exitCode?: number }>();

  constructor(engine: DockerEngine, version: string, options: DockerRuntimeOptions) {
    this.#engine = engine;
    this.version = version;
    this.#options = options;
  }

  async follow(): Promise<void> {
    const { agentId, events } = this.#options;
    const onDeath = (death: ContainerDeath): void => void this.#bury(death);
    await followDeaths(this.#engine, agentId, this.#stopped.signal, onDeath, events.onLost);
  }

  /** Containers of ours that ended while nobody looked. */
  async removeDead(): Promise<void> {
    const status = ['created', 'exited', 'dead'];
    for (const { Id } of await this.#list({ status })) await removeContainer(this.#engine, Id);
  }

  async desktops(): Promise<readonly RunningDesktop[]> {
    const containers = await this.#list({ status: ['running', 'paused'] });
    const found = await Promise.all(containers.map(({ Id }) => this.#find(Id)));
    return found.filter(desktop => desktop !== undefined);
  }

  async images(): Promise<readonly string[]> {
    const images = await this.#engine.listImages();
    const tags = images.flatMap(image => image.RepoTags ?? []);
    return tags.filter(tag => tag !== '<none>:<none>').sort();
  }

  async start(
    order: DesktopOrder,
    onProgress: (step: DesktopProgressStep) => void,
    signal: AbortSignal,
  ): Promise<RunningDesktop> {
    this.#busy.set(order.sessionId, {});
    try {
      await ensureImage(this.#engine, order.image, order.imageIsLocal, onProgress, signal);
      onProgress({ phase: 'creating', message: 'creating the container', progress: 0 });
      const id = await this.#create(order);
      return await this.#run(id, order, onProgress, signal).catch(async error => {
        await removeContainer(this.#engine, id);
        throw error;
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DesktopStartError) throw error;
      throw new DesktopStartError(`the Docker Engine could not start the desktop: ${engineErrorText(error)}`);
    } finally {
      this.#busy.delete(order.sessionId);
    }
  }

  async #create(order: DesktopOrder): Promise<string> {
    // What an earlier attempt left, if the agent was killed in the middle of it.
    for (const { Id } of await this.#list({ sessionId: order.sessionId }))
      await removeContainer(this.#engine, Id);
    const password = createPassword(order.protocol);
    try {
      return (await this.#engine.createContainer(containerSpec(order, this.#options.agentId, password))).id;
    } catch (error) {
      throw new DesktopStartError(`the Docker Engine refused the container: ${engineErrorText(error)}`);
    }
  }

  async #run(
    id: string,
    order: DesktopOrder,
    onProgress: (step: DesktopProgressStep) => void,
    signal: AbortSignal,
  ): Promise<RunningDesktop> {
    signal.throwIfAborted();
    const container = this.#engine.getContainer(id);
    const without = await this.#tellKasmvnc(container, order);
    onProgress({ phase: 'starting', message: `starting the desktop${without}`, progress: 0 });
    await container.start();
    const limitMs = this.#options.startTimeMs ?? startTimeMs;
    using probing = new Probing(AbortSignal.any([signal, AbortSignal.timeout(limitMs)]));
    const outcome = await Promise.race([
      this.#answers(id, order, probing.signal),
      this.#exits(id, probing.signal),
    ]);
    signal.throwIfAborted();
    // Its server may have answered and died in the same breath.
    const exitCode = this.#busy.get(order.sessionId)?.exitCode;
    if (typeof outcome === 'object' && exitCode === undefined) return outcome;
    const last = await readLastLines(this.#engine, id);
    const printed = last === '' ? '' : `; it printed: ${last}`;
    throw new DesktopStartError(
      outcome === 'silent'
        ? `the desktop did not answer on port ${desktopPorts[order.protocol]} within ${limitMs / 1000} s${printed}`
        : `the desktop ended while starting (${exitText(typeof outcome === 'number' ? outcome : (exitCode ?? -1))})${printed}`,
    );
  }

  /** @returns what the user is told of it: ", without …", or nothing */
  async #tellKasmvnc(container: DockerContainer, order: DesktopOrder): Promise<string> {
    const { sessionId, image, kasmvncSection } = order;
    if (kasmvncSection === undefined) return '';
    const missing = await addToKasmvncFile(container, kasmvncSection);
    for (const { kind, path, reason } of missing) {
      const message = `the ${kind} of a watermark is no file of its desktop: KasmVNC is not told of it`;
      this.#options.log.warn(message, { sessionId, image, file: path, name: kind, reason });
    }
    const [first] = missing;
    if (first === undefined) return '';
    return first.kind === 'image'
      ? ', in which KasmVNC draws no watermark: its image is no file there'
      : ", in which KasmVNC's watermark has another font: its own is no file there";
  }

  /** The desktop once its server answers; silent when it does not before the signal. */
  async #answers(id: string, order: DesktopOrder, signal: AbortSignal): Promise<RunningDesktop | 'silent'> {
    const desktop = await this.#find(id);
    // A container that ended at once has no address any more: the other side of the race tells how.
    if (desktop === undefined) return new Promise(resolve => onAbort(signal, () => resolve('silent')));
    const wait = order.protocol === 'rfb' ? waitForRfb : waitForHttps;
    try {
      await wait(desktop.containerIp, desktopPorts[order.protocol], signal);
      return desktop;
    } catch {
      return 'silent';
    }
  }

  /** The container's exit code; never settles once the signal has fired. */
  async #exits(id: string, signal: AbortSignal): Promise<number> {
    try {
      const { StatusCode } = await this.#engine.getContainer(id).wait({ abortSignal: signal });
      return StatusCode;
    } catch (error) {
      if (signal.aborted) return new Promise(() => {});
      throw error;
    }
  }

  async stop(sessionId: string): Promise<void> {
    this.#busy.set(sessionId, {});
    try {
      for (const { Id } of await this.#list({ sessionId })) {
        await this.#engine.getContainer(Id).stop({ t: stopTimeSeconds }).catch(ignoreGone);
        await removeContainer(this.#engine, Id);
      }
    } finally {
      this.#busy.delete(sessionId);
    }
  }

  async #bury({ sessionId, containerId, exitCode }: ContainerDeath): Promise<void> {
    const busy = this.#busy.get(sessionId);
    if (busy !== undefined) {
      busy.exitCode = exitCode;
      return;
    }
    const { log, events } = this.#options;
    try {
      // A clean end is the user's own: what was printed on the way explains nothing.
      const last = exitCode === 0 ? '' : await readLastLines(this.#engine, containerId);
      await removeContainer(this.#engine, containerId);
      const printed = last === '' ? '' : `; it printed: ${last}`;
      events.onDesktopEnded(sessionId, `the desktop ended by itself (${exitText(exitCode)})${printed}`);
    } catch (error) {
      log.error('could not remove an ended container', { sessionId, containerId, error: errorText(error) });
    }
  }

  async #list(filter: {
    sessionId?: string;
    status?: readonly string[];
  }): Promise<ReadonlyArray<{ Id: string }>> {
    const label = [`${agentLabel}=${this.#options.agentId}`];
    if (filter.sessionId !== undefined) label.push(`${sessionLabel}=${filter.sessionId}`);
    const status = filter.status === undefined ? {} : { status: [...filter.status] };
    return this.#engine.listContainers({ all: true, filters: { label, ...status } });
  }

  async #find(containerId: string): Promise<RunningDesktop | undefined> {
    let container: ContainerInspectInfo;
    try {
      container = await this.#engine.getContainer(containerId).inspect();
    } catch (error) {
      if (engineStatus(error) === 404) return undefined;
      throw error;
    }
    return desktopOf({
      id: container.Id,
      address: container.NetworkSettings.Networks.bridge?.IPAddress ?? '',
      labels: container.Config.Labels,
      environment: container.Config.Env,
    });
  }

  /** Containers stay: the next process of this agent finds them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
  }
}

/** Ends both sides of the start's race with it. */
class Probing implements Disposable {
  readonly #ended = new AbortController();
  readonly signal: AbortSignal;

  constructor(limit: AbortSignal) {
    this.signal = AbortSignal.any([limit, this.#ended.signal]);
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
  }
}

function onAbort(signal: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
}

/** 304: it was not running; 404: it is gone. */
function ignoreGone(error: unknown): void {
  const status = engineStatus(error);
  if (status !== 304 && status !== 404) throw error;
}
