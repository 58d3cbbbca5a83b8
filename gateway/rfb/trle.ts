import { DecodeError } from '../wire/decode-error.ts';

const tileSide = 16;

const stepTile = 0;
const stepPlainRun = 1;
const stepPaletteRun = 2;
const stepRunLength = 3;

const subRaw = 0;
const subSolid = 1;
const subPackedLast = 16;
const subPackedReuse = 127;
const subPlainRuns = 128;
const subPaletteRunsReuse = 129;
/** A run-length byte of this value says that another one follows. */
const runContinues = 255;

/**
 * The length of a TRLE rectangle (RFC 6143 §7.7.5), tile by tile and run by run. After `begin` and each
 * `step`, `skip` bytes follow, then a header of `want` bytes, or the end with `want` 0.
 *
 *     sub-encoding: 0 raw · 1 solid · 2–16 packed palette · 127 packed, palette as before
 *                   128 plain runs · 129 palette runs, palette as before · 130–255 palette runs
 */
export class TrleWalk {
  want = 0;
  skip = 0;
  #step = stepTile;
  #runStep = stepPlainRun;
  #width = 0;
  #height = 0;
  #pixel = 0;
  #x = 0;
  #y = 0;
  #colours = 0;
  /** Pixels of the tile that no run has covered yet. */
  #uncovered = 0;

  begin(width: number, height: number, compressedPixelBytes: number): void {
    this.#width = width;
    this.#height = height;
    this.#pixel = compressedPixelBytes;
    this.#x = 0;
    this.#y = 0;
    this.#colours = 0;
    this.skip = 0;
    this.#step = stepTile;
    this.want = width * height === 0 ? 0 : 1;
  }

  step(bytes: Uint8Array, at: number): void {
    this.skip = 0;
    switch (this.#step) {
      case stepTile:
        this.#tile(bytes[at]!);
        return;
      case stepPlainRun:
        this.#runLength(bytes[at + this.#pixel]!);
        return;
      case stepPaletteRun:
        if (bytes[at]! < 0x80) this.#cover(1);
        else this.#awaitLength();
        return;
      case stepRunLength:
        this.#runLength(bytes[at]!);
    }
  }

  #tile(sub: number): void {
    const across = Math.min(tileSide, this.#width - this.#x);
    const down = Math.min(tileSide, this.#height - this.#y);
    this.#uncovered = across * down;
    if (sub === subRaw || sub === subSolid) {
      this.#colours = 0;
      this.skip = (sub === subRaw ? across * down : 1) * this.#pixel;
      this.#nextTile();
    } else if (sub <= subPackedLast || sub === subPackedReuse) {
      const palette = this.#palette(sub, sub === subPackedReuse, sub);
      if (this.#colours > subPackedLast) this.#refuse(sub);
      const bits = this.#colours === 2 ? 1 : this.#colours <= 4 ? 2 : 4;
      this.skip = palette + ((across * bits + 7) >> 3) * down;
      this.#nextTile();
    } else if (sub === subPlainRuns) {
      this.#colours = 0;
      this.#awaitRun(stepPlainRun);
    } else if (sub > subPlainRuns) {
      this.skip = this.#palette(sub, sub === subPaletteRunsReuse, sub - subPlainRuns);
      this.#awaitRun(stepPaletteRun);
    } else this.#refuse(sub);
  }

  /** Bytes of the palette that follows; none when the one before is used again. */
  #palette(sub: number, reused: boolean, colours: number): number {
    if (!reused) this.#colours = colours;
    if (this.#colours < 2) this.#refuse(sub);
    return reused ? 0 : colours * this.#pixel;
  }

  #awaitRun(step: number): void {
    this.#runStep = step;
    this.#step = step;
    this.want = step === stepPlainRun ? this.#pixel + 1 : 1;
  }

  #awaitLength(): void {
    this.#step = stepRunLength;
    this.want = 1;
  }

  #runLength(byte: number): void {
    if (byte !== runContinues) {
      this.#cover(byte + 1);
      return;
    }
    this.#uncovered -= runContinues;
    if (this.#uncovered < 0) this.#overrun();
    this.#awaitLength();
  }

  #cover(pixels: number): void {
    this.#uncovered -= pixels;
    if (this.#uncovered < 0) this.#overrun();
    if (this.#uncovered === 0) this.#nextTile();
    else this.#awaitRun(this.#runStep);
  }

  #nextTile(): void {
    this.#step = stepTile;
    this.want = 1;
    this.#x += tileSide;
    if (this.#x < this.#width) return;
    this.#x = 0;
    this.#y += tileSide;
    if (this.#y >= this.#height) this.want = 0;
  }

  #overrun(): never {
    throw new DecodeError('malformed', 'a run is longer than its tile', 'run-length');
  }

  #refuse(sub: number): never {
    throw new DecodeError('malformed', `sub-encoding ${sub} is not possible here`, 'sub-encoding');
  }
}
