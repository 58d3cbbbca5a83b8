/**
 * Deals with connected gateways: answers who may open a stream, keeps in memory which streams are
 * open, and passes on cuts and policies to the gateways linked to this control instance.
 */
import { parseId, type SessionId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { AuthoriseRequest, Frame, StreamOpened } from '../../config/link/link.ts';
import { errorText, type Log } from '../../config/log.ts';
import type { LinkConnection, NodeIdentity } from '../link/link-connection.ts';
import type { LinkListener } from '../link/link-server.ts';
import type { Signal, SignalBus } from '../link/signal-bus.ts';
import type { SessionStore } from './session-store.ts';
import type { StreamAuthority } from './stream-authority.ts';

export interface OpenStream {
  readonly connectionId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly channel: string;
  readonly address: string;
  /** Milliseconds since the epoch, by the gateway's clock. */
  readonly openedAtMs: number;
  readonly gatewayName: string;
}

interface LinkedGateway {
  readonly connection: LinkConnection;
  readonly node: NodeIdentity;
  /** By the stream's connection id. */
  readonly streams: Map<string, OpenStream>;
  authorising: number;
}

export interface GatewayLinksParts {
  readonly authority: StreamAuthority;
  readonly sessions: SessionStore;
  readonly signals: SignalBus;
  readonly log: Log;
}

/** Streams one gateway connection may name: what is over it is not remembered. */
const streamsMax = 100_000;

export class GatewayLinks implements LinkListener, AsyncDisposable {
  readonly #parts: GatewayLinksParts;
  readonly #linked = new Map<LinkConnection, LinkedGateway>();
  readonly #working = new Set<Promise<void>>();
  /** The end of the queue of what gateways are told of sessions: an older policy must not overtake a newer one. */
  #telling: Promise<void> = Promise.resolve();
  readonly #forget: ReadonlyArray<() => void>;

  constructor(parts: GatewayLinksParts) {
    this.#parts = parts;
    this.#forget = [
      parts.signals.onSignal(signal => this.#pass(signal)),
      parts.signals.onResync(() => this.#resync()),
    ];
  }

  /** The streams that are open at the gateways linked to this control instance. */
  openStreams(): OpenStream[] {
    return [...this.#linked.values()].flatMap(gateway => [...gateway.streams.values()]);
  }

  onWelcomed(connection: LinkConnection, node: NodeIdentity): void {
    this.#linked.set(connection, { connection, node, streams: new Map(), authorising: 0 });
  }

  onGone(connection: LinkConnection): void {
    this.#linked.delete(connection);
  }

  onFrame(connection: LinkConnection, node: NodeIdentity, frame: Frame): void {
    const gateway = this.#linked.get(connection);
    if (gateway === undefined) return;
    if (frame.authoriseRequest) this.#authorise(gateway, frame.id ?? 0, frame.authoriseRequest);
    else if (frame.streamOpened) this.#opened(gateway, frame.streamOpened);
    else if (frame.streamClosed) gateway.streams.delete(frame.streamClosed.connectionId ?? '');
    else if (frame.gatewayState) this.#takeState(gateway, frame.gatewayState.streams ?? []);
    else this.#parts.log.warn('a gateway sent a frame that is not for control', { nodeId: node.nodeId });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const forget of this.#forget) forget();
    this.#linked.clear();
    await Promise.allSettled([...this.#working]);
  }

  /** Questions are answered side by side: they change nothing, and one slow answer must not hold up the rest. */
  #authorise(gateway: LinkedGateway, id: number, request: AuthoriseRequest): void {
    const reply = (refusal: string): void => {
      gateway.connection.send({ replyTo: id, authoriseReply: { refusal } });
    };
    if (gateway.authorising >= limits.linkFramesQueuedMax) {
      reply('busy');
      return;
    }
    gateway.authorising += 1;
    const { authority, log } = this.#parts;
    void this.#run(async () => {
      try {
        const answer = await authority.authorise(request);
        const { channel } = request;
        const facts = { sessionId: request.sessionId ?? '', channel: channel ?? '' };
        if (answer.refusal) log.info('stream refused', { ...facts, reason: answer.refusal });
        else log.debug('stream granted', facts);
        gateway.connection.send({ replyTo: id, authoriseReply: answer });
      } catch (error) {
        log.error('a stream could not be authorised', { error: errorText(error) });
        reply('busy');
      } finally {
        gateway.authorising -= 1;
      }
    });
  }

  #opened(gateway: LinkedGateway, opened: StreamOpened): void {
    this.#remember(gateway, opened);
    const sessionId = parseId<SessionId>(opened.sessionId);
    if (sessionId !== undefined) void this.#run(() => this.#parts.sessions.touchActive(sessionId));
  }

  /** What changed while the gateway was away is made up for: cuts and policies of the streams it has. */
  #takeState(gateway: LinkedGateway, streams: ReadonlyArray<StreamOpened>): void {
    gateway.streams.clear();
    for (const stream of streams) this.#remember(gateway, stream);
    this.#refresh(gateway);
  }

  #remember(gateway: LinkedGateway, opened: StreamOpened): void {
    const connectionId = opened.connectionId ?? '';
    if (gateway.streams.size >= streamsMax) return;
    gateway.streams.set(connectionId, {
      connectionId,
      sessionId: opened.sessionId ?? '',
      userId: opened.userId ?? '',
      channel: opened.channel ?? '',
      address: opened.address ?? '',
      openedAtMs: Number(opened.openedAtMs ?? 0),
      gatewayName: gateway.node.name,
    });
  }

  #refresh(gateway: LinkedGateway): void {
    const named = new Set([...gateway.streams.values()].map(stream => stream.sessionId));
    for (const sessionId of named) this.#tell(sessionId, [gateway]);
  }

  #resync(): void {
    for (const gateway of this.#linked.values()) this.#refresh(gateway);
  }

  #pass(signal: Signal): void {
    const gateways = [...this.#linked.values()];
    if (signal.kind === 'policy_changed') this.#tell(signal.sessionId, gateways);
    if (signal.kind !== 'cut_streams') return;
    const { sessionId = '', userId = '', tokenId = '', cause, message } = signal;
    for (const { connection } of gateways) {
      connection.send({ streamsCut: { sessionId, userId, tokenId, cause, message } });
    }
  }

  #tell(sessionId: string, gateways: ReadonlyArray<LinkedGateway>): void {
    const before = this.#telling;
    this.#telling = this.#run(async () => {
      await before;
      await this.#tellStanding(sessionId, gateways);
    });
  }

  /** Sends how a session stands now. What it may not have any more is cut. */
  async #tellStanding(sessionId: string, gateways: ReadonlyArray<LinkedGateway>): Promise<void> {
    const id = parseId<SessionId>(sessionId);
    const standing =
      id === undefined ? ({ kind: 'gone' } as const) : await this.#parts.authority.standingOf(id);
    const frame: Frame =
      standing.kind === 'open'
        ? { policyChanged: standing.policy }
        : { streamsCut: { sessionId, ...cutsByStanding[standing.kind] } };
    for (const { connection } of gateways) connection.send(frame);
  }

  /** Never rejects. */
  #run(work: () => Promise<void>): Promise<void> {
    const done = work()
      .catch(error => this.#parts.log.error('a gateway could not be served', { error: errorText(error) }))
      .finally(() => this.#working.delete(done));
    this.#working.add(done);
    return done;
  }
}

const cutsByStanding = {
  gone: { cause: 'session_ended', message: 'the session has ended' },
  barred: { cause: 'user_locked', message: 'the user is locked' },
  broken_policy: { cause: 'token_revoked', message: 'the policy of this session cannot be enforced' },
} as const;
