/** The desktops' side of the load: an RFB server, over WebSocket or plain TCP, that sends what it is told to. */
import { createHash } from 'node:crypto';
import type { Socket, TCPSocketListener } from 'bun';
import { encodeFrame, FrameCursor } from './frame.ts';
import { ServerHandshake } from './rfb-handshake.ts';
import type { Portion } from './shapes.ts';
import { firstFree } from './stream-path.ts';

export type UpstreamKind = 'websocket' | 'tcp';

export interface UpstreamOptions {
  readonly kind: UpstreamKind;
  /** The desktop of a stream, by its number; undefined sends the default ServerInit. */
  readonly serverInitOf?: (index: number) => Uint8Array;
  /** Bytes of a client past the handshake. */
  readonly onPayload?: (stream: UpstreamStream, bytes: number) => void;
  readonly onReady?: (stream: UpstreamStream) => void;
  readonly onClose?: (stream: UpstreamStream) => void;
}

const headEnd = '\r\n\r\n';

/** One desktop's connection. Its number comes from the path of the request, `GET /17`; over TCP from the order of arrival. */
interface StreamOptions extends UpstreamOptions {
  /** The stream's number for that of its path. */
  readonly claim: (pathNumber: number) => number;
}

export class UpstreamStream {
  index = -1;
  ready = false;
  /** Bytes the socket has not taken. */
  readonly socket: Socket<UpstreamStream>;
  readonly #options: StreamOptions;
  readonly #frames = new FrameCursor();
  #handshake = new ServerHandshake();
  #head = '';
  #pending: Uint8Array | undefined;
  #repeat: Uint8Array | undefined;
  #repeats = 0;

  constructor(socket: Socket<UpstreamStream>, options: StreamOptions) {
    this.socket = socket;
    this.#options = options;
  }

  get blocked(): boolean {
    return this.#pending !== undefined;
  }

  /** Whole bytes, framed already. Only to be called while nothing is blocked, or it is kept behind. */
  send(bytes: Uint8Array): void {
    if (this.#pending !== undefined) {
      this.#pending = Buffer.concat([this.#pending, bytes]);
      return;
    }
    const taken = Math.max(0, this.socket.write(bytes));
    if (taken < bytes.length) this.#pending = bytes.subarray(taken);
  }

  /** Sends the portion so often, as fast as it goes. */
  repeat(portion: Portion, times: number): void {
    this.#repeat = portion.bytes;
    this.#repeats = times;
    this.drain();
  }

  drain(): void {
    for (;;) {
      if (this.#pending === undefined) {
        if (this.#repeats <= 0 || this.#repeat === undefined) return;
        this.#repeats -= 1;
        this.#pending = this.#repeat;
      }
      const taken = Math.max(0, this.socket.write(this.#pending));
      if (taken < this.#pending.length) {
        this.#pending = this.#pending.subarray(taken);
        return;
      }
      this.#pending = undefined;
    }
  }

  /** The number is known: the desktop may greet. */
  begin(index: number): void {
    this.index = index;
    this.#handshake = new ServerHandshake(this.#options.serverInitOf?.(index));
    this.#say(this.#handshake.greeting());
  }

  receive(chunk: Buffer): void {
    if (this.index < 0) {
      this.#readHead(chunk);
      return;
    }
    const bytes = this.#options.kind === 'tcp' ? chunk.length : this.#frames.read(chunk);
    if (this.ready) {
      this.#options.onPayload?.(this, bytes);
      return;
    }
    for (const answer of this.#handshake.receive(bytes)) this.#say(answer);
    if (!this.#handshake.done) return;
    this.ready = true;
    this.#options.onReady?.(this);
  }

  #readHead(chunk: Buffer): void {
    this.#head += chunk.toString('latin1');
    if (!this.#head.includes(headEnd)) return;
    const key = /sec-websocket-key: *(\S+)/i.exec(this.#head)?.[1] ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    this.socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: binary\r\n\r\n`,
    );
    const number = Number(/^GET \S*?(\d+)(?:\?\S*)? HTTP/.exec(this.#head)?.[1] ?? 0);
    this.#head = '';
    this.begin(this.#options.claim(number));
  }

  #say(message: Uint8Array): void {
    this.send(this.#options.kind === 'tcp' ? message : encodeFrame(message));
  }
}

export class UpstreamServer implements Disposable {
  /** By number; a stream is here while it is open. */
  readonly streams = new Map<number, UpstreamStream>();
  /** Connections so far. */
  opened = 0;
  readonly #claimed = new Set<number>();
  readonly #listener: TCPSocketListener<UpstreamStream>;

  constructor(options: UpstreamOptions) {
    this.#listener = Bun.listen<UpstreamStream>({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        open: socket => {
          socket.setNoDelay(true);
          socket.data = new UpstreamStream(socket, {
            ...options,
            claim: pathNumber => {
              const index = firstFree(pathNumber, this.#claimed);
              this.#claimed.add(index);
              return index;
            },
            onReady: stream => {
              this.streams.set(stream.index, stream);
              options.onReady?.(stream);
            },
          });
          const order = this.opened++;
          if (options.kind === 'tcp') socket.data.begin(order);
        },
        data: (socket, chunk) => socket.data.receive(chunk),
        drain: socket => socket.data.drain(),
        close: ({ data: stream }) => {
          this.#claimed.delete(stream.index);
          if (this.streams.get(stream.index) === stream) this.streams.delete(stream.index);
          options.onClose?.(stream);
        },
        error() {},
      },
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true);
  }
}
