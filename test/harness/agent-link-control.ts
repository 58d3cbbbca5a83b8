import { decodeFrame, encodeFrame, type Frame, type Hello, linkPath } from '../../config/link/link.ts';
import { waitFor } from './wait-for.ts';

/**
 * Control's end of the link for tests of a node: welcomes whoever shows a token it knows, keeps what the node sent, and
 * sends what the test says.
 */
export class AgentLinkControl implements AsyncDisposable {
  /** Everything but heartbeats, of all connections, in order. */
  readonly frames: Frame[] = [];
  readonly hellos: Hello[] = [];
  /** Tokens that were shown at dialling. */
  readonly tokens: string[] = [];
  /** Bearer tokens that are welcome; the first is the enrolment token, answered with the second as credential. */
  readonly welcome = ['enrolment-token-of-the-test', 'credential-of-the-test'];
  readonly nodeId = crypto.randomUUID();
  readonly #server: Bun.Server<{ token: string }>;
  #socket: Bun.ServerWebSocket<{ token: string }> | undefined;

  constructor() {
    this.#server = Bun.serve<{ token: string }>({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request, server) => {
        const token = (request.headers.get('authorization') ?? '').replace(/^Bearer /, '');
        this.tokens.push(token);
        if (new URL(request.url).pathname !== linkPath) return new Response(null, { status: 404 });
        return server.upgrade(request, { data: { token } }) ? undefined : new Response(null, { status: 400 });
      },
      websocket: {
        message: (socket, message) => this.#take(socket, decodeFrame(new Uint8Array(message as Buffer))),
        close: socket => {
          if (this.#socket === socket) this.#socket = undefined;
        },
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  send(frame: Frame): void {
    if (this.#socket === undefined) throw new Error('no node is connected');
    this.#socket.sendBinary(encodeFrame(frame));
  }

  /** Cuts the connection, as a control that restarts; the node dials again. */
  cut(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  /** Waits for the first frame after `from` (an index into `frames`) that `pick` makes something of. */
  async next<T>(
    what: string,
    pick: (frame: Frame) => T | undefined | null,
    from = 0,
    timeMs = 15_000,
  ): Promise<T> {
    const found = await waitFor(
      what,
      () => {
        for (const frame of this.frames.slice(from)) {
          const value = pick(frame);
          if (value !== undefined && value !== null) return { value };
        }
        return undefined;
      },
      timeMs,
    );
    return found.value;
  }

  #take(socket: Bun.ServerWebSocket<{ token: string }>, frame: Frame): void {
    if (frame.hello) this.#greet(socket, frame.hello);
    else if (!frame.heartbeat) this.frames.push(frame);
  }

  #greet(socket: Bun.ServerWebSocket<{ token: string }>, hello: Hello): void {
    const known = this.welcome.indexOf(socket.data.token);
    if (known < 0) {
      socket.sendBinary(encodeFrame({ refused: { reason: 'unknown token' } }));
      socket.close(4003, 'refused');
      return;
    }
    this.hellos.push(hello);
    this.#socket = socket;
    const credential = known === 0 ? (this.welcome[1] ?? '') : '';
    socket.sendBinary(encodeFrame({ welcome: { nodeId: this.nodeId, credential, heartbeatMs: 5_000 } }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}
