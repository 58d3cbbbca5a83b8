/**
 * Stands in for a KasmVNC server where a test needs what a real one will not do: stall, flood, refuse, send garbage.
 * Its framing is KasmVNC's as measured: HTTP Basic on the upgrade, unmasked binary frames of at most 49132 bytes,
 * client frames masked, unfragmented and of at most 65527 bytes (anything else ends the connection), pings ignored.
 * It fakes the desktop: after the RFB handshake (security None) it sends what the test tells it to and keeps what
 * comes. Its WebSocket code is apart from the gateway's.
 */
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { waitFor } from './wait-for.ts';

export interface KasmvncServerOptions {
  /** `user:password` that HTTP Basic must show; without, anyone may come in. */
  readonly credentials?: string;
  readonly width?: number;
  readonly height?: number;
  /** PEM: the server speaks TLS. */
  readonly tls?: { readonly certificate: string; readonly privateKey: string };
  /** Answers the upgrade with these bytes instead of a handshake, and closes. */
  readonly answer?: string;
  /** Answers requests that ask for no WebSocket, after HTTP Basic; without, they get KasmVNC's 404. */
  readonly web?: (head: string) => Uint8Array | string;
  /** Listens on this Unix socket instead of a port. */
  readonly socket?: string;
}

const frameBytesMax = 49_132;
const clientFrameBytesMax = 65_527;

export class KasmvncServer implements AsyncDisposable {
  readonly #options: KasmvncServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections accepted so far, whatever became of them. */
  connectionCount = 0;
  /** Upgrade requests as they came, head and all. */
  readonly requests: string[] = [];
  readonly desktops: KasmvncDesktop[] = [];

  private constructor(options: KasmvncServerOptions) {
    this.#options = options;
    const { tls } = options;
    const take = (socket: Socket): void => this.#take(socket);
    this.#server =
      tls === undefined
        ? createServer(take)
        : createTlsServer({ cert: tls.certificate, key: tls.privateKey }, take);
  }

