/**
 * Incremental parser of the PROXY protocol's header, versions 1 and 2, as HAProxy's proxy-protocol.txt defines them
 * (sections 2.1 and 2.2): what a proxy sends before anything else, to say who came to it. Pure.
 *
 *     const parser = new ProxyHeaderParser();
 *     const step = parser.push(chunk);   // need | header | refused; not to be called again after header or refused
 *     parser.received.subarray(step.headerBytes)   // what follows the header
 */
import { normaliseAddress } from '../../config/address-range.ts';

export interface ProxyHeader {
  readonly kind: 'header';
  readonly version: 1 | 2;
  /** The client's; undefined when the proxy speaks for itself (LOCAL, UNKNOWN) or the client has none. */
  readonly source: { readonly address: string; readonly port: number } | undefined;
  readonly headerBytes: number;
}

export interface ProxyHeaderRefusal {
  readonly kind: 'refused';
  /** A sentence for logs. */
  readonly message: string;
}

export type ProxyHeaderStep = { readonly kind: 'need' } | ProxyHeader | ProxyHeaderRefusal;

/** Section 2.1: the longest line of version 1, its CR LF included. */
const lineBytesMax = 107;
/** Section 2.2 allows 64 KiB; a certificate's names in TLVs take some hundred bytes. */
export const proxyHeaderBytesMax = 4096;

const signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const lineStart = Uint8Array.from(Buffer.from('PROXY '));
const fixedBytes = 16;

/** Section 2.2: low half of byte 13, command; byte 14, family and transport. */
const command = { local: 0, proxy: 1 } as const;
const family = { unspecified: 0, inet: 1, inet6: 2, unix: 3 } as const;
const transportStream = 1;
const addressBytes = { [family.inet]: 12, [family.inet6]: 36, [family.unix]: 216 } as const;

export class ProxyHeaderParser {
  #received: Uint8Array = new Uint8Array(0);

  /** Every byte pushed so far. */
  get received(): Uint8Array {
    return this.#received;
  }

  push(chunk: Uint8Array): ProxyHeaderStep {
    this.#received = this.#received.length === 0 ? chunk.slice() : Buffer.concat([this.#received, chunk]);
    const bytes = this.#received;
    if (startsLike(bytes, signature)) {
      return bytes.length < fixedBytes ? { kind: 'need' } : readBinary(bytes);
    }
    if (startsLike(bytes, lineStart)) return readLine(bytes);
    return refuse('the connection does not begin with a header of the PROXY protocol');
  }
}

/** Whether all there is of the start is right. */
function startsLike(bytes: Uint8Array, start: Uint8Array): boolean {
  const length = Math.min(bytes.length, start.length);
  for (let index = 0; index < length; index++) if (bytes[index] !== start[index]) return false;
  return true;
}

/** `PROXY TCP4 192.0.2.1 198.51.100.2 51234 443` CR LF, or `PROXY UNKNOWN` and anything up to CR LF. */
function readLine(bytes: Uint8Array): ProxyHeaderStep {
  const end = bytes.subarray(0, lineBytesMax).indexOf(0x0a);
  if (end < 0) {
    return bytes.length < lineBytesMax
      ? { kind: 'need' }
      : refuse(`the line of the PROXY protocol is over ${lineBytesMax} bytes`);
  }
  const line = Buffer.from(bytes.subarray(0, end + 1)).toString('latin1');
  const headerBytes = end + 1;
  if (!line.endsWith('\r\n')) return refuse('the line of the PROXY protocol does not end with CR LF');
  const words = line.slice(0, -2).split(' ');
  if (words[1] === 'UNKNOWN') return { kind: 'header', version: 1, source: undefined, headerBytes };
  const [, protocol, source = '', target = '', sourcePort, targetPort] = words;
  const isSix = protocol === 'TCP6';
  if ((protocol !== 'TCP4' && !isSix) || words.length !== 6) {
    return refuse('the line of the PROXY protocol is not TCP4 or TCP6, two addresses and two ports');
  }
  const rightForm = (text: string): boolean =>
    text.includes(':') === isSix && !text.includes('%') && normaliseAddress(text) !== undefined;
  const address = normaliseAddress(source);
  const port = readPort(sourcePort);
  if (!rightForm(source) || !rightForm(target) || address === undefined) {
    return refuse(`an address in the line of the PROXY protocol is not one of ${protocol}`);
  }
  if (port === undefined || readPort(targetPort) === undefined) {
    return refuse('a port in the line of the PROXY protocol is not 0 to 65535');
  }
  return { kind: 'header', version: 1, source: { address, port }, headerBytes };
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined || !/^(0|[1-9]\d{0,4})$/.test(text)) return undefined;
  return Number(text) <= 65_535 ? Number(text) : undefined;
}

/**
 * 12 signature · 1 version (high half, 2) and command · 1 family (high half) and transport · 2 length of what follows:
 * addresses (IPv4: 4 source, 4 target; IPv6: 16, 16), 2 source port, 2 target port, then TLVs, which are skipped.
 */
function readBinary(bytes: Uint8Array): ProxyHeaderStep {
  const versionAndCommand = bytes[12]!;
  const length = (bytes[14]! << 8) | bytes[15]!;
  const headerBytes = fixedBytes + length;
  if (versionAndCommand >> 4 !== 2) {
    return refuse(`the header of the PROXY protocol has version ${versionAndCommand >> 4}, not 2`);
  }
  const does = versionAndCommand & 0x0f;
  if (does !== command.local && does !== command.proxy) {
    return refuse(`the header of the PROXY protocol has the unknown command ${does}`);
  }
  if (headerBytes > proxyHeaderBytesMax) {
    return refuse(`the header of the PROXY protocol has ${headerBytes} bytes, over ${proxyHeaderBytesMax}`);
  }
  const kind = bytes[13]! >> 4;
  if (does === command.proxy && kind !== family.unspecified) {
    const needed = addressBytes[kind as keyof typeof addressBytes];
    if (needed === undefined || (bytes[13]! & 0x0f) !== transportStream) {
      return refuse(`the header of the PROXY protocol is of the unknown family ${bytes[13]}`);
    }
    if (length < needed) return refuse(`the header of the PROXY protocol has ${length} bytes, not ${needed}`);
  }
  if (bytes.length < headerBytes) return { kind: 'need' };
  const source = does === command.proxy ? readSource(kind, bytes) : undefined;
  return { kind: 'header', version: 2, source, headerBytes };
}

function readSource(kind: number, bytes: Uint8Array): ProxyHeader['source'] {
  const at = fixedBytes;
  if (kind === family.inet) {
    const address = bytes.subarray(at, at + 4).join('.');
    return { address, port: (bytes[at + 8]! << 8) | bytes[at + 9]! };
  }
  if (kind !== family.inet6) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bytes[at + 2 * index]! << 8) | bytes[at + 2 * index + 1]!).toString(16),
  );
  const address = normaliseAddress(groups.join(':'));
  return address === undefined ? undefined : { address, port: (bytes[at + 32]! << 8) | bytes[at + 33]! };
}

function refuse(message: string): ProxyHeaderRefusal {
  return { kind: 'refused', message };
}
