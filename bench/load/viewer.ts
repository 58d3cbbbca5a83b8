/** The browsers' side of the load: TLS, WebSocket and RFB on a plain socket. */
import type { Socket } from 'bun';
import { encodeClientFrame, encodePong, FrameCursor, pingFrame } from './frame.ts';
import { ClientHandshake } from './rfb-handshake.ts';

/** Why a stream did not open or did not last, in a few words that can be counted. */
export class StreamFailure extends Error {}

export interface ViewerTarget {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Name for TLS and the Host header. */
  readonly serverName?: string;
  /** The address to come from, for more connections than one address has ports. */
  readonly from?: string;
  readonly insecure: boolean;
  readonly tls?: boolean;
  /** Groups of the key agreement that it offers, joined by colons; unset: the runtime's, X25519MLKEM768 the first. */
  readonly curves?: string;
}

/** What Bun's sockets tell and its types do not. */
interface AgreedSocket {
  getCipher?(): { readonly name?: string } | null;
  getEphemeralKeyInfo?(): { readonly name?: string } | null;
}

export interface ViewerOptions {
  readonly index: number;
  readonly target: ViewerTarget;
  readonly timeMs: number;
  /** Bytes of RFB behind the handshake. */
  readonly onPayload: (viewer: Viewer, bytes: number) => void;
  /** Once, for a stream that was open. */
  readonly onClose?: (viewer: Viewer, cause: string) => void;
}

export class Viewer {
  readonly index: number;
  /** The cipher that was agreed on. */
  cipher = '';
  /** The group of the key agreement; empty for one that the runtime has no name for, as X25519MLKEM768. */
  keyAgreement = '';
  #head: string | undefined = '';
  #handshake: ClientHandshake | undefined = new ClientHandshake();
  #socket: Socket<undefined> | undefined;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  readonly #frames = new FrameCursor();
  readonly #pings: (() => void)[] = [];
  readonly #options: ViewerOptions;
  readonly #opened = Promise.withResolvers<Viewer>();

  private constructor(options: ViewerOptions) {
    this.index = options.index;
    this.#options = options;
    this.#frames.onPing = payload => this.sendFrame(encodePong(payload));
  }

  /** Until ServerInit is here. @throws StreamFailure */
  static async open(options: ViewerOptions): Promise<Viewer> {
    const viewer = new Viewer(options);
    const timer = setTimeout(() => viewer.#fail('no answer in time'), options.timeMs);
    try {
      viewer.#connect();
      return await viewer.#opened.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A whole RFB message. */
  send(message: Uint8Array): void {
    this.sendFrame(encodeClientFrame(message));
  }

  /** A frame that is encoded already. */
  sendFrame(frame: Uint8Array): void {
    this.#socket?.write(frame);
  }

  /** Asks the relay for a sign of life; pings are answered in order. */
  ping(onPong: () => void): void {
    this.#pings.push(onPong);
    this.sendFrame(pingFrame);
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Ends the connection, which is not told to onClose. */
  close(): void {
    this.#state = 'closed';
    this.#socket?.end();
  }

  #connect(): void {
    const { target } = this.#options;
    const name = target.serverName ?? target.host;
    const curves = target.curves === undefined ? {} : { ecdhCurve: target.curves };
    const tls = { rejectUnauthorized: !target.insecure, serverName: name, ...curves };
    const options: Bun.TCPSocketConnectOptions<undefined> & { localAddress?: string } = {
      hostname: target.host,
      port: target.port,
      ...(target.tls === false ? {} : { tls }),
      ...(target.from === undefined ? {} : { localAddress: target.from }),
      socket: {
        open: (socket: Socket<undefined>) => {
          this.#socket = socket;
          socket.setNoDelay(true);
          if (target.tls === false) this.#request(socket);
        },
        handshake: (socket: Socket<undefined>, _: boolean, error: Error | null) => {
          if (error !== null && !target.insecure) {
            this.#fail('certificate refused');
            return;
          }
          const agreed = socket as AgreedSocket;
          this.cipher = agreed.getCipher?.()?.name ?? '';
          this.keyAgreement = agreed.getEphemeralKeyInfo?.()?.name ?? '';
          this.#request(socket);
        },
        data: (_: Socket<undefined>, chunk: Buffer) => this.#receive(chunk),
        close: () => this.#closed(),
        error: (_: Socket<undefined>, error: Error) => this.#fail(causeOf(error)),
        connectError: (_: Socket<undefined>, error: Error) => this.#fail(causeOf(error)),
      },
    };
    Bun.connect(options).catch(error => this.#fail(causeOf(error)));
  }

  #request(socket: Socket<undefined>): void {
    const { host, port, path, serverName } = this.#options.target;
    const authority = `${serverName ?? host}${port === 443 ? '' : `:${port}`}`;
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        `Origin: https://${authority}\r\nSec-WebSocket-Protocol: binary\r\n\r\n`,
    );
  }

  #receive(chunk: Buffer): void {
    if (this.#head !== undefined) {
      this.#readHead(chunk);
      return;
    }
    if (this.#handshake !== undefined) {
      this.#shakeHands(chunk);
      return;
    }
    const pongsBefore = this.#frames.pongs;
    const bytes = this.#frames.read(chunk);
    for (let pong = pongsBefore; pong < this.#frames.pongs; pong++) this.#pings.shift()?.();
    if (bytes > 0) this.#options.onPayload(this, bytes);
  }

  #readHead(chunk: Buffer): void {
    this.#head += chunk.toString('latin1');
    const end = this.#head!.indexOf('\r\n\r\n');
    if (end < 0) return;
    const status = /^HTTP\/1\.1 (\d{3})/.exec(this.#head!)?.[1];
    if (status !== '101') {
      this.#fail(`answered with ${status ?? 'no HTTP'}`);
      return;
    }
    const rest = Buffer.from(this.#head!.slice(end + 4), 'latin1');
    this.#head = undefined;
    if (rest.length > 0) this.#receive(rest);
  }

  #shakeHands(chunk: Buffer): void {
    const handshake = this.#handshake!;
    this.#frames.read(chunk, (start, end) => handshake.receive(chunk.subarray(start, end)));
    for (;;) {
      const step = handshake.next();
      if (step.kind === 'failed') {
        this.#fail(step.cause);
        return;
      }
      if (step.kind === 'need') return;
      if (step.kind === 'done') break;
      this.send(step.message);
    }
    this.#handshake = undefined;
    this.#open();
    const rest = handshake.rest();
    if (rest.length > 0) this.#options.onPayload(this, rest.length);
  }

  #open(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#opened.resolve(this);
  }

  #closed(): void {
    const { closeCode } = this.#frames;
    this.#fail(closeCode === undefined ? 'connection closed' : `closed with ${closeCode}`);
  }

  #fail(cause: string): void {
    const before = this.#state;
    this.#state = 'closed';
    if (before === 'opening') {
      this.#opened.reject(new StreamFailure(cause));
      this.#socket?.terminate();
    }
    if (before === 'open') this.#options.onClose?.(this, cause);
  }
}

function causeOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? 'connection failed';
}