  static async start(options: KasmvncServerOptions = {}): Promise<KasmvncServer> {
    const server = new KasmvncServer(options);
    await new Promise<void>(resolve => {
      if (options.socket === undefined) server.#server.listen(0, '127.0.0.1', resolve);
      else server.#server.listen(options.socket, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next desktop (from 0) once its RFB handshake is done. */
  desktop(index = 0): Promise<KasmvncDesktop> {
    return waitFor(`desktop ${index} to be connected`, () => {
      const desktop = this.desktops[index];
      return desktop?.ready === true ? desktop : undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  #take(socket: Socket): void {
    this.connectionCount += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    let head = '';
    const onData = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', onData);
      this.requests.push(head);
      this.#answer(socket, head);
    };
    socket.on('data', onData);
  }

  #answer(socket: Socket, head: string): void {
    const { credentials, answer, width = 640, height = 480 } = this.#options;
    if (answer !== undefined) {
      socket.end(answer, 'latin1');
      return;
    }
    const wanted =
      credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (wanted !== undefined && !head.includes(`Authorization: ${wanted}\r\n`)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="Websockify"\r\n\r\n');
      return;
    }
    const key = /Sec-WebSocket-Key: (\S+)/.exec(head)?.[1];
    if (key === undefined && this.#options.web !== undefined) {
      socket.end(this.#options.web(head));
      return;
    }
    if (key === undefined || !/Origin: |Sec-WebSocket-Protocol: /.test(head) || head.length < 92) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: binary\r\n\r\n`,
    );
    this.desktops.push(new KasmvncDesktop(socket, width, height));
  }
}

/** One connected viewer, as the desktop sees it. */
export class KasmvncDesktop {
  readonly #socket: Socket;
  readonly #serverInit: Buffer;
  #unparsed: Buffer = Buffer.alloc(0);
  #handshake: Buffer = Buffer.alloc(0);
  #kept: Buffer[] = [];
  /** The RFB handshake is done. */
  ready = false;
  /** Payload bytes after the handshake. */
  receivedBytes = 0;
  /** Digest over them, for comparing without keeping. */
  readonly digest = createHash('sha256');
  /** Keep the bytes in `received`; switch off for floods. */
  keep = true;
  /** Told of each payload after the handshake. */
  onPayload: ((payload: Buffer) => void) | undefined;
  /** Payload sizes of the frames that came. */
  readonly frameSizes: number[] = [];
  /** Control frames that came, by opcode. */
  readonly controlOpcodes: number[] = [];
  closed = false;

  constructor(socket: Socket, width: number, height: number) {
    this.#socket = socket;
    this.#serverInit = encodeServerInit(width, height, 'kasm');
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => {
      this.closed = true;
    });
    this.send(Buffer.from('RFB 003.008\n'));
  }

  get received(): Buffer {
    return Buffer.concat(this.#kept);
  }

  /** In frames as KasmVNC cuts them. @returns false when the socket holds back. */
  send(payload: Uint8Array): boolean {
    let room = true;
    for (let at = 0; at < payload.length; at += frameBytesMax) {
      room = this.#socket.write(encodeFrame(2, payload.subarray(at, at + frameBytesMax)));
    }
    return room;
  }

  sendFrame(opcode: number, payload: Uint8Array): void {
    this.#socket.write(encodeFrame(opcode, payload));
  }

  sendRaw(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Bytes this end could not hand to the system yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Reads nothing until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  /** Breaks the connection, as a crash would. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  #take(chunk: Buffer): void {
    this.#unparsed = this.#unparsed.length === 0 ? chunk : Buffer.concat([this.#unparsed, chunk]);
    while (this.#takeFrame());
  }

  #takeFrame(): boolean {
    const bytes = this.#unparsed;
    if (bytes.length < 6) return false;
    const short = bytes[1]! & 0x7f;
    const isWrong = bytes[0]! >> 7 === 0 || bytes[1]! >> 7 === 0 || short === 127;
    const start = short === 126 ? 8 : 6;
    const length = short === 126 ? bytes.readUInt16BE(2) : short;
    if (isWrong || length > clientFrameBytesMax) {
      this.#socket.destroy();
      return false;
    }
    if (bytes.length < start + length) return false;
    const payload = Buffer.from(bytes.subarray(start, start + length));
    for (let index = 0; index < length; index++) payload[index]! ^= bytes[start - 4 + (index & 3)]!;
    this.#unparsed = bytes.subarray(start + length);
    const opcode = bytes[0]! & 0x0f;
    if (opcode === 8) this.#socket.end();
    if (opcode !== 2) this.controlOpcodes.push(opcode);
    else this.#receive(payload);
    return true;
  }

  #receive(payload: Buffer): void {
    this.frameSizes.push(payload.length);
    if (this.ready) {
      this.receivedBytes += payload.length;
      this.digest.update(payload);
      if (this.keep) this.#kept.push(payload);
      this.onPayload?.(payload);
      return;
    }
    const before = this.#handshake.length;
    this.#handshake = Buffer.concat([this.#handshake, payload]);
    const reached = (count: number): boolean => before < count && this.#handshake.length >= count;
    if (reached(12)) this.send(Uint8Array.of(1, 1));
    if (reached(13)) this.send(new Uint8Array(4));
    if (reached(14)) {
      this.send(this.#serverInit);
      this.ready = true;
    }
  }
}

/** RFC 6143 section 7.3.2, with KasmVNC's own pixel format. */
function encodeServerInit(width: number, height: number, name: string): Buffer {
  const init = Buffer.alloc(24 + name.length);
  init.writeUInt16BE(width, 0);
  init.writeUInt16BE(height, 2);
  init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
  init.writeUInt32BE(name.length, 20);
  init.write(name, 24);
  return init;
}

/** A FramebufferUpdate with one Raw rectangle of 32-bit pixels, all bytes `value`. */
export function rawUpdate(width: number, height: number, value: number): Buffer {
  const update = Buffer.alloc(16 + width * height * 4, value);
  update.set([0, 0, 0, 1, 0, 0, 0, 0], 0);
  update.writeUInt16BE(width, 8);
  update.writeUInt16BE(height, 10);
  update.writeInt32BE(0, 12);
  return update;
}

function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const header = payload.length > 125 ? Buffer.alloc(4) : Buffer.alloc(2);
  header[0] = 0x80 | opcode;
  header[1] = payload.length > 125 ? 126 : payload.length;
  if (payload.length > 125) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
