/**
 * From a request for a stream to a running relay: check the upgrade, authorise, answer, dial. Everything
 * that can be refused is refused before the upgrade, as an HTTP status with a reason; what goes wrong after it
 * is told by the close frame.
 */
import type { GatewayHttpConfig } from '../../config/gateway-http.ts';
import { type ConnectionId, createId } from '../../config/ids.ts';
import { errorText, type Log } from '../../config/log.ts';
import type { AdmissionRefusal } from '../admission/admission-record.ts';
import { type Door, paceReading } from '../admission/door.ts';
import type { Audit, StreamFacts } from '../audit/audit.ts';
import type { ShownCertificate } from '../certificate/client-certificate.ts';
import type { HeldCertificate } from '../certificate/held-certificates.ts';
import type { HardeningHeaders } from '../http/hardening-headers.ts';
import { type EncodeRefusal, refusalEncoder } from '../http/head-refusal.ts';
import type { OriginRules } from '../http/origin-rules.ts';
import type { RequestHead } from '../http/request-head.ts';
import { findQueryValue, findStreamToken } from '../http/stream-token.ts';
import type { ChargeBytes } from '../relay/byte-pace.ts';
import { parseClientForm } from '../relay/client-form-value.ts';
import { closeReasons, closeText } from '../relay/close-reason.ts';
import { createMaskKeys } from '../relay/mask-keys.ts';
import { type Dial, Relay } from '../relay/relay.ts';
import { createRfbInspection, type RfbInspectionOptions } from '../relay/rfb-inspection.ts';
import type { StreamInspection } from '../relay/stream-inspection.ts';
import type { Transport } from '../relay/transport.ts';
import { dialUpstream } from '../relay/upstream.ts';
import { parseUpstreamAddress, type UpstreamAddress } from '../relay/upstream-address.ts';
import type { UpstreamGuard } from '../relay/upstream-guard.ts';
import { upstreamLoginFor } from '../relay/upstream-login.ts';
import type { ClipboardLedgers } from '../session/clipboard-ledgers.ts';
import { type Refusal, refusals, type SessionDirectory, type StreamGrant } from '../session/grant.ts';
import type { StreamRegistry } from '../session/registry.ts';
import type { SessionEvents } from '../session/session-events.ts';
import type { FrameLimits } from '../websocket/frame-reader.ts';
import { encodeCloseFrame } from '../websocket/frame-writer.ts';
import { checkUpgradeRequest, encodeUpgradeResponse, type UpgradeCheck } from '../websocket/handshake.ts';
import { OpenStream } from './open-stream.ts';
import type { Route } from './routes.ts';

export interface StreamRequest {
  /** With what it sent behind its head put back, nobody attached. */
  readonly client: Transport;
  /** The client's, as a trusted proxy tells it if it came through one. */
  readonly address: string;
  /** What the client's certificate says who it is; only where one was asked for. */
  readonly shown?: ShownCertificate | undefined;
  /** Undefined: it showed no certificate, or none that was believed. */
  readonly held?: HeldCertificate | undefined;
  readonly proxied: boolean;
  /** The host it asked for, as a trusted proxy tells it; undefined: as the head says. */
  readonly host: string | undefined;
  /** By which scheme it asked, as a trusted proxy tells it. */
  readonly scheme: 'http' | 'https' | undefined;
  readonly head: RequestHead;
  readonly route: Extract<Route, { kind: 'stream' }>;
}

export interface StreamOpenerOptions {
  /** Which pages may open streams: a browser sends the cookie along from any. */
  readonly origins: OriginRules;
  readonly headers: HardeningHeaders;
  readonly frames: GatewayHttpConfig['streams'];
  /** Which addresses may be dialled, whatever a grant says. */
  readonly upstreams: UpstreamGuard;
  readonly door: Door;
  readonly directory: SessionDirectory;
  readonly ledgers: ClipboardLedgers;
  /** Told to nobody: hashes in the audit trail tell equal things apart from others, and nothing else. */
  readonly hashKey: Uint8Array;
  readonly registry: StreamRegistry;
  readonly events: SessionEvents;
  readonly audit: Audit;
  readonly log: Log;
  readonly now: () => number;
}

