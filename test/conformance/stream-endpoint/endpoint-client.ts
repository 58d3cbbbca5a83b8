/**
 * A WebSocket client of bytes, that minds every rule of RFC 6455 for what the server sends. Apart from the gateway's
 * own code and from the harness's client, which is more forgiving.
 */
import { randomBytes } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import { waitFor } from '../../harness/wait-for.ts';

export interface FrameTraits {
  readonly fin: boolean;
  /** The three reserved bits, 0 to 7. */
  readonly reserved: number;
  readonly mask: 'random' | 'zeros' | 'none';
}

export function encodeClientFrame(opcode: number, payload: Buffer, traits: FrameTraits): Buffer {
  const { length } = payload;
  const extended = length > 0xffff ? 8 : length > 125 ? 2 : 0;
  const masked = traits.mask !== 'none';
  const header = Buffer.alloc(2 + extended);
  header[0] = (traits.fin ? 0x80 : 0) | (traits.reserved << 4) | opcode;
  header[1] = (masked ? 0x80 : 0) | (extended === 8 ? 127 : extended === 2 ? 126 : length);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  else if (extended === 2) header.writeUInt16BE(length, 2);
  if (!masked) return Buffer.concat([header, payload]);
  const key = traits.mask === 'zeros' ? Buffer.alloc(4) : randomBytes(4);
  const body = Buffer.from(payload);
  for (let index = 0; index < length; index++) body[index] = body[index]! ^ key[index & 3]!;
  return Buffer.concat([header, key, body]);
}

export interface EndpointClientOptions {
  readonly port: number;
  readonly sessionId: string;
  readonly token: string;
  /** Extensions that the handshake offers. */
  readonly offer: string | undefined;
  /** Does not hang up where its framing was refused, though nobody reads it any more. */
  readonly waits: boolean;
}

export class EndpointClient implements AsyncDisposable {
  /** `pong:HEX` and `close:CODE`, as they came. */
  readonly heard: string[] = [];
  /** Rules that the server broke. */
  readonly problems: string[] = [];
  readonly #socket: TLSSocket;
  readonly #waits: boolean;
  #unparsed = Buffer.alloc(0);
  #payload = Buffer.alloc(0);
  #isOpen = false;
  #isClosed = false;
  #gotClose = false;

  private constructor(socket: TLSSocket, waits: boolean) {
    this.#socket = socket;
    this.#waits = waits;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => {
      this.#isClosed = true;
    });
  }

  static async open(options: EndpointClientOptions): Promise<EndpointClient> {
    const { port, sessionId, token, offer } = options;
    const client = new EndpointClient(
      connect({ host: '127.0.0.1', port, rejectUnauthorized: false }),
      options.waits,
    );
    const lines = [
      `GET /desktop/${sessionId}/vnc/websockify HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: binary',
      `Authorization: Bearer ${token}`,
      ...(offer === undefined ? [] : [`Sec-WebSocket-Extensions: ${offer}`]),
    ];
    client.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    await waitFor('the upgrade', () => client.#isOpen);
    return client;
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** RFC 6143 section 7.1 and 7.3, with security type None. */
  async handshakeRfb(): Promise<void> {
    const send = (bytes: Buffer): void =>
      this.write(encodeClientFrame(2, bytes, { fin: true, reserved: 0, mask: 'random' }));
    await waitFor('the version', () => this.#payload.length >= 12);
    send(Buffer.from('RFB 003.008\n'));
    await waitFor('the security types', () => this.#payload.length >= 14);
    send(Buffer.of(1));
    await waitFor('the security result', () => this.#payload.length >= 18);
    send(Buffer.of(1));
    await waitFor('ServerInit', () => this.#payload.includes('sink'));
  }

  /** Waits until the gateway has hung up. */
  async ended(): Promise<void> {
    await waitFor('the gateway to hang up', () => this.#isClosed, 20_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await waitFor('the connection to be gone', () => this.#isClosed);
  }

  #take(chunk: Buffer): void {
    this.#unparsed = Buffer.concat([this.#unparsed, chunk]);
    if (!this.#isOpen) this.#takeHead();
    while (this.#isOpen && this.#takeFrame());
  }

  /** RFC 6455, section 4.2.2. */
  #takeHead(): void {
    const end = this.#unparsed.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#unparsed.subarray(0, end).toString('latin1');
    this.#unparsed = this.#unparsed.subarray(end + 4);
    this.#isOpen = true;
    const wanted = [
      /^HTTP\/1\.1 101 /,
      /^Upgrade: websocket$/im,
      /^Connection: Upgrade$/im,
      /^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=$/im,
      /^Sec-WebSocket-Protocol: binary$/im,
    ];
    for (const line of wanted) if (!line.test(head)) this.problems.push(`the handshake lacks ${line.source}`);
    if (/^Sec-WebSocket-Extensions:/im.test(head)) this.problems.push('an extension was agreed to');
  }

  /** @returns whether a whole frame was there. */
  #takeFrame(): boolean {
    const bytes = this.#unparsed;
    if (bytes.length < 2) return false;
    const [first = 0, second = 0] = bytes;
    const mark = second & 0x7f;
    const start = mark === 127 ? 10 : mark === 126 ? 4 : 2;
    if (bytes.length < start) return false;
    const length =
      mark === 127 ? Number(bytes.readBigUInt64BE(2)) : mark === 126 ? bytes.readUInt16BE(2) : mark;
    if (bytes.length < start + length) return false;
    this.#unparsed = bytes.subarray(start + length);
    this.#check(first, second, { start, length });
    this.#hear(first & 0x0f, bytes.subarray(start, start + length));
    return true;
  }

  #check(first: number, second: number, size: { readonly start: number; readonly length: number }): void {
    const opcode = first & 0x0f;
    const { start, length } = size;
    const shortest = length > 0xffff ? 10 : length > 125 ? 4 : 2;
    const rules: readonly (readonly [broken: boolean, rule: string])[] = [
      [this.#gotClose, 'a frame came after the close frame'],
      [(second & 0x80) !== 0, 'a frame of the server is masked'],
      [(first & 0x70) !== 0, 'reserved bits are set'],
      [(first & 0x80) === 0, 'a frame is fragmented'],
      [![2, 8, 9, 10].includes(opcode), `opcode ${opcode}`],
      [opcode > 7 && length > 125, 'a control frame is over 125 bytes'],
      [start !== shortest, 'a length is not in its shortest form'],
    ];
    for (const [broken, rule] of rules) if (broken) this.problems.push(rule);
  }

  #hear(opcode: number, payload: Buffer): void {
    if (opcode === 2) this.#payload = Buffer.concat([this.#payload, payload]);
    if (opcode === 10) this.heard.push(`pong:${payload.toString('hex')}`);
    if (opcode !== 8) return;
    this.#gotClose = true;
    this.heard.push(payload.length === 0 ? 'close:none' : `close:${payload.readUInt16BE(0)}`);
    if (payload.length === 1) this.problems.push('a close frame of one byte');
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(2));
    } catch {
      this.problems.push('a reason that is no UTF-8');
    }
    if (this.#isClosed) return;
    const isRefused = [1002, 1003, 1007, 1009].includes(payload.length < 2 ? 0 : payload.readUInt16BE(0));
    this.write(encodeClientFrame(8, payload.subarray(0, 2), { fin: true, reserved: 0, mask: 'random' }));
    if (isRefused && !this.#waits) this.#socket.end();
  }
}
