import { hextileBits } from './numbers.ts';

const tileSide = 16;

/**
 * The length of a Hextile rectangle (RFC 6143 §7.7.4), tile by tile, left to right and top to bottom.
 * Every header is one byte: give it to `step`, then `skip` bytes follow before the next one, or the end
 * with `want` 0.
 *
 *     sub-encoding mask: 1 raw · 2 background · 4 foreground · 8 sub-rectangles · 16 each with its colour
 *     then raw: pixels; else: [background] [foreground] [count, count × ([colour] position size)]
 */
export class HextileWalk {
  want = 0;
  skip = 0;
  #width = 0;
  #height = 0;
  #pixel = 0;
  #x = 0;
  #y = 0;
  /** Bytes of one sub-rectangle while their count is awaited; 0 while a mask is. */
  #subrect = 0;

  begin(width: number, height: number, pixelBytes: number): void {
    this.#width = width;
    this.#height = height;
    this.#pixel = pixelBytes;
    this.#x = 0;
    this.#y = 0;
    this.#subrect = 0;
    this.want = width * height === 0 ? 0 : 1;
    this.skip = 0;
  }

  step(byte: number): void {
    if (this.#subrect !== 0) {
      this.skip = byte * this.#subrect;
      this.#subrect = 0;
      this.#nextTile();
      return;
    }
    if ((byte & hextileBits.raw) !== 0) {
      const across = Math.min(tileSide, this.#width - this.#x);
      const down = Math.min(tileSide, this.#height - this.#y);
      this.skip = across * down * this.#pixel;
      this.#nextTile();
      return;
    }
    const colours = ((byte & hextileBits.background) >> 1) + ((byte & hextileBits.foreground) >> 2);
    this.skip = colours * this.#pixel;
    if ((byte & hextileBits.subrects) === 0) this.#nextTile();
    else this.#subrect = 2 + ((byte & hextileBits.coloured) !== 0 ? this.#pixel : 0);
  }

  #nextTile(): void {
    this.#x += tileSide;
    if (this.#x < this.#width) return;
    this.#x = 0;
    this.#y += tileSide;
    if (this.#y >= this.#height) this.want = 0;
  }
}
