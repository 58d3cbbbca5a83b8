/**
 * The one TLS port. Each connection has a time limit for its TLS handshake and first request head; the head
 * decides whether it becomes a stream or is spliced to the HTTP side, for good.
 */
import type { Socket } from 'bun';
import { StartError } from '../../config/command-line.ts';
import { limits } from '../../config/limits.ts';
import { errorText } from '../../config/log.ts';
import type { Audit } from '../audit/audit.ts';
import { encodeRefusalResponse, refuseHead } from '../http/head-refusal.ts';
import { RequestHeadParser } from '../http/request-head.ts';
import { Transport, transportHandlers } from '../relay/transport.ts';
import { routeOf } from './routes.ts';
import type { CertificatePair } from './self-signed.ts';
import type { Splicer } from './splice.ts';
import type { StreamOpener } from './stream-opener.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly certificate: CertificatePair;
  readonly splicer: Splicer;
  readonly opener: StreamOpener;
  readonly audit: Audit;
}

export interface Listener {
  readonly port: number;
  /** Connections that are open now, in any state. */
  readonly connectionCount: number;
  /** Accepts nothing more; running connections go on. */
  stop(): void;
  /** Ends every connection there is. */
  terminate(): void;
}

const keepAliveDelayMs = 30_000;
const refusalGraceMs = 500;

/** @throws StartError when the address can't be listened on. */
export function startListener(options: ListenerOptions): Listener {
  const { host, port, certificate } = options;
  const open = new Set<Transport>();
  const handlers = {
    ...transportHandlers,
    open(socket: Socket<Transport>): void {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, keepAliveDelayMs);
      const transport = new Transport(socket);
      socket.data = transport;
      open.add(transport);
      options.audit.connectionAccepted();
      readHead(transport, options);
    },
    // With this handler `open` comes before the TLS handshake, so that the time limit covers it too.
    handshake(): void {},
    close(socket: Socket<Transport>, error?: Error): void {
      open.delete(socket.data);
      transportHandlers.close(socket, error);
    },
  };
  try {
    const listener = Bun.listen<Transport>({
      hostname: host,
      port,
      tls: { cert: certificate.certificate, key: certificate.privateKey },
      socket: handlers,
    });
    return {
      port: listener.port,
      get connectionCount(): number {
        return open.size;
      },
      stop: () => listener.stop(false),
      terminate: () => {
        for (const transport of [...open]) transport.terminate();
      },
    };
  } catch (error) {
    throw new StartError(`can not listen on ${host}:${port}: ${describe(error)}`);
  }
}

/** Reads the first request head and passes the connection on, or refuses it. */
function readHead(client: Transport, options: ListenerOptions): void {
  const address = client.remoteAddress;
  const parser = new RequestHeadParser(limits);
  const refuse = (status: number, message: string): void => {
    clearTimeout(timer);
    client.detach();
    options.audit.headRefused(address, status, message);
    client.write(encodeRefusalResponse(status, message));
    client.end(refusalGraceMs);
  };
  const timer = setTimeout(() => {
    const { status, message } = refuseHead('head_timeout');
    refuse(status, message);
  }, limits.requestHeadTimeMs);
  client.attach({
    data(chunk) {
      const step = parser.push(chunk);
      if (step.kind === 'need') return;
      if (step.kind === 'refused') {
        refuse(step.status, step.message);
        return;
      }
      clearTimeout(timer);
      client.detach();
      const route = routeOf(step);
      if (route.kind === 'stream') {
        client.unread(parser.received.subarray(step.headBytes));
        void options.opener.open({ client, address, head: step, route });
      } else {
        client.unread(parser.received);
        void options.splicer.splice(client, address);
      }
    },
    drain() {},
    close: () => clearTimeout(timer),
  });
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EACCES') return 'ports below 1024 need more rights';
  return errorText(error);
}
