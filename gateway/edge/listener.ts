/**
 * The one TLS port. Each connection has a time limit for its TLS handshake and first request head; the head
 * decides whether it becomes a stream or is spliced to the HTTP side, for good.
 */
import type { Socket } from 'bun';
import { StartError } from '../../config/command-line.ts';
import { limits } from '../../config/limits.ts';
import type { Audit } from '../audit/audit.ts';
import { encodeRefusalResponse, refuseHead } from '../http/head-refusal.ts';
import { RequestHeadParser } from '../http/request-head.ts';
import { Transport, transportHandlers } from '../relay/transport.ts';
import { type Endpoint, listenProblem, listenTarget } from './endpoint.ts';
import { routeOf } from './routes.ts';
import type { CertificatePair } from './self-signed.ts';
import type { Splicer } from './splice.ts';
import type { StreamOpener } from './stream-opener.ts';

export interface ListenerOptions {
  readonly endpoint: Endpoint;
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
  /** Resolves when no connection is open any more, or after `timeMs`. */
  whenEmpty(timeMs: number): Promise<void>;
  /** Ends every connection there is. */
  terminate(): void;
}

const keepAliveDelayMs = 30_000;
const refusalGraceMs = 500;

/** @throws StartError when the address can't be listened on. */
export function startListener(options: ListenerOptions): Listener {
  const { endpoint, certificate } = options;
  const open = new Set<Transport>();
  let onEmpty: (() => void) | undefined;
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
      if (open.size === 0) onEmpty?.();
      transportHandlers.close(socket, error);
    },
  };
  try {
    const listener = Bun.listen<Transport>({
      ...listenTarget(endpoint),
      tls: { cert: certificate.certificate, key: certificate.privateKey },
      socket: handlers,
    });
    return {
      // Of a socket that listened before, Bun does not tell the port.
      port: endpoint.fd === undefined ? listener.port : endpoint.port,
      get connectionCount(): number {
        return open.size;
      },
      stop: () => listener.stop(false),
      whenEmpty: async timeMs => {
        if (open.size === 0) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        onEmpty = resolve;
        const timer = setTimeout(resolve, timeMs);
        await promise;
        clearTimeout(timer);
      },
      terminate: () => {
        for (const transport of [...open]) transport.terminate();
      },
    };
  } catch (error) {
    throw new StartError(`can not listen on ${endpoint.host}:${endpoint.port}: ${listenProblem(error)}`);
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
