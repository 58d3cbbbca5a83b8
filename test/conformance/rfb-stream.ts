/** An inspection with both handshakes done, and what comes out of it, for tests. */
import { type PolicyDocument, parsePolicy } from '../../config/policy.ts';
import { createRfbInspection } from '../../gateway/relay/rfb-inspection.ts';
import type { OutputSpans, PolicyEvent, StreamInspection } from '../../gateway/relay/stream-inspection.ts';
import { announcements, type RfbProtocol } from '../../gateway/rfb/numbers.ts';
import { loginOfBasic } from '../../gateway/rfb/vencrypt.ts';
import { extendedClipboardCaps } from './asked-everything.ts';
import { joined, serverInitOf, setEncodingsOf } from './rfb-bytes.ts';

export type Side = 'client' | 'server';

export interface Outcome {
  readonly client: Uint8Array;
  readonly upstream: Uint8Array;
}

export interface StreamOptions {
  readonly protocol?: RfbProtocol;
  /** The client's dialect: the desktop's when not said; `shown`: what the client itself shows. */
  readonly form?: RfbProtocol | 'shown';
  readonly policy?: Record<string, unknown>;
  readonly password?: string;
  /** `name:password` for VeNCrypt Plain. */
  readonly login?: string;
  /** Stop before the handshakes. */
  readonly raw?: boolean;
  readonly encodings?: readonly number[];
  /** What the server calls its desktop. */
  readonly desktop?: string;
  /** Both sides have said that they know the extended clipboard. */
  readonly extended?: boolean;
}

export function policyOf(document: Record<string, unknown> = {}): PolicyDocument {
  return parsePolicy({ access: 'full', ...document });
}

export class RfbStream {
  readonly inspection: StreamInspection;
  readonly events: PolicyEvent[] = [];
  nowMs = 0;

  constructor(options: StreamOptions = {}) {
    const protocol = options.protocol ?? 'rfb';
    const form = options.form ?? protocol;
    this.inspection = createRfbInspection({
      protocol,
      clientForm: form === 'shown' ? undefined : form,
      policy: policyOf(options.policy),
      upstreamPassword: options.password,
      upstreamLogin: options.login === undefined ? undefined : loginOfBasic(`Basic ${btoa(options.login)}`),
      now: () => this.nowMs,
      onEvent: event => this.events.push(event),
    });
    if (options.raw !== true) this.#open(options);
  }

  /** Everything `bytes` lets out, cut into pieces of `pieceBytes` on the way in. */
  say(side: Side, bytes: Uint8Array, pieceBytes = bytes.length): Outcome {
    const cuts: number[] = [];
    for (let at = pieceBytes; at < bytes.length; at += pieceBytes) cuts.push(at);
    return this.sayCut(side, bytes, cuts);
  }

  /** The same, cut at these offsets. */
  sayCut(side: Side, bytes: Uint8Array, cuts: readonly number[]): Outcome {
    const client: Uint8Array[] = [];
    const upstream: Uint8Array[] = [];
    this.#drain(client, upstream);
    const edges = [0, ...cuts, bytes.length];
    for (let index = 1; index < edges.length; index++) {
      // As from a socket: in the middle of a larger buffer, which is used again afterwards.
      const piece = bytes.subarray(edges[index - 1], edges[index]);
      const chunk = new Uint8Array(piece.length + 7).fill(0xee);
      chunk.set(piece, 3);
      const end = 3 + piece.length;
      const same =
        side === 'client'
          ? this.inspection.fromClient(chunk, 3, end)
          : this.inspection.fromUpstream(chunk, 3, end);
      this.#drain(client, upstream);
      if (same) (side === 'client' ? upstream : client).push(chunk.slice(3, end));
      chunk.fill(0xdd);
    }
    return { client: joined(client), upstream: joined(upstream) };
  }

  #open({ encodings = [], extended = false, desktop }: StreamOptions): void {
    const version = new TextEncoder().encode('RFB 003.008\n');
    this.say('server', version);
    this.say('server', Uint8Array.of(1, 1));
    this.say('server', new Uint8Array(4));
    this.say('client', version);
    this.say('client', Uint8Array.of(1, 1));
    this.say('server', serverInitOf(desktop));
    const asked = extended ? [...encodings, announcements.extendedClipboard] : encodings;
    if (asked.length > 0) this.say('client', setEncodingsOf(asked));
    if (extended) this.say('server', extendedClipboardCaps);
  }

  #drain(client: Uint8Array[], upstream: Uint8Array[]): void {
    const { toClient, toUpstream } = this.inspection;
    for (const [spans, into] of [
      [toClient, client],
      [toUpstream, upstream],
    ] as const satisfies [OutputSpans, Uint8Array[]][]) {
      for (const span of spans.spans) into.push(span.slice());
      spans.clear();
    }
  }
}
