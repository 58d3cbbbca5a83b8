/** One gateway: the front door, the HTTP side, the session directory and the metrics listener, put together. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { StartError } from '../config/command-line.ts';
import type { GatewayConfig } from '../config/gateway.ts';
import { planReload, type ReloadPlan } from '../config/gateway-reload.ts';
import { limits } from '../config/limits.ts';
import { errorText, type Log } from '../config/log.ts';
import { goOnAs } from '../config/privileges.ts';
import type { ConfigProblem } from '../config/read-config.ts';
import { Door, paceReading } from './admission/door.ts';
import { Audit } from './audit/audit.ts';
import { Gauge, GaugeFamily, type Metric } from './audit/metric.ts';
import {
  type Health,
  type MetricsListener,
  type MetricsOptions,
  startMetricsListener,
} from './audit/metrics-listener.ts';
import { processGauges } from './audit/process-gauges.ts';
import { AuditTrail, auditFileBytesMax } from './audit/trail.ts';
import { checkCertificates } from './certificate/tls-check.ts';
import { CertificateKeeper } from './certificate/tls-keeper.ts';
import type { Endpoint } from './edge/endpoint.ts';
import { startFrontDoor } from './edge/front-door.ts';
import type { Listener } from './edge/listener.ts';
import { Splicer } from './edge/splice.ts';
import { StreamOpener } from './edge/stream-opener.ts';
import { StreamPulse } from './edge/stream-pulse.ts';
import { HardeningHeaders } from './http/hardening-headers.ts';
import { type HttpSide, startHttpSide } from './http/http-side.ts';
import { OriginRules } from './http/origin-rules.ts';
import type { HttpDoor } from './http/request-gate.ts';
import { createUpstreamGuard } from './relay/own-upstreams.ts';
import { ClipboardLedgers } from './session/clipboard-ledgers.ts';
import { DecisionLog, type Decisions } from './session/decision-log.ts';
import { DesktopDesk } from './session/desktop-desk.ts';
import { EventDesk } from './session/event-desk.ts';
import type { Cut, SessionDirectory } from './session/grant.ts';
import { openDirectory, readAuthorities } from './session/open-directory.ts';
import { StreamRegistry } from './session/registry.ts';
import { SessionEvents } from './session/session-events.ts';
import { TokenGuard } from './session/token-guard.ts';

export const gatewayVersion = '0.1.0';

export interface Gateway extends AsyncDisposable {
  readonly port: number;
  /** Undefined when the configuration names no metrics listener. */
  readonly metricsPort: number | undefined;
  /** Of what this process did; Prometheus text. */
  renderMetrics(): string;
  /** The configuration was read again: what can take force does (config/gateway-reload.ts), streams go on. */
  reload(config: GatewayConfig): Promise<void>;
  /**
   * Another process takes over: no new connection is taken, streams go on for `drainMs` at most and are told that the
   * gateway restarts if they last longer. Resolves when nothing is left to serve.
   */
  retire(drainMs: number): Promise<void>;
}

/** What a process has from its parent, where several serve one port: each is the gateway's own otherwise. */
export interface SharedServices {
  readonly endpoint: Endpoint;
  readonly openDirectory: (registry: StreamRegistry) => SessionDirectory;
  readonly events: SessionEvents;
  readonly decisions: Decisions;
  readonly ledgers: ClipboardLedgers;
  readonly hashKey: Uint8Array;
  /** How many processes serve the port: each takes its share of limits and rates. */
  readonly workers?: number;
}

/**
 * What only the world can tell about a configuration: files that are missing, a key of another certificate.
 * @returns problems, with the key they are about where there is one; empty when the gateway could start.
 */
export async function checkGateway(config: GatewayConfig): Promise<(string | ConfigProblem)[]> {
  const problems: (string | ConfigProblem)[] = [];
  const collect = async (step: Promise<unknown>): Promise<void> => {
    await step.catch(error => problems.push(errorText(error)));
  };
  problems.push(...(await checkCertificates(config.tls, Date.now())));
  await collect(readAuthorities(config));
  return problems;
}

/**
 * Starts a gateway in this process, whatever number of workers the configuration names.
 * @throws StartError for what an operator must mend.
 */
