import { u16At } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { extendedPointerBit } from './client-message.ts';
import { clientMessages } from './numbers.ts';

/** Standard VNC turns its wheel by pressing buttons 4 to 7: up, down, left, right. These are their mask bits. */
const wheelBits = { up: 0x08, down: 0x10, left: 0x20, right: 0x40 } as const;
const wheelMask = 0x78;

/** What KasmVNC's X server takes for one step of the wheel (unless the container sets SCROLL_FACTOR_V and _H). */
export const scrollPerStep = 50;
/** One message scrolls at most so far: a single one may ask for 655 steps. */
export const stepsPerMessageMax = 16;

/**
 * Turns standard pointer events into KasmVNC's:
 *
 *     RFC 6143 §7.5.5:  5 · u8 mask · u16 x · u16 y [· u8 mask of buttons 8 to 15]
 *     KasmVNC:          5 · u16 mask · u16 x · u16 y · s16 scroll x · s16 scroll y
 *
 * A KasmVNC event that scrolls does nothing else, so one of ours may become two.
 */
export class KasmPointerWriter {
  /** Wheel buttons that were down in the event before. */
  #wheel = 0;

  /** @returns the events that the whole one at `start` becomes. */
  translate(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const low = bytes[start + 1]!;
    const mask = end - start === 7 ? (low & ~extendedPointerBit) | (bytes[start + 6]! << 7) : low;
    const x = u16At(bytes, start + 2);
    const y = u16At(bytes, start + 4);
    const wheel = mask & wheelMask;
    const turned = wheel & ~this.#wheel;
    this.#wheel = wheel;
    const out = new WriteCursor();
    writeKasmEvent(out, mask & ~wheelMask, x, y, 0, 0);
    if (turned !== 0) {
      const across = axis(turned, wheelBits.right, wheelBits.left);
      const down = axis(turned, wheelBits.down, wheelBits.up);
      if (across !== 0 || down !== 0) writeKasmEvent(out, mask & ~wheelMask, x, y, across, down);
    }
    return out.finish();
  }
}

const axis = (turned: number, forth: number, back: number): number =>
  ((turned & forth) !== 0 ? scrollPerStep : 0) - ((turned & back) !== 0 ? scrollPerStep : 0);

function writeKasmEvent(
  out: WriteCursor,
  mask: number,
  x: number,
  y: number,
  scrollX: number,
  scrollY: number,
): void {
  out.u8(clientMessages.pointerEvent).u16(mask).u16(x).u16(y).u16(scrollX).u16(scrollY);
}

/**
 * Turns KasmVNC's pointer events into standard ones of six bytes. Scrolling becomes presses of the wheel
 * buttons, one for each `scrollPerStep`; what is left of a step waits for the next event in that direction.
 * Buttons above the eighth have no place there and are left out.
 */
export class StandardPointerWriter {
  #mask = 0;
  /** Where the pointer was last put; −1 before. */
  #x = -1;
  #y = -1;
  #restX = 0;
  #restY = 0;

  /** @returns the events that the whole one at `start` becomes, which may be none. */
  translate(bytes: Uint8Array, start: number): Uint8Array {
    const x = u16At(bytes, start + 3);
    const y = u16At(bytes, start + 5);
    const scrollX = s16At(bytes, start + 7);
    const scrollY = s16At(bytes, start + 9);
    const out = new WriteCursor();
    if (scrollX === 0 && scrollY === 0) {
      this.#mask = u16At(bytes, start + 1) & 0xff;
      this.#x = x;
      this.#y = y;
      this.#write(out, this.#mask, x, y);
      return out.finish();
    }
    // As KasmVNC does, and as was judged: where the pointer is, whatever the event says.
    const atX = this.#x < 0 ? x : this.#x;
    const atY = this.#y < 0 ? y : this.#y;
    this.#restX = added(this.#restX, scrollX);
    this.#restY = added(this.#restY, scrollY);
    this.#restY -= this.#turn(out, this.#restY, wheelBits.down, wheelBits.up, atX, atY);
    this.#restX -= this.#turn(out, this.#restX, wheelBits.right, wheelBits.left, atX, atY);
    return out.finish();
  }

  /** @returns how much of `distance` was turned. */
  #turn(out: WriteCursor, distance: number, forth: number, back: number, x: number, y: number): number {
    const steps = Math.trunc(distance / scrollPerStep);
    const bit = steps > 0 ? forth : back;
    for (let step = 0; step < Math.min(Math.abs(steps), stepsPerMessageMax); step++) {
      this.#write(out, this.#mask | bit, x, y);
      this.#write(out, this.#mask & ~bit, x, y);
    }
    return steps * scrollPerStep;
  }

  #write(out: WriteCursor, mask: number, x: number, y: number): void {
    out.u8(clientMessages.pointerEvent).u8(mask).u16(x).u16(y);
  }
}

/** Coordinates that QEMU takes for no motion at all. */
const motionOrigin = 0x7fff;

/**
 * Turns the places of standard pointer events into motion, for a server that takes them for that while its client does not
 * know: QEMU moves the pointer by x − 0x7fff and y − 0x7fff.
 */
export class MotionWriter {
  #x = -1;
  #y = -1;

  /** The server takes places: where the pointer is when it takes motion again is not known. */
  forget(): void {
    this.#x = -1;
  }

  /** Rewrites the whole events of `eventBytes` each in `bytes`. @returns `bytes`. */
  translate(bytes: Uint8Array, eventBytes: number): Uint8Array {
    for (let at = 0; at < bytes.length; at += eventBytes) {
      const x = u16At(bytes, at + 2);
      const y = u16At(bytes, at + 4);
      writeMotion(bytes, at + 2, this.#x < 0 ? 0 : x - this.#x);
      writeMotion(bytes, at + 4, this.#x < 0 ? 0 : y - this.#y);
      this.#x = x;
      this.#y = y;
    }
    return bytes;
  }
}

function writeMotion(bytes: Uint8Array, at: number, distance: number): void {
  const value = Math.min(Math.max(motionOrigin + distance, 0), 0xffff);
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}

/** A turn the other way begins anew. */
function added(rest: number, distance: number): number {
  return Math.sign(rest) === -Math.sign(distance) ? distance : rest + distance;
}

const s16At = (bytes: Uint8Array, at: number): number => (u16At(bytes, at) << 16) >> 16;
