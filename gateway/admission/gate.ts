/** Who stands at the door: what the listener asks of each connection that it accepts. */
import { type AddressRanges, normaliseAddress } from '../../config/address-range.ts';
import { type ForwardedAnswer, type ForwardedHeader, findForwardedClient } from '../../config/forwarded.ts';
import type { Transport } from '../relay/transport.ts';
import type { Admission } from './admission.ts';
import type { AdmissionRecord, AdmissionRefusal } from './admission-record.ts';

export interface Visitor {
  /** Of the connection: the client's, or that of a proxy that passes many clients on. */
  readonly address: string;
  /** Set for one that is only to be told why it can't stay. */
  readonly refusal: AdmissionRefusal | undefined;
}

export interface Gate {
  /** At the accept, before anything is read. @returns false for one that is to be cut off at once. */
  admit(transport: Transport): boolean;
  /** From the first bytes on. @returns undefined for one that did not come through the front door. */
  visitorOf(transport: Transport): Visitor | undefined;
  /** Once the connection is gone, admitted or not. */
  left(transport: Transport): void;
}

export interface GateOptions {
  readonly admission: Admission;
  readonly proxies: Proxies;
  readonly record: AdmissionRecord;
  /** Without TLS: nobody but a trusted proxy may come. */
  readonly proxiesOnly: boolean;
}

/** The proxies that are trusted to tell who their clients are, and the header in which they do. */
export class Proxies {
  readonly ranges: AddressRanges;
  readonly #header: ForwardedHeader;

  constructor(ranges: AddressRanges, header: ForwardedHeader) {
    this.ranges = ranges;
    this.#header = header;
  }

  /** @param connection address of the connection; @param get finds a header's value by its name in lower case. */
  clientOf(connection: string, get: (name: string) => string | undefined): ForwardedAnswer {
    return findForwardedClient(connection, this.#header, this.ranges, get);
  }
}

/** For the listener that clients and proxies connect to. */
export class FrontGate implements Gate {
  readonly #options: GateOptions;
  /** Addresses of those who came in. */
  readonly #visits = new Map<Transport, string>();
  /** Those who came in only to be told why they can't stay. */
  readonly #refusals = new Map<Transport, AdmissionRefusal>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  admit(transport: Transport): boolean {
    const { admission, proxies, record, proxiesOnly } = this.#options;
    const address = plainAddress(transport.remoteAddress);
    if (proxiesOnly && !proxies.ranges.includes(address)) {
      record.refused('untrusted_peer', address);
      return false;
    }
    const answer = admission.connect(address);
    if (answer === undefined) return false;
    this.#visits.set(transport, address);
    if (answer !== 'in') this.#refusals.set(transport, answer);
    return true;
  }

  visitorOf(transport: Transport): Visitor | undefined {
    const address = this.#visits.get(transport);
    return address === undefined ? undefined : { address, refusal: this.#refusals.get(transport) };
  }

  left(transport: Transport): void {
    const address = this.#visits.get(transport);
    if (address === undefined) return;
    this.#visits.delete(transport);
    this.#refusals.delete(transport);
    this.#options.admission.disconnect(address);
  }
}

/** A dual-stack listener shows IPv4 addresses mapped into IPv6: everywhere else they are plain. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? (normaliseAddress(address) ?? address) : address;
}