export async function startGateway(
  config: GatewayConfig,
  log: Log,
  shared?: SharedServices,
): Promise<Gateway> {
  const stack = new AsyncDisposableStack();
  try {
    const gateway = await assemble(config, log, stack, shared);
    await goOnAs(config.run_as, config.data_dir, log);
    return gateway;
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function assemble(
  config: GatewayConfig,
  log: Log,
  stack: AsyncDisposableStack,
  shared: SharedServices | undefined,
): Promise<Gateway> {
  const startedAtMs = Date.now();
  const certificates = stack.use(await openCertificates(config, log));
  const services = await openServices(config, log, stack, shared);
  const { audit, registry, decisions, events } = services;
  const door = stack.use(
    await Door.open(config, log, { workers: shared?.workers, countsNoStreams: shared !== undefined }),
  );
  const directory = new TokenGuard(services.directory, door.rates);
  stack.use(new StreamPulse(registry, config.http.streams));
  const upstreams = createUpstreamGuard(config, () => [
    httpSide.port,
    listener.port,
    metrics?.port ?? config.metrics?.port ?? 0,
  ]);
  const desktops = new DesktopDesk({ directory, decisions, upstreams, now: Date.now });
  const splicer = new Splicer(
    () => httpSide.port,
    (inner, address) => paceReading(inner, door.accountsOf(address)),
  );
  const httpSide: HttpSide = stack.use(
    startHttpSide({
      controlUrl: config.control?.url,
      plainHttp: config.listen.plain_http,
      clientAddressOf: port => splicer.addressOf(port),
      refusalOf: (port, path) => certificates.judge(splicer.certificateOf(port), path),
      door: httpDoor(door),
      http: config.http,
      events: new EventDesk(directory, events),
      desktops,
      log,
    }),
  );
  const origins = new OriginRules(config.http.origins, config.listen.plain_http);
  const headers = new HardeningHeaders(config.http.headers);
  const opener = new StreamOpener({
    ...{ origins, upstreams, door, ...services, directory, log, now: Date.now },
    headers,
    frames: config.http.streams,
  });
  const endpoint = shared?.endpoint ?? config.listen;
  const parts = { tls: certificates.tls, splicer, opener, audit, door, headers };
  const listener = startFrontDoor({ ...parts, endpoint, head: config.http.limits, listen: config.listen });
  stack.defer(() => drain(listener, registry, log));
  certificates.serve(listener);
  certificates.start();
  const own = [...gauges(registry, listener, startedAtMs), keptEntries(splicer, door, services)];
  const renderMetrics = (): string =>
    render([...audit.metrics, ...door.metrics, ...certificates.metrics, ...own]);
  const metrics = startOwnMetrics(config, log, shared, {
    metrics: async () => renderMetrics(),
    health: () => health(directory, registry, startedAtMs),
  });
  if (metrics !== undefined) stack.use(metrics);
  tellPort(log, endpoint.host, listener.port, shared !== undefined);
  let running = config;
  return {
    port: listener.port,
    metricsPort: metrics?.port,
    renderMetrics,
    reload: async next => {
      const plan = planReload(running, next);
      running = plan.config;
      door.reload(running);
      await certificates.reload('SIGHUP', next);
      await reloadSessions(services.directory, next);
      if (shared === undefined) tellReload(plan, log);
    },
    retire: drainMs => retire(listener, registry, httpSide, drainMs),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

type Services = Pick<SharedServices, 'events' | 'decisions' | 'ledgers' | 'hashKey'> & {
  readonly audit: Audit;
  readonly registry: StreamRegistry;
  readonly directory: SessionDirectory;
};

/** What is the parent's where there is one, and this process's own otherwise. */
async function openServices(
  config: GatewayConfig,
  log: Log,
  stack: AsyncDisposableStack,
  shared: SharedServices | undefined,
): Promise<Services> {
  // Of several processes that write one trail, the parent alone renames the file.
  const trailBytesMax = shared === undefined ? auditFileBytesMax : Number.POSITIVE_INFINITY;
  const trail = stack.use(await openTrail(config.data_dir, trailBytesMax));
  const audit = stack.use(new Audit(log, trail, Date.now));
  const registry = new StreamRegistry();
  const decisions = shared?.decisions ?? new DecisionLog(Date.now);
  const events = shared?.events ?? new SessionEvents((sessionId, event) => decisions.heard(sessionId, event));
  const directory = stack.use(
    shared?.openDirectory(registry) ?? (await openOwnDirectory(config, log, registry, events)),
  );
  const ledgers = shared?.ledgers ?? new ClipboardLedgers();
  const hashKey = shared?.hashKey ?? randomBytes(32);
  return { audit, registry, decisions, events, directory, ledgers, hashKey };
}

/** Of several processes, the parent alone has one. @throws StartError */
function startOwnMetrics(
  config: GatewayConfig,
  log: Log,
  shared: SharedServices | undefined,
  answers: Pick<MetricsOptions, 'metrics' | 'health'>,
): MetricsListener | undefined {
  if (config.metrics === undefined || shared !== undefined) return undefined;
  const metrics = startMetricsListener({ ...config.metrics, ...answers });
  log.info('metrics listen', { address: config.metrics.host, port: metrics.port });
  return metrics;
}

function tellPort(log: Log, address: string, port: number, isWorker: boolean): void {
  const facts = { pid: process.pid, address, port, version: gatewayVersion };
  log.info(isWorker ? 'worker listens' : 'gateway listens', facts);
}

/** See Gateway.retire. */
async function retire(
  listener: Listener,
  registry: StreamRegistry,
  httpSide: HttpSide,
  drainMs: number,
): Promise<void> {
  const deadlineMs = performance.now() + drainMs;
  listener.stop();
  httpSide.closeAfterAnswers();
  // One that was accepted just before is a stream once its head is read, control asked and the desktop dialled.
  await listener.whenEmpty(Math.min(drainMs, limits.requestHeadTimeMs + limits.workerRequestTimeMs));
  await registry.whenEmpty(Math.max(0, deadlineMs - performance.now()));
  await registry.drain(limits.drainGraceMs, 'restarting');
  httpSide.endEvents();
  await listener.whenEmpty(limits.connectionIdleTimeMs);
}

async function openTrail(dataDir: string, bytesMax: number): Promise<AuditTrail> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return new AuditTrail(dataDir, bytesMax);
  } catch (error) {
    throw new StartError(`data folder ${dataDir} can not be written: ${errorText(error)}`);
  }
}

function openOwnDirectory(
  config: GatewayConfig,
  log: Log,
  registry: StreamRegistry,
  events: SessionEvents,
): Promise<SessionDirectory> {
  const onCut = (cut: Cut): void => {
    registry.cut(cut);
    events.cut(cut);
  };
  return openDirectory({ config, version: gatewayVersion, streams: registry, onCut, log });
}

/** Sessions of the file, and their policies, are replaced; control's need no reading. */
export async function reloadSessions(directory: SessionDirectory, config: GatewayConfig): Promise<void> {
  directory.replace?.(config.sessions ?? [], await readAuthorities(config));
}

/** Keys that changed are named, by what became of them; never their values. */
export function tellReload({ config, taken, untaken }: ReloadPlan, log: Log): void {
  if (taken.length > 0) log.info('these keys have changed and took force', { name: taken.join(', ') });
  if (untaken.length > 0) {
    log.warn('these keys have changed and take force at a restart only', { name: untaken.join(', ') });
  }
  log.info('sessions were read again', { count: config.sessions?.length ?? 0 });
}

/** New connections are refused, streams close in order within the grace limit, the rest is cut. */
async function drain(listener: Listener, registry: StreamRegistry, log: Log): Promise<void> {
  listener.stop();
  log.info('draining', { count: registry.size, ms: limits.drainGraceMs });
  await registry.drain(limits.drainGraceMs);
  listener.terminate();
}

function openCertificates({ tls, data_dir, listen }: GatewayConfig, log: Log): Promise<CertificateKeeper> {
  const options = { config: tls, dataDir: data_dir, plain: listen.plain_http, log, now: Date.now };
  return CertificateKeeper.open(options);
}

function gauges(registry: StreamRegistry, listener: Listener, startedAtMs: number): Metric[] {
  return [
    new Gauge('sluice_streams', 'Streams open now.', () => registry.size),
    new Gauge('sluice_connections', 'Connections open now.', () => listener.connectionCount),
    ...processGauges(startedAtMs),
  ];
}

const render = (metrics: readonly Metric[]): string => metrics.map(metric => metric.render()).join('');

/** What grows with what happens, and must shrink or stop again. */
function keptEntries(splicer: Splicer, door: Door, { decisions, ledgers }: Services): Metric {
  const sizes: Readonly<Record<string, () => number | undefined>> = {
    splices: () => splicer.size,
    decisions: () => decisions.size,
    ledgers: () => ledgers.size,
    admission: () => door.admission.keys,
  };
  return new GaugeFamily('sluice_kept_entries', 'Entries of the tables in memory, by table.', () =>
    Object.entries(sizes).flatMap(([table, sizeOf]) => {
      const value = sizeOf();
      return value === undefined ? [] : [{ labels: { table }, value }];
    }),
  );
}

function health(directory: SessionDirectory, registry: StreamRegistry, startedAtMs: number): Health {
  const { link } = directory;
  return {
    // Without its link a gateway still serves the streams it has, but opens hardly any.
    status: link === 'down' ? 'degraded' : 'ok',
    version: gatewayVersion,
    streams: registry.size,
    link,
    uptime_s: Math.round((Date.now() - startedAtMs) / 1000),
  };
}

function httpDoor(door: Door): HttpDoor {
  return {
    clientOf: (connection, get) => door.clientOf(connection, get),
    isProxy: connection => door.proxies.ranges.includes(connection),
    tooOften: (address, method, path) => door.rates.request(address, method, path),
    foreign: address => door.record.refused('foreign_origin', address),
  };
}
