/** Where a desktop listens, taken apart: the only place that understands the address schemes of a grant. */

export interface UpstreamAddress {
  /** Whether RFB is carried in WebSocket frames there. */
  readonly framed: boolean;
  readonly tls: boolean;
  /** Where to connect: a TCP host and port, or a Unix socket. */
  readonly endpoint: { readonly host: string; readonly port: number } | { readonly socket: string };
  /** Name the certificate must carry. */
  readonly hostname: string;
  /** What the WebSocket handshake asks for. */
  readonly url: URL;
}

const defaultPorts: Readonly<Record<string, number>> = { ws: 80, wss: 443, tcp: 5900, tls: 5900 };

/**
 * Reads ws://host:port/path, wss://…, tcp://host:port, tls://host:port or unix+ws:///socket:/path.
 * @throws Error when it is none of them.
 */
export function parseUpstreamAddress(text: string): UpstreamAddress {
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.+)$/.exec(text) ?? [];
  if (scheme === 'unix+ws') return parseUnixAddress(rest);
  const port = defaultPorts[scheme];
  if (port === undefined)
    throw new Error('upstream address has none of the schemes ws, wss, tcp, tls, unix+ws');
  // To the parser all of them are web addresses.
  const url = new URL(`${scheme === 'wss' ? 'wss' : 'ws'}://${rest}`);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return {
    framed: scheme === 'ws' || scheme === 'wss',
    tls: scheme === 'wss' || scheme === 'tls',
    endpoint: { host: hostname, port: portOf(rest) ?? port },
    hostname,
    url,
  };
}

/** `URL` drops a port of 80, which for wss or tcp would silently become another one. */
function portOf(rest: string): number | undefined {
  const digits = /:(\d{1,5})$/.exec(authorityOf(rest))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const authorityOf = (rest: string): string => rest.replace(/[/?#].*$/, '').replace(/^.*@/, '');

/** /run/desktop.sock:/websockify: the socket's path, and after a colon the path to ask for. */
function parseUnixAddress(rest: string): UpstreamAddress {
  const [, socket, target = '/'] = /^(\/[^:]+)(?::(\/.*))?$/.exec(rest) ?? [];
  if (socket === undefined) throw new Error('upstream address unix+ws:// needs an absolute path of a socket');
  const url = new URL(`ws://localhost${target}`);
  return { framed: true, tls: false, endpoint: { socket }, hostname: 'localhost', url };
}
