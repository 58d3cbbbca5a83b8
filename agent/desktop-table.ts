/**
 * The desktops of this host and what is being done with them: starts, stops, and tells how it went. A desktop is in the
 * table from the order on until nothing of it is left.
 */

import type { DesktopEnded, DesktopProgress, DesktopRunning } from '../config/link/link.ts';
import { errorText, type Log } from '../config/log.ts';
import { runningFrame } from './desktop-frames.ts';
import {
  type DesktopOrder,
  type DesktopProgressStep,
  type DesktopRuntime,
  DesktopStartError,
  type RunningDesktop,
} from './runtime/desktop-runtime.ts';

const stopAgainAfterMs = 2_000;

interface Starting {
  readonly state: 'starting';
  readonly abort: AbortController;
  step: DesktopProgressStep | undefined;
  done: Promise<void>;
}

type Entry =
  | Starting
  | { readonly state: 'running'; readonly desktop: RunningDesktop }
  | { readonly state: 'stopping'; readonly desktop: RunningDesktop | undefined };

export interface DesktopTableOptions {
  /** The runtime now; undefined while there is none. */
  readonly runtime: () => DesktopRuntime | undefined;
  /** Why there is none. */
  readonly problem: () => string;
  readonly onProgress: (progress: DesktopProgress) => void;
  readonly onRunning: (running: DesktopRunning) => void;
  readonly onEnded: (ended: DesktopEnded) => void;
  readonly log: Log;
  /** Pause before a stop that failed is tried again. */
  readonly stopAgainMs?: number;
}

export class DesktopTable implements AsyncDisposable {
  readonly #options: DesktopTableOptions;
  readonly #entries = new Map<string, Entry>();
  #adopted = false;
  #disposed = false;

  constructor(options: DesktopTableOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Desktops that run, for the agent's state. */
  running(): readonly DesktopRunning[] {
    return [...this.#entries.values()].flatMap(entry =>
      entry.state === 'starting' || entry.desktop === undefined ? [] : [runningFrame(entry.desktop)],
    );
  }

  /** Starts that are under way, for a control that comes back. */
  starting(): readonly DesktopProgress[] {
    return [...this.#entries].flatMap(([sessionId, entry]) =>
      entry.state === 'starting' && entry.step !== undefined ? [{ sessionId, ...entry.step }] : [],
    );
  }

  /** A second order for a session answers how the first one stands. */
  start(order: DesktopOrder): void {
    const { sessionId } = order;
    const entry = this.#entries.get(sessionId);
    const runtime = this.#options.runtime();
    if (entry !== undefined) this.#tellAgain(sessionId, entry);
    else if (runtime === undefined)
      this.fail(sessionId, `this host cannot run desktops: ${this.#options.problem()}`);
    else this.#begin(runtime, order);
  }

  #tellAgain(sessionId: string, entry: Entry): void {
    if (entry.state === 'running') this.#options.onRunning(runningFrame(entry.desktop));
    else if (entry.state === 'stopping') this.fail(sessionId, 'the session is being stopped');
    else if (entry.step !== undefined) this.#options.onProgress({ sessionId, ...entry.step });
  }

