import { limits } from '../../config/limits.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import { compiledPolicy } from '../policy/compiled-policy.ts';
import { createPolicyState, type SessionLedger } from '../policy/policy-state.ts';
import { createTrafficEvent } from '../policy/traffic-event.ts';
import { shownClientForm } from '../rfb/client-form.ts';
import { ClientHandshake } from '../rfb/client-handshake.ts';
import { ClientMessageMeasure } from '../rfb/client-message.ts';
import { ClientSplitter } from '../rfb/client-splitter.ts';
import { clipboardMimes } from '../rfb/clipboard-form.ts';
import { EncodingSet } from '../rfb/encoding-set.ts';
import type { MessageGatherer } from '../rfb/message-gatherer.ts';
import { announcements, type RfbProtocol } from '../rfb/numbers.ts';
import { PictureMaker } from '../rfb/picture-forms.ts';
import { PixelSwitch } from '../rfb/pixel-switch.ts';
import { isUnasked } from '../rfb/server-message.ts';
import { ServerSplitter } from '../rfb/server-splitter.ts';
import { type ServerInit, UpstreamHandshake } from '../rfb/upstream-handshake.ts';
import type { UpstreamLogin } from '../rfb/vencrypt.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { u16At } from '../wire/read-cursor.ts';
import { ClipboardWork } from './clipboard-work.ts';
import type { PolicyRecord } from './policy-record.ts';
import { PolicyReporter, type PolicyReporterOptions } from './policy-reporter.ts';
import { RfbClientJudge } from './rfb-client-judge.ts';
import type { Judgement, PolicyInForce, TranslatedPictures } from './rfb-clipboard-judge.ts';
import { RfbServerJudge } from './rfb-server-judge.ts';
import { SpanList } from './span-list.ts';
import type { PolicyEvent, StreamEnd, StreamInspection } from './stream-inspection.ts';
import { StandardClientTranslation } from './translate-to-kasmvnc.ts';
import { KasmClientTranslation } from './translate-to-rfb.ts';
import { TranslatedRelay } from './translated-relay.ts';
import { ClientMail, type Translation } from './translation.ts';

/** Behind u16 width · u16 height · bits-per-pixel · depth · big-endian. */
const serverInitTrueColourAt = 7;
/** Behind u16 width · u16 height · pixel format · u32 length. */
const serverInitNameAt = 24;

export interface RfbInspectionOptions {
  /** The dialect of the desktop. */
  readonly protocol: RfbProtocol;
  /** The dialect of the client; absent: what its first messages show, else the desktop's. */
  readonly clientForm?: RfbProtocol | undefined;
  readonly policy: PolicyDocument;
  /** Answers a VncAuth challenge of the upstream; absent counts as empty, KasmVNC's own default. */
  readonly upstreamPassword: string | undefined;
  /** For VeNCrypt Plain, which says it in clear: only where nobody hears what is said to the upstream. */
  readonly upstreamLogin?: UpstreamLogin | undefined;
  /** Milliseconds of any clock that does not run backwards. */
  readonly now: () => number;
  readonly onEvent: (event: PolicyEvent) => void;
  /** Where drops are counted. */
  readonly countOf?: PolicyReporterOptions['countOf'];
  /** Told as the policy's logging level says. */
  readonly onRecord?: ((record: PolicyRecord) => void) | undefined;
  /** Of the hashes in records. */
  readonly hashKey?: Uint8Array | undefined;
  /** Of the session, so that budgets outlive the stream and rates hold for all of them; absent: the stream has its own. */
  readonly ledger?: SessionLedger | undefined;
}

/** What both splitters have in common. */
interface Splitter {
  readonly message: MessageGatherer;
  readonly passedTo: number;
  readonly at: number;
  /** What to send instead of the bytes up to `at`, where `next` stopped for that and not for a message. */
  readonly edit?: Uint8Array | undefined;
  push(chunk: Uint8Array, start: number, end: number): void;
  next(): boolean;
}

interface Judge {
  judge(bytes: Uint8Array, start: number, end: number, skippedBytes: number): Judgement;
}

/** Both sides until messages are relayed; let go of then. */
class Opening {
  readonly upstream: UpstreamHandshake;
  readonly client = new ClientHandshake();
  /** What the client said before the desktop was there to hear it, or before its dialect was known. */
  readonly early = new ByteQueue('client bytes before ServerInit', limits.clientMessageBytesMax);
  /** What the desktop said before the client's dialect was known. */
  readonly waiting = new ByteQueue('server bytes before SetEncodings', limits.serverMessageBytesMax);

  constructor({ upstreamPassword, upstreamLogin }: RfbInspectionOptions) {
    this.upstream = new UpstreamHandshake(upstreamPassword, upstreamLogin);
  }
}

