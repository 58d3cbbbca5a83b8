/** The opening handshake towards an upstream, RFC 6455 section 4.1, in the form KasmVNC insists on. Pure. */
import type { ResponseHead } from '../http/response-head.ts';
import { acceptKey, streamProtocol } from './handshake.ts';

export interface UpstreamUpgrade {
  /** `ws:` or `wss:`; user, password and fragment are not sent. */
  readonly url: URL;
  /** From `encodeUpgradeKey`. */
  readonly key: string;
  /** The whole value, such as `Basic …`. */
  readonly authorization?: string | undefined;
  /** The Host header where it is not the URL's own (a unix socket). */
  readonly host?: string | undefined;
}

export type UpgradeAnswer =
  | { readonly kind: 'open' }
  /** The upstream answered HTTP: it is there, but it does not open the stream. */
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'broken'; readonly message: string };

/** Sec-WebSocket-Key from 16 fresh random bytes. */
export function encodeUpgradeKey(random: Uint8Array): string {
  if (random.length !== 16) throw new RangeError(`a key is made of 16 bytes, not ${random.length}`);
  return Buffer.from(random.buffer, random.byteOffset, random.length).toString('base64');
}

/**
 * The upgrade request. KasmVNC takes a request for plain HTTP when Origin or Sec-WebSocket-Protocol is missing or
 * the request is under 92 bytes, and looks for `Name: ` with exactly one space.
 * @throws RangeError when a value holds a line break, which would start a header of its own.
 */
export function encodeUpgradeRequest(upgrade: UpstreamUpgrade): Uint8Array {
  const { url, key, authorization } = upgrade;
  const host = upgrade.host ?? url.host;
  for (const value of [host, key, authorization ?? '']) {
    if (/[\r\n\0]/.test(value))
      throw new RangeError('a header value of the upgrade request holds a line break');
  }
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Origin: ${url.protocol === 'wss:' ? 'https' : 'http'}://${host}`,
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${streamProtocol}`,
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** Checks the upstream's answer, section 4.1. An upstream that names no sub-protocol is taken at its word. */
export function checkUpgradeResponse(head: ResponseHead, key: string): UpgradeAnswer {
  if (head.status !== 101) return { kind: 'status', status: head.status };
  const { headers } = head;
  if (!headers.hasToken('upgrade', 'websocket') || !headers.hasToken('connection', 'upgrade')) {
    return broken('the 101 response does not upgrade to websocket');
  }
  if (headers.get('sec-websocket-accept') !== acceptKey(key)) {
    return broken('the 101 response has a wrong Sec-WebSocket-Accept');
  }
  const protocol = headers.get('sec-websocket-protocol') ?? streamProtocol;
  if (protocol !== streamProtocol)
    return broken('the 101 response agrees to a sub-protocol that was not offered');
  if (headers.has('sec-websocket-extensions')) return broken('the 101 response agrees to an extension');
  return { kind: 'open' };
}

function broken(message: string): UpgradeAnswer {
  return { kind: 'broken', message };
}
