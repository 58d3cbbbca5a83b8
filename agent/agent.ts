/** The agent: runs the desktops of one container host on control's orders. */
import { availableParallelism, hostname, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentConfig } from '../config/agent.ts';
import { StartError } from '../config/command-line.ts';
import { parseId, type SessionId } from '../config/ids.ts';
import type { AgentState, DesktopEnded, Frame, StartDesktop } from '../config/link/link.ts';
import { LinkClient, type Welcome } from '../config/link/link-client.ts';
import { NodeCredential } from '../config/link/node-credential.ts';
import { errorText, type Log } from '../config/log.ts';
import packageJson from '../package.json' with { type: 'json' };
import { readAgentId } from './agent-id.ts';
import { parseOrder } from './desktop-frames.ts';
import { DesktopTable } from './desktop-table.ts';
import type { DesktopRuntime } from './runtime/desktop-runtime.ts';
import { RuntimeKeeper } from './runtime/runtime-keeper.ts';

/** Ends that control has not heard of yet, while the link is down. */
const undeliveredMax = 1_000;
const lookTimeMs = 10_000;
const adoptAgainMs = 1_000;

/** @throws StartError when the data folder or the enrolment token cannot be read */
export async function startAgent(config: AgentConfig, log: Log): Promise<AsyncDisposable> {
  try {
    const credential = await NodeCredential.open({
      dataDir: config.data_dir,
      enrolmentTokenFile: config.control.enrolment_token_file,
      log,
    });
    const agent = new Agent(config, log, await readAgentId(config.data_dir), credential);
    await agent.begin();
    return agent;
  } catch (error) {
    throw error instanceof StartError ? error : new StartError(errorText(error));
  }
}

class Agent implements AsyncDisposable {
  readonly #config: AgentConfig;
  readonly #log: Log;
  readonly #credential: NodeCredential;
  readonly #keeper: RuntimeKeeper;
  readonly #table: DesktopTable;
  readonly #undelivered: DesktopEnded[] = [];
  /** The runtime whose running desktops are in the table: only that one is used, or spoken of. */
  #adopted: DesktopRuntime | undefined;
  #adoptProblem = '';
  #adoptTimer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
  #link: LinkClient | undefined;

  constructor(config: AgentConfig, log: Log, agentId: string, credential: NodeCredential) {
    this.#config = config;
    this.#log = log;
    this.#credential = credential;
    this.#table = new DesktopTable({
      runtime: () => this.#runtime(),
      problem: () => this.#keeper.problem || this.#adoptProblem,
      onProgress: desktopProgress => void this.#link?.send({ desktopProgress }),
      onRunning: desktopRunning => {
        this.#link?.send({ desktopRunning });
        // A pull may have brought an image.
        void this.#sendState();
      },
      onEnded: ended => this.#tellEnded(ended),
      log,
    });
    this.#keeper = new RuntimeKeeper({
      config,
      agentId,
      log,
      onDesktopEnded: (sessionId, message) => this.#table.end(sessionId, message),
      onChange: () => this.#takeRuntime(),
      isIdle: () => this.#table.size === 0,
    });
  }

  /**
   * Control must hear of running desktops in the first state: the runtime comes before the link. Only installing
   * programs takes longer than the wait, and where they are missing no desktop runs.
   */
  async begin(): Promise<void> {
    const looked = this.#keeper.look();
    await Promise.race([looked, sleep(lookTimeMs, undefined, { ref: false })]);
    this.#link = new LinkClient({
      url: this.#config.control.url,
      token: () => this.#credential.token(),
      hello: {
        role: 'agent',
        name: this.#config.name ?? hostname(),
        version: packageJson.version,
        instance: crypto.randomUUID(),
      },
      onWelcome: welcome => void this.#welcome(welcome),
      onFrame: frame => this.#take(frame),
      onRefused: () => this.#credential.refused(),
      log: this.#log,
    });
  }

  async #welcome(welcome: Welcome): Promise<void> {
    this.#credential.welcomed(welcome);
    // What ended meanwhile comes first: control would ask anew for a start that has failed.
    for (const ended of this.#undelivered.splice(0)) this.#tellEnded(ended);
    await this.#sendState();
    for (const desktopProgress of this.#table.starting()) this.#link?.send({ desktopProgress });
  }

  #take(frame: Frame): void {
    if (frame.startDesktop) this.#start(frame.startDesktop);
    else if (frame.stopDesktop) this.#stop(frame.stopDesktop.sessionId ?? '');
    else this.#log.debug('frame of no concern to an agent');
  }

  #start(frame: StartDesktop): void {
    const order = parseOrder(frame);
    if ('problem' in order) this.#table.fail(frame.sessionId ?? '', order.problem);
    else this.#table.start(order);
  }

  #stop(text: string): void {
    const sessionId = parseId<SessionId>(text);
    if (sessionId === undefined)
      this.#log.warn('order to stop a desktop names no session', { sessionId: text });
    else this.#table.stop(sessionId);
  }

  #tellEnded(desktopEnded: DesktopEnded): void {
    if (this.#link?.send({ desktopEnded })) return;
    this.#undelivered.push(desktopEnded);
    if (this.#undelivered.length > undeliveredMax) this.#undelivered.shift();
  }

  #runtime(): DesktopRuntime | undefined {
    return this.#keeper.runtime === this.#adopted ? this.#adopted : undefined;
  }

  /**
   * Takes over what runs on a runtime that has come up. An engine that answers may still fail to list its containers:
   * until it has, this host says that it has no runtime, for with an empty list control would end all its sessions.
   */
  async #takeRuntime(): Promise<void> {
    clearTimeout(this.#adoptTimer);
    const { runtime } = this.#keeper;
    if (runtime !== undefined) await this.#adopt(runtime);
    await this.#sendState();
  }

  async #adopt(runtime: DesktopRuntime): Promise<void> {
    try {
      await this.#table.adopt(runtime);
      this.#adopted = runtime;
      this.#adoptProblem = '';
    } catch (error) {
      this.#adoptProblem = `its running desktops can't be listed: ${errorText(error)}`;
      this.#log.error('could not look for running desktops, looking again', {
        error: errorText(error),
        ms: adoptAgainMs,
      });
      if (!this.#disposed) this.#adoptTimer = setTimeout(() => void this.#takeRuntime(), adoptAgainMs);
    }
  }

  async #sendState(): Promise<void> {
    const images = await this.#images();
    // Built after the last wait, in one piece: it must not be older than an end that was told meanwhile.
    this.#link?.send({ agentState: this.#state(images) });
  }

  #state(images: readonly string[]): AgentState {
    const runtime = this.#runtime();
    const problem = runtime === undefined ? this.#keeper.problem || this.#adoptProblem : '';
    return {
      runtime: runtime?.kind ?? 'none',
      runtimeVersion: runtime?.version ?? '',
      runtimeProblem: problem,
      cores: this.#config.capacity.cores ?? availableParallelism(),
      memoryBytes: this.#config.capacity.memory_bytes ?? totalmem(),
      desktops: [...this.#table.running()],
      images: [...images],
    };
  }

  async #images(): Promise<readonly string[]> {
    try {
      return (await this.#runtime()?.images()) ?? [];
    } catch (error) {
      this.#log.warn('could not list images', { error: errorText(error) });
      return [];
    }
  }

  /** The link goes last: it tells control what the stopping ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#adoptTimer);
    await this.#table[Symbol.asyncDispose]();
    await this.#keeper[Symbol.asyncDispose]();
    await this.#link?.[Symbol.asyncDispose]();
  }
}
