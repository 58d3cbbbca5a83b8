/**
 * From a request for a stream to a running relay: check the upgrade, authorise, answer, dial. Everything
 * that can be refused is refused before the upgrade, as an HTTP status with a reason; what goes wrong after it
 * is told by the close frame.
 */
import { type ConnectionId, createId } from '../../config/ids.ts';
import { errorText, type Log } from '../../config/log.ts';
import type { Audit, StreamFacts } from '../audit/audit.ts';
import { encodeRefusalResponse } from '../http/head-refusal.ts';
import type { OriginRules } from '../http/origin-rules.ts';
import type { RequestHead } from '../http/request-head.ts';
import { findQueryValue, findStreamToken } from '../http/stream-token.ts';
import { parseClientForm } from '../relay/client-form-value.ts';
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
import { checkUpgradeRequest, encodeUpgradeResponse, type UpgradeCheck } from '../websocket/handshake.ts';
import { OpenStream } from './open-stream.ts';
import type { Route } from './routes.ts';

export interface StreamRequest {
  /** With what it sent behind its head put back, nobody attached. */
  readonly client: Transport;
  readonly address: string;
  readonly head: RequestHead;
  readonly route: Extract<Route, { kind: 'stream' }>;
}

export interface StreamOpenerOptions {
  /** Which pages may open streams: a browser sends the cookie along from any. */
  readonly origins: OriginRules;
  /** Which addresses may be dialled, whatever a grant says. */
  readonly upstreams: UpstreamGuard;
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

  constructor(options: StreamOpenerOptions) {
    this.#options = options;
  }

  /** Serves the request to its end; never throws. */
  async open(request: StreamRequest): Promise<void> {
    try {
      await this.#open(request);
    } catch (error) {
      const { sessionId } = request.route;
      this.#options.log.error('a stream could not be opened', { sessionId, error: errorText(error) });
      end(request.client, encodeRefusalResponse(500, 'the gateway could not open the stream'));
    }
  }

  async #open(request: StreamRequest): Promise<void> {
    const { client, head, address, route } = request;
    const { origins } = this.#options;
    const check = checkUpgradeRequest(head);
    if (check.kind === 'refused') {
      this.#options.audit.headRefused(address, check.status, check.message);
      end(client, encodeRefusalResponse(check.status, check.message, check.headers));
      return;
    }
    const { sessionId, channel } = route;
    const connectionId = createId<ConnectionId>();
    const origin = head.headers.get('origin');
    if (!origins.mayOpenStream(origins.judge(origin, [head.headers.get('host')]))) {
      this.#refuse(client, { connectionId, sessionId, userId: '', channel, address }, 'foreign_origin');
      return;
    }
    const clientForm = parseClientForm(findQueryValue(head.query, 'client'));
    if (clientForm === 'unknown') {
      const sentence = 'the query value client is neither rfb nor kasmvnc';
      this.#options.audit.headRefused(address, 400, sentence);
      end(client, encodeRefusalResponse(400, sentence));
      return;
    }
    const token = findStreamToken({
      authorization: head.headers.get('authorization'),
      cookie: head.headers.get('cookie'),
      query: head.query,
    });
    const answer = await this.#options.directory.authorise({ sessionId, token, channel, address });
    if (client.closed) return;
    if ('refusal' in answer) {
      this.#refuse(client, { connectionId, sessionId, userId: '', channel, address }, answer.refusal);
      return;
    }
    const { userId } = answer.grant;
    const facts: StreamFacts = { connectionId, sessionId, userId, channel, address };
    this.#relay({ ...request, clientForm }, check, answer.grant, facts);
  }

  #refuse(client: Transport, facts: StreamFacts, refusal: Refusal): void {
    this.#options.audit.streamRefused(facts, refusal);
    const { status, message } = refusals[refusal];
    end(client, encodeRefusalResponse(status, message));
  }

  #relay(request: CheckedRequest, check: AcceptedUpgrade, grant: StreamGrant, facts: StreamFacts): void {
    const { client, clientForm } = request;
    const { registry, audit } = this.#options;
    const stream = new OpenStream(this.#options, grant, facts);
    const address = parseUpstreamAddress(grant.upstream);
    const upstreamLogin = upstreamLoginFor(address, grant.upstreamAuthorization?.reveal());
    const inspection = this.#inspect(grant, stream, { clientForm, upstreamLogin });
    client.write(encodeUpgradeResponse(check.key, check.protocol));
    stream.relay = new Relay({
      client,
      inspection,
      framed: address.framed,
      upstreamTakesCloseFrame: grant.protocol !== 'kasmvnc',
      expiresInMs: grant.expiresAtMs === undefined ? undefined : grant.expiresAtMs - stream.openedAtMs,
      maskKey,
      owner: stream,
    });
    stream.inspection = inspection;
    registry.add(stream);
    audit.streamOpened(facts);
    void stream.relay.run(createDial(this.#options.upstreams, grant, address));
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
      onRecord: record => audit.policyRecorded(stream.facts, record),
      hashKey,
      ledger: ledgers.open(stream.sessionId),
    });
  }
}

/** A function of its own, so that what a dial needs is not kept by the closures that live as long as the stream. */
function createDial(upstreams: UpstreamGuard, grant: StreamGrant, address: UpstreamAddress): Dial {
  const { upstreamAuthorization: authorization, tlsVerify, tlsCa } = grant;
  return signal =>
    upstreams.dial(address, checked =>
      dialUpstream({ address: checked, authorization, tlsVerify, tlsCa }, signal),
    );
}

function end(client: Transport, response: Uint8Array): void {
  client.write(response);
  client.end();
}
