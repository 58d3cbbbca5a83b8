import { limits } from '../../config/limits.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import { compilePolicy } from '../policy/compile-policy.ts';
import { type ClipboardLedger, createPolicyState } from '../policy/policy-state.ts';
import { createTrafficEvent } from '../policy/traffic-event.ts';
import { ClientHandshake } from '../rfb/client-handshake.ts';
import { ClientMessageMeasure } from '../rfb/client-message.ts';
import { ClientSplitter } from '../rfb/client-splitter.ts';
import { EncodingSet } from '../rfb/encoding-set.ts';
import type { MessageGatherer } from '../rfb/message-gatherer.ts';
import type { RfbProtocol } from '../rfb/numbers.ts';
import type { PixelSizes } from '../rfb/pixel-format.ts';
import { ServerSplitter } from '../rfb/server-splitter.ts';
import { UpstreamHandshake } from '../rfb/upstream-handshake.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { u16At } from '../wire/read-cursor.ts';
import type { PolicyRecord } from './policy-record.ts';
import { PolicyReporter } from './policy-reporter.ts';
import { RfbClientJudge } from './rfb-client-judge.ts';
import type { Judgement, PolicyInForce } from './rfb-clipboard-judge.ts';
import { RfbServerJudge } from './rfb-server-judge.ts';
import { SpanList } from './span-list.ts';
import type { PolicyEvent, StreamEnd, StreamInspection } from './stream-inspection.ts';

export interface RfbInspectionOptions {
  readonly protocol: RfbProtocol;
  readonly policy: PolicyDocument;
  /** Answers a VncAuth challenge of the upstream; absent counts as empty, KasmVNC's own default. */
  readonly upstreamPassword: string | undefined;
  /** Milliseconds of any clock that does not run backwards. */
  readonly now: () => number;
  readonly onEvent: (event: PolicyEvent) => void;
  /** Told as the policy's logging level says. */
  readonly onRecord?: ((record: PolicyRecord) => void) | undefined;
  /** Of the hashes in records. */
  readonly hashKey?: Uint8Array | undefined;
  /** Of the session, so that its clipboard budget outlives the stream; absent: the stream has its own. */
  readonly ledger?: ClipboardLedger | undefined;
}

/** What both splitters have in common. */
interface Splitter {
  readonly message: MessageGatherer;
  readonly passedTo: number;
  readonly at: number;
  push(chunk: Uint8Array, start: number, end: number): void;
  next(): boolean;
}

interface Judge {
  judge(bytes: Uint8Array, start: number, end: number): Judgement;
}

/** The two directions once both handshakes are done. */
interface Running {
  readonly client: ClientSplitter;
  readonly clientJudge: RfbClientJudge;
  readonly server: ServerSplitter;
  readonly serverJudge: RfbServerJudge;
}

/**
 * Inspects one RFB stream. The handshake is ended on both sides, so that the upstream's credentials never
 * reach the client; after it, messages pass, fall or are rewritten as the policy says.
 */
class RfbInspection implements StreamInspection {
  readonly toUpstream = new SpanList();
  readonly toClient = new SpanList();
  ended: StreamEnd | undefined;
  readonly #protocol: RfbProtocol;
  readonly #force: PolicyInForce;
  readonly #upstream: UpstreamHandshake;
  readonly #client = new ClientHandshake();
  /** What the client said before the desktop was there to hear it. */
  readonly #early = new ByteQueue('client bytes before ServerInit', limits.clientMessageBytesMax);
  #running: Running | undefined;

