/** Lets a viewer that speaks plain TCP reach a stream: what websockify's client end is in the field. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { openStream, type StreamClient, type StreamClientOptions } from './stream-client.ts';

export type WebSocketBridgeOptions = Pick<StreamClientOptions, 'port' | 'sessionId' | 'token'>;

/** Listens on 127.0.0.1 and opens a stream through the gateway for every connection that comes. */
export class WebSocketBridge implements AsyncDisposable {
  readonly #options: WebSocketBridgeOptions;
  readonly #sockets = new Set<Socket>();
  readonly #streams = new Set<StreamClient>();
  readonly #server = createServer(socket => void this.#join(socket));
  /** Why the gateway ended streams, oldest first, where it said so. */
  readonly reasons: string[] = [];
  /** Payload bytes from the gateway. */
  receivedBytes = 0;

  private constructor(options: WebSocketBridgeOptions) {
    this.#options = options;
  }

  static async start(options: WebSocketBridgeOptions): Promise<WebSocketBridge> {
    const bridge = new WebSocketBridge(options);
    await new Promise<void>(resolve => bridge.#server.listen(0, '127.0.0.1', resolve));
    return bridge;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const stream of this.#streams) await stream[Symbol.asyncDispose]();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  async #join(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.pause();
    try {
      const stream = await openStream({
        ...this.#options,
        onPayload: payload => {
          this.receivedBytes += payload.length;
          socket.write(payload);
        },
        onEnd: () => {
          this.#streams.delete(stream);
          if (stream.closeFrame !== undefined) this.reasons.push(stream.closeFrame.reason);
          socket.end();
        },
      });
      this.#streams.add(stream);
      socket.on('data', chunk => stream.send(chunk as Buffer));
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!stream.closed) stream.sendFrame(8, Uint8Array.of(1000 >> 8, 1000 & 0xff));
      });
      socket.resume();
    } catch (error) {
      this.reasons.push(String(error));
      socket.destroy();
    }
  }
}
