import { decodeDib, dibBytesOf, dibPixels, encodeDib } from './dib.ts';
import { hasAlpha, readPngHead } from './png-chunks.ts';
import { decodePng } from './png-decode.ts';
import { encodePng } from './png-encode.ts';

/** How many bytes the DIB of a PNG has, told by the PNG's head alone; undefined for what is none, or larger than is translated. */
export function dibBytesOfPng(png: Uint8Array): number | undefined {
  const head = readPngHead(png);
  return head === undefined ? undefined : dibBytesOf(head.width, head.height, hasAlpha(head));
}

/** A picture in its other form, or why there is none: it is no picture that is translated, or too much for now. */
export type MadePicture =
  | { readonly bytes: Uint8Array; readonly reason?: undefined }
  | { readonly bytes: undefined; readonly reason: 'form' | 'rate' };

const noPicture: MadePicture = { bytes: undefined, reason: 'form' };
const tooMuch: MadePicture = { bytes: undefined, reason: 'rate' };

/**
 * Turns DIBs into PNGs and back. Who judges a copy and who then translates it ask for the same PNG, so the last is kept
 * until `forget`: packing it once is long enough.
 */
export class PictureMaker {
  readonly #mayMake: (form: 'png' | 'dib', pixels: number) => boolean;
  #dib: Uint8Array | undefined;
  #png: MadePicture = noPicture;

  /** @param mayMake is asked before each picture, with its number of pixels. */
  constructor(mayMake: (form: 'png' | 'dib', pixels: number) => boolean = () => true) {
    this.#mayMake = mayMake;
  }

  pngOf(dib: Uint8Array): MadePicture {
    if (this.#dib !== undefined && Buffer.compare(this.#dib, dib) === 0) return this.#png;
    this.#dib = dib;
    this.#png = this.#makePng(dib);
    return this.#png;
  }

  dibOf(png: Uint8Array): MadePicture {
    const head = readPngHead(png);
    if (head === undefined) return noPicture;
    if (!this.#mayMake('dib', head.width * head.height)) return tooMuch;
    const picture = decodePng(png);
    return picture === undefined ? noPicture : { bytes: encodeDib(picture) };
  }

  forget(): void {
    this.#dib = undefined;
    this.#png = noPicture;
  }

  #makePng(dib: Uint8Array): MadePicture {
    const pixels = dibPixels(dib);
    if (pixels === undefined) return noPicture;
    if (!this.#mayMake('png', pixels)) return tooMuch;
    const picture = decodeDib(dib);
    return picture === undefined ? noPicture : { bytes: encodePng(picture) };
  }
}
