import { connect, type Socket } from 'node:net';
import { answerChallenge } from '../../gateway/rfb/vnc-auth.ts';

const silenceMs = 10_000;

/** A plain VNC viewer for tests: VncAuth, no pixels, the clipboard in its plain form. */
export class VncViewer implements Disposable {
  width = 0;
  height = 0;
  name = '';
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #held = Buffer.alloc(0);

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port });
    this.#socket.setTimeout(silenceMs, () => this.#socket.destroy(new Error('the VNC server fell silent')));
    this.#chunks = this.#socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The handshake up to ServerInit (RFC 6143 §7.1 to §7.3.2). @returns false when the password is refused */
  async logIn(password: string): Promise<boolean> {
    await this.#read('RFB 003.008\n'.length);
    this.#socket.write('RFB 003.008\n');
    const types = await this.#read((await this.#read(1)).readUInt8());
    if (!types.includes(2)) throw new Error(`the server offers no VncAuth, only: ${[...types].join(', ')}`);
    this.#socket.write(Uint8Array.of(2));
    this.#socket.write(answerChallenge(await this.#read(16), password));
    if ((await this.#read(4)).readUInt32BE() !== 0) return false;
    this.#socket.write(Uint8Array.of(1));
    const init = await this.#read(24);
    this.width = init.readUInt16BE(0);
    this.height = init.readUInt16BE(2);
    this.name = (await this.#read(init.readUInt32BE(20))).toString();
    return true;
  }

  /** ClientCutText (§7.5.6), Latin-1. */
  sendClipboard(text: string): void {
    const bytes = Buffer.from(text, 'latin1');
    const header = Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(bytes.length, 4);
    this.#socket.write(Buffer.concat([header, bytes]));
  }

  /** The next ServerCutText (§7.6.4). No update was asked for, so nothing but bells may come before. */
  async readClipboard(): Promise<string> {
    for (;;) {
      const type = (await this.#read(1)).readUInt8();
      if (type === 2) continue;
      if (type !== 3) throw new Error(`server message ${type} came, and nobody asked for it`);
      const header = await this.#read(7);
      return (await this.#read(header.readUInt32BE(3))).toString('latin1');
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #read(count: number): Promise<Buffer> {
    while (this.#held.length < count) {
      const { value, done } = await this.#chunks.next();
      if (done === true) throw new Error('the VNC server closed the connection');
      this.#held = Buffer.concat([this.#held, value]);
    }
    const bytes = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return bytes;
  }
}

/** Logs in and leaves again. @returns the screen, or refused when the server does not take the password */
export async function logIn(
  host: string,
  port: number,
  password: string,
): Promise<{ readonly width: number; readonly height: number; readonly name: string } | 'refused'> {
  using viewer = new VncViewer(host, port);
  if (!(await viewer.logIn(password))) return 'refused';
  return { width: viewer.width, height: viewer.height, name: viewer.name };
}
