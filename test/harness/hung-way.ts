/** A TCP way to a local port that can go dead in the middle of a connection: nothing passes, and nobody is told. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { waitFor } from './wait-for.ts';

export class HungWay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #hung = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<HungWay> {
    const server = createServer();
    const way = new HungWay(server);
    server.on('connection', near => way.#join(near, connect({ host: '127.0.0.1', port })));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** From now on neither end hears of the other; what the systems between them still take is taken. */
  hang(): void {
    this.#hung = true;
    for (const socket of this.#sockets) socket.pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
    await waitFor('the way to be closed', () => this.#sockets.size === 0);
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', chunk => {
        if (!this.#hung) to.write(chunk);
      });
      from.on('end', () => {
        if (!this.#hung) to.end();
      });
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        if (!this.#hung) to.destroy();
      });
    }
  }
}
