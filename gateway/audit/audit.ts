/**
 * What happens at the gateway, one function an event: each moves its counter, writes its log line and,
 * where somebody may ask later who did what, its record in the audit trail.
 */
import { errorText, type Log, type LogFields } from '../../config/log.ts';
import { type CloseReasonName, closeReasons } from '../relay/close-reason.ts';
import type { PolicyRecord } from '../relay/policy-record.ts';
import type { PolicyReporterOptions } from '../relay/policy-reporter.ts';
import type { PolicyEvent } from '../relay/stream-inspection.ts';
import { Counter, type Metric } from './metric.ts';
import { RefusalMinute } from './refusal-minute.ts';
import type { AuditRecord, AuditTrail } from './trail.ts';

export interface StreamFacts {
  readonly connectionId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly channel: string;
  /** The client's. */
  readonly address: string;
  /** Subject of the client certificate that was verified; left out where none was shown. */
  readonly subject?: string;
}

export interface StreamSummary extends StreamFacts {
  readonly reason: CloseReasonName;
  readonly message: string;
  /** Bytes written to each side, WebSocket framing included. */
  readonly bytesToClient: number;
  readonly bytesToUpstream: number;
  readonly policyDrops: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number;
}

const minuteMs = 60_000;

export class Audit implements Disposable {
  readonly connections = new Counter('sluice_connections_total', 'Connections accepted.');
  readonly headsRefused = new Counter(
    'sluice_request_heads_refused_total',
    'Request heads refused, by status.',
  );
  readonly streamsRefused = new Counter('sluice_streams_refused_total', 'Streams refused, by refusal.');
  readonly streamsOpened = new Counter('sluice_streams_opened_total', 'Streams authorised and started.');
  readonly streamsClosed = new Counter('sluice_streams_closed_total', 'Streams ended, by close reason.');
  readonly streamBytes = new Counter('sluice_stream_bytes_total', 'Bytes of ended streams, by direction.');
  readonly policyDrops = new Counter('sluice_policy_drops_total', 'What policy dropped, by kind.');
  readonly trailFailures = new Counter(
    'sluice_audit_failures_total',
    'Audit records that could not be written.',
  );
  readonly #log: Log;
  readonly #trail: AuditTrail;
  readonly #now: () => number;
  readonly #refusals = new RefusalMinute();
  /** Runs while there is something to count. */
  #minute: ReturnType<typeof setTimeout> | undefined;

  constructor(log: Log, trail: AuditTrail, now: () => number) {
    this.#log = log;
    this.#trail = trail;
    this.#now = now;
  }

  /** What was only counted is told. The trail stays its owner's to dispose of. */
  [Symbol.dispose](): void {
    this.#endMinute();
  }

  get metrics(): readonly Metric[] {
    return [
      this.connections,
      this.headsRefused,
      this.streamsRefused,
      this.streamsOpened,
      this.streamsClosed,
      this.streamBytes,
      this.policyDrops,
      this.trailFailures,
    ];
  }

  connectionAccepted(): void {
    this.connections.add(1);
  }

  /** A connection that never became a request: a broken, slow or oversized head, or none. */
  headRefused(address: string, status: number, message: string): void {
    this.headsRefused.add(1, { status: String(status) });
    this.#log.debug('request head refused', { address, status, error: message });
  }

  /** Of many in a minute some are told and the rest is counted. @param refusal the name of a refusal (session/grant.ts). */
  streamRefused(facts: StreamFacts, refusal: string): void {
    this.streamsRefused.add(1, { refusal });
    if (this.#minute === undefined) {
      this.#minute = setTimeout(() => this.#endMinute(), minuteMs);
      this.#minute.unref();
    }
    if (!this.#refusals.take(facts.address, refusal)) return;
    this.#log.warn('stream refused', { ...fields(facts), reason: refusal });
    this.#record({ event: 'stream_refused', atMs: this.#now(), ...facts, reason: refusal });
  }

  streamOpened(facts: StreamFacts): void {
    this.streamsOpened.add(1);
    this.#log.info('stream opened', fields(facts));
    this.#record({ event: 'stream_opened', atMs: this.#now(), ...facts });
  }

  /** Where drops of a kind are counted: the inspections count there by themselves, for they may come by the thousand. */
  readonly countOf: NonNullable<PolicyReporterOptions['countOf']> = (type, direction, reason) =>
    this.policyDrops.count({ type, direction, reason });

  /** A drop was told of. @param first whether this stream had no such event before: only the first is logged. */
  policyDropped(facts: StreamFacts, event: PolicyEvent, first: boolean): void {
    const { type, direction, reason } = event;
    if (!first) return;
    const { bytes, limit } = event;
    const did = event.verdict === 'truncate' ? 'cut' : 'dropped';
    this.#log.info(`policy ${did} ${type}`, { ...fields(facts), direction, reason, bytes, limit });
  }

  /** Only into the trail: at level `verbose` it has content, which no log may have. */
  policyRecorded(facts: StreamFacts, policy: PolicyRecord): void {
    this.#record({ event: 'policy', atMs: this.#now(), ...facts, policy });
  }

  streamClosed(summary: StreamSummary): void {
    const { reason, bytesToClient, bytesToUpstream, policyDrops } = summary;
    const row = closeReasons[reason];
    const durationMs = summary.closedAtMs - summary.openedAtMs;
    this.streamsClosed.add(1, { reason });
    this.streamBytes.add(bytesToClient, { direction: 'to_client' });
    this.streamBytes.add(bytesToUpstream, { direction: 'to_upstream' });
    this.#log[row.logLevel]('stream closed', {
      ...fields(summary),
      closeReason: reason,
      side: row.side,
      cause: summary.message,
      bytesToClient,
      bytesToUpstream,
      count: policyDrops,
      ms: durationMs,
    });
    if (!row.audit) return;
    const { connectionId, sessionId, userId, channel, address, subject } = summary;
    const facts = { connectionId, sessionId, userId, channel, address, ...(subject && { subject }) };
    const counts = { bytesToClient, bytesToUpstream, policyDrops, durationMs };
    this.#record({ event: 'stream_closed', atMs: summary.closedAtMs, ...facts, reason, ...counts });
  }

  #endMinute(): void {
    clearTimeout(this.#minute);
    this.#minute = undefined;
    for (const { address, refusal: reason, count } of this.#refusals.end()) {
      this.#log.warn('streams refused', { address: address === '' ? undefined : address, reason, count });
      this.#record({ event: 'streams_refused', atMs: this.#now(), address, reason, count });
    }
  }

  #record(record: AuditRecord): void {
    try {
      this.#trail.write(record);
    } catch (error) {
      this.trailFailures.add(1);
      this.#log.error('audit record not written', { file: this.#trail.file, error: errorText(error) });
    }
  }
}

function fields(facts: StreamFacts): LogFields {
  const { connectionId, sessionId, userId, channel, address, subject } = facts;
  return { connectionId, sessionId, userId: userId === '' ? undefined : userId, channel, address, subject };
}
