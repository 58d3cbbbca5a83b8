/**
 * One worker: a whole gateway in a process of its own, but for what belongs to the gateway as a whole. Its parent
 * says who may open what, and passes on what happens in other workers. Without its parent it ends.
 */
import { createProgramLog, StartError } from '../../config/command-line.ts';
import type { GatewayConfig } from '../../config/gateway.ts';
import { errorText, type Log } from '../../config/log.ts';
import { type Gateway, startGateway } from '../gateway.ts';
import { ClipboardLedgers, ledgerSessionsMax } from '../session/clipboard-ledgers.ts';
import type { Cut } from '../session/grant.ts';
import { StreamRegistry } from '../session/registry.ts';
import { SessionEvents } from '../session/session-events.ts';
import { protocolVersion, type SpendEntry, type StartMessage, type ToWorker } from './message.ts';
import { Outbox } from './outbox.ts';
import { ParentLink } from './parent-link.ts';
import { RemoteDecisions, RemoteDirectory } from './remote-directory.ts';

/** A parent that reads no more is not waited for. */
const lastWordsTimeMs = 1_000;
/** The end of a cut stream may have to come from another worker to the viewers that listen here. */
const lateEventsMs = 200;

/** Serves until the parent says otherwise or is gone, then ends the process. */
export function runWorker(): void {
  const worker = new Worker();
  // The parent, which the same terminal or service manager signals, decides.
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {});
  process.on('SIGTERM', () => void worker.stop('SIGTERM'));
}

class Worker {
  readonly #parent: ParentLink;
  readonly #outbox: Outbox;
  readonly #events: SessionEvents;
  readonly #ledgers: ClipboardLedgers;
  #registry = new StreamRegistry();
  #log: Log | undefined;
  #setLevel: (level: GatewayConfig['log']['level']) => void = () => {};
  #gateway: Gateway | undefined;
  #reports: ReturnType<typeof setInterval> | undefined;
  #ending = false;

  constructor() {
    this.#parent = new ParentLink({
      onMessage: message => this.#take(message),
      onLost: error => void this.stop(error === undefined ? 'the parent process is gone' : error.message),
    });
    this.#outbox = new Outbox(message => this.#parent.post(message));
    this.#events = new SessionEvents(
      (sessionId, event) => this.#outbox.event(sessionId, event),
      (sessionId, listening) => this.#parent.post({ kind: 'listens', sessionId, listening }),
    );
    this.#ledgers = new ClipboardLedgers(ledgerSessionsMax, (sessionId, kind, amount) =>
      this.#outbox.spent(sessionId, kind, amount),
    );
  }

  /** Takes nothing more, closes streams in order, ends the process. */
  async stop(cause: string): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#log?.info('worker stops', { cause });
    await this.#gateway?.[Symbol.asyncDispose]();
    this.#end();
  }

  #take(message: Exclude<ToWorker, { readonly id: number }>): void {
    switch (message.kind) {
      case 'start':
        void this.#start(message);
        return;
      case 'cut':
        this.#cut(message.cut);
        return;
      case 'policy':
        this.#registry.setPolicy(message.change);
        return;
      case 'spent':
        this.#hearSpent(message.spent);
        return;
      case 'events':
        for (const { sessionId, event } of message.events) this.#events.deliver(sessionId, event);
        return;
      case 'report':
        this.#report();
        return;
      case 'reload':
        void this.#reload(message.config);
        return;
      case 'retire':
        void this.#retire(message.drainMs);
        return;
      case 'stop':
        void this.stop('the gateway stops');
    }
  }

  async #start(message: StartMessage): Promise<void> {
    const { config, worker, generation, workers, endpoint, hashKey, reportMs } = message;
    const { log, setLevel } = createProgramLog('gateway', config.log.level);
    this.#log = log.child({ worker });
    this.#setLevel = setLevel;
    try {
      if (message.protocol !== protocolVersion) {
        const both = `its messages are of version ${message.protocol}, ours of version ${protocolVersion}`;
        throw new StartError(
          `the parent process is of another release (${both}): stop and start the gateway`,
        );
      }
      this.#gateway = await startGateway(config, this.#log.child({ generation }), {
        endpoint,
        openDirectory: registry => this.#openDirectory(registry),
        events: this.#events,
        decisions: new RemoteDecisions(this.#parent),
        ledgers: this.#ledgers,
        hashKey: Buffer.from(hashKey, 'base64'),
        workers,
      });
    } catch (error) {
      const mendable = error instanceof StartError;
      const text = error instanceof Error && !mendable ? (error.stack ?? error.message) : errorText(error);
      this.#parent.post({ kind: 'failed', message: text, mendable });
      // The parent ends the process once it has read that.
      return;
    }
    this.#reports = setInterval(() => this.#report(), reportMs);
    this.#parent.post({ kind: 'listening' });
  }

  #openDirectory(registry: StreamRegistry): RemoteDirectory {
    this.#registry = registry;
    registry.watch({
      added: ({ connectionId, sessionId, userId, channel, address, openedAtMs }) => {
        const stream = { connectionId, sessionId, userId, channel, address, openedAtMs };
        this.#parent.post({ kind: 'opened', stream });
      },
      removed: (stream, reason) => {
        const { connectionId } = stream;
        const events = this.#outbox.flushInto();
        this.#parent.post({ kind: 'closed', connectionId, reason, ...stream.bytes(), ...events });
      },
    });
    return new RemoteDirectory(this.#parent, this.#log!);
  }

  #cut(cut: Cut): void {
    this.#registry.cut(cut);
    this.#outbox.flush();
    setTimeout(() => this.#events.cut(cut), lateEventsMs);
  }

  #hearSpent(spent: readonly SpendEntry[]): void {
    // The clock that streams are judged by.
    const nowMs = performance.now();
    for (const { sessionId, kind, amount, ageMs } of spent) {
      this.#ledgers.spentElsewhere(sessionId, kind, amount, nowMs - ageMs);
    }
  }

  #report(): void {
    if (this.#gateway === undefined) return;
    const { user, system } = process.cpuUsage();
    this.#parent.post({
      kind: 'report',
      metrics: this.#gateway.renderMetrics(),
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
    });
  }

  async #reload(config: GatewayConfig): Promise<void> {
    this.#setLevel(config.log.level);
    try {
      await this.#gateway?.reload(config);
    } catch (error) {
      this.#log?.error('the configuration was not taken over', { error: errorText(error) });
    }
  }

  async #retire(drainMs: number): Promise<void> {
    this.#log?.info('worker retires: its streams go on for a while', { ms: drainMs });
    await this.#gateway?.retire(drainMs);
    await this.stop('nothing is left to serve');
  }

  #end(): void {
    clearInterval(this.#reports);
    this.#outbox.flush();
    this.#report();
    // What was posted is written before the last message is.
    setTimeout(() => process.exit(0), lastWordsTimeMs);
    this.#parent.say({ kind: 'bye' }, () => process.exit(0));
  }
}
