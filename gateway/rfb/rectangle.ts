import { limits } from '../../config/limits.ts';
import { DecodeError, limitError } from '../wire/decode-error.ts';
import { s32At, u16At, u32At } from '../wire/read-cursor.ts';
import { HextileWalk } from './hextile.ts';
import { encodings, pseudoRectangles, type RfbProtocol } from './numbers.ts';
import type { PixelSizes } from './pixel-format.ts';
import { TightWalk } from './tight.ts';
import { TrleWalk } from './trle.ts';

const stepNone = 0;
const stepCounted = 1;
const stepRre = 2;
const stepScreens = 3;
const stepH264 = 4;
const stepVmwareCursor = 5;
const stepAlphaCursor = 6;
const stepVideo = 7;
const stepVideoHeader = 8;
const stepTight = 9;
const stepHextile = 10;
const stepTrle = 11;

/** KasmVideo (17): screen id, then codec in the high four bits; 0 means nothing changed. */
const videoCodecShift = 4;
/** VMware cursor types: 0 is two bitmaps in the pixel format, 1 is 32-bit colour with alpha. */
const vmwareClassic = 0;

/**
 * Finds how long the payload of a rectangle is, without looking at pixels: after `begin`, and after each
 * `step`, first `skip` opaque bytes follow, then a header of `want` bytes to be given to `step`; with
 * `want` 0 the rectangle ends after the skip. Only the pixel format is state; no zlib stream is followed.
 */
export class RectangleWalk {
  want = 0;
  skip = 0;
  pixels: PixelSizes;
  readonly #tight: TightWalk;
  #hextile: HextileWalk | undefined;
  #trle: TrleWalk | undefined;
  #step = stepNone;
  #field = '';
  #width = 0;
  #height = 0;
  /** Bytes of each of the counted things that follow the header. */
  #unit = 0;

  constructor(protocol: RfbProtocol, pixels: PixelSizes) {
    this.#tight = new TightWalk(protocol);
    this.pixels = pixels;
  }

  /**
   * A rectangle header was read.
   * @param tightKinds a bit for each of Tight's compression controls that may come.
   * @throws DecodeError for an encoding that cannot be followed, or a size above the limits.
   */
  begin(encoding: number, width: number, height: number, tightKinds: number): void {
    this.want = 0;
    this.skip = 0;
    this.#width = width;
    this.#height = height;
    const pixel = this.pixels.pixel;
    switch (encoding) {
      case encodings.tight:
      case encodings.tightPng:
        this.#tight.begin(width, height, this.pixels, encoding === encodings.tightPng, tightKinds);
        this.want = 1;
        this.#step = stepTight;
        return;
      case encodings.raw:
        this.#opaque(width * height * pixel, 'raw rectangle');
        return;
      case encodings.copyRect:
        this.skip = 4;
        return;
      case encodings.zlib:
      case encodings.zrle:
        this.#counted('zlib length');
        return;
      case encodings.rre:
      case encodings.corre:
        // u32 number of sub-rectangles, background pixel, then pixel and position of each
        this.#unit = pixel + (encoding === encodings.rre ? 8 : 4);
        this.want = 4;
        this.#step = stepRre;
        return;
      case encodings.hextile:
        this.#hextile ??= new HextileWalk();
        this.#hextile.begin(width, height, pixel);
        this.want = this.#hextile.want;
        this.#step = stepHextile;
        return;
      case encodings.trle:
        this.#trle ??= new TrleWalk();
        this.#trle.begin(width, height, this.pixels.compressedPixel);
        this.want = this.#trle.want;
        this.#step = stepTrle;
        return;
      case encodings.kasmVideo:
        this.want = 2;
        this.#step = stepVideo;
        return;
      case encodings.h264:
        this.want = 8;
        this.#step = stepH264;
        return;
      default:
        this.#beginPseudo(encoding, width, height, pixel);
    }
  }

