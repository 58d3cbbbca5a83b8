import { constants, deflateSync, inflateSync } from 'node:zlib';
import { limits } from '../../config/limits.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { ReadCursor, s32At } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { clipboardActions } from './numbers.ts';

/** Bytes of a cut text message before its text or flags: type · 3 padding · s32 length. */
export const cutTextHeaderBytes = 8;

/** Bytes of an extended message's flags: actions and formats. */
const flagsBytes = 4;

/** More than this is packed fast rather than small, for other streams wait meanwhile. */
const carefulBytesMax = 64 * 1024;

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
 * Reads an extended cut text message that starts at `start`: one action, except that `caps` lists those it
 * supports beside it. Only `provide` carries content; what stands behind the others' fixed fields could carry
 * a clipboard past a policy that does not look there, and is malformed.
 */
export function parseExtendedClipboard(bytes: Uint8Array, start: number, end: number): ExtendedClipboard {
  const cursor = new ReadCursor(bytes, start + cutTextHeaderBytes, end);
  const flags = cursor.u32('flags');
  const formats = flags & 0xffff;
  const action = actionOf(flags);
  const sizes = action === 'caps' ? 4 * bitCount(formats) : 0;
  const rest = end - start - cutTextHeaderBytes - flagsBytes;
  if (action !== 'provide' && rest !== sizes) {
    const sentence = `an extended clipboard message of action ${action} has ${rest} bytes behind its flags, not ${sizes}`;
    throw new DecodeError('malformed', sentence, 'length');
  }
  return { action, formats };
}

function actionOf(flags: number): ClipboardAction {
  if ((flags & clipboardActions.caps) !== 0) return 'caps';
  switch (flags & ~0xffff) {
    case clipboardActions.request:
      return 'request';
    case clipboardActions.peek:
      return 'peek';
    case clipboardActions.notify:
      return 'notify';
    case clipboardActions.provide:
      return 'provide';
    default:
      throw new DecodeError('malformed', `extended clipboard flags are 0x${flags.toString(16)}`, 'flags');
  }
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

/**
 * What the zlib stream of a whole `provide` message holds.
 * @param most bytes to inflate
 * @throws DecodeError kind `limit` when it inflates to more than that, `malformed` when it is no
 *   zlib stream.
 */
export function inflateProvided(
  bytes: Uint8Array,
  start: number,
  end: number,
  most: number = limits.extendedClipboardBytesMax,
): Uint8Array {
  const stream = bytes.subarray(start + cutTextHeaderBytes + flagsBytes, end);
  try {
    // Senders flush the stream without ending it, so its last block and checksum may be missing.
    return inflateSync(stream, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: most,
    });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new DecodeError('limit', `clipboard inflates to more than ${most} bytes`, 'clipboard item');
    }
    throw new DecodeError('malformed', 'the clipboard is no zlib stream', 'clipboard item');
  }
}

/** A whole message: type · 3 padding · s32 −length · u32 flags · payload. */
export function encodeExtended(type: number, flags: number, payload: Uint8Array): Uint8Array {
  const header = new WriteCursor()
    .u8(type)
    .zeros(3)
    .u32(-(flagsBytes + payload.length));
  return header.u32(flags).raw(payload).finish();
}

/** The zlib stream of a `provide` message. */
export function packClipboard(items: Uint8Array): Uint8Array {
  const isLarge = items.length > carefulBytesMax;
  return deflateSync(items, { level: isLarge ? constants.Z_BEST_SPEED : constants.Z_DEFAULT_COMPRESSION });
}
