/**
 * Says what KasmVNC's own web client says (fact sheet: messages and their order), and reads what a standard desktop
 * answers. Written apart from the gateway's parser. It fakes the picture: it asks for Raw and keeps the last pixels.
 */

import type { RfbConnection } from './rfb-viewer.ts';
import { waitFor } from './wait-for.ts';

const utf8 = (text: string): Buffer => Buffer.from(text);

/** As the web client lists them, but for the ways of compressing that this one can't read. */
const clientEncodings = [
  ...[-223, -224, -258, -308, -312, -313, -307, 0xc0a1e5ce | 0, -1885, -1884, -1024, -1886],
  ...[-1018, -1008, -996, -988, -972, -907, -865, -1984, -1994, -2034, -1997, -1025, -239],
];

export class KasmvncClient {
  readonly #stream: RfbConnection;
  /** Clipboard messages by MIME name, and their ids. */
  readonly clipboards: Map<string, string>[] = [];
  readonly ids: number[] = [];
  /** Types of the messages that came, in order. */
  readonly types: number[] = [];
  /** Answers to relay subscriptions. */
  readonly relays: { readonly ok: boolean; readonly text: string }[] = [];
  updates = 0;
  /** What made it stop, as it does at a message it does not know. */
  failure: string | undefined;

  /** After the handshake, in the order of the web client; then it reads until the stream ends. */
  constructor(stream: RfbConnection, width: number, height: number) {
    this.#stream = stream;
    stream.send(Buffer.from([0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0]));
    stream.send(Buffer.from([184, 1, 0xff, 0xff, 0xfb, 0xfe]));
    const list = Buffer.alloc(4 + 4 * clientEncodings.length);
    list[0] = 2;
    list.writeUInt16BE(clientEncodings.length, 2);
    for (const [index, encoding] of clientEncodings.entries()) list.writeInt32BE(encoding, 4 + 4 * index);
    stream.send(list);
    const request = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    request.writeUInt16BE(width, 6);
    request.writeUInt16BE(height, 8);
    stream.send(request);
    for (const relay of ['printer', 'smartcard']) {
      stream.send(Buffer.concat([Buffer.from([182, relay.length]), utf8(relay)]));
    }
    void this.#read();
  }

  point(x: number, y: number, mask = 0, scrollX = 0, scrollY = 0): void {
    const message = Buffer.alloc(11);
    message[0] = 5;
    message.writeUInt16BE(mask, 1);
    message.writeUInt16BE(x, 3);
    message.writeUInt16BE(y, 5);
    message.writeInt16BE(scrollX, 7);
    message.writeInt16BE(scrollY, 9);
    this.#stream.send(message);
  }

  /** As it does when its user copies outside, in pieces of 10240 bytes at most. */
  paste(items: Readonly<Record<string, string>>): void {
    const parts = Object.entries(items).map(([mime, text]) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(text));
      return Buffer.concat([Buffer.from([mime.length]), utf8(mime), length, utf8(text)]);
    });
    const message = Buffer.concat([Buffer.from([180, parts.length]), ...parts]);
    for (let at = 0; at < message.length; at += 10_240) this.#stream.send(message.subarray(at, at + 10_240));
  }

  /** What only KasmVNC understands: keep-alive, statistics, largest video, latency, relative pointer. */
  chatter(): void {
    this.#stream.send(
      Buffer.from([
        ...[185, 178, 0, 0, 0, 179, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 252, 7, 128, 4, 56],
        ...[189, 0, 0, 0, 0, 0, 0, 1, 190, 0, 0, 0, 191, 0, 0, 0, 188, 0, 0, 1, 0, 1, 0, 0, 0, 0],
      ]),
    );
  }

  async copied(text: string): Promise<void> {
    await waitFor(`"${text}" from the desktop`, () => {
      if (this.failure !== undefined) throw new Error(this.failure);
      return this.clipboards.at(-1)?.get('text/plain') === text;
    });
  }

  async #read(): Promise<void> {
    try {
      for (;;) await this.#message();
    } catch (error) {
      this.failure = String(error);
    }
  }

  async #message(): Promise<void> {
    const type = (await this.#stream.read(1))[0]!;
    this.types.push(type);
    switch (type) {
      case 0:
        return this.#update();
      case 2:
      case 150:
        return;
      case 180:
        return this.#clipboard();
      case 182: {
        const [ok = 0, length = 0] = await this.#stream.read(2);
        this.relays.push({ ok: ok === 1, text: (await this.#stream.read(length)).toString() });
        return;
      }
      case 248: {
        const head = await this.#stream.read(8);
        const payload = await this.#stream.read(head[7]!);
        const flags = head.readUInt32BE(3);
        if (flags < 0x80000000) return;
        head.writeUInt32BE(flags & 3, 3);
        this.#stream.send(Buffer.concat([Buffer.from([248]), head, payload]));
        return;
      }
      default:
        throw new Error(`unexpected server message ${type}`);
    }
  }

  async #clipboard(): Promise<void> {
    const items = new Map<string, string>();
    for (let left = (await this.#stream.read(1))[0]!; left > 0; left--) {
      const head = await this.#stream.read(5);
      this.ids.push(head.readUInt32BE(0));
      const mime = (await this.#stream.read(head[4]!)).toString();
      const length = (await this.#stream.read(4)).readUInt32BE(0);
      items.set(mime, (await this.#stream.read(length)).toString());
    }
    this.clipboards.push(items);
  }

  async #update(): Promise<void> {
    const head = await this.#stream.read(3);
    for (let left = head.readUInt16BE(1); left > 0; left--) {
      const rectangle = await this.#stream.read(12);
      const [width, height] = [rectangle.readUInt16BE(4), rectangle.readUInt16BE(6)];
      const encoding = rectangle.readInt32BE(8);
      if (encoding === 0) await this.#stream.read(width * height * 4);
      else if (encoding === -239) await this.#stream.read(width * height * 4 + Math.ceil(width / 8) * height);
      else if (encoding === -307) await this.#stream.read((await this.#stream.read(4)).readUInt32BE(0));
      else if (encoding === -308) await this.#stream.read(16 * (await this.#stream.read(4))[0]!);
      else if (encoding === -224) break;
      else if (encoding !== -258 && encoding !== -223) throw new Error(`unexpected rectangle ${encoding}`);
    }
    this.updates += 1;
  }
}
