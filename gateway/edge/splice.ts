/**
 * Passes a connection, untouched, to the HTTP side on loopback, with backpressure both ways. The loopback
 * connection's source port is how the HTTP side learns who the client is: nothing a client sends can forge it.
 */
import type { Socket } from 'bun';
import { limits } from '../../config/limits.ts';
import type { ShownCertificate } from '../certificate/client-certificate.ts';
import { HalfPipe } from '../relay/half-pipe.ts';
import { Transport, transportHandlers } from '../relay/transport.ts';

export class Splicer {
  readonly #addresses = new Map<number, string>();
  /** Only of connections that were asked for one. */
  readonly #certificates = new Map<number, ShownCertificate>();
  readonly #port: () => number;
  readonly #paceAnswers: (inner: Transport, address: string) => void;

  /**
   * @param port of the HTTP side.
   * @param paceAnswers sets the pace at which answers to this address are read.
   */
  constructor(port: () => number, paceAnswers: (inner: Transport, address: string) => void = () => {}) {
    this.#port = port;
    this.#paceAnswers = paceAnswers;
  }

  /** Spliced connections that are remembered now. */
  get size(): number {
    return this.#addresses.size;
  }

  /** The client behind the spliced connection from this port of 127.0.0.1: the port of no other address counts. */
  addressOf(port: number): string | undefined {
    return this.#addresses.get(port);
  }

  /** What certificate the client behind that port showed; undefined when it was not asked for one. */
  certificateOf(port: number): ShownCertificate | undefined {
    return this.#certificates.get(port);
  }

  /** Splices from now on. @param client with whatever it sent so far put back, nobody attached. */
  async splice(client: Transport, address: string, shown?: ShownCertificate): Promise<void> {
    const addresses = this.#addresses;
    const certificates = this.#certificates;
    const paceAnswers = this.#paceAnswers;
    let port = 0;
    try {
      await Bun.connect<Transport>({
        hostname: '127.0.0.1',
        port: this.#port(),
        socket: {
          ...transportHandlers,
          open(socket: Socket<Transport>): void {
            port = socket.localPort;
            addresses.set(port, address);
            if (shown !== undefined) certificates.set(port, shown);
            socket.data = new Transport(socket);
            paceAnswers(socket.data, address);
            joinTransports(client, socket.data);
          },
          close(socket: Socket<Transport>, error?: Error): void {
            addresses.delete(port);
            certificates.delete(port);
            transportHandlers.close(socket, error);
          },
        },
      });
    } catch {
      // Only while the gateway stops is the HTTP side not there.
      client.end();
    }
  }
}

/** Whatever one side sends goes to the other; when one is gone the other gets what is left and is ended. */
export function joinTransports(client: Transport, inner: Transport): void {
  const toInner = new HalfPipe(inner, client);
  const toClient = new HalfPipe(client, inner);
  inner.attach({
    data: chunk => toClient.write(chunk),
    drain: () => toInner.drain(),
    close() {
      toInner.close();
      // What the system still holds for a slow reader is to be delivered.
      toClient.whenEmpty(() => client.end(limits.connectionIdleTimeMs));
    },
  });
  client.attach({
    data: chunk => toInner.write(chunk),
    drain: () => toClient.drain(),
    close() {
      toClient.close();
      toInner.whenEmpty(() => inner.end());
    },
  });
}
