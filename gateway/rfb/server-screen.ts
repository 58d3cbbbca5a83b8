import { DecodeError } from '../wire/decode-error.ts';
import { u16At } from '../wire/read-cursor.ts';
import { pseudoRectangles, serverMessages } from './numbers.ts';

/** ExtendedDesktopSize comes because this client asked. */
const screenReasonClient = 1;

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * How a server takes the coordinates of pointer events:
 *
 *     places   where the pointer goes; so do all but QEMU
 *     motion   how far it goes, as QEMU does for a guest without a tablet
 *     untold   QEMU was not told that such motion is understood (encoding −257), so it will not say which it does
 *     unknown  QEMU was told, and has yet to answer
 */
export type PointerMode = 'places' | 'motion' | 'untold' | 'unknown';

/** QEMU's is QEMU, or QEMU (name of the machine). */
const qemuName = 'QEMU';

/** More different sizes than these are not remembered until the server has answered. */
const askedSizesMax = 8;
/** Of nobody who asked: shared, for most streams never do. */
const noSizes: readonly PictureSize[] = [];

/** What a server has told of its desktop and of itself so far, beside pictures. */
export class ServerScreen {
  /** Size of the picture in pixels: set it from ServerInit, then it follows the server. */
  width = 0;
  height = 0;
  /** Sizes that the client has asked for: until all are answered, each may be in force. */
  askedSizes = noSizes;
  /** So many were asked for that not all of them are there. */
  areSizesForgotten = false;
  #unansweredSizes = 0;
  /** The server has shown that it understands extended mouse buttons. */
  extendedMouseButtons = false;
  /** Of a standard server: `untold` before the first SetEncodings with −257. */
  pointer: PointerMode = 'places';
  /** The client did not ask how its coordinates are taken: the answer is not for it. */
  hidesMotion = false;
  #isQemu = false;

  /** The server has sent a fence, so it understands them. */
  doesFences = false;
  /** Its fences are to be judged as well, for one may be the answer to one of ours. */
  holdsFences = false;

  /** Whether a picture that came now could be in one pixel format as well as in another. */
  isBetweenFormats = false;

  /** The server is asked for this size (SetDesktopSize). Some never answer: then it counts for as long as they serve. */
  askSize(width: number, height: number): void {
    this.#unansweredSizes++;
    if (this.askedSizes.some(size => size.width === width && size.height === height)) return;
    if (this.askedSizes.length === askedSizesMax) this.areSizesForgotten = true;
    else this.askedSizes = [...this.askedSizes, { width, height }];
  }

  #answerSize(): void {
    if (this.#unansweredSizes === 0 || --this.#unansweredSizes > 0) return;
    this.askedSizes = noSizes;
    this.areSizesForgotten = false;
  }

  /** A standard server that calls its desktop so. */
  beginPointer(desktopName: string): void {
    this.pointer = 'untold';
    this.#isQemu = desktopName.startsWith(qemuName);
  }

  /** Whether places of the client must be turned into motion for it. */
  get wantsMotion(): boolean {
    return this.pointer === 'motion' && this.hidesMotion;
  }

  /** The server is told of −257. QEMU answers each time; others never do, and have places only. */
  tellMotion(): void {
    if (this.pointer === 'untold') this.pointer = this.#isQemu ? 'unknown' : 'places';
  }

  /** The server is told nothing of −257 any more: QEMU then takes coordinates in a third way. */
  untellMotion(): void {
    this.pointer = 'untold';
  }

  protected refuseBetweenFormats(): void {
    if (!this.isBetweenFormats) return;
    throw new DecodeError(
      'unsupported',
      'an update came where its pixel format is not certain',
      'message-type',
    );
  }

  protected isHeldFence(type: number): boolean {
    if (type !== serverMessages.serverFence) return false;
    this.doesFences = true;
    return this.holdsFences;
  }

  /** The header of a pseudo-rectangle at `at`: u16 x · y · width · height · s32 encoding. */
  protected note(encoding: number, bytes: Uint8Array, at: number): void {
    switch (encoding) {
      case pseudoRectangles.extendedMouseButtons:
        this.extendedMouseButtons = true;
        return;
      case pseudoRectangles.qemuPointerMotion: // x: 1 absolute, 0 relative
        if (this.pointer !== 'untold') this.pointer = u16At(bytes, at) === 0 ? 'motion' : 'places';
        return;
      case pseudoRectangles.extendedDesktopSize: // x: who asked, y: 0 or why it was refused
        if (u16At(bytes, at) === screenReasonClient) {
          this.#answerSize();
          if (u16At(bytes, at + 2) !== 0) return;
        }
        break;
      case pseudoRectangles.desktopSize:
        break;
      default:
        return;
    }
    this.width = u16At(bytes, at + 4);
    this.height = u16At(bytes, at + 6);
  }
}
