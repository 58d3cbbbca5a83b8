/** Keeps a runtime at hand: finds one, notices when it goes, finds it again. */
import { errorText } from '../../config/log.ts';
import type { DesktopRuntime } from './desktop-runtime.ts';
import {
  type Detected,
  type DetectOptions,
  detectDocker,
  detectRuntime,
  dockerAnswers,
} from './detect-runtime.ts';
import { ProcessHost } from './process-host.ts';

const lookAgainMs = 2_000;

export interface KeeperOptions extends Omit<DetectOptions, 'events' | 'processHost'> {
  readonly onDesktopEnded: (sessionId: string, message: string) => void;
  /** There is another runtime than before, or none any more. */
  readonly onChange: () => Promise<void>;
  /** No desktop runs or starts: the moment to change from processes to a Docker Engine that came up. */
  readonly isIdle: () => boolean;
  readonly lookAgainMs?: number;
}

export class RuntimeKeeper implements AsyncDisposable {
  readonly #options: KeeperOptions;
  readonly #processHost = new ProcessHost();
  #current: Detected = { problem: 'the agent is still looking for a way to run desktops' };
  /** Once desktops ran on an engine, this host is a Docker host: an engine that is down is waited for. */
  #sawDocker = false;
  #stopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Looks for a runtime the first time; resolves when it is there or clear that there is none. */
  async look(): Promise<void> {
    await this.#replace(await this.#detect());
    this.#lookLater();
  }

  get runtime(): DesktopRuntime | undefined {
    return 'runtime' in this.#current ? this.#current.runtime : undefined;
  }

  /** Why there is no runtime; empty when there is one. */
  get problem(): string {
    return 'problem' in this.#current ? this.#current.problem : '';
  }

  async #detect(): Promise<Detected> {
    const { config, agentId, log, onDesktopEnded } = this.#options;
    const onLost = (message: string): void => void this.#lose(message);
    const options: DetectOptions = {
      config,
      agentId,
      log,
      processHost: this.#processHost,
      events: { onDesktopEnded, onLost },
    };
    try {
      return await (this.#sawDocker ? detectDocker(options) : detectRuntime(options));
    } catch (error) {
      return { problem: `looking for a way to run desktops failed: ${errorText(error)}` };
    }
  }

  async #replace(next: Detected): Promise<void> {
    const before = this.#current;
    if ('problem' in next && 'problem' in before && next.problem === before.problem) return;
    if (this.#stopped) {
      if ('runtime' in next) await next.runtime[Symbol.asyncDispose]();
      return;
    }
    this.#current = next;
    if ('runtime' in before) await before.runtime[Symbol.asyncDispose]();
    const { log } = this.#options;
    if ('runtime' in next) {
      const { kind, version } = next.runtime;
      this.#sawDocker ||= kind === 'docker';
      log.info('desktops can run', { runtime: kind, version });
    } else log.warn('desktops cannot run', { runtime: 'none', reason: next.problem });
    await this.#options.onChange();
  }

  async #lose(message: string): Promise<void> {
    await this.#replace({ problem: `the Docker Engine went down: ${message}` });
    this.#lookLater();
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    if (this.#stopped || this.runtime?.kind === 'docker') return;
    if (this.runtime?.kind === 'process' && this.#options.config.runtime !== 'auto') return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#lookAgain();
    }, this.#options.lookAgainMs ?? lookAgainMs);
  }

  async #lookAgain(): Promise<void> {
    if (this.runtime === undefined) await this.#replace(await this.#detect());
    else if (this.#options.isIdle() && (await dockerAnswers(this.#options.config))) {
      this.#sawDocker = true;
      const docker = await this.#detect();
      if ('runtime' in docker && this.#options.isIdle()) await this.#replace(docker);
      else if ('runtime' in docker) await docker.runtime[Symbol.asyncDispose]();
      this.#sawDocker = this.runtime?.kind === 'docker';
    }
    this.#lookLater();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await this.runtime?.[Symbol.asyncDispose]();
  }
}
