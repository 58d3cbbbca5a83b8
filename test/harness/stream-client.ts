/**
 * A viewer's end of a stream, byte by byte: TLS, the WebSocket handshake, masked frames. Written apart from the
 * gateway's own codec, so that the two can't be wrong in the same way.
 */
import { connect, type TLSSocket } from 'node:tls';
import { waitFor } from './wait-for.ts';

export interface StreamClientOptions {
  readonly port: number;
  /** Of loopback, to come from; default 127.0.0.1. */
  readonly localAddress?: string;
  readonly sessionId: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** Replaces the stream's path. */
  readonly path?: string;
  /** A client certificate and its key, PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Further header lines. */
  readonly headers?: readonly string[];
  /** Payload bytes go here instead of being kept. */
  readonly onPayload?: (payload: Buffer) => void;
  /** Called once when the connection of an open stream is gone. */
  readonly onEnd?: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Opens a stream. @throws Error with the status and body when the gateway answers anything but 101. */
export async function openStream(options: StreamClientOptions): Promise<StreamClient> {
  const answer = await requestStream(options);
  if (answer instanceof StreamClient) return answer;
  throw new Error(`the gateway answered ${answer.status}: ${answer.body}`);
}

/** Asks for a stream; answers with the stream or with the HTTP response that refused it. */
export function requestStream(options: StreamClientOptions): Promise<StreamClient | HttpAnswer> {
  const { port, sessionId, token, path = `/desktop/${sessionId}/vnc/websockify`, headers = [] } = options;
  const { localAddress, certificate } = options;
  const socket = connect({
    ...{ host: '127.0.0.1', port, rejectUnauthorized: false },
    ...(localAddress === undefined ? {} : { localAddress }),
    ...certificate,
  });
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: binary',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...headers,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('end', () => resolve(parseAnswer(received)));
    socket.on('close', () => reject(new Error('the gateway closed the connection without an answer')));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0 || !received.subarray(0, end).toString().startsWith('HTTP/1.1 101')) return;
      socket.removeAllListeners();
      resolve(new StreamClient(socket, received.subarray(end + 4), options));
    });
  });
}

function parseAnswer(received: Buffer): HttpAnswer {
  const [head = '', body = ''] = received.toString().split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body };
}

export class StreamClient implements AsyncDisposable {
  readonly #socket: TLSSocket;
  readonly #onPayload: (payload: Buffer) => void;
  #unparsed: Buffer = Buffer.alloc(0);
  #payloads: Buffer[] = [];
  #payloadBytes = 0;
  #closeSent = false;
  /** Pings of the gateway so far; each is answered unless `answersPings` is false. */
  pings = 0;
  answersPings = true;
  /** Answers to pings. */
  readonly pongs: Buffer[] = [];
  /** The gateway's close frame. */
  closeFrame: { readonly code: number; readonly reason: string } | undefined;
  /** The connection is gone. */
  closed = false;
  /** Payload bytes received in all. */
  receivedBytes = 0;

  constructor(
    socket: TLSSocket,
    early: Buffer,
    { onPayload, onEnd }: Pick<StreamClientOptions, 'onPayload' | 'onEnd'>,
  ) {
    this.#socket = socket;
    this.#onPayload = onPayload ?? (payload => this.#keep(payload));
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      onEnd?.();
    });
    this.#take(early);
  }

  /** Sends one binary message. @returns false when the socket holds back. */
  send(payload: Uint8Array): boolean {
    return this.sendFrame(2, payload);
  }

  sendFrame(opcode: number, payload: Uint8Array): boolean {
    if (opcode === 8) this.#closeSent = true;
    return this.#socket.write(encodeMaskedFrame(opcode, payload));
  }

  /** Bytes as they are, framing and all. */
  sendRaw(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Bytes this end could not hand to the system yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Stops reading from the socket. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The next bytes of the stream's payload. */
  async read(count: number): Promise<Buffer> {
    await waitFor(`${count} bytes of the stream (closed: ${this.closeFrame?.reason})`, () => {
      if (this.#payloadBytes < count && (this.closed || this.closeFrame !== undefined)) {
        throw new Error(`the stream ended: ${this.closeFrame?.code} ${this.closeFrame?.reason}`);
      }
      return this.#payloadBytes >= count;
    });
    const all = Buffer.concat(this.#payloads);
    this.#payloads = [all.subarray(count)];
    this.#payloadBytes -= count;
    return all.subarray(0, count);
  }

  /** Waits for the gateway's close frame. */
  ended(timeMs?: number): Promise<{ readonly code: number; readonly reason: string }> {
    return waitFor('the close frame', () => this.closeFrame, timeMs);
  }

  /** Sends a close frame and waits until the connection is gone. */
  async close(code = 1000): Promise<void> {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.sendFrame(8, payload);
    await waitFor('the connection to close', () => this.closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await waitFor('the connection to close', () => this.closed);
  }

  #keep(payload: Buffer): void {
    this.#payloads.push(payload);
    this.#payloadBytes += payload.length;
  }

  #take(chunk: Buffer): void {
    this.#unparsed = this.#unparsed.length === 0 ? chunk : Buffer.concat([this.#unparsed, chunk]);
    for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) {
      const { opcode, payload } = frame;
      if (opcode === 2) {
        this.receivedBytes += payload.length;
        this.#onPayload(payload);
      } else if (opcode === 10) this.pongs.push(payload);
      else if (opcode === 9) {
        this.pings += 1;
        if (this.answersPings && !this.#closeSent) this.sendFrame(10, payload);
      } else if (opcode === 8) {
        this.closeFrame = {
          code: payload.length < 2 ? 1005 : payload.readUInt16BE(0),
          reason: payload.subarray(2).toString(),
        };
        if (!this.#closeSent) this.sendFrame(8, payload.subarray(0, 2));
      } else throw new Error(`unexpected frame with opcode ${opcode}`);
    }
  }

  #nextFrame(): Frame | undefined {
    const bytes = this.#unparsed;
    if (bytes.length < 2) return undefined;
    if ((bytes[0]! & 0xf0) !== 0x80 || (bytes[1]! & 0x80) !== 0)
      throw new Error('fragmented or masked frame');
    let length = bytes[1]! & 0x7f;
    let start = 2;
    if (length === 126) {
      if (bytes.length < 4) return undefined;
      length = bytes.readUInt16BE(2);
      start = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return undefined;
      length = Number(bytes.readBigUInt64BE(2));
      start = 10;
    }
    if (bytes.length < start + length) return undefined;
    this.#unparsed = bytes.subarray(start + length);
    return { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(start, start + length) };
  }
}

/** One unfragmented frame as a browser sends it. */
export function encodeMaskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const mask = crypto.getRandomValues(new Uint8Array(4));
  const long = payload.length > 0xffff;
  const extended = long ? 8 : payload.length > 125 ? 2 : 0;
  const frame = Buffer.alloc(2 + extended + 4 + payload.length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (long ? 127 : extended === 2 ? 126 : payload.length);
  if (long) frame.writeBigUInt64BE(BigInt(payload.length), 2);
  else if (extended === 2) frame.writeUInt16BE(payload.length, 2);
  const start = 2 + extended + 4;
  frame.set(mask, start - 4);
  for (let index = 0; index < payload.length; index++)
    frame[start + index] = payload[index]! ^ mask[index & 3]!;
  return frame;
}
