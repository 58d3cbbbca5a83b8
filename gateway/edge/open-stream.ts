/**
 * One open stream as the rest of the gateway knows it: the registry finds it, its relay and its inspection report to
 * it. One object with shared methods, for thousands of idle streams are kept.
 */
import { errorText } from '../../config/log.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import type { StreamFacts } from '../audit/audit.ts';
import { type CloseReasonName, closeReasons } from '../relay/close-reason.ts';
import type { Relay, RelayEnd, RelayOwner } from '../relay/relay.ts';
import type { PolicyEvent, StreamInspection } from '../relay/stream-inspection.ts';
import { policyFor, type StreamGrant } from '../session/grant.ts';
import type { LiveStream } from '../session/registry.ts';
import type { StreamOpenerOptions } from './stream-opener.ts';

type Services = Pick<StreamOpenerOptions, 'registry' | 'events' | 'audit' | 'log' | 'now' | 'door'>;

export class OpenStream implements LiveStream, RelayOwner {
  readonly facts: StreamFacts;
  readonly openedAtMs: number;
  policyVersion: number;
  /** Set before it runs. */
  relay: Relay | undefined;
  inspection: StreamInspection | undefined;
  readonly #services: Services;
  readonly #proxied: boolean;
  readonly #access: StreamGrant['access'];
  readonly #tokenId: string;
  /** What policy dropped and was told: each kind is logged once, so that nobody fills the log by pasting. */
  #dropsSeen: Set<string> | undefined;

  /** @param proxied whether it came through a trusted proxy. */
  constructor(services: Services, grant: StreamGrant, facts: StreamFacts, proxied: boolean) {
    this.#proxied = proxied;
    this.facts = facts;
    this.#services = services;
    this.#access = grant.access;
    this.#tokenId = grant.tokenId;
    this.policyVersion = grant.policyVersion;
    this.openedAtMs = services.now();
  }

  get connectionId(): string {
    return this.facts.connectionId;
  }

  get sessionId(): string {
    return this.facts.sessionId;
  }

  get userId(): string {
    return this.facts.userId;
  }

  get channel(): string {
    return this.facts.channel;
  }

  get address(): string {
    return this.facts.address;
  }

  get tokenId(): string {
    return this.#tokenId;
  }

  cut(reason: CloseReasonName, message: string): void {
    this.relay?.end(reason, message);
  }

  setPolicy(policy: PolicyDocument): void {
    this.relay?.setPolicy(policyFor(this.#access, policy));
  }

  bytes(): { readonly toClient: number; readonly toUpstream: number } {
    return { toClient: this.relay?.bytesToClient ?? 0, toUpstream: this.relay?.bytesToUpstream ?? 0 };
  }

  policyDropped(event: PolicyEvent): void {
    const { audit, events } = this.#services;
    const kind = `${event.type} ${event.direction} ${event.reason}`;
    const isFirst = this.#dropsSeen?.has(kind) !== true;
    this.#dropsSeen ??= new Set();
    this.#dropsSeen.add(kind);
    audit.policyDropped(this.facts, event, isFirst);
    events.publish(this.sessionId, event);
  }

  onEnding(reason: CloseReasonName, message: string): void {
    const { retry } = closeReasons[reason];
    this.#services.events.publish(this.sessionId, { type: 'end', reason, message, retry });
  }

  onEnd(end: RelayEnd): void {
    const { registry, audit, now, door } = this.#services;
    const { facts, openedAtMs, userId, sessionId, address } = this;
    door.admission.closeStream({ userId, sessionId, address, proxied: this.#proxied });
    registry.remove(facts.connectionId, end.reason);
    this.inspection?.finish?.();
    const policyDrops = this.inspection?.policyDrops ?? 0;
    audit.streamClosed({ ...facts, ...end, policyDrops, openedAtMs, closedAtMs: now() });
  }

  onFault(error: unknown): void {
    const { connectionId, sessionId } = this.facts;
    this.#services.log.error('a stream failed', { connectionId, sessionId, error: errorText(error) });
  }
}