  #beginPseudo(encoding: number, width: number, height: number, pixel: number): void {
    const maskRow = (width + 7) >> 3;
    switch (encoding) {
      case pseudoRectangles.desktopSize:
      case pseudoRectangles.lastRect:
      case pseudoRectangles.pointerPosition:
      case pseudoRectangles.qemuPointerMotion:
      case pseudoRectangles.qemuExtendedKeyEvent:
      case pseudoRectangles.extendedMouseButtons:
      case pseudoRectangles.vmwareCursorPosition:
        return;
      case pseudoRectangles.cursor:
        this.#opaque(width * height * pixel + maskRow * height, 'cursor');
        return;
      case pseudoRectangles.xCursor:
        if (width * height > 0) this.#opaque(6 + 2 * maskRow * height, 'cursor');
        return;
      case pseudoRectangles.cursorWithAlpha:
        this.want = 4;
        this.#step = stepAlphaCursor;
        return;
      case pseudoRectangles.vmwareCursor:
        this.want = 2;
        this.#step = stepVmwareCursor;
        return;
      case pseudoRectangles.ledState:
        this.skip = 1;
        return;
      case pseudoRectangles.vmwareLedState:
        this.skip = 4;
        return;
      case pseudoRectangles.desktopName:
        this.#counted('desktop name length');
        return;
      case pseudoRectangles.extendedDesktopSize:
        this.want = 4;
        this.#step = stepScreens;
        return;
      default:
        throw new DecodeError('unsupported', `rectangle encoding ${encoding} is unknown`, 'encoding');
    }
  }

  /** The `want` header bytes at `at` are there: go on. */
  step(bytes: Uint8Array, at: number): void {
    switch (this.#step) {
      case stepTight:
        this.#tight.step(bytes[at]!);
        this.want = this.#tight.want;
        this.skip = this.#tight.skip;
        return;
      case stepHextile:
        this.#hextile!.step(bytes[at]!);
        this.want = this.#hextile!.want;
        this.skip = this.#hextile!.skip;
        return;
      case stepTrle:
        this.#trle!.step(bytes, at);
        this.want = this.#trle!.want;
        this.skip = this.#trle!.skip;
        return;
      case stepVideoHeader:
        this.#tight.beginCompactLength();
        this.#step = stepTight;
        this.want = 1;
        return;
      case stepVideo:
        this.want = bytes[at + 1]! >> videoCodecShift === 0 ? 0 : 2; // then frame type and key-frame flag
        this.#step = stepVideoHeader;
        return;
      default:
        this.want = 0;
        this.#lastStep(bytes, at);
    }
  }

  #lastStep(bytes: Uint8Array, at: number): void {
    switch (this.#step) {
      case stepCounted:
        this.#countedLength(u32At(bytes, at));
        return;
      case stepRre:
        this.#opaque(this.pixels.pixel + u32At(bytes, at) * this.#unit, 'number-of-subrectangles');
        return;
      case stepScreens:
        this.skip = 16 * bytes[at]!;
        return;
      case stepH264:
        this.#opaque(u32At(bytes, at), 'h264 length');
        return;
      case stepAlphaCursor:
        if (s32At(bytes, at) !== encodings.raw) {
          const inner = s32At(bytes, at);
          throw new DecodeError('unsupported', `cursor with alpha in encoding ${inner}, not raw`, 'encoding');
        }
        this.#opaque(this.#width * this.#height * 4, 'cursor');
        return;
      case stepVmwareCursor:
        this.#vmwareCursor(u16At(bytes, at) >> 8);
    }
  }

  #vmwareCursor(type: number): void {
    if (type > 1) throw new DecodeError('malformed', `VMware cursor type is ${type}`, 'cursor-type');
    const each = type === vmwareClassic ? 2 * this.pixels.pixel : 4;
    this.#opaque(this.#width * this.#height * each, 'cursor');
  }

  #counted(field: string): void {
    this.want = 4;
    this.#step = stepCounted;
    this.#field = field;
  }

  #countedLength(length: number): void {
    const name = this.#field === 'desktop name length';
    const limit = name ? limits.desktopNameBytesMax : limits.rectanglePayloadBytesMax;
    if (length > limit) throw limitError(this.#field, length, limit);
    this.skip = length;
  }

  #opaque(length: number, field: string): void {
    if (length > limits.rectanglePayloadBytesMax) {
      throw limitError(field, length, limits.rectanglePayloadBytesMax);
    }
    this.skip = length;
  }
}
