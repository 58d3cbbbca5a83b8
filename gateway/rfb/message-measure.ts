import { limits } from '../../config/limits.ts';
import { DecodeError, limitError } from '../wire/decode-error.ts';
import { s32At, u16At, u32At } from '../wire/read-cursor.ts';

// Lengths that messages of both directions share. All follow MeasureMessage: `at` is the message's type byte.

/**
 * ClientCutText and ServerCutText (RFC 6143 §7.5.6, §7.6.4): type · 3 padding · s32 length · text. A negative
 * length is its own negation and marks the extended clipboard. One over the limit of what is held is skipped.
 */
export function measureCutText(bytes: Uint8Array, at: number, available: number): number {
  if (available < 8) return -8;
  const length = Math.abs(s32At(bytes, at + 4));
  const limit = limits.clipboardSkippedBytesMax;
  if (length + 8 > limit) throw limitError('cut text length', length, limit - 8);
  return length + 8;
}

/**
 * KasmVNC's BinaryClipboard (180): type · u8 n · n × ([u32 id, server only] · u8 mime length · mime · u32
 * length · data). One over the limit of what is held is skipped.
 * @param idBytes 4 from the server, 0 from the client.
 * @param limit of what is held; above it the answer is any length that is no longer than the message's.
 */
export function measureBinaryClipboard(
  bytes: Uint8Array,
  at: number,
  available: number,
  idBytes: number,
  limit: number,
): number {
  if (available < 2) return -2;
  const items = bytes[at + 1]!;
  if (items > limits.clipboardItemsMax) throw limitError('clipboard items', items, limits.clipboardItemsMax);
  if (idBytes > 0 && items > 0) {
    if (available < 3) return -3;
    refuseNoNumber(bytes[at + 2]!);
  }
  let total = 2;
  for (let item = 0; item < items; item++) {
    if (available < total + idBytes + 1) return -(total + idBytes + 1);
    // Each of them: what is kept of a message may begin with any.
    if (idBytes > 0) refuseNoNumber(bytes[at + total]!);
    const mimeBytes = bytes[at + total + idBytes]!;
    if (mimeBytes > limits.clipboardMimeBytesMax) {
      throw limitError('mime length', mimeBytes, limits.clipboardMimeBytesMax);
    }
    const header = idBytes + 1 + mimeBytes + 4;
    if (available < total + header) return -(total + header);
    const length = u32At(bytes, at + total + header - 4);
    total += header + length;
    const most = limits.clipboardSkippedBytesMax;
    if (total > most) throw limitError('clipboard item length', length, most);
    if (total > limit) return total;
  }
  return total;
}

/**
 * KasmVNC before 0.9.3 has no ids: the length of a MIME name stands where a later one has the highest byte of a
 * number that it counts up from 1, which would take 16 million copies to be anything but 0.
 */
function refuseNoNumber(highestByte: number): void {
  if (highestByte === 0) return;
  const sentence = 'a clipboard item has no number: KasmVNC before 0.9.3 is not supported';
  throw new DecodeError('unsupported', sentence, 'clipboard id');
}

/** UpgradeToUdp (181): type · u16 length · text. */
export function measureUpgradeToUdp(bytes: Uint8Array, at: number, available: number): number {
  return available < 3 ? -3 : 3 + u16At(bytes, at + 1);
}

/** A relay's name is shorter than this; KasmVNC misreads longer ones, which would smuggle messages past us. */
export const relayNameBytesMax = 63;

/** UnixRelay (183): type · u8 name length · name · u32 length · datagram. */
export function measureUnixRelay(bytes: Uint8Array, at: number, available: number, limit: number): number {
  if (available < 2) return -2;
  const header = 2 + checkedNameBytes(bytes[at + 1]!) + 4;
  if (available < header) return -header;
  const length = u32At(bytes, at + header - 4);
  if (header + length > limit) throw limitError('relay length', length, limit - header);
  return header + length;
}

/** SubscribeUnixRelay (182) of the client: type · u8 name length · name. */
export function measureSubscribeRelay(bytes: Uint8Array, at: number, available: number): number {
  return available < 2 ? -2 : 2 + checkedNameBytes(bytes[at + 1]!);
}

function checkedNameBytes(length: number): number {
  if (length > relayNameBytesMax) throw limitError('relay name length', length, relayNameBytesMax);
  return length;
}

/** Fence of either side (248): type · 3 padding · u32 flags · u8 length, at most 64 · payload. */
export function fencePayloadBytes(length: number): number {
  if (length > fencePayloadBytesMax) throw limitError('fence length', length, fencePayloadBytesMax);
  return length;
}

/** The same whole. */
export function measureFence(bytes: Uint8Array, at: number, available: number): number {
  return available < 9 ? -9 : 9 + fencePayloadBytes(bytes[at + 8]!);
}

const fencePayloadBytesMax = 64;

export function unknownMessage(side: 'client' | 'server', type: number): DecodeError {
  return new DecodeError('unsupported', `${side} message ${type} is unknown`, 'message-type');
}
