/** One gateway: the front door, the HTTP side, the session directory and the metrics listener, put together. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { StartError } from '../config/command-line.ts';
import type { GatewayConfig } from '../config/gateway.ts';
import { limits } from '../config/limits.ts';
import { errorText, type Log } from '../config/log.ts';
import { Audit } from './audit/audit.ts';
import { Gauge, type Metric } from './audit/metric.ts';
import { type Health, startMetricsListener } from './audit/metrics-listener.ts';
import { AuditTrail, auditFileBytesMax } from './audit/trail.ts';
import type { Endpoint } from './edge/endpoint.ts';
import { type Listener, startListener } from './edge/listener.ts';
import type { CertificatePair } from './edge/self-signed.ts';
import { Splicer } from './edge/splice.ts';
import { StreamOpener } from './edge/stream-opener.ts';
import { StreamPulse } from './edge/stream-pulse.ts';
import { CertificateError, keepSelfSigned, readCertificate } from './edge/tls.ts';
import { type HttpSide, startHttpSide } from './http/http-side.ts';
import { OriginRules } from './http/origin-rules.ts';
import { createUpstreamGuard } from './relay/own-upstreams.ts';
import { ClipboardLedgers } from './session/clipboard-ledgers.ts';
import { DecisionLog, type Decisions } from './session/decision-log.ts';
import { DesktopDesk } from './session/desktop-desk.ts';
import { EventDesk } from './session/event-desk.ts';
import type { Cut, SessionDirectory } from './session/grant.ts';
import { openDirectory, readAuthorities } from './session/open-directory.ts';
import { StreamRegistry } from './session/registry.ts';
import { SessionEvents } from './session/session-events.ts';

export const gatewayVersion = '0.1.0';

export interface Gateway extends AsyncDisposable {
  readonly port: number;
  /** Undefined when the configuration names no metrics listener. */
  readonly metricsPort: number | undefined;
  /** Of what this process did; Prometheus text. */
  renderMetrics(): string;
  /** The configuration was read again: its sessions and their policies take force, streams go on. */
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
}

/**
 * What only the world can tell about a configuration: files that are missing, a key of another certificate.
 * @returns problems as sentences; empty when the gateway could start.
 */
export async function checkGateway(config: GatewayConfig): Promise<string[]> {
  const problems: string[] = [];
  const collect = async (step: Promise<unknown>): Promise<void> => {
    await step.catch(error => problems.push(errorText(error)));
  };
  if (config.tls !== undefined) {
    await collect(readCertificate(config.tls.certificate, config.tls.private_key));
  }
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
    return await assemble(config, log, stack, shared);
  } catch (error) {
    await stack.disposeAsync();
    if (error instanceof CertificateError) throw new StartError(error.message);
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
  const certificate = await chooseCertificate(config, log);
  // Of several processes that write one trail, the parent alone renames the file.
  const trailBytesMax = shared === undefined ? auditFileBytesMax : Number.POSITIVE_INFINITY;
  const audit = new Audit(log, await openTrail(config.data_dir, trailBytesMax), Date.now);
  const registry = new StreamRegistry();
  stack.use(new StreamPulse(registry, config.http.streams));
  const decisions = shared?.decisions ?? new DecisionLog(Date.now);
  const events = shared?.events ?? new SessionEvents((sessionId, event) => decisions.heard(sessionId, event));
  const directory = stack.use(
    shared?.openDirectory(registry) ?? (await openOwnDirectory(config, log, registry, events)),
  );
  const upstreams = createUpstreamGuard(config, () => [httpSide.port, listener.port, metrics?.port ?? 0]);
  const desktops = new DesktopDesk({ directory, decisions, upstreams, now: Date.now });
  const splicer = new Splicer(() => httpSide.port);
  const httpSide: HttpSide = stack.use(
    startHttpSide({
      controlUrl: config.control?.url,
      clientAddressOf: port => splicer.addressOf(port),
      http: config.http,
      events: new EventDesk(directory, events),
      desktops,
      log,
    }),
  );
  const origins = new OriginRules(config.http.origins);
  const opener = new StreamOpener({
    origins,
    upstreams,
    directory,
    ledgers: shared?.ledgers ?? new ClipboardLedgers(),
    hashKey: shared?.hashKey ?? randomBytes(32),
    registry,
    events,
    audit,
    log,
    now: Date.now,
  });
  const endpoint = shared?.endpoint ?? config.listen;
  const listener = startListener({ endpoint, certificate, splicer, opener, audit });
  stack.defer(() => drain(listener, registry, log));
  const renderMetrics = (): string =>
    [...audit.metrics, ...gauges(registry, listener, startedAtMs)].map(metric => metric.render()).join('');
  const metrics =
    config.metrics === undefined
      ? undefined
      : stack.use(
          startMetricsListener({
            ...config.metrics,
            metrics: async () => renderMetrics(),
            health: () => health(directory, registry, startedAtMs),
          }),
        );
  if (metrics !== undefined)
    log.info('metrics listen', { address: config.metrics?.host, port: metrics.port });
  log.info('gateway listens', { address: endpoint.host, port: listener.port, version: gatewayVersion });
  return {
    port: listener.port,
    metricsPort: metrics?.port,
    renderMetrics,
    reload: next => reloadSessions(directory, next),
    retire: async drainMs => {
      listener.stop();
      await registry.whenEmpty(drainMs);
      await registry.drain(limits.drainGraceMs, 'restarting');
      httpSide.retire();
      await listener.whenEmpty(limits.connectionIdleTimeMs);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function chooseCertificate(config: GatewayConfig, log: Log): Promise<CertificatePair> {
  if (config.tls === undefined) return keepSelfSigned(config.data_dir, log, Date.now());
  return readCertificate(config.tls.certificate, config.tls.private_key);
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

/** New connections are refused, streams close in order within the grace limit, the rest is cut. */
async function drain(listener: Listener, registry: StreamRegistry, log: Log): Promise<void> {
  listener.stop();
  log.info('draining', { count: registry.size, ms: limits.drainGraceMs });
  await registry.drain(limits.drainGraceMs);
  listener.terminate();
}

function gauges(registry: StreamRegistry, listener: Listener, startedAtMs: number): Metric[] {
  return [
    new Gauge('sluice_streams', 'Streams open now.', () => registry.size),
    new Gauge('sluice_connections', 'Connections open now.', () => listener.connectionCount),
    new Gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss()),
    new Gauge('process_start_time_seconds', 'Start, in seconds since the epoch.', () => startedAtMs / 1000),
    new Gauge('process_cpu_seconds', 'User and system time used.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    }),
  ];
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
