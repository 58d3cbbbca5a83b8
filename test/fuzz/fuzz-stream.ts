import type { PolicyDocument } from '../../config/policy.ts';
import type { SessionLedger } from '../../gateway/policy/policy-state.ts';
import { createRfbInspection } from '../../gateway/relay/rfb-inspection.ts';
import type { OutputSpans, PolicyEvent, StreamInspection } from '../../gateway/relay/stream-inspection.ts';
import { announcements, type RfbProtocol } from '../../gateway/rfb/numbers.ts';
import { DecodeError } from '../../gateway/wire/decode-error.ts';
import { colourMapRequest, extendedClipboardCaps, requestsOf } from '../conformance/asked-everything.ts';
import { joined, serverInitOf, setEncodingsOf } from '../conformance/rfb-bytes.ts';

export interface FuzzStreamOptions {
  readonly protocol: RfbProtocol;
  /** The client's dialect; absent: what it shows. */
  readonly form?: RfbProtocol | undefined;
  readonly policy: PolicyDocument;
  /** Told to the server at the beginning; with the extended clipboard among them all else is asked for too. */
  readonly encodings?: readonly number[];
  readonly password?: string;
  readonly login?: { readonly username: string; readonly password: string };
  /** Begin before the handshakes. */
  readonly raw?: boolean;
  /** Of the session, to be shared by several streams. */
  readonly ledger?: SessionLedger | undefined;
  /** What the server calls its desktop. */
  readonly desktopName?: string | undefined;
}

const version = new TextEncoder().encode('RFB 003.008\n');

/** An inspection that goes on or ends as one does in a relay, and all that came out of it. */
export class FuzzStream {
  readonly inspection: StreamInspection;
  readonly events: PolicyEvent[] = [];
  /** How it ended: kind and field of a refusal, or the reason; empty while it goes on. */
  end = '';
  nowMs = 0;
  #upstream: Uint8Array[] = [];
  #client: Uint8Array[] = [];

  constructor(options: FuzzStreamOptions) {
    this.inspection = createRfbInspection({
      protocol: options.protocol,
      clientForm: options.form,
      policy: options.policy,
      upstreamPassword: options.password,
      upstreamLogin: options.login,
      ledger: options.ledger,
      now: () => this.nowMs,
      onEvent: event => this.events.push(event),
    });
    if (options.raw === true) return;
    this.say('server', version);
    this.say('server', Uint8Array.of(1, 1));
    this.say('server', new Uint8Array(4));
    this.say('client', version);
    this.say('client', Uint8Array.of(1, 1));
    this.say('server', serverInitOf(options.desktopName));
    if (options.encodings !== undefined) this.#ask(options, options.encodings);
    this.forget();
  }

  #ask({ form, protocol }: FuzzStreamOptions, encodings: readonly number[]): void {
    const asksForAll = encodings.includes(announcements.extendedClipboard);
    // Numbered colours, so that a colour map may come, and true ones again: before the encodings, as clients do.
    if (asksForAll) this.say('client', colourMapRequest);
    this.say('client', setEncodingsOf(encodings));
    if (!asksForAll) return;
    if (protocol === 'rfb') this.say('server', extendedClipboardCaps);
    this.say('client', requestsOf(form ?? protocol));
  }

  /** What reached the server since the beginning, or since `forget`. */
  get upstream(): Uint8Array {
    return joined(this.#upstream);
  }

  get client(): Uint8Array {
    return joined(this.#client);
  }

  forget(): void {
    this.#upstream = [];
    this.#client = [];
  }

  /** @throws what no bytes may cause: anything but a refusal. */
  say(side: 'client' | 'server', bytes: Uint8Array, cuts: readonly number[] = []): void {
    let from = 0;
    for (const cut of cuts) {
      this.#piece(side, bytes.subarray(from, cut));
      from = cut;
    }
    this.#piece(side, bytes.subarray(from));
  }

  #piece(side: 'client' | 'server', piece: Uint8Array): void {
    if (this.end !== '') return;
    // As from a socket: in the middle of a larger buffer, which is used again afterwards.
    const chunk = new Uint8Array(piece.length + 7).fill(0xee);
    chunk.set(piece, 3);
    const end = 3 + piece.length;
    let same = false;
    try {
      if (side === 'client') same = this.inspection.fromClient(chunk, 3, end);
      else same = this.inspection.fromUpstream(chunk, 3, end);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.end = `${error.kind} ${error.field}`;
    }
    if (same) (side === 'client' ? this.#upstream : this.#client).push(chunk.slice(3, end));
    drain(this.inspection.toClient, this.#client);
    drain(this.inspection.toUpstream, this.#upstream);
    if (this.inspection.ended !== undefined) this.end ||= `ended ${this.inspection.ended.reason}`;
    chunk.fill(0xdd);
  }

  /** To be compared: whatever the cuts, the same. What came out before a refusal depends on where it was cut. */
  get outcome(): string {
    if (this.end !== '') return `${JSON.stringify(this.events)} ${this.end}`;
    const told = JSON.stringify(this.events);
    return `${told} client ${latinOf(this.client)} upstream ${latinOf(this.upstream)}`;
  }

  /** As `outcome`, without what the client was sent: of our own messages to it, those that wait replace each other. */
  get outcomeUp(): string {
    return this.end === ''
      ? `${JSON.stringify(this.events)} upstream ${latinOf(this.upstream)}`
      : this.outcome;
  }
}

function drain(output: OutputSpans, into: Uint8Array[]): void {
  for (const span of output.spans) into.push(span.slice());
  output.clear();
}

const latinOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
