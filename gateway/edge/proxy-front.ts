/**
 * The port in front of the TLS listener where proxies speak the PROXY protocol. Its header comes before TLS, and a TLS
 * listener of the runtime can't read anything before TLS: so a plain socket reads it and splices the rest over
 * loopback to the TLS listener, which learns whose connection it is by its source port of 127.0.0.1. That costs each
 * connection two more sockets and each byte two more copies; only who configures `proxy_protocol` pays.
 */
import type { Socket } from 'bun';
import { StartError } from '../../config/command-line.ts';
import { limits } from '../../config/limits.ts';
import type { Admission } from '../admission/admission.ts';
import type { AdmissionRecord } from '../admission/admission-record.ts';
import { type Gate, type Proxies, plainAddress, type Visitor } from '../admission/gate.ts';
import { Transport, transportHandlers } from '../relay/transport.ts';
import { type Endpoint, listenProblem, listenTarget } from './endpoint.ts';
import { ProxyHeaderParser } from './proxy-header.ts';
import { joinTransports } from './splice.ts';

export interface ProxyFrontOptions {
  readonly endpoint: Endpoint;
  /** Of the TLS listener on loopback. */
  readonly innerPort: () => number;
  readonly proxies: Proxies;
  readonly admission: Admission;
  readonly record: AdmissionRecord;
  /** Nobody but a trusted proxy may come. */
  readonly proxiesOnly: boolean;
}

/** What the listener behind the front is to know of the connections that come from there. */
export class ProxyFrontGate implements Gate {
  readonly #visits = new Map<number, Visitor>();

  came(port: number, visitor: Visitor): void {
    this.#visits.set(port, visitor);
  }

  went(port: number): void {
    this.#visits.delete(port);
  }

  /** The front admitted it, or it is refused at its first head: its source port may not be known here yet. */
  admit(): boolean {
    return true;
  }

  visitorOf(transport: Transport): Visitor | undefined {
    // Who has the port of another loopback address is another program.
    return transport.remoteAddress === '127.0.0.1' ? this.#visits.get(transport.remotePort) : undefined;
  }

  left(): void {}
}

export interface ProxyFront {
  readonly port: number;
  readonly connectionCount: number;
  stop(): void;
  terminate(): void;
}

/** @throws StartError when the address can't be listened on. */
export function startProxyFront(options: ProxyFrontOptions, gate: ProxyFrontGate): ProxyFront {
  const open = new Set<Transport>();
  const { endpoint } = options;
  try {
    const listener = Bun.listen<Transport>({
      ...listenTarget(endpoint),
      socket: {
        ...transportHandlers,
        open(socket: Socket<Transport>): void {
          socket.setNoDelay(true);
          socket.setKeepAlive(true, 30_000);
          const transport = new Transport(socket);
          socket.data = transport;
          open.add(transport);
          receive(transport, options, gate);
        },
        close(socket: Socket<Transport>, error?: Error): void {
          open.delete(socket.data);
          transportHandlers.close(socket, error);
        },
      },
    });
    return {
      port: endpoint.fd === undefined ? listener.port : endpoint.port,
      get connectionCount() {
        return open.size;
      },
      stop: () => listener.stop(false),
      terminate: () => {
        for (const transport of [...open]) transport.terminate();
      },
    };
  } catch (error) {
    throw new StartError(`can not listen on ${endpoint.host}:${endpoint.port}: ${listenProblem(error)}`);
  }
}

/** A trusted proxy has to send its header; from anybody else it would be their own word, and TLS is expected at once. */
function receive(outer: Transport, options: ProxyFrontOptions, gate: ProxyFrontGate): void {
  const { proxies, record } = options;
  const peer = plainAddress(outer.remoteAddress);
  const isTrusted = proxies.ranges.includes(peer);
  if (!isTrusted && options.proxiesOnly) {
    record.refused('untrusted_peer', peer);
    outer.terminate();
    return;
  }
  if (!isTrusted) {
    void enter(outer, peer, options, gate);
    return;
  }
  const parser = new ProxyHeaderParser();
  const timer = setTimeout(() => {
    record.refused('proxy_header', peer);
    outer.terminate();
  }, limits.requestHeadTimeMs);
  outer.attach({
    data(chunk) {
      const step = parser.push(chunk);
      if (step.kind === 'need') return;
      clearTimeout(timer);
      outer.detach();
      if (step.kind === 'refused') {
        record.refused('proxy_header', peer);
        outer.terminate();
        return;
      }
      outer.unread(parser.received.subarray(step.headerBytes));
      void enter(outer, step.source?.address ?? peer, options, gate);
    },
    drain() {},
    close: () => clearTimeout(timer),
  });
}

async function enter(
  outer: Transport,
  address: string,
  options: ProxyFrontOptions,
  gate: ProxyFrontGate,
): Promise<void> {
  const { admission } = options;
  const answer = admission.connect(address);
  if (answer === undefined) {
    outer.terminate();
    return;
  }
  let port = 0;
  let isIn = true;
  const leave = (): void => {
    if (isIn) admission.disconnect(address);
    isIn = false;
  };
  try {
    await Bun.connect<Transport>({
      hostname: '127.0.0.1',
      port: options.innerPort(),
      socket: {
        ...transportHandlers,
        open(socket: Socket<Transport>): void {
          port = socket.localPort;
          gate.came(port, { address, refusal: answer === 'in' ? undefined : answer });
          socket.setNoDelay(true);
          socket.data = new Transport(socket);
          joinTransports(outer, socket.data);
        },
        close(socket: Socket<Transport>, error?: Error): void {
          gate.went(port);
          leave();
          transportHandlers.close(socket, error);
        },
      },
    });
  } catch {
    // Only while the gateway stops is the TLS listener not there.
    leave();
    outer.terminate();
  }
}