/** The two directions once both handshakes are done. */
interface Running {
  readonly client: ClientSplitter;
  readonly clientJudge: RfbClientJudge;
  readonly server: ServerSplitter;
  readonly serverJudge: RfbServerJudge;
  /** Where the client speaks another dialect than the desktop. */
  readonly translation: Translation | undefined;
  readonly mail: ClientMail | undefined;
  readonly translated: TranslatedRelay | undefined;
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
  readonly #clientForm: RfbProtocol | undefined;
  readonly #force: PolicyInForce;
  #opening: Opening | undefined;
  #running: Running | undefined;

  constructor(options: RfbInspectionOptions) {
    this.#protocol = options.protocol;
    this.#clientForm = options.clientForm;
    this.#opening = new Opening(options);
    const state = createPolicyState(options.now(), options.ledger, options.protocol === 'rfb');
    this.#force = {
      policy: compiledPolicy(options.policy),
      state,
      work: new ClipboardWork(state.ledger, options.now),
      event: createTrafficEvent(),
      reporter: new PolicyReporter(options),
      now: options.now,
    };
    this.#force.reporter.level = this.#force.policy.logging;
    this.#sendReplies(this.#opening);
  }

  setPolicy(document: PolicyDocument): void {
    const { reporter } = this.#force;
    this.#force.policy = compiledPolicy(document);
    this.#running?.translation?.forget();
    for (let left = this.#running?.mail?.withdrawCopies() ?? 0; left > 0; left--) {
      reporter.clipboard({ direction: 'down', verdict: 'withdrawn' });
    }
    if (this.#force.policy.logging !== 'verbose') reporter.flush();
    reporter.level = this.#force.policy.logging;
  }

  get policyDrops(): number {
    return this.#force.reporter.drops;
  }

  finish(): void {
    this.#force.reporter.finish();
  }

  fromClient(chunk: Uint8Array, start: number, end: number): boolean {
    if (this.ended !== undefined) return false;
    const running = this.#running;
    if (running === undefined) {
      if (this.#opening !== undefined) this.#openClient(this.#opening, chunk, start, end);
      return false;
    }
    running.clientJudge.refresh();
    const wishes = running.clientJudge.takeWishes();
    if (wishes !== undefined && running.translation === undefined) this.toUpstream.add(wishes);
    else if (wishes !== undefined) running.translation?.fromClient(wishes, 0, wishes.length);
    if (running.translated !== undefined) {
      running.translated.fromClient(chunk, start, end);
      return false;
    }
    return relay(running.client, running.clientJudge, this.toUpstream, chunk, start, end);
  }

  fromUpstream(chunk: Uint8Array, start: number, end: number): boolean {
    if (this.ended !== undefined) return false;
    if (this.#running !== undefined) return this.#relayDown(this.#running, chunk, start, end);
    if (this.#opening !== undefined) this.#openUpstream(this.#opening, chunk, start, end);
    return false;
  }

  #openClient(opening: Opening, chunk: Uint8Array, start: number, end: number): void {
    opening.early.append(chunk, start, end);
    const { serverInit } = opening.upstream;
    if (serverInit === undefined) this.#shakeHands(opening);
    else this.#decide(opening, serverInit);
  }

  #openUpstream(opening: Opening, chunk: Uint8Array, start: number, end: number): void {
    const { upstream, waiting } = opening;
    let at = start;
    let init = upstream.serverInit;
    if (init === undefined) {
      at = upstream.receive(chunk, start, end);
      this.#shakeHands(opening);
      init = upstream.serverInit;
      if (init === undefined) return;
      this.toClient.add(init.bytes);
    }
    waiting.append(chunk, at, end);
    this.#decide(opening, init);
  }

  #relayDown(running: Running, chunk: Uint8Array, start: number, end: number): boolean {
    if (running.translated !== undefined) return running.translated.fromUpstream(chunk, start, end);
    return relay(running.server, running.serverJudge, this.toClient, chunk, start, end);
  }

  /** Begins to relay messages as soon as it is known which dialect the client speaks. */
  #decide(opening: Opening, init: ServerInit): void {
    const form = this.#clientForm ?? this.#shownForm(opening);
    if (form === undefined) return;
    this.#running = this.#run(init, form);
    this.#opening = undefined;
    this.#relayHeld(opening.waiting, 'upstream_message', this.fromUpstream, this.toClient);
    this.#relayHeld(opening.early, 'client_message', this.fromClient, this.toUpstream);
  }

  /** A side that does not wait for the client to show anything gets what it would have got from this desktop. */
  #shownForm({ early, waiting }: Opening): RfbProtocol | undefined {
    const isOver =
      early.length > limits.undecidedClientBytesMax || waiting.length > limits.undecidedServerBytesMax;
    if (isOver || (waiting.length > 0 && !isUnasked(waiting.bytes[0]!))) return this.#protocol;
    return shownClientForm(early.bytes, early.length, this.#protocol);
  }

  /** What was held goes on as if it came now. A mistake in it is its sender's, whatever brought it to light. */
  #relayHeld(
    held: ByteQueue,
    reason: 'client_message' | 'upstream_message',
    take: StreamInspection['fromClient'],
    output: SpanList,
  ): void {
    if (held.length === 0) return;
    const bytes = held.bytes.slice(0, held.length);
    held.clear();
    try {
      if (take.call(this, bytes, 0, bytes.length)) output.add(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.ended = { reason, message: error.message };
    }
  }

  /** Moves both handshakes as far as they get with what has come. */
  #shakeHands(opening: Opening): void {
    const { upstream, client, early } = opening;
    const { refusal } = upstream;
    if (refusal !== undefined) {
      client.refuse(refusal.message);
      const reason = refusal.cause === 'authentication' ? 'upstream_authentication' : 'upstream_refused';
      this.ended = { reason, message: refusal.message };
    } else if (upstream.admitted) client.admit();
    if (!client.done) early.consume(client.receive(early.bytes, early.length));
    if (client.done && upstream.admitted) upstream.startSession();
    this.#sendReplies(opening);
  }

  #sendReplies({ upstream, client }: Opening): void {
    for (const reply of upstream.replies.splice(0)) this.toUpstream.add(reply);
    for (const reply of client.replies.splice(0)) this.toClient.add(reply);
  }

  /** Pictures go as PNG on KasmVNC's side, as DIB on the other. */
  #countedPictures(): TranslatedPictures {
    const desktop = this.#protocol;
    const desktopForm = desktop === 'kasmvnc' ? 'png' : 'dib';
    const pictures = new PictureMaker((form, pixels) =>
      this.#force.work.takePixels(form === desktopForm ? 'up' : 'down', pixels),
    );
    return { pictures, desktop, provided: [] };
  }

  #run({ pixels, bytes: init }: ServerInit, form: RfbProtocol): Running {
    const isTranslated = form !== this.#protocol;
    const encodings = new EncodingSet();
    const measure = new ClientMessageMeasure(form);
    const standardClient = isTranslated && form === 'rfb';
    const server = new ServerSplitter(this.#protocol, pixels, encodings, standardClient);
    server.width = u16At(init, 0);
    server.height = u16At(init, 2);
    if (this.#protocol === 'rfb') server.beginPointer(latinOf(init.subarray(serverInitNameAt)));
    if (init[serverInitTrueColourAt] === 0) encodings.addColourMap();
    // The gateway speaks the extended clipboard with the side that has it, for one that has not.
    if (standardClient) encodings.extendedClipboardShown = true;
    else if (isTranslated) encodings.add(announcements.extendedClipboard);
    const pixelSwitch = new PixelSwitch(server);
    const counted = isTranslated ? this.#countedPictures() : undefined;
    const parts = {
      client: new ClientSplitter(measure),
      clientJudge: new RfbClientJudge(this.#force, form, measure, encodings, server, pixelSwitch, counted),
      server,
      serverJudge: new RfbServerJudge(this.#force, pixelSwitch, encodings, counted),
    };
    if (counted === undefined) {
      return { ...parts, mail: undefined, translation: undefined, translated: undefined };
    }
    const mail = new ClientMail();
    const { toUpstream, toClient } = this;
    const options = {
      toUpstream,
      toClient: mail,
      pictures: counted.pictures,
      takeProvided: () => {
        const { provided } = counted;
        counted.provided = [];
        return provided;
      },
      work: this.#force.work,
      maySetQuality: () => this.#force.policy.quality === 'pass',
      onDropped: (direction: 'up' | 'down', verdict: 'size' | 'form' | 'rate', bytes?: number) =>
        this.#force.reporter.clipboard({
          ...{ direction, verdict, bytes },
          limit: verdict === 'size' ? limits.clipboardHeldBytesMax : undefined,
          ...(verdict === 'size' ? {} : { mimetype: clipboardMimes.png }),
          waitMs: verdict === 'rate' ? this.#force.work.waitMs(direction) : undefined,
        }),
    };
    const translation = standardClient
      ? new StandardClientTranslation(options, server)
      : new KasmClientTranslation(options, server);
    const serverProtocol = this.#protocol;
    const translated = new TranslatedRelay({
      ...parts,
      ...{ serverProtocol, translation, mail, toUpstream, toClient },
    });
    return { ...parts, mail, translation, translated };
  }
}

const latinOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

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
    if (splitter.edit !== undefined) {
      unchanged = false;
      output.add(chunk, passFrom, splitter.passedTo);
      output.add(splitter.edit);
      passFrom = splitter.at;
      continue;
    }
    const message = splitter.message;
    const judgement = judge.judge(message.bytes, message.start, message.end, message.skippedBytes);
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
