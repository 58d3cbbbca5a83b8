/** One worker as its parent process sees it: started, spoken to, watched until it is gone. */
import { StartError } from '../../config/command-line.ts';
import { limits } from '../../config/limits.ts';
import { errorText, type Log } from '../../config/log.ts';
import {
  encodeMessage,
  parseToParent,
  type StartMessage,
  type ToParent,
  type ToWorker,
  type WorkerReport,
} from './message.ts';

const workerFile = new URL('worker-main.ts', import.meta.url).pathname;
/** A scrape waits so long for a worker's counters; then those of its last report stand in. */
const freshReportTimeMs = 1_000;

/** What it says to its parent beyond its own state. */
export type WorkerMessage = Exclude<ToParent, { readonly kind: 'listening' | 'failed' | 'report' | 'bye' }>;

export interface WorkerProcessOptions {
  readonly start: StartMessage;
  readonly log: Log;
  readonly onMessage: (message: WorkerMessage, worker: WorkerProcess) => void;
  readonly onExit: (worker: WorkerProcess) => void;
}

export class WorkerProcess {
  readonly number: number;
  readonly generation: number;
  readonly startedAtMs = performance.now();
  /** Rejects when it ends or does not listen in time. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>;
  /** Sessions whose events viewers listen to there. */
  readonly listening = new Set<string>();
  /** Of its last report. */
  report: WorkerReport | undefined;
  /** It is to end, so nothing is wrong when it does. */
  ending = false;
  isReady = false;
  /** Why it ended, for the log. */
  end = '';
  readonly #options: WorkerProcessOptions;
  readonly #child: Bun.Subprocess<'ignore', 'inherit', 'inherit'>;
  readonly #ready = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #startTimer: ReturnType<typeof setTimeout>;
  #onReport: (() => void)[] = [];
  #reportsMissed = 0;
  #disconnected = false;

  constructor(options: WorkerProcessOptions) {
    this.#options = options;
    const { start } = options;
    this.number = start.worker;
    this.generation = start.generation;
    this.ready = this.#ready.promise;
    // Whoever waits for it hears of it; nobody waits for one that is started again.
    this.ready.catch(() => {});
    this.exited = this.#gone.promise;
    const { fd, furtherFds } = start.endpoint;
    this.#child = Bun.spawn([process.execPath, workerFile], {
      // The sockets it listens on are descriptors 3 and on there.
      stdio: ['ignore', 'inherit', 'inherit', fd, ...furtherFds],
      serialization: 'advanced',
      ipc: text => this.#take(text),
      onDisconnect: () => {
        this.#disconnected = true;
      },
      onExit: (_, code) => this.#exited(code),
    });
    this.#startTimer = setTimeout(() => {
      this.#fail(new Error(`it did not listen within ${limits.workerStartTimeMs} ms`));
    }, limits.workerStartTimeMs);
    const further = furtherFds.map((_, index) => 4 + index);
    this.post({ ...start, endpoint: { ...start.endpoint, fd: 3, furtherFds: further } });
  }

  get pid(): number {
    return this.#child.pid;
  }

  post(message: ToWorker): void {
    // One that is gone, or has closed its channel in order to go, is told of by its exit.
    if (this.#disconnected) return;
    try {
      this.#child.send(encodeMessage(message));
    } catch (error) {
      const { kind } = message;
      this.#options.log.error('a worker was not told', {
        worker: this.number,
        phase: kind,
        error: errorText(error),
      });
      // A worker that missed a cut or a policy would serve against them.
      this.kill();
    }
  }

  /** Its counters as of now, or of its last report if it does not answer. */
  async freshReport(): Promise<WorkerReport | undefined> {
    if (this.isReady && !this.#disconnected) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onReport.push(resolve);
      const timer = setTimeout(resolve, freshReportTimeMs);
      this.post({ kind: 'report' });
      await promise;
      clearTimeout(timer);
    }
    return this.report;
  }

  /** @returns whether too many reports are missing. Called once each report period. */
  missesReports(): boolean {
    this.#reportsMissed += 1;
    return this.isReady && this.#reportsMissed > limits.workerReportsMissedMax;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #take(text: unknown): void {
    let message: ToParent;
    try {
      message = parseToParent(text);
    } catch (error) {
      this.#options.log.error('a worker sent no message', { worker: this.number, error: errorText(error) });
      this.kill();
      return;
    }
    if (message.kind === 'listening') {
      clearTimeout(this.#startTimer);
      this.isReady = true;
      // Periods in which it started count for nothing.
      this.#reportsMissed = 0;
      this.#ready.resolve();
    } else if (message.kind === 'failed') {
      this.#fail(message.mendable ? new StartError(message.message) : new Error(message.message));
    } else if (message.kind === 'report') {
      const { metrics, residentBytes, cpuSeconds } = message;
      this.report = { metrics, residentBytes, cpuSeconds };
      this.#reportsMissed = 0;
      for (const resolve of this.#onReport.splice(0)) resolve();
    } else if (message.kind !== 'bye') {
      this.#options.onMessage(message, this);
    }
  }

  #fail(error: Error): void {
    clearTimeout(this.#startTimer);
    this.end = error.message;
    this.#ready.reject(error);
    this.kill();
  }

  #exited(code: number | null): void {
    clearTimeout(this.#startTimer);
    if (this.end === '') {
      const by = this.#child.signalCode;
      this.end = by === null ? `it ended with exit code ${code}` : `it was ended by ${by}`;
    }
    this.#ready.reject(new Error(this.end));
    for (const resolve of this.#onReport.splice(0)) resolve();
    this.#options.onExit(this);
    this.#gone.resolve();
  }
}
