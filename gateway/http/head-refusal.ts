/** Why a request head is refused: a closed set, each with the status that answers it. */
const refusals = {
  head_timeout: [408, 'the request head did not arrive in time'],
  target_too_long: [414, 'the request target is too long'],
  head_too_large: [431, 'the request head with its cookies is too large'],
  too_many_headers: [431, 'the request has too many headers'],
  version: [505, 'the gateway speaks HTTP/1.1 and HTTP/1.0'],
  request_line: [400, 'the request line is not method, target and version with one space between'],
  method: [400, 'the method is no token'],
  target: [400, 'the request target is not a path that begins with a slash'],
  line_break: [400, 'a line does not end with CR LF'],
  control_character: [400, 'the head holds a control character'],
  header_name: [400, 'a header name is no token'],
  space_before_colon: [400, 'there is white space between a header name and its colon'],
  folded_header: [400, 'a header is folded over several lines'],
  host_missing: [400, 'the Host header is missing'],
  host_repeated: [400, 'there is more than one Host header'],
  host: [400, 'the Host header is no host'],
  content_length: [400, 'the Content-Length header is repeated or no plain number'],
  transfer_encoding: [400, 'the Transfer-Encoding header is not exactly chunked'],
  two_lengths: [400, 'the request has both Content-Length and Transfer-Encoding'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type HeadRefusalReason = keyof typeof refusals;

export interface HeadRefusal {
  readonly kind: 'refused';
  readonly reason: HeadRefusalReason;
  readonly status: number;
  /** A sentence for logs and for the response. */
  readonly message: string;
}

export function refuseHead(reason: HeadRefusalReason): HeadRefusal {
  const [status, message] = refusals[reason];
  return { kind: 'refused', reason, status, message };
}

const statusTexts: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  410: 'Gone',
  413: 'Content Too Large',
  414: 'URI Too Long',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

/**
 * A complete HTTP/1.1 response that ends the connection, for what never reaches the HTTP side: refused heads and
 * refused streams. The body is `{"error_message": message}`.
 * @param headers further header lines by name; their values must be free of line breaks.
 */
export type EncodeRefusal = (
  status: number,
  message: string,
  headers?: Readonly<Record<string, string>>,
) => Uint8Array;

/** @param standing names and values on every refusal; free of line breaks. */
export function refusalEncoder(standing: readonly (readonly [name: string, value: string])[]): EncodeRefusal {
  return (status, message, headers = {}) =>
    encodeRefusal(status, message, [...standing, ...Object.entries(headers)]);
}

function encodeRefusal(
  status: number,
  message: string,
  headers: readonly (readonly [name: string, value: string])[],
): Uint8Array {
  const body = `${JSON.stringify({ error_message: message })}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${statusTexts[status] ?? 'Refused'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
