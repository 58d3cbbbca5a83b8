/**
 * A gateway of several processes. This one has the link to control, the metrics listener and the signals; its workers
 * serve the port. No byte of a stream passes here: it is asked when a stream opens, and told when it closes.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { type RunningProgram, StartError } from '../../config/command-line.ts';
import type { GatewayConfig } from '../../config/gateway.ts';
import { planReload } from '../../config/gateway-reload.ts';
import { workersMax } from '../../config/gateway-workers.ts';
import { limits } from '../../config/limits.ts';
import { errorText, type Log } from '../../config/log.ts';
import { configuredStreamLimits } from '../admission/stream-counts.ts';
import { Audit } from '../audit/audit.ts';
import { Counter, Gauge, GaugeFamily, type Metric } from '../audit/metric.ts';
import { type MetricsListener, startMetricsListener } from '../audit/metrics-listener.ts';
import { processGauges } from '../audit/process-gauges.ts';
import { AuditTrail } from '../audit/trail.ts';
import { gatewayVersion, reloadSessions, tellReload } from '../gateway.ts';
import { DecisionLog } from '../session/decision-log.ts';
import type { Cut, SessionDirectory } from '../session/grant.ts';
import { openDirectory } from '../session/open-directory.ts';
import { Fleet } from './fleet.ts';
import { encodeGrant } from './grant-text.ts';
import { type AuthorisationText, type EventsText, protocolVersion, type ToWorker } from './message.ts';
import { sumCounters, sumMetrics } from './metric-sum.ts';
import { SpendHistory } from './spend-history.ts';
import { StreamSeats } from './stream-seats.ts';
import type { WorkerMessage, WorkerProcess } from './worker-process.ts';
import { WorkerStreams } from './worker-streams.ts';

const rotationMs = 1_000;

export interface ParentGateway extends RunningProgram<GatewayConfig> {
  readonly port: number;
  readonly metricsPort: number | undefined;
}

/**
 * Starts the workers and waits until all of them listen.
 * @param reportMs how often each says that it is well; one that misses `limits.workerReportsMissedMax` in a row hangs.
 * @throws StartError for what an operator must mend.
 */
