import { limits } from '../../config/limits.ts';
import { s32At, u16At, u32At } from '../wire/read-cursor.ts';
import type { EncodingSet } from './encoding-set.ts';
import { encodings, serverMessages } from './numbers.ts';
import type { PixelSizes } from './pixel-format.ts';
import { endOfTightRectangle } from './tight-span.ts';

/** type · pad · u16 number-of-rectangles (RFC 6143 §7.6.1). */
export const updateHeaderBytes = 4;
/** x · y · width · height, u16 each · s32 encoding. */
export const rectangleHeaderBytes = 12;
/** An empty Raw rectangle, in place of one that may not go on: the number of rectangles was sent before. */
export const emptyRectangle: Uint8Array = new Uint8Array(rectangleHeaderBytes);
const notHere = -1;

/**
 * The short way through updates that lie whole in a chunk, as nearly all of a busy desktop's do: no state but
 * numbers in locals. It stops in front of whatever it does not know, does not find whole or would have to refuse,
 * which then goes the long way, through RectangleWalk; nothing it follows may the long way see differently.
 */
export class UpdateRun {
  /** Chunk offset behind the last byte followed. */
  at = 0;
  /** Rectangles to come of the update that `at` lies in; 0 between two messages. */
  rectangles = 0;
  /** Updates that ended. */
  messages = 0;
  /** Chunk offset of the last update that began; −1 for none. */
  lastMessageAt = -1;

  /** @param rectangles to come of the update that `start` lies in; 0 between two messages. */
  follow(
    bytes: Uint8Array,
    start: number,
    end: number,
    rectangles: number,
    pixels: PixelSizes,
    allowed: EncodingSet,
  ): void {
    let at = start;
    let left = rectangles;
    let messages = 0;
    let lastMessageAt = -1;
    for (;;) {
      if (left === 0) {
        if (end - at < updateHeaderBytes || bytes[at] !== serverMessages.framebufferUpdate) break;
        lastMessageAt = at;
        left = u16At(bytes, at + 2);
        at += updateHeaderBytes;
      }
      while (left > 0) {
        const behind = endOfRectangle(bytes, at, end, pixels, allowed);
        if (behind === notHere) break;
        at = behind;
        left--;
      }
      if (left > 0) break;
      messages++;
    }
    this.at = at;
    this.rectangles = left;
    this.messages = messages;
    this.lastMessageAt = lastMessageAt;
  }
}

/** @returns the offset behind the rectangle at `at`, or −1: take the long way. */
function endOfRectangle(
  bytes: Uint8Array,
  at: number,
  end: number,
  pixels: PixelSizes,
  allowed: EncodingSet,
): number {
  const body = at + rectangleHeaderBytes;
  if (body > end) return notHere;
  const encoding = s32At(bytes, at + 8);
  if (!allowed.has(encoding)) return notHere;
  const width = u16At(bytes, at + 4);
  const height = u16At(bytes, at + 6);
  let behind = notHere;
  switch (encoding) {
    case encodings.raw:
      behind = body + width * height * pixels.pixel;
      break;
    case encodings.copyRect:
      behind = body + 4;
      break;
    case encodings.zlib:
    case encodings.zrle:
      if (end - body < 4) return notHere;
      behind = body + 4 + u32At(bytes, body);
      break;
    case encodings.tight:
      behind = endOfTightRectangle(bytes, body, end, width, height, pixels.tightPixel, allowed.tightKinds);
      break;
  }
  return behind <= end && behind - body <= limits.rectanglePayloadBytesMax ? behind : notHere;
}
