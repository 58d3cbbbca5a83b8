/**
 * The one TLS port. Each connection has a time limit for its TLS handshake and first request head; the head
 * decides whether it becomes a stream or is spliced to the HTTP side, for good.
 */
import type { Socket } from 'bun';
import { StartError } from '../../config/command-line.ts';
import { unreadableForwarded } from '../../config/forwarded.ts';
import type { GatewayHttpConfig } from '../../config/gateway-http.ts';
import { limits } from '../../config/limits.ts';
import { type Door, paceReading } from '../admission/door.ts';
import type { Gate } from '../admission/gate.ts';
import type { Audit } from '../audit/audit.ts';
import { type DoorTls, judgeRequest, shownCertificate } from '../certificate/door-tls.ts';
import { HeldCertificates, shownNow } from '../certificate/held-certificates.ts';
import { ListenerCertificates, listenOptions } from '../certificate/tls-contexts.ts';
import { type EncodeRefusal, refuseHead } from '../http/head-refusal.ts';
import { RequestHeadParser } from '../http/request-head.ts';
import { Transport, transportHandlers } from '../relay/transport.ts';
import { type Endpoint, listenProblem, listenTarget } from './endpoint.ts';
import { routeOf } from './routes.ts';
import type { Splicer } from './splice.ts';
import type { StreamOpener } from './stream-opener.ts';

export interface ListenerOptions {
  readonly endpoint: Endpoint;
  readonly tls: DoorTls;
  readonly splicer: Splicer;
  readonly opener: StreamOpener;
  readonly audit: Audit;
  readonly door: Door;
  readonly gate: Gate;
  /** Of the first request head. */
  readonly head: Pick<GatewayHttpConfig['limits'], 'head_bytes' | 'header_count' | 'head_time_s'>;
  readonly refusal: EncodeRefusal;
  /** Listens without TLS, for trusted proxies that end it. */
  readonly plain: boolean;
}

export interface Listener {
  readonly port: number;
  /** Connections that are open now, in any state. */
  readonly connectionCount: number;
  /** For handshakes from now on; running connections keep what they have. */
  reload(tls: DoorTls): void;
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
  const { endpoint } = options;
  const current = { tls: options.tls, held: new HeldCertificates() };
  const open = new Set<Transport>();
  let onEmpty: (() => void) | undefined;
  const handlers = {
    ...transportHandlers,
    open(socket: Socket<Transport>): void {
      // Without Nagle's delay it comes from the runtime.
      socket.setKeepAlive(true, keepAliveDelayMs);
      const transport = new Transport(socket);
      socket.data = transport;
      if (!options.gate.admit(transport)) {
        socket.terminate();
        return;
      }
      open.add(transport);
      options.audit.connectionAccepted();
      readHead(transport, socket, options, current);
    },
    // With this handler `open` comes before the TLS handshake, so that the time limit covers it too.
    handshake(): void {},
    close(socket: Socket<Transport>, error?: Error): void {
      open.delete(socket.data);
      current.held.left(socket.data);
      if (open.size === 0) onEmpty?.();
      transportHandlers.close(socket, error);
      options.gate.left(socket.data);
    },
  };
  try {
    const listener = Bun.listen<Transport>({
      ...listenTarget(endpoint),
      ...(options.plain ? {} : { tls: listenOptions(current.tls.rules, current.tls.material) }),
      socket: handlers,
    });
    const { rules, material } = current.tls;
    const certificates = options.plain ? undefined : new ListenerCertificates(listener, rules, material);
    return {
      // Of a socket that listened before, Bun does not tell the port.
      port: endpoint.fd === undefined ? listener.port : endpoint.port,
      get connectionCount(): number {
        return open.size;
      },
      reload: tls => {
        certificates?.replace(tls.rules, tls.material);
        const before = current.tls;
        current.tls = tls;
        current.held.changed(before, tls);
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
function readHead(
  client: Transport,
  socket: Socket<Transport>,
  options: ListenerOptions,
  current: { readonly tls: DoorTls; readonly held: HeldCertificates },
): void {
  const { tls: tlsAtStart } = current;
  const { gate, door, head } = options;
  const parser = new RequestHeadParser({
    requestHeadBytesMax: head.head_bytes,
    requestTargetBytesMax: Math.min(limits.requestTargetBytesMax, head.head_bytes),
    requestHeaderCountMax: head.header_count,
  });
  const refuse = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): void => {
    clearTimeout(timer);
    client.detach();
    options.audit.headRefused(gate.visitorOf(client)?.address ?? client.remoteAddress, status, message);
    client.write(options.refusal(status, message, headers));
    client.end(refusalGraceMs);
  };
  const timer = setTimeout(() => {
    const { status, message } = refuseHead('head_timeout');
    refuse(status, message);
  }, head.head_time_s * 1000);
  client.attach({
    data(chunk) {
      const step = parser.push(chunk);
      if (step.kind === 'need') return;
      if (step.kind === 'refused') {
        refuse(step.status, step.message);
        return;
      }
      const visitor = gate.visitorOf(client);
      if (visitor?.refusal !== undefined) {
        const { status, message, retryAfterS } = visitor.refusal;
        refuse(status, message, { 'Retry-After': String(retryAfterS) });
        return;
      }
      const first = shownCertificate(current.tls, socket);
      const shown = first && shownNow(first, tlsAtStart, current.tls);
      const refusal = judgeRequest(current.tls, socket, shown, step.path);
      if (refusal !== undefined) {
        refuse(refusal.status, refusal.message);
        return;
      }
      clearTimeout(timer);
      client.detach();
      if (visitor === undefined) {
        client.terminate();
        return;
      }
      const held = current.held.hold(client, shown, step.path);
      const route = routeOf(step);
      if (route.kind === 'stream') {
        client.unread(parser.received.subarray(step.headBytes));
        const told = door.clientOf(visitor.address, name => step.headers.get(name));
        if (told === 'unreadable') {
          refuse(400, unreadableForwarded);
          return;
        }
        const { address, host, protocol: scheme } = told;
        const proxied = door.proxies.ranges.includes(visitor.address);
        void options.opener.open({ client, address, shown, held, proxied, host, scheme, head: step, route });
      } else {
        client.unread(parser.received);
        paceReading(client, door.accountsOf(visitor.address));
        void options.splicer.splice(client, visitor.address, shown);
      }
    },
    drain() {},
    close: () => clearTimeout(timer),
  });
}
