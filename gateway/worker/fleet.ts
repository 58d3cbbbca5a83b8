/**
 * The workers of a gateway: started, started again when they die, replaced by a new generation at a restart. Each has
 * a listening socket that the parent keeps, so that neither a death nor a restart refuses a connection.
 */
import { limits } from '../../config/limits.ts';
import { errorText, type Log } from '../../config/log.ts';
import { type ListeningSocket, openListeningSocket, refuseSharedPort } from './listening-socket.ts';
import type { SpendEntry, StartMessage } from './message.ts';
import { type WorkerMessage, WorkerProcess } from './worker-process.ts';

const backOffFirstMs = 200;
const backOffMaxMs = 10_000;
/** A worker that lived this long is no longer failing at its start. */
const steadyTimeMs = 60_000;
/** When the next try is as far away as this, the others get its connections. */
const giveUpSocketMs = 1_000;
const privilegedPortMax = 1_023;
/** What a worker gets beyond the time in which it closes its streams. */
const stopReserveMs = 2_000;

export interface FleetOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: Log;
  /** What a worker is told at its start, from the configuration that holds now. */
  readonly describe: () => Omit<
    StartMessage,
    'kind' | 'protocol' | 'worker' | 'generation' | 'workers' | 'endpoint' | 'reportMs'
  >;
  /** What sessions have spent so far, for a worker that starts now, in portions of a message each. */
  readonly history: () => readonly (readonly SpendEntry[])[];
  readonly onMessage: (message: WorkerMessage, worker: WorkerProcess) => void;
  /** A worker is gone, with the streams it had. */
  readonly onGone: (worker: WorkerProcess) => void;
  /** A worker that was to go on is gone. */
  readonly onDied: (worker: WorkerProcess) => void;
  readonly protocol: number;
  /** How often each worker says that it is well. */
  readonly reportMs: number;
}

