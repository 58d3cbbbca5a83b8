/** Pictures of screens, taken past the gateway, so that a viewer's picture can be held against the truth. */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { handshakeRfb, readRawScreen } from './rfb-viewer.ts';
import { waitFor } from './wait-for.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB, row by row. */
  readonly pixels: Uint32Array;
}

/** The whole screen of a VNC server on 127.0.0.1 that asks for no password, over a connection of our own. */
export async function readServerScreen(port: number): Promise<Picture> {
  const connection = await PlainConnection.open(port);
  try {
    const desktop = await handshakeRfb(connection);
    const bytes = await readRawScreen(connection, desktop);
    const { width, height } = desktop;
    return { width, height, pixels: pixelsOf(bytes, 0, width * 4, width, height) };
  } finally {
    connection.close();
  }
}

const headerWords = 25;
const colourBytes = 12;

/**
 * The file in which Xvfb keeps its screen (`-fbdir`): an X window dump, that is a header of big-endian words, a
 * colour map, and the pixels.
 */
export async function readXwdFile(file: string): Promise<Picture> {
  const bytes = await readFile(file);
  const words = Array.from({ length: headerWords }, (_, index) => bytes.readUInt32BE(4 * index));
  const [headerBytes = 0, , , , width = 0, height = 0] = words;
  const [bitsPerPixel, bytesPerLine = 0, colours = 0] = [words[11], words[12], words[19]];
  if (bitsPerPixel !== 32) throw new Error(`the window dump has ${bitsPerPixel} bits per pixel, not 32`);
  return {
    width,
    height,
    pixels: pixelsOf(bytes, headerBytes + colours * colourBytes, bytesPerLine, width, height),
  };
}

/** Little-endian pixels of 32 bits, red in bits 16 to 23. */
function pixelsOf(bytes: Buffer, start: number, stride: number, width: number, height: number): Uint32Array {
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels[y * width + x] = bytes.readUInt32LE(start + y * stride + 4 * x) & 0xffffff;
    }
  }
  return pixels;
}

/** The part of a picture from its upper left corner; pixels beyond its edge are black. */
export function cropPicture(picture: Picture, width: number, height: number): Picture {
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < Math.min(height, picture.height); y++) {
    const from = y * picture.width;
    pixels.set(picture.pixels.subarray(from, from + Math.min(width, picture.width)), y * width);
  }
  return { width, height, pixels };
}

/** What is drawn: the pixels that are not of the most frequent colour. */
export function countDrawnPixels(picture: Picture): number {
  const ground = commonColour(picture);
  return picture.pixels.reduce((count, pixel) => (pixel === ground ? count : count + 1), 0);
}

/**
 * How much of what is drawn in `truth` a viewer shows: the share of drawn pixels that lie in the same place with
 * every colour at most `tolerance` (of 255) off. 0 when the sizes differ or nothing is drawn.
 */
export function likeness(truth: Picture, shown: Picture, tolerance: number): number {
  if (truth.width !== shown.width || truth.height !== shown.height) return 0;
  const ground = commonColour(truth);
  let drawn = 0;
  let alike = 0;
  for (const [index, pixel] of truth.pixels.entries()) {
    if (pixel === ground) continue;
    drawn++;
    if (isClose(pixel, shown.pixels[index] ?? 0, tolerance)) alike++;
  }
  return drawn === 0 ? 0 : alike / drawn;
}

function commonColour(picture: Picture): number {
  const counts = new Map<number, number>();
  for (const pixel of picture.pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
}

function isClose(one: number, other: number, tolerance: number): boolean {
  return [16, 8, 0].every(shift => {
    return Math.abs(((one >> shift) & 0xff) - ((other >> shift) & 0xff)) <= tolerance;
  });
}

/** A plain TCP connection, read by the byte count. */
class PlainConnection {
  readonly #socket: Socket;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', chunk => {
      this.#held.push(chunk as Buffer);
      this.#heldBytes += chunk.length;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
    });
  }

  static open(port: number): Promise<PlainConnection> {
    const socket = connect({ host: '127.0.0.1', port });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => resolve(new PlainConnection(socket)));
    });
  }

  async read(count: number): Promise<Buffer> {
    await waitFor(`${count} bytes of the server`, () => this.#heldBytes >= count || this.#ended);
    if (this.#heldBytes < count) throw new Error('the VNC server closed the connection');
    const all = Buffer.concat(this.#held);
    this.#held = [all.subarray(count)];
    this.#heldBytes -= count;
    return all.subarray(0, count);
  }

  send(payload: Uint8Array): boolean {
    return this.#socket.write(payload);
  }

  close(): void {
    this.#socket.destroy();
  }
}
