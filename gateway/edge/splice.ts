/**
 * Passes a connection, untouched, to the HTTP side on loopback, with backpressure both ways. The loopback
 * connection's source port is how the HTTP side learns who the client is: nothing a client sends can forge it.
 */
import type { Socket } from 'bun';
import { limits } from '../../config/limits.ts';
import { HalfPipe } from '../relay/half-pipe.ts';
import { Transport, transportHandlers } from '../relay/transport.ts';

export class Splicer {
  readonly #addresses = new Map<number, string>();
  readonly #port: () => number;

  /** @param port of the HTTP side. */
  constructor(port: () => number) {
    this.#port = port;
  }

  /** The client behind the spliced connection from this loopback port. */
  addressOf(port: number): string | undefined {
    return this.#addresses.get(port);
  }

  /** Splices from now on. @param client with whatever it sent so far put back, nobody attached. */
  async splice(client: Transport, address: string): Promise<void> {
    const addresses = this.#addresses;
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
            socket.data = new Transport(socket);
            join(client, socket.data);
          },
          close(socket: Socket<Transport>, error?: Error): void {
            addresses.delete(port);
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
function join(client: Transport, inner: Transport): void {
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