export async function startParent(
  config: GatewayConfig,
  log: Log,
  reportMs: number = limits.workerReportMs,
): Promise<ParentGateway> {
  await using stack = new AsyncDisposableStack();
  const parent = new Parent(config, log, reportMs);
  stack.defer(() => parent.stop());
  await parent.start();
  const running = stack.move();
  return {
    port: parent.port,
    metricsPort: parent.metricsPort,
    reload: next => parent.reload(next),
    restart: next => parent.restart(next),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** @param setting `listen.workers`. */
export function countWorkers(setting: GatewayConfig['listen']['workers']): number {
  return setting === 'auto' ? Math.min(workersMax, availableParallelism()) : setting;
}

class Parent {
  readonly #log: Log;
  readonly #startedAtMs = Date.now();
  readonly #hashKey = randomBytes(32).toString('base64');
  readonly #decisions = new DecisionLog(Date.now);
  readonly #spent = new SpendHistory();
  readonly #streams: WorkerStreams<WorkerProcess>;
  readonly #deaths = new Counter('sluice_worker_deaths_total', 'Workers that died and were started again.');
  readonly #restarts = new Counter('sluice_restarts_total', 'Restarts with new workers.');
  readonly #eventsLost = new Counter(
    'sluice_worker_events_lost_total',
    'Events that did not reach the viewers of another worker.',
  );
  readonly #stack = new AsyncDisposableStack();
  readonly #reportMs: number;
  #config: GatewayConfig;
  /** Counters of workers that are gone. */
  #gone = '';
  readonly #seats: StreamSeats<WorkerProcess>;
  #audit: Audit | undefined;
  #directory: SessionDirectory | undefined;
  #fleet: Fleet | undefined;
  #metrics: MetricsListener | undefined;

  constructor(config: GatewayConfig, log: Log, reportMs: number) {
    this.#reportMs = reportMs;
    this.#config = config;
    this.#log = log;
    this.#seats = new StreamSeats(configuredStreamLimits(config));
    this.#streams = new WorkerStreams(change => this.#tellAll({ kind: 'policy', change }));
  }

  get port(): number {
    return this.#fleet?.port ?? 0;
  }

  get metricsPort(): number | undefined {
    return this.#metrics?.port;
  }

  async start(): Promise<void> {
    const config = this.#config;
    const log = this.#log;
    this.#audit = new Audit(log, await this.#openTrail(), Date.now);
    this.#directory = await openDirectory({
      config,
      version: gatewayVersion,
      streams: this.#streams,
      onCut: cut => this.#cut(cut),
      log,
    });
    this.#stack.use(this.#directory);
    this.#fleet = new Fleet({
      host: config.listen.host,
      port: config.listen.port,
      log,
      protocol: protocolVersion,
      reportMs: this.#reportMs,
      describe: () => ({
        config: withoutSessions(this.#config),
        hashKey: this.#hashKey,
      }),
      history: () => this.#spent.portions(performance.now()),
      onMessage: (message, worker) => this.#take(message, worker),
      onGone: worker => this.#forget(worker),
      onDied: () => this.#deaths.add(1),
    });
    this.#stack.use(this.#fleet);
    const count = countWorkers(config.listen.workers);
    await this.#fleet.renew(count, 0);
    this.#startMetrics();
    const { host } = config.listen;
    log.info('gateway listens', { address: host, port: this.port, version: gatewayVersion, count });
  }

  async stop(): Promise<void> {
    this.#log.info('draining', { count: this.#streams.size });
    await this.#stack.disposeAsync();
  }

  /** What can take force without a restart does. */
  async reload(next: GatewayConfig): Promise<void> {
    const plan = planReload(this.#config, next);
    await this.#takeSessions(plan.config);
    this.#config = plan.config;
    this.#seats.setLimits(configuredStreamLimits(plan.config));
    this.#tellAll({ kind: 'reload', config: withoutSessions(plan.config) });
    tellReload(plan, this.#log);
  }

  /** @throws Error when the configuration asks for more than a restart can give, or new workers can't start */
  async restart(config: GatewayConfig): Promise<void> {
    const fixed = (['control', 'data_dir', 'metrics'] as const).filter(
      key => !isDeepStrictEqual(config[key], this.#config[key]),
    );
    if (config.listen.host !== this.#config.listen.host || config.listen.port !== this.#config.listen.port) {
      throw new StartError('listen.host and listen.port change by a stop and a start only');
    }
    if (fixed.length > 0) throw new StartError(`${fixed.join(', ')} change by a stop and a start only`);
    const { workers, drain_time_s: drainTimeS } = config.listen;
    const count = countWorkers(workers);
    const before = this.#config;
    // Workers that start from now on, a dead one's successor among them, get the new configuration.
    this.#config = config;
    try {
      await this.#fleet?.renew(count, drainTimeS * 1000);
    } catch (error) {
      this.#config = before;
      throw new Error(`the new workers could not start: ${errorText(error)}`, { cause: error });
    }
    this.#seats.setLimits(configuredStreamLimits(config));
    await this.#takeSessions(config);
    this.#restarts.add(1);
    this.#log.info('restarted', { count, version: gatewayVersion });
  }

  async #takeSessions(config: GatewayConfig): Promise<void> {
    if (this.#directory !== undefined) await reloadSessions(this.#directory, config);
  }

  async #openTrail(): Promise<AuditTrail> {
    const { data_dir: folder } = this.#config;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const trail = this.#stack.use(new AuditTrail(folder));
      const timer = setInterval(() => {
        try {
          trail.rotateIfFull();
        } catch (error) {
          this.#log.error('the audit trail was not renamed', { file: trail.file, error: errorText(error) });
        }
      }, rotationMs);
      this.#stack.defer(() => clearInterval(timer));
      return trail;
    } catch (error) {
      throw new StartError(`data folder ${folder} can not be written: ${errorText(error)}`);
    }
  }

  #startMetrics(): void {
    const { metrics } = this.#config;
    if (metrics === undefined) return;
    this.#metrics = startMetricsListener({
      ...metrics,
      metrics: () => this.#renderMetrics(),
      health: () => ({
        status: this.#isWell() ? 'ok' : 'degraded',
        version: gatewayVersion,
        streams: this.#streams.size,
        link: this.#directory?.link ?? 'none',
        uptime_s: Math.round((Date.now() - this.#startedAtMs) / 1000),
        workers: this.#fleet?.readyCount ?? 0,
      }),
    });
    this.#stack.use(this.#metrics);
    this.#log.info('metrics listen', { address: metrics.host, port: this.#metrics.port });
  }

  #isWell(): boolean {
    const wanted = countWorkers(this.#config.listen.workers);
    return this.#directory?.link !== 'down' && (this.#fleet?.readyCount ?? 0) >= wanted;
  }

  async #renderMetrics(): Promise<string> {
    const workers = [...(this.#fleet?.workers ?? [])];
    const reports = await Promise.all(workers.map(worker => worker.freshReport()));
    const texts = reports.flatMap(report => report?.metrics ?? []);
    const own = [
      ...(this.#audit?.metrics ?? []),
      ...processGauges(this.#startedAtMs),
      ...this.#ownMetrics(workers),
    ];
    return sumMetrics([...texts, this.#gone, own.map(metric => metric.render()).join('')]);
  }

  #ownMetrics(workers: readonly WorkerProcess[]): Metric[] {
    const each = (read: (worker: WorkerProcess) => number) => () =>
      workers.map(worker => ({ labels: { worker: String(worker.number) }, value: read(worker) }));
    return [
      this.#deaths,
      this.#restarts,
      this.#eventsLost,
      new Gauge('sluice_workers', 'Workers that serve the port.', () => this.#fleet?.readyCount ?? 0),
      new Gauge('sluice_workers_retiring', 'Workers of earlier generations.', () => {
        return workers.filter(worker => worker.ending).length;
      }),
      new GaugeFamily(
        'sluice_worker_streams',
        'Streams open now, by worker.',
        each(worker => this.#streams.countOf(worker)),
      ),
      new GaugeFamily(
        'sluice_worker_resident_memory_bytes',
        'Resident memory, by worker.',
        each(worker => worker.report?.residentBytes ?? 0),
      ),
      new GaugeFamily(
        'sluice_worker_cpu_seconds',
        'User and system time used, by worker.',
        each(worker => worker.report?.cpuSeconds ?? 0),
      ),
    ];
  }

  #cut(cut: Cut): void {
    this.#tellAll({ kind: 'cut', cut });
  }

  #tellAll(message: ToWorker): void {
    for (const worker of this.#fleet?.workers ?? []) worker.post(message);
  }

  #take(message: WorkerMessage, worker: WorkerProcess): void {
    switch (message.kind) {
      case 'authorise':
        void this.#authorise(message, worker);
        return;
      case 'decisionsOf': {
        const { id, sessionId } = message;
        worker.post({ kind: 'decisions', id, decisions: this.#decisions.of(sessionId) });
        return;
      }
      case 'decided':
        this.#decisions.add(message.sessionId, message.decided);
        return;
      case 'opened':
        this.#streams.opened(message.stream, worker);
        return;
      case 'closed':
        this.#passEvents(message, worker);
        this.#seats.leave(message.connectionId);
        this.#streams.closed(message);
        return;
      case 'unopened':
        this.#seats.leave(message.connectionId);
        return;
      case 'listens':
        if (message.listening) worker.listening.add(message.sessionId);
        else worker.listening.delete(message.sessionId);
        return;
      case 'events':
        this.#passEvents(message, worker);
        return;
      case 'spent': {
        const nowMs = performance.now();
        for (const entry of message.spent) this.#spent.add(entry, nowMs);
        for (const other of this.#fleet?.workers ?? []) if (other !== worker) other.post(message);
      }
    }
  }

  async #authorise(
    { id, request }: Extract<WorkerMessage, { kind: 'authorise' }>,
    worker: WorkerProcess,
  ): Promise<void> {
    let answer: AuthorisationText = { refusal: 'control_unreachable' };
    try {
      if (this.#directory !== undefined) {
        const found = await this.#seats.authorise(request, worker, this.#directory);
        answer = 'grant' in found ? { grant: encodeGrant(found.grant) } : found;
      }
    } catch (error) {
      const { sessionId } = request;
      this.#log.error('a worker was not answered', {
        sessionId,
        worker: worker.number,
        error: errorText(error),
      });
    }
    worker.post({ kind: 'authorised', id, answer });
  }

  /** To the workers where a viewer of the session listens; each got its own events already. */
  #passEvents({ events, lost }: EventsText, from: WorkerProcess): void {
    if (lost > 0) this.#eventsLost.add(lost);
    for (const { sessionId, event } of events) this.#decisions.heard(sessionId, event);
    for (const worker of this.#fleet?.workers ?? []) {
      if (worker === from || worker.listening.size === 0) continue;
      const wanted = events.filter(({ sessionId }) => worker.listening.has(sessionId));
      if (wanted.length > 0) worker.post({ kind: 'events', events: wanted });
    }
  }

  /** What a worker that is gone leaves: streams without an end, and counts that stay counted. */
  #forget(worker: WorkerProcess): void {
    this.#seats.lost(worker);
    for (const summary of this.#streams.lost(worker, Date.now())) this.#audit?.streamClosed(summary);
    if (worker.report !== undefined) this.#gone = sumCounters([this.#gone, worker.report.metrics]);
  }
}

/** Tokens of sessions are the parent's to know. */
function withoutSessions(config: GatewayConfig): GatewayConfig {
  return { ...config, sessions: config.sessions === undefined ? undefined : [] };
}
