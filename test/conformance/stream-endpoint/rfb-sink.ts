/** A desktop that completes the RFB handshake and then only counts what comes. */
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { waitFor } from '../../harness/wait-for.ts';

const serverInit = Buffer.concat([
  // 16 by 16 pixels of 32 bits, and the name "sink".
  Buffer.from('00100010', 'hex'),
  Buffer.from('20180001 00ff 00ff 00ff 10 08 00 000000'.replaceAll(' ', ''), 'hex'),
  Buffer.from('00000004', 'hex'),
  Buffer.from('sink'),
]);

/** What the desktop answers, by the bytes it has heard by then. */
const answers: readonly { readonly after: number; readonly bytes: Buffer }[] = [
  { after: 12, bytes: Buffer.from('0101', 'hex') },
  { after: 13, bytes: Buffer.from('00000000', 'hex') },
  { after: 14, bytes: serverInit },
];
const handshakeBytes = 14;

export class RfbSink implements AsyncDisposable {
  readonly viewers: SinkViewer[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(socket => this.viewers.push(new SinkViewer(socket)));
  }

  static async start(): Promise<RfbSink> {
    const sink = new RfbSink();
    await new Promise<void>(resolve => sink.#server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  viewer(index: number): Promise<SinkViewer> {
    return waitFor(`viewer ${index}`, () => this.viewers[index]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const viewer of this.viewers) viewer.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }
}

class SinkViewer {
  /** Over what came after the handshake. */
  readonly digest = createHash('sha256');
  readonly #socket: Socket;
  #bytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.write('RFB 003.008\n');
  }

  /** Waits for so many bytes after the handshake. */
  received(count: number): Promise<true> {
    return waitFor(`${count} bytes at the desktop`, () => this.#bytes >= handshakeBytes + count, 20_000);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const before = this.#bytes;
    this.#bytes += chunk.length;
    for (const { after, bytes } of answers) {
      if (before < after && this.#bytes >= after) this.#socket.write(bytes);
    }
    const start = Math.max(0, handshakeBytes - before);
    if (start < chunk.length) this.digest.update(chunk.subarray(start));
  }
}
