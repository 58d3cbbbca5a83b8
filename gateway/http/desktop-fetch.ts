/** Asks a desktop's own HTTP server for one thing. */
import { limits } from '../../config/limits.ts';
import type { Secret } from '../../config/secret.ts';

/** The HTTP server of a desktop: the one that its stream's WebSocket is opened at. */
export interface DesktopServer {
  /** `http://host:port` or https, and the folder that the stream's path is in, without a slash at its end. */
  readonly base: string;
  /** What the server is called, port included: `base` names the IP address that was checked. */
  readonly host: string;
  /** Path of the Unix socket it listens on; undefined: host and port of `base`. */
  readonly socket: string | undefined;
  readonly authorization: Secret | undefined;
  readonly tlsVerify: boolean;
  /** PEM of the authorities that may sign its certificate; undefined: those the system trusts. */
  readonly tlsCa: string | undefined;
}

/**
 * Always by GET, for KasmVNC knows no HEAD, and over a connection of its own: none is shared by two sessions.
 * @param target path below the base, and query.
 * @returns the answer as soon as its head is there, not redirected and not decompressed.
 * @throws Error when there is none in time.
 */
export async function fetchFromDesktop(
  server: DesktopServer,
  target: string,
  signal: AbortSignal,
): Promise<Response> {
  const { authorization, tlsVerify, tlsCa, socket, host } = server;
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error(`the desktop did not answer within ${limits.upstreamHandshakeTimeMs} ms`)),
    limits.upstreamHandshakeTimeMs,
  );
  try {
    return await fetch(server.base + target, {
      headers: {
        Accept: '*/*',
        'Accept-Encoding': 'identity',
        'User-Agent': 'Sluice',
        Host: host,
        ...(authorization === undefined ? {} : { Authorization: authorization.reveal() }),
      },
      redirect: 'manual',
      decompress: false,
      keepalive: false,
      signal: AbortSignal.any([signal, late.signal]),
      tls: {
        rejectUnauthorized: tlsVerify,
        serverName: new URL(`https://${host}`).hostname.replace(/^\[|\]$/g, ''),
        ...(tlsCa === undefined ? {} : { ca: tlsCa }),
      },
      ...(socket === undefined ? {} : { unix: socket }),
    });
  } finally {
    clearTimeout(timer);
  }
}
