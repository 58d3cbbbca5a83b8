import { decodeDib, dibBytesOf, encodeDib } from './dib.ts';
import { hasAlpha, readPngHead } from './png-chunks.ts';
import { decodePng } from './png-decode.ts';
import { encodePng } from './png-encode.ts';

/** The DIB of a PNG; undefined for what is none, or larger than is translated. */
export function dibOfPng(png: Uint8Array): Uint8Array | undefined {
  const picture = decodePng(png);
  return picture === undefined ? undefined : encodeDib(picture);
}

/** How many bytes `dibOfPng` has, told by the PNG's head alone; undefined as there. */
export function dibBytesOfPng(png: Uint8Array): number | undefined {
  const head = readPngHead(png);
  return head === undefined ? undefined : dibBytesOf(head.width, head.height, hasAlpha(head));
}

/**
 * Turns DIBs into PNGs. Who judges a copy and who then translates it ask for the same one, so the last is kept until
 * `forget`: packing it once is long enough.
 */
export class PngMaker {
  #dib: Uint8Array | undefined;
  #png: Uint8Array | undefined;

  /** undefined for what is no DIB, or larger than is translated. */
  pngOf(dib: Uint8Array): Uint8Array | undefined {
    if (this.#dib !== undefined && Buffer.compare(this.#dib, dib) === 0) return this.#png;
    const picture = decodeDib(dib);
    this.#dib = dib;
    this.#png = picture === undefined ? undefined : encodePng(picture);
    return this.#png;
  }

  forget(): void {
    this.#dib = undefined;
    this.#png = undefined;
  }
}
