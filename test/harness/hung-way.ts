/** A TCP way to a local port that can go dead in the middle of a connection: nothing passes, and nobody is told. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { waitFor } from './wait-for.ts';

type Direction = 'fromClient' | 'fromServer';

export class HungWay implements AsyncDisposable {
  readonly #server: Server;
  /** With the direction of what is read there. */
  readonly #sockets = new Map<Socket, Direction>();
  readonly #hung = new Set<Direction>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<HungWay> {
    const server = createServer();
    const way = new HungWay(server);
    server.on('connection', near => {
      const far = connect({ host: '127.0.0.1', port });
      way.#pass('fromClient', near, far);
      way.#pass('fromServer', far, near);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** From now on nothing passes in these directions; what the systems between still take is taken. */
  hang(...directions: Direction[]): void {
    for (const direction of directions) this.#hung.add(direction);
    for (const [socket, direction] of this.#sockets) if (this.#hung.has(direction)) socket.pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.keys()) socket.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
    await waitFor('the way to be closed', () => this.#sockets.size === 0);
  }

  #pass(direction: Direction, from: Socket, to: Socket): void {
    const passes = (): boolean => !this.#hung.has(direction);
    this.#sockets.set(from, direction);
    from.on('data', chunk => void (passes() && to.write(chunk)));
    from.on('end', () => void (passes() && to.end()));
    from.on('error', () => {});
    from.on('close', () => {
      this.#sockets.delete(from);
      if (passes()) to.destroy();
    });
  }
}
