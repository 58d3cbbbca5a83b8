import { DecodeError } from '../wire/decode-error.ts';
import { type RfbProtocol, tightControls, tightFilters } from './numbers.ts';
import type { PixelSizes } from './pixel-format.ts';

const stepControl = 0;
const stepFilter = 1;
const stepPalette = 2;
const stepLength1 = 3;
const stepLength2 = 4;
const stepLength3 = 5;

/** Filtered data shorter than this is sent as it is, without zlib and without a length. */
export const zlibBytesMin = 12;
/** Of a compression control below `basicCompression`: a filter follows. */
export const explicitFilterBit = 4;
/** Compression controls below this are basic compression; the others are all in `tightControls`. */
export const basicCompression = 8;
/** Basic compression, fill and JPEG: a bit each. */
const standardKinds = (1 << (tightControls.jpeg + 1)) - 1;

/**
 * The length of a Tight rectangle (community specification, "Tight Encoding"; KasmVNC adds WEBP, QOI and a
 * watermark). Every header is one byte: give it to `step`, then `skip` bytes follow before the next one, or
 * the end with `want` 0.
 *
 *     control: high four bits  0–7 basic · 8 fill · 9 JPEG · 10 PNG · 11 WEBP · 12 QOI · 13 watermark
 *     basic:   [filter] [colours − 1, palette] then data: raw below 12 bytes, else compact length and zlib
 *     compact length: 1 to 3 bytes, 7 + 7 + 8 bits, low bits first
 */
export class TightWalk {
  want = 0;
  skip = 0;
  readonly #kasmvnc: boolean;
  #step = stepControl;
  #width = 0;
  #height = 0;
  #tightPixel = 0;
  #kinds = 0;
  #length = 0;

  constructor(protocol: RfbProtocol) {
    this.#kasmvnc = protocol === 'kasmvnc';
  }

  /** @param kinds a bit for each compression control that may come; the client has asked for those. */
  begin(width: number, height: number, pixels: PixelSizes, png: boolean, kinds: number): void {
    this.#width = width;
    this.#height = height;
    this.#tightPixel = pixels.tightPixel;
    const known = this.#kasmvnc ? kinds : kinds & standardKinds;
    this.#kinds = png ? known | (1 << tightControls.png) : known;
    this.#step = stepControl;
  }

  /** Only a compact length and its bytes follow (KasmVideo shares that form). */
  beginCompactLength(): void {
    this.#step = stepLength1;
  }

  step(byte: number): void {
    this.want = 1;
    this.skip = 0;
    switch (this.#step) {
      case stepControl:
        this.#control(byte >> 4);
        return;
      case stepFilter:
        this.#filter(byte);
        return;
      case stepPalette:
        this.#palette(byte + 1);
        return;
      case stepLength1:
        this.#length = byte & 0x7f;
        this.#step = stepLength2;
        if (byte < 0x80) this.#end(this.#length);
        return;
      case stepLength2:
        this.#length |= (byte & 0x7f) << 7;
        this.#step = stepLength3;
        if (byte < 0x80) this.#end(this.#length);
        return;
      case stepLength3:
        this.#end(this.#length | (byte << 14));
    }
  }

  #control(control: number): void {
    if (((this.#kinds >> control) & 1) === 0) this.#refuse(control);
    if (control < basicCompression) {
      if ((control & explicitFilterBit) !== 0) this.#step = stepFilter;
      else this.#filtered(this.#width * this.#height * this.#tightPixel);
      return;
    }
    if (control === tightControls.fill) {
      this.#end(this.#tightPixel);
      return;
    }
    this.#step = stepLength1;
  }

  /** What this server could have sent was not asked for; all else is no kind of Tight rectangle. */
  #refuse(control: number): never {
    const isKnown =
      control !== tightControls.png &&
      control <= (this.#kasmvnc ? tightControls.watermark : tightControls.jpeg);
    if (!isKnown) {
      throw new DecodeError('malformed', `compression-control is ${control}`, 'compression-control');
    }
    const sentence = `a Tight rectangle of kind ${control} came, which was not asked for`;
    throw new DecodeError('out_of_order', sentence, 'encoding');
  }

  #filter(filter: number): void {
    if (filter === tightFilters.palette) {
      this.#step = stepPalette;
      return;
    }
    if (filter !== tightFilters.copy && filter !== tightFilters.gradient) {
      throw new DecodeError('malformed', `filter-id is ${filter}`, 'filter-id');
    }
    this.#filtered(this.#width * this.#height * this.#tightPixel);
  }

  #palette(colours: number): void {
    // Up to two colours are one bit a pixel, each row padded to a byte; else a byte a pixel.
    const row = colours <= 2 ? (this.#width + 7) >> 3 : this.#width;
    this.#filtered(row * this.#height, colours * this.#tightPixel);
  }

  /** `size` bytes of filtered data, behind `before` bytes of palette. */
  #filtered(size: number, before = 0): void {
    if (size < zlibBytesMin) {
      this.#end(before + size);
      return;
    }
    this.skip = before;
    this.#step = stepLength1;
  }

  #end(skip: number): void {
    this.want = 0;
    this.skip = skip;
  }
}