  constructor(options: RfbInspectionOptions) {
    this.#protocol = options.protocol;
    this.#upstream = new UpstreamHandshake(options.upstreamPassword ?? '');
    this.#force = {
      policy: compilePolicy(options.policy),
      state: createPolicyState(options.now(), options.ledger),
      event: createTrafficEvent(),
      reporter: new PolicyReporter(options),
      now: options.now,
    };
    this.#force.reporter.level = this.#force.policy.logging;
    this.#sendReplies();
  }

  setPolicy(document: PolicyDocument): void {
    const { reporter } = this.#force;
    this.#force.policy = compilePolicy(document);
    if (this.#force.policy.logging !== 'verbose') reporter.flush();
    reporter.level = this.#force.policy.logging;
  }

  fromClient(chunk: Uint8Array, start: number, end: number): boolean {
    if (this.ended !== undefined) return false;
    const running = this.#running;
    if (running === undefined) {
      this.#early.append(chunk, start, end);
      this.#shakeHands();
      return false;
    }
    running.clientJudge.refresh();
    return relay(running.client, running.clientJudge, this.toUpstream, chunk, start, end);
  }

  fromUpstream(chunk: Uint8Array, start: number, end: number): boolean {
    if (this.ended !== undefined) return false;
    if (this.#running !== undefined) return this.#relayDown(this.#running, chunk, start, end);
    const at = this.#upstream.receive(chunk, start, end);
    this.#shakeHands();
    const init = this.#upstream.serverInit;
    if (init === undefined) return false;
    const running = this.#run(init.pixels);
    running.server.width = u16At(init.bytes, 0);
    running.server.height = u16At(init.bytes, 2);
    this.toClient.add(init.bytes);
    if (at < end) this.#relayDown(running, chunk, at, end);
    this.#relayEarly(running);
    return false;
  }

  #relayDown(running: Running, chunk: Uint8Array, start: number, end: number): boolean {
    return relay(running.server, running.serverJudge, this.toClient, chunk, start, end);
  }

  /** Moves both handshakes as far as they get with what has come. */
  #shakeHands(): void {
    const refusal = this.#upstream.refusal;
    if (refusal !== undefined) {
      this.#client.refuse(refusal.message);
      const reason = refusal.cause === 'authentication' ? 'upstream_authentication' : 'upstream_refused';
      this.ended = { reason, message: refusal.message };
    } else if (this.#upstream.admitted) this.#client.admit();
    if (!this.#client.done) {
      this.#early.consume(this.#client.receive(this.#early.bytes, this.#early.length));
    }
    if (this.#client.done && this.#upstream.admitted) this.#upstream.startSession();
    this.#sendReplies();
  }

  #sendReplies(): void {
    for (const reply of this.#upstream.replies.splice(0)) this.toUpstream.add(reply);
    for (const reply of this.#client.replies.splice(0)) this.toClient.add(reply);
  }

  #run(pixels: PixelSizes): Running {
    const encodings = new EncodingSet();
    const measure = new ClientMessageMeasure(this.#protocol);
    const server = new ServerSplitter(this.#protocol, pixels, encodings);
    this.#running = {
      client: new ClientSplitter(measure),
      clientJudge: new RfbClientJudge(this.#force, this.#protocol, measure, encodings, server),
      server,
      serverJudge: new RfbServerJudge(this.#force),
    };
    return this.#running;
  }

  #relayEarly(running: Running): void {
    if (this.#early.length === 0) return;
    const early = this.#early.bytes.slice(0, this.#early.length);
    this.#early.clear();
    try {
      if (relay(running.client, running.clientJudge, this.toUpstream, early, 0, early.length)) {
        this.toUpstream.add(early);
      }
    } catch (error) {
      // It is the client's mistake, though the upstream's bytes brought it to light.
      if (!(error instanceof DecodeError)) throw error;
      this.ended = { reason: 'client_message', message: error.message };
    }
  }
}

/** @returns true when the whole chunk passes as it stands; else what passes of it is in `output`. */
function relay(
  splitter: Splitter,
  judge: Judge,
  output: SpanList,
  chunk: Uint8Array,
  start: number,
  end: number,
): boolean {
  let unchanged = output.byteLength === 0;
  let passFrom = start;
  splitter.push(chunk, start, end);
  while (splitter.next()) {
    const message = splitter.message;
    const judgement = judge.judge(message.bytes, message.start, message.end);
    if (judgement === 'pass' && message.bytes === chunk) continue;
    unchanged = false;
    output.add(chunk, passFrom, splitter.passedTo);
    if (judgement === 'pass') output.add(message.bytes.slice(message.start, message.end));
    else if (judgement !== 'drop') output.add(judgement);
    passFrom = splitter.at;
  }
  if (unchanged && splitter.passedTo === end) return true;
  output.add(chunk, passFrom, splitter.passedTo);
  return false;
}

/** Inspects one RFB stream in both directions, from the first byte. */
export function createRfbInspection(options: RfbInspectionOptions): StreamInspection {
  return new RfbInspection(options);
}