interface Slot {
  readonly number: number;
  socket: ListeningSocket | undefined;
  /** Of slots that are no more: closing them would reset what waits in them. */
  further: readonly ListeningSocket[];
  worker: WorkerProcess | undefined;
  /** Before the next start. */
  pauseMs: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Fleet implements AsyncDisposable {
  readonly #options: FleetOptions;
  /** Every process there is: of this generation, retiring, starting. */
  readonly workers = new Set<WorkerProcess>();
  #slots: Slot[] = [];
  #generation = 1;
  #port: number;
  #stopping = false;
  readonly #watch: ReturnType<typeof setInterval>;

  /** @throws StartError when the port can't be listened on. */
  constructor(options: FleetOptions) {
    this.#options = options;
    this.#port = options.port;
    refuseSharedPort(options.host, options.port);
    this.#watch = setInterval(() => this.#killSilent(), options.reportMs);
  }

  get port(): number {
    return this.#port;
  }

  /** Workers that serve, those that retire not counted. */
  get readyCount(): number {
    return this.#slots.filter(({ worker }) => worker?.isReady === true).length;
  }

  /**
   * Brings up a generation of so many workers; the one before it, if there is one, then lets its streams go on for
   * `drainMs`. @throws Error, or StartError, when one of the new ones can't start: then all is as it was.
   */
  async renew(count: number, drainMs: number): Promise<void> {
    const generation = this.#slots.length === 0 ? 1 : this.#generation + 1;
    const slots = this.#slots.slice(0, count);
    const surplus = this.#slots.slice(count);
    const spare = [
      ...surplus.flatMap(({ socket }) => socket ?? []),
      ...this.#slots.flatMap(slot => slot.further),
    ];
    const known = new Set(spare);
    const fresh = Array.from({ length: count - slots.length }, (_, index) =>
      createSlot(slots.length + index + 1, spare.shift()),
    );
    const furtherOf = (at: number) => spare.filter((_, index) => index % count === at);
    const started: WorkerProcess[] = [];
    try {
      for (const [at, slot] of [...slots, ...fresh].entries()) {
        started.push(this.#spawn(slot, generation, furtherOf(at), count));
      }
      await Promise.all(started.map(worker => worker.ready));
    } catch (error) {
      for (const worker of started) {
        worker.ending = true;
        worker.kill();
      }
      await Promise.all(started.map(worker => worker.exited));
      for (const { socket } of fresh) if (socket !== undefined && !known.has(socket)) socket.close();
      throw error;
    }
    const before = this.#slots;
    const old = before.flatMap(({ worker }) => worker ?? []);
    this.#slots = [...slots, ...fresh];
    this.#generation = generation;
    for (const [at, slot] of this.#slots.entries()) {
      slot.further = furtherOf(at);
      this.#occupy(slot, started[at]);
    }
    for (const worker of old) retire(worker, drainMs);
    for (const { timer } of surplus) clearTimeout(timer);
    // A worker may have died since it said that it listens.
    for (const slot of this.#slots) {
      if (slot.worker !== undefined && slot.worker.end !== '') this.#died(slot, slot.worker);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#watch);
    for (const slot of this.#slots) closeSlot(slot);
    const workers = [...this.workers];
    for (const worker of workers) {
      worker.ending = true;
      worker.post({ kind: 'stop' });
    }
    const timer = setTimeout(() => {
      for (const worker of this.workers) {
        this.#options.log.warn('a worker did not stop and is killed', {
          worker: worker.number,
          pid: worker.pid,
        });
        worker.kill();
      }
    }, limits.drainGraceMs + stopReserveMs);
    await Promise.all(workers.map(worker => worker.exited));
    clearTimeout(timer);
  }

  #spawn(
    slot: Slot,
    generation: number,
    further = slot.further,
    workers = this.#slots.length,
  ): WorkerProcess {
    const { host, describe, history, log, onMessage, protocol, reportMs } = this.#options;
    slot.socket ??= openListeningSocket(host, this.#port);
    this.#port = slot.socket.port;
    const { port, fd } = slot.socket;
    const endpoint = { host, port, fd, furtherFds: further.map(socket => socket.fd) };
    const worker = new WorkerProcess({
      start: {
        kind: 'start',
        protocol,
        worker: slot.number,
        generation,
        workers,
        endpoint,
        reportMs,
        ...describe(),
      },
      log,
      onMessage,
      onExit: gone => this.#exited(gone),
    });
    this.workers.add(worker);
    // Behind `start` and before any answer: whoever it grants a stream has spent this.
    for (const spent of history()) worker.post({ kind: 'spent', spent });
    return worker;
  }

  #occupy(slot: Slot, worker: WorkerProcess | undefined): void {
    clearTimeout(slot.timer);
    slot.timer = undefined;
    slot.worker = worker;
    slot.pauseMs = 0;
  }

  #exited(worker: WorkerProcess): void {
    this.workers.delete(worker);
    this.#options.onGone(worker);
    const slot = this.#slots.find(({ worker: own }) => own === worker);
    if (slot === undefined || worker.ending || this.#stopping) return;
    this.#died(slot, worker);
  }

  #died(slot: Slot, worker: WorkerProcess): void {
    slot.worker = undefined;
    this.#options.onDied(worker);
    if (performance.now() - worker.startedAtMs >= steadyTimeMs) slot.pauseMs = 0;
    this.#options.log.error('a worker died, starting it again', {
      worker: slot.number,
      pid: worker.pid,
      error: worker.end,
      ms: slot.pauseMs,
    });
    this.#startLater(slot);
  }

  /** At once the first time: connections wait in the socket meanwhile. */
  #startLater(slot: Slot): void {
    if (slot.timer !== undefined) return;
    const { pauseMs } = slot;
    slot.pauseMs = Math.min(backOffMaxMs, Math.max(backOffFirstMs, pauseMs * 2));
    // By then this process may have given up the right to bind a low port again.
    if (pauseMs >= giveUpSocketMs && this.readyCount > 0 && this.#port > privilegedPortMax) {
      closeSockets(slot);
    }
    slot.timer = setTimeout(() => {
      slot.timer = undefined;
      try {
        slot.worker = this.#spawn(slot, this.#generation);
      } catch (error) {
        this.#options.log.error('a worker could not be started', {
          worker: slot.number,
          error: errorText(error),
          ms: slot.pauseMs,
        });
        this.#startLater(slot);
      }
    }, pauseMs);
  }

  #killSilent(): void {
    for (const worker of this.workers) {
      if (!worker.missesReports()) continue;
      const ms = this.#options.reportMs * limits.workerReportsMissedMax;
      this.#options.log.error('a worker hangs and is killed', { worker: worker.number, pid: worker.pid, ms });
      worker.end = `it said nothing for ${ms} ms`;
      worker.kill();
    }
  }
}

function createSlot(number: number, socket: ListeningSocket | undefined): Slot {
  return { number, socket, further: [], worker: undefined, pauseMs: 0, timer: undefined };
}

function closeSlot(slot: Slot): void {
  clearTimeout(slot.timer);
  slot.timer = undefined;
  closeSockets(slot);
}

function closeSockets(slot: Slot): void {
  for (const socket of slot.further) socket.close();
  slot.further = [];
  slot.socket?.close();
  slot.socket = undefined;
}

function retire(worker: WorkerProcess, drainMs: number): void {
  worker.ending = true;
  worker.post({ kind: 'retire', drainMs });
}
