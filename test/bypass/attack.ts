/** A stream with its handshakes done, for an attack in bytes, and what of it the desktop's server acts on. */
import type { SessionLedger } from '../../gateway/policy/policy-state.ts';
import type { RfbProtocol } from '../../gateway/rfb/numbers.ts';
import { bytesOf } from '../conformance/rfb-bytes.ts';
import { policyOf } from '../conformance/rfb-stream.ts';
import { FuzzStream } from '../fuzz/fuzz-stream.ts';
import { everyEncoding } from '../fuzz/rfb-grammar.ts';
import { typesTakenBy } from './desktop-model.ts';

export interface AttackOptions {
  readonly protocol?: RfbProtocol;
  /** The client's dialect; the desktop's when not said. */
  readonly form?: RfbProtocol;
  readonly access?: string;
  /** The section `data_loss_prevention`. */
  readonly prevention?: Record<string, unknown>;
  /** What the client lists at the beginning; 'none': it lists nothing. */
  readonly encodings?: readonly number[] | 'none';
  /** What the server calls its desktop. */
  readonly desktopName?: string;
  /** Shared with another stream of the same session. */
  readonly ledger?: SessionLedger;
  /** Begin before the handshakes. */
  readonly raw?: boolean;
}

export class Attack extends FuzzStream {
  readonly #protocol: RfbProtocol;

  constructor(options: AttackOptions = {}) {
    const { protocol = 'kasmvnc', access = 'full', prevention = {}, encodings = everyEncoding } = options;
    super({
      protocol,
      form: options.form ?? protocol,
      policy: policyOf({ access, data_loss_prevention: prevention }),
      ...(encodings === 'none' ? {} : { encodings }),
      desktopName: options.desktopName,
      raw: options.raw === true,
      ledger: options.ledger,
    });
    this.#protocol = protocol;
  }

  /** The client says this, in the notation of `bytesOf`. */
  fromClient(notation: string, cuts?: readonly number[]): void {
    this.say('client', bytesOf(notation), cuts);
  }

  fromServer(notation: string, cuts?: readonly number[]): void {
    this.say('server', bytesOf(notation), cuts);
  }

  /** The policy of the running stream changes. */
  setPrevention(prevention: Record<string, unknown>): void {
    this.inspection.setPolicy(policyOf({ data_loss_prevention: prevention }));
  }

  /** Types of the messages that the server takes, by its own reading. */
  get acted(): number[] {
    return typesTakenBy(this.#protocol, this.upstream);
  }
}

export const noKeys = { keyboard: { enabled: false } };
export const noCopies = {
  clipboard: { client_to_server: { enabled: false }, server_to_client: { enabled: false } },
};
/** A press and release of the letter a. */
export const keyA = '04 01 0000 00000061 04 00 0000 00000061';
export const updateRequest = '03 01 0000 0000 0010 0010';

/** KasmVNC's clipboard with one item, as the client sends it. */
export function copyOf(mimetype: string, text: string): string {
  return `b4 01 ${hex(mimetype.length, 1)} ${hexOf(mimetype)} ${hex(text.length, 4)} ${hexOf(text)}`;
}

export const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
export const hex = (value: number, bytes: 1 | 2 | 4): string =>
  (value >>> 0).toString(16).padStart(2 * bytes, '0');
