import { limits } from '../../config/limits.ts';
import { limitError } from '../wire/decode-error.ts';
import { u16At, u32At } from '../wire/read-cursor.ts';
import {
  fencePayloadBytes,
  measureBinaryClipboard,
  measureCutText,
  measureFence,
  measureUnixRelay,
  measureUpgradeToUdp,
  unknownMessage,
} from './message-measure.ts';
import { type RfbProtocol, serverMessages } from './numbers.ts';

/** KasmVNC's item id in a server's binary clipboard. */
export const clipboardIdBytes = 4;

/** Messages that policy must see whole. Everything else passes as it arrives. */
export function isJudgedServerMessage(type: number, protocol: RfbProtocol): boolean {
  if (type === serverMessages.serverCutText) return true;
  return protocol === 'kasmvnc' && type >= serverMessages.binaryClipboard && type <= serverMessages.unixRelay;
}

/** Whether only KasmVNC's dialect has this server message: no standard client may be sent it. */
export function isKasmOnlyServerMessage(type: number): boolean {
  switch (type) {
    case serverMessages.stats:
    case serverMessages.requestFrameStats:
    case serverMessages.binaryClipboard:
    case serverMessages.upgradeToUdp:
    case serverMessages.subscribeUnixRelay:
    case serverMessages.unixRelay:
    case serverMessages.videoEncoders:
    case serverMessages.serverDisconnect:
    case serverMessages.forceGameMode:
    case serverMessages.latencyMeasurement:
    case serverMessages.networkStats:
    case serverMessages.systemStats:
    case serverMessages.userAdded:
    case serverMessages.userRemoved:
      return true;
    default:
      return false;
  }
}

/** Whether a server may send this before it was asked for anything: its bell, its clipboard, its own affairs. */
export function isUnasked(type: number): boolean {
  return (
    type === serverMessages.bell || type === serverMessages.serverCutText || isKasmOnlyServerMessage(type)
  );
}

/** Measures the server messages that are held whole: the judged ones, fences, KasmVNC's own. */
export const heldServerMessage = { measure: measureHeldServerMessage };

function measureHeldServerMessage(bytes: Uint8Array, at: number, available: number): number {
  const limit = limits.serverMessageBytesMax;
  switch (bytes[at]!) {
    case serverMessages.serverCutText:
      return measureCutText(bytes, at, available);
    case serverMessages.binaryClipboard:
      return measureBinaryClipboard(bytes, at, available, clipboardIdBytes, limit);
    case serverMessages.upgradeToUdp:
      return measureUpgradeToUdp(bytes, at, available);
    case serverMessages.subscribeUnixRelay: // u8 ok · u8 length · text
      return available < 3 ? -3 : 3 + bytes[at + 2]!;
    case serverMessages.unixRelay:
      return measureUnixRelay(bytes, at, available, limit);
    case serverMessages.serverFence:
      return measureFence(bytes, at, available);
    case serverMessages.requestFrameStats:
    case serverMessages.forceGameMode:
      return 1;
    case serverMessages.latencyMeasurement: // 3 pad · u32 id
      return 8;
    case serverMessages.videoEncoders:
      return measureVideoEncoders(bytes, at, available);
    case serverMessages.stats: // 3 pad · u32 length · text
    case serverMessages.networkStats:
    case serverMessages.systemStats:
      return measureText(bytes, at, available, 4);
    case serverMessages.serverDisconnect: // u8 graceful · 3 pad · u32 length · text
      return measureText(bytes, at, available, 5);
    case serverMessages.userAdded: // u32 length · text
    case serverMessages.userRemoved:
      return measureText(bytes, at, available, 1);
    default:
      throw unknownMessage('server', bytes[at]!);
  }
}

/** u8 n · n × { s32 encoding · s32 lowest · s32 highest quality · u8 k · k × s32 }. */
function measureVideoEncoders(bytes: Uint8Array, at: number, available: number): number {
  if (available < 2) return -2;
  let total = 2;
  for (let left = bytes[at + 1]!; left > 0; left--) {
    if (available < total + 13) return -(total + 13);
    total += 13 + 4 * bytes[at + total + 12]!;
  }
  return total;
}

/** The u32 length of a text lies `lengthAt` bytes behind the message's start, the text behind it. */
function measureText(bytes: Uint8Array, at: number, available: number, lengthAt: number): number {
  const header = lengthAt + 4;
  if (available < header) return -header;
  return header + textBytes(u32At(bytes, at + lengthAt), header);
}

// Messages that pass as they arrive: a header of known size, then bytes that it counts.

/** Bytes behind the type that must be read to know the message's length. */
export function headerBytesOf(type: number, kasmvnc: boolean): number {
  switch (type) {
    case serverMessages.bell:
    case serverMessages.endOfContinuousUpdates:
      return 0;
    case serverMessages.setColourMapEntries: // pad · u16 first · u16 n · n × 6
      return 5;
    case serverMessages.serverFence: // 3 pad · u32 flags · u8 length
      return 8;
    case serverMessages.xvp: // pad · u8 version · u8 code
      if (!kasmvnc) return 3;
      break;
  }
  if (!kasmvnc) throw unknownMessage('server', type);
  switch (type) {
    case serverMessages.requestFrameStats:
    case serverMessages.forceGameMode:
      return 0;
    case serverMessages.userAdded: // u32 length
    case serverMessages.userRemoved:
      return 4;
    case serverMessages.stats: // 3 pad · u32 length
    case serverMessages.networkStats:
    case serverMessages.systemStats:
    case serverMessages.latencyMeasurement: // 3 pad · u32 id
      return 7;
    case serverMessages.serverDisconnect: // u8 graceful · 3 pad · u32 length
      return 8;
    default:
      throw unknownMessage('server', type);
  }
}

/** Bytes that follow the header, which begins at `at`, behind the type. */
export function bytesBehindHeader(type: number, bytes: Uint8Array, at: number): number {
  switch (type) {
    case serverMessages.setColourMapEntries:
      return 6 * u16At(bytes, at + 3);
    case serverMessages.serverFence:
      return fencePayloadBytes(bytes[at + 7]!);
    case serverMessages.xvp:
    case serverMessages.latencyMeasurement:
      return 0;
    case serverMessages.userAdded:
    case serverMessages.userRemoved:
      return textBytes(u32At(bytes, at), 0);
    case serverMessages.serverDisconnect:
      return textBytes(u32At(bytes, at + 4), 0);
    default:
      return textBytes(u32At(bytes, at + 3), 0);
  }
}

/** Texts for people: statistics, reasons, user names. They pass unread, but not without a limit. */
function textBytes(length: number, headerBytes: number): number {
  const most = limits.serverMessageBytesMax - headerBytes;
  if (length > most) throw limitError('text length', length, most);
  return length;
}