/** With the dialect that the client says it speaks, if it says so. */
type CheckedRequest = StreamRequest & Pick<RfbInspectionOptions, 'clientForm'>;

type AcceptedUpgrade = Extract<UpgradeCheck, { kind: 'accepted' }>;

const maskKey = createMaskKeys();
const steadyNow = (): number => performance.now();

export class StreamOpener {
  readonly #options: StreamOpenerOptions;
  readonly #refusal: EncodeRefusal;
  readonly #clientFrames: FrameLimits;

  constructor(options: StreamOpenerOptions) {
    this.#options = options;
    this.#refusal = refusalEncoder(options.headers.ofRefusals('streams'));
    const {
      frame_bytes_max: frameBytesMax,
      message_bytes_max: messageBytesMax,
      fragments_max,
    } = options.frames;
    this.#clientFrames = { frameBytesMax, messageBytesMax, fragmentsMax: fragments_max };
  }

  /** Serves the request to its end; never throws. */
  async open(request: StreamRequest): Promise<void> {
    try {
      await this.#open(request);
    } catch (error) {
      const { sessionId } = request.route;
      this.#options.log.error('a stream could not be opened', { sessionId, error: errorText(error) });
      end(request.client, this.#refusal(500, 'the gateway could not open the stream'));
    }
  }

  async #open(request: StreamRequest): Promise<void> {
    const { client, head, address, route } = request;
    const { door, registry } = this.#options;
    const { sessionId, channel } = route;
    const connectionId = createId<ConnectionId>();
    // Before any rate: a page of a foreign origin must not spend what its visitor has.
    if (!this.#mayOpenStreams(request)) {
      this.#refuse(client, { connectionId, sessionId, userId: '', channel, address }, 'foreign_origin');
      return;
    }
    const tooMany = door.rates.upgrade(address);
    const check = checkUpgradeRequest(head);
    if (tooMany !== undefined) {
      this.#turnAway(request, tooMany, check.kind === 'accepted' ? check : undefined);
      return;
    }
    if (check.kind === 'refused') {
      this.#options.audit.headRefused(address, check.status, check.message);
      end(client, this.#refusal(check.status, check.message, check.headers));
      return;
    }
    const clientForm = parseClientForm(findQueryValue(head.query, 'client'));
    if (clientForm === 'unknown') {
      const sentence = 'the query value client is neither rfb nor kasmvnc';
      this.#options.audit.headRefused(address, 400, sentence);
      end(client, this.#refusal(400, sentence));
      return;
    }
    const token = findStreamToken({
      authorization: head.headers.get('authorization'),
      cookie: head.headers.get('cookie'),
      query: head.query,
    });
    const asked = { sessionId, token, channel, address, connectionId };
    const answer = await this.#options.directory.authorise(asked);
    if ('refusal' in answer && answer.full !== undefined) {
      this.#turnAway(request, door.admission.refuseStream(answer.full, address), check);
      return;
    }
    if (client.closed) {
      if ('grant' in answer) answer.release?.();
      return;
    }
    if ('refusal' in answer) {
      const facts = { connectionId, sessionId, userId: '', channel, address, ...subjectOf(request) };
      this.#refuse(client, facts, answer.refusal, answer.retryAfterS);
      return;
    }
    const { userId } = answer.grant;
    const facts: StreamFacts = { connectionId, sessionId, userId, channel, address, ...subjectOf(request) };
    const visit = { userId, sessionId, address, proxied: request.proxied };
    const refusal = door.rates.userUpgrade(userId, address) ?? door.admission.openStream(visit);
    if (refusal !== undefined) {
      answer.release?.();
      this.#turnAway(request, refusal, check);
      return;
    }
    try {
      this.#relay({ ...request, clientForm }, check, answer.grant, facts);
    } catch (error) {
      door.admission.closeStream(visit);
      answer.release?.();
      registry.remove(connectionId, 'internal_error');
      throw error;
    }
  }

  /** Whether it comes from no page, or from one that may open streams here. */
  #mayOpenStreams({ head, host, scheme }: StreamRequest): boolean {
    const { origins } = this.#options;
    const origin = head.headers.get('origin');
    return origins.mayOpenStream(origins.judge(origin, [head.headers.get('host'), host], scheme));
  }

  /**
   * Refuses a stream for now. Browsers hide the status of a refused upgrade from their pages: with `check`, a page is
   * told by a close frame.
   */
  #turnAway(
    { client, head, address }: StreamRequest,
    refusal: AdmissionRefusal,
    check?: AcceptedUpgrade,
  ): void {
    const { status, message, retryAfterS } = refusal;
    this.#options.audit.headRefused(address, status, message);
    if (check === undefined || !head.headers.has('origin')) {
      end(client, this.#refusal(status, message, { 'Retry-After': String(retryAfterS) }));
      return;
    }
    client.write(encodeUpgradeResponse(check.key, check.protocol));
    end(client, encodeCloseFrame(closeReasons.overloaded.code, closeText(message)));
  }

  #refuse(client: Transport, facts: StreamFacts, refusal: Refusal, retryAfterS?: number): void {
    this.#options.audit.streamRefused(facts, refusal);
    const { status, message } = refusals[refusal];
    const wait = retryAfterS === undefined ? undefined : { 'Retry-After': String(retryAfterS) };
    end(client, this.#refusal(status, message, wait));
  }

  #relay(request: CheckedRequest, check: AcceptedUpgrade, grant: StreamGrant, facts: StreamFacts): void {
    const { client, clientForm, proxied, held } = request;
    const { registry, audit, door } = this.#options;
    const stream = new OpenStream(this.#options, grant, facts, proxied);
    const accounts = door.streamAccounts(facts.address, facts.userId);
    paceReading(client, accounts);
    const address = parseUpstreamAddress(grant.upstream);
    const upstreamLogin = upstreamLoginFor(address, grant.upstreamAuthorization?.reveal());
    const inspection = this.#inspect(grant, stream, { clientForm, upstreamLogin });
    stream.relay = new Relay({
      client,
      inspection,
      framed: address.framed,
      upstreamTakesCloseFrame: grant.protocol !== 'kasmvnc',
      expiresInMs: grant.expiresAtMs === undefined ? undefined : grant.expiresAtMs - stream.openedAtMs,
      maskKey,
      clientFrames: this.#clientFrames,
      owner: stream,
    });
    stream.inspection = inspection;
    if (held !== undefined) held.cut = message => stream.cut('token_revoked', message);
    registry.add(stream);
    audit.streamOpened(facts);
    const answer = encodeUpgradeResponse(check.key, check.protocol);
    void stream.relay.run(createDial(this.#options.upstreams, grant, address, accounts), answer);
  }

  #inspect(
    grant: StreamGrant,
    stream: OpenStream,
    own: Pick<RfbInspectionOptions, 'clientForm' | 'upstreamLogin'>,
  ): StreamInspection {
    const { audit, ledgers, hashKey } = this.#options;
    return createRfbInspection({
      ...own,
      protocol: grant.protocol,
      policy: grant.policy,
      upstreamPassword: grant.upstreamPassword?.reveal(),
      now: steadyNow,
      onEvent: event => stream.policyDropped(event),
      countOf: audit.countOf,
      onRecord: record => audit.policyRecorded(stream.facts, record),
      hashKey,
      ledger: ledgers.open(stream.sessionId),
    });
  }
}

/** A function of its own, so that what a dial needs is not kept by the closures that live as long as the stream. */
function createDial(
  upstreams: UpstreamGuard,
  grant: StreamGrant,
  address: UpstreamAddress,
  accounts: readonly ChargeBytes[],
): Dial {
  const { upstreamAuthorization: authorization, tlsVerify, tlsCa } = grant;
  return async call => {
    const upstream = await upstreams.dial(address, (checked, timeMs) =>
      dialUpstream({ address: checked, authorization, tlsVerify, tlsCa }, call, timeMs),
    );
    paceReading(upstream, accounts);
    return upstream;
  };
}

function subjectOf({ shown }: StreamRequest): Pick<StreamFacts, 'subject'> {
  return shown?.kind === 'verified' ? { subject: shown.subject } : {};
}

function end(client: Transport, response: Uint8Array): void {
  client.write(response);
  client.end();
}