  #begin(runtime: DesktopRuntime, order: DesktopOrder): void {
    const starting: Starting = {
      state: 'starting',
      abort: new AbortController(),
      step: undefined,
      done: Promise.resolve(),
    };
    this.#entries.set(order.sessionId, starting);
    starting.done = this.#start(runtime, order, starting);
  }

  /** Answers an order that cannot be served. */
  fail(sessionId: string, message: string): void {
    this.#options.log.warn('desktop not started', { sessionId, reason: message });
    this.#options.onEnded({ sessionId, cause: 'start_failed', message });
  }

  async #start(runtime: DesktopRuntime, order: DesktopOrder, entry: Starting): Promise<void> {
    const { log, onProgress, onRunning, onEnded } = this.#options;
    const { sessionId, image } = order;
    log.info('starting a desktop', { sessionId, image, runtime: runtime.kind });
    const began = performance.now();
    try {
      const take = (step: DesktopProgressStep): void => {
        entry.step = step;
        onProgress({ sessionId, ...step });
      };
      const desktop = await runtime.start(order, take, entry.abort.signal);
      this.#entries.set(sessionId, { state: 'running', desktop });
      log.info('desktop runs', { sessionId, ms: Math.round(performance.now() - began) });
      onRunning(runningFrame(desktop));
      // The order to stop came when it was already too late to stop the start.
      if (entry.abort.signal.aborted) this.stop(sessionId);
    } catch (error) {
      this.#entries.delete(sessionId);
      if (entry.abort.signal.aborted) {
        log.info('start of a desktop stopped', { sessionId });
        onEnded({ sessionId, cause: 'stopped', message: 'the session was ended while it was starting' });
        return;
      }
      if (!(error instanceof DesktopStartError))
        log.error('start failed', { sessionId, error: errorText(error) });
      this.fail(sessionId, errorText(error));
    }
  }

  /** Ends in onEnded: at once when there is no such desktop, else when nothing of it is left. */
  stop(sessionId: string): void {
    const entry = this.#entries.get(sessionId);
    if (entry?.state === 'starting') entry.abort.abort();
    if (entry?.state === 'starting' || entry?.state === 'stopping') return;
    this.#entries.set(sessionId, { state: 'stopping', desktop: entry?.desktop });
    this.#options.log.info('stopping a desktop', { sessionId });
    void this.#stop(sessionId);
  }

  async #stop(sessionId: string): Promise<void> {
    const { runtime, log, onEnded, stopAgainMs = stopAgainAfterMs } = this.#options;
    const entry = this.#entries.get(sessionId);
    if (entry?.state !== 'stopping' || this.#disposed) return;
    try {
      const current = runtime();
      // Without a runtime and never seen here: there is nothing to stop. Else the runtime must come back first.
      if (current === undefined && entry.desktop !== undefined)
        throw new Error('there is no runtime at the moment');
      await current?.stop(sessionId);
      this.#entries.delete(sessionId);
      log.info('desktop stopped', { sessionId });
      onEnded({ sessionId, cause: 'stopped', message: '' });
    } catch (error) {
      log.warn('could not stop a desktop, trying again', {
        sessionId,
        error: errorText(error),
        ms: stopAgainMs,
      });
      setTimeout(() => void this.#stop(sessionId), stopAgainMs).unref();
    }
  }

  /** The runtime told: it ended by itself. */
  end(sessionId: string, message: string): void {
    const entry = this.#entries.get(sessionId);
    if (entry?.state !== 'running') return;
    this.#entries.delete(sessionId);
    this.#options.log.info('desktop ended', { sessionId, reason: message });
    this.#options.onEnded({ sessionId, cause: 'exited', message });
  }

  /**
   * Compares the table with what a runtime that has just come up really has. The first time all of it is taken over
   * from the agent's earlier process; later, what is missing has ended and what is unknown is a left-over.
   */
  async adopt(runtime: DesktopRuntime): Promise<void> {
    const found = new Map((await runtime.desktops()).map(desktop => [desktop.sessionId, desktop]));
    for (const [sessionId, desktop] of found) {
      if (this.#entries.has(sessionId)) continue;
      this.#entries.set(sessionId, { state: 'running', desktop });
      if (this.#adopted) this.stop(sessionId);
      else this.#options.log.info('desktop of an earlier start found', { sessionId });
    }
    for (const [sessionId, entry] of this.#entries) {
      if (entry.state === 'running' && !found.has(sessionId)) {
        this.end(sessionId, 'the desktop ended while the Docker Engine was down');
      }
    }
    this.#adopted = true;
  }

  /** Ends the starts; running desktops are the runtime's to keep or to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const starts = [...this.#entries.values()].filter(entry => entry.state === 'starting');
    for (const entry of starts) entry.abort.abort();
    await Promise.all(starts.map(entry => entry.done));
  }
}
