/** The little RFB (RFC 6143) a test needs to see a desktop's pixels through a stream. */
import type { StreamClient } from './stream-client.ts';

/** Where the server's bytes come from and the viewer's go. */
export type RfbConnection = Pick<StreamClient, 'read' | 'send'>;

export interface DesktopFacts {
  /** Security types the browser's side was offered. */
  readonly securityTypes: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly name: string;
}

/** RFC 6143 section 7.1 and 7.3, choosing security type None. */
export async function handshakeRfb(stream: RfbConnection): Promise<DesktopFacts> {
  const version = (await stream.read(12)).toString();
  if (version !== 'RFB 003.008\n') throw new Error(`unexpected version ${JSON.stringify(version)}`);
  stream.send(Buffer.from(version));
  const [count = 0] = await stream.read(1);
  const securityTypes = [...(await stream.read(count))];
  stream.send(Uint8Array.of(1));
  const result = (await stream.read(4)).readUInt32BE(0);
  if (result !== 0) throw new Error(`security result ${result}`);
  stream.send(Uint8Array.of(1));
  const init = await stream.read(24);
  const name = (await stream.read(init.readUInt32BE(20))).toString();
  return { securityTypes, width: init.readUInt16BE(0), height: init.readUInt16BE(2), name };
}

/** Sections 7.5.1 to 7.5.3: 32 bits a pixel, Raw only, and a request for the whole screen. */
export async function readRawScreen(stream: RfbConnection, desktop: DesktopFacts): Promise<Buffer> {
  stream.send(setPixelFormat());
  stream.send(setEncodings([0]));
  stream.send(updateRequest(desktop.width, desktop.height));
  const bytesPerPixel = 4;
  const screen = Buffer.alloc(desktop.width * desktop.height * bytesPerPixel);
  for (let seen = 0; seen < desktop.width * desktop.height; ) {
    const head = await stream.read(4);
    if (head[0] !== 0) throw new Error(`unexpected server message ${head[0]}`);
    for (let left = head.readUInt16BE(2); left > 0; left--) {
      const rectangle = await stream.read(12);
      const [x, y, width, height] = [0, 2, 4, 6].map(at => rectangle.readUInt16BE(at));
      if (rectangle.readInt32BE(8) !== 0) throw new Error('a rectangle that is not Raw');
      const pixels = await stream.read(width! * height! * bytesPerPixel);
      for (let row = 0; row < height!; row++) {
        const from = row * width! * bytesPerPixel;
        const to = ((y! + row) * desktop.width + x!) * bytesPerPixel;
        pixels.copy(screen, to, from, from + width! * bytesPerPixel);
      }
      seen += width! * height!;
    }
  }
  return screen;
}

export function setPixelFormat(): Buffer {
  return Buffer.from([0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]);
}

export function setEncodings(encodings: readonly number[]): Buffer {
  const message = Buffer.alloc(4 + 4 * encodings.length);
  message[0] = 2;
  message.writeUInt16BE(encodings.length, 2);
  for (const [index, encoding] of encodings.entries()) message.writeInt32BE(encoding, 4 + 4 * index);
  return message;
}

export function updateRequest(width: number, height: number, incremental = false): Buffer {
  const message = Buffer.alloc(10);
  message[0] = 3;
  message[1] = incremental ? 1 : 0;
  message.writeUInt16BE(width, 6);
  message.writeUInt16BE(height, 8);
  return message;
}

/** Section 7.5.4. */
export function keyEvent(keysym: number, down: boolean): Buffer {
  const message = Buffer.alloc(8);
  message[0] = 4;
  message[1] = down ? 1 : 0;
  message.writeUInt32BE(keysym, 4);
  return message;
}

/** Section 7.5.6. */
export function clientCutText(text: string): Buffer {
  const content = Buffer.from(text, 'latin1');
  const message = Buffer.alloc(8 + content.length);
  message[0] = 6;
  message.writeUInt32BE(content.length, 4);
  message.set(content, 8);
  return message;
}

/** The next ServerCutText, section 7.6.4, where no updates were asked for. */
export async function readServerCutText(stream: RfbConnection): Promise<string> {
  const head = await stream.read(8);
  if (head[0] !== 3) throw new Error(`unexpected server message ${head[0]}`);
  return (await stream.read(head.readUInt32BE(4))).toString('latin1');
}
