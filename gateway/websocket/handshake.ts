/** The opening handshake towards browsers, RFC 6455 section 4.2. Pure. */
import { hash } from 'node:crypto';
import type { RequestHead } from '../http/request-head.ts';

/** The one sub-protocol of streams: binary frames. */
export const streamProtocol = 'binary';

const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** 16 bytes in base64: the last of 22 digits holds 2 bits only. */
const keyPattern = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

export type UpgradeCheck =
  | { readonly kind: 'accepted'; readonly key: string; readonly protocol: typeof streamProtocol | undefined }
  | {
      readonly kind: 'refused';
      readonly status: 400 | 405 | 426;
      readonly message: string;
      /** To be sent with the response. */
      readonly headers: Readonly<Record<string, string>>;
    };

/** The value of Sec-WebSocket-Accept for a key, section 4.2.2. */
export function acceptKey(key: string): string {
  return hash('sha1', `${key}${acceptSuffix}`, 'base64');
}

/** Whether the request asks for an upgrade to WebSocket at all, right or wrong in its details. */
export function asksForUpgrade(head: RequestHead): boolean {
  return head.headers.hasToken('upgrade', 'websocket');
}

/**
 * Checks an upgrade request for a stream. Extensions are never agreed to. A client that offers sub-protocols must
 * offer `binary`; one that offers none gets none.
 */
export function checkUpgradeRequest(head: RequestHead): UpgradeCheck {
  const { headers } = head;
  if (head.method !== 'GET')
    return refuse(405, `a stream is opened by GET, not ${head.method}`, { Allow: 'GET' });
  if (head.version !== '1.1') return refuse(400, 'a stream is opened over HTTP/1.1');
  if (!asksForUpgrade(head))
    return refuse(426, 'the header "Upgrade: websocket" is missing', { Upgrade: 'websocket' });
  if (!headers.hasToken('connection', 'upgrade'))
    return refuse(400, 'the header "Connection: Upgrade" is missing');
  if (headers.has('transfer-encoding') || (headers.get('content-length') ?? '0') !== '0') {
    return refuse(400, 'an upgrade request has no body');
  }
  if (headers.get('sec-websocket-version') !== '13') {
    return refuse(426, 'the header Sec-WebSocket-Version is not 13', { 'Sec-WebSocket-Version': '13' });
  }
  const key = headers.get('sec-websocket-key') ?? '';
  if (!keyPattern.test(key)) return refuse(400, 'the header Sec-WebSocket-Key is not 16 bytes in base64');
  const offered = headers.tokens('sec-websocket-protocol');
  if (offered.length === 0) return { kind: 'accepted', key, protocol: undefined };
  if (offered.includes(streamProtocol)) return { kind: 'accepted', key, protocol: streamProtocol };
  return refuse(400, `the sub-protocol ${streamProtocol} is not among those offered`);
}

/** The 101 response to an accepted request. */
export function encodeUpgradeResponse(key: string, protocol: string | undefined): Uint8Array {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function refuse(
  status: 400 | 405 | 426,
  message: string,
  headers: Record<string, string> = {},
): UpgradeCheck {
  return { kind: 'refused', status, message, headers };
}
