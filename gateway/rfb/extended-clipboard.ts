import { constants, inflateSync } from 'node:zlib';
import { limits } from '../../config/limits.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { ReadCursor, s32At } from '../wire/read-cursor.ts';
import { clipboardActions, clipboardFormats } from './numbers.ts';

/** Bytes of a cut text message before its text or flags: type · 3 padding · s32 length. */
export const cutTextHeaderBytes = 8;

const formatBits = 16;
const carriageReturn = 13;
const lineFeed = 10;

export type ClipboardAction = keyof typeof clipboardActions;

/** One extended cut text message (community specification, "Extended Clipboard Pseudo-Encoding"). */
export interface ExtendedClipboard {
  readonly action: ClipboardAction;
  /** Bits of `clipboardFormats`. */
  readonly formats: number;
}

/** Whether the whole cut text message at `start` is of the extended form (its length is negative). */
export function isExtendedCutText(bytes: Uint8Array, start: number): boolean {
  return s32At(bytes, start + 4) < 0;
}

/**
 * Reads the flags of an extended cut text message that starts at `start`: one action, except that `caps`
 * lists those it supports beside it.
 */
export function parseExtendedClipboard(bytes: Uint8Array, start: number, end: number): ExtendedClipboard {
  const flags = new ReadCursor(bytes, start + cutTextHeaderBytes, end).u32('flags');
  const formats = flags & 0xffff;
  if ((flags & clipboardActions.caps) !== 0) return { action: 'caps', formats };
  switch (flags & ~0xffff) {
    case clipboardActions.request:
      return { action: 'request', formats };
    case clipboardActions.peek:
      return { action: 'peek', formats };
    case clipboardActions.notify:
      return { action: 'notify', formats };
    case clipboardActions.provide:
      return { action: 'provide', formats };
    default:
      throw new DecodeError('malformed', `extended clipboard flags are 0x${flags.toString(16)}`, 'flags');
  }
}

/**
 * The sizes, in bytes, of what a `provide` message carries, in the order of the format bits: one zlib stream
 * with, per format, u32 size · bytes. Text is counted as its sender's user saw it: without the closing NUL
 * and with each line end as one byte, since both are the protocol's additions.
 * @throws DecodeError kind `limit` when it inflates to more than the limit allows, `malformed` when the
 *   sizes do not add up to what is there.
 */
export function providedSizes(bytes: Uint8Array, start: number, end: number, formats: number): number[] {
  const items = new ReadCursor(inflate(bytes.subarray(start + cutTextHeaderBytes + 4, end)));
  const sizes: number[] = [];
  for (let bit = 0; bit < formatBits; bit++) {
    const format = 1 << bit;
    if ((formats & format) === 0) continue;
    const item = items.view(items.u32('clipboard item size'), 'clipboard item');
    sizes.push(format === clipboardFormats.text ? textBytes(item) : item.length);
  }
  if (items.remaining > 0) {
    const sentence = `${items.remaining} bytes follow the last clipboard item`;
    throw new DecodeError('malformed', sentence, 'clipboard item');
  }
  return sizes;
}

function inflate(stream: Uint8Array): Uint8Array {
  try {
    // Senders flush the stream without ending it, so its last block and checksum may be missing.
    return inflateSync(stream, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: limits.extendedClipboardBytesMax,
    });
  } catch (error) {
    if (error instanceof RangeError) {
      const most = limits.extendedClipboardBytesMax;
      throw new DecodeError('limit', `clipboard inflates to more than ${most} bytes`, 'clipboard item');
    }
    throw new DecodeError('malformed', 'the clipboard is no zlib stream', 'clipboard item');
  }
}

function textBytes(item: Uint8Array): number {
  const length = item.at(-1) === 0 ? item.length - 1 : item.length;
  let lineEnds = 0;
  for (let at = item.indexOf(carriageReturn); at >= 0 && at < length - 1; ) {
    if (item[at + 1] === lineFeed) lineEnds++;
    at = item.indexOf(carriageReturn, at + 1);
  }
  return length - lineEnds;
}
