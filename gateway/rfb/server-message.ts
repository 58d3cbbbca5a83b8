import { limits } from '../../config/limits.ts';
import {
  measureBinaryClipboard,
  measureCutText,
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

/** A MeasureMessage for the server messages that are judged. */
export function measureJudgedServerMessage(bytes: Uint8Array, at: number, available: number): number {
  const limit = limits.serverMessageBytesMax;
  switch (bytes[at]!) {
    case serverMessages.serverCutText:
      return measureCutText(bytes, at, available, limit);
    case serverMessages.binaryClipboard:
      return measureBinaryClipboard(bytes, at, available, clipboardIdBytes, limit);
    case serverMessages.upgradeToUdp:
      return measureUpgradeToUdp(bytes, at, available);
    case serverMessages.subscribeUnixRelay: // u8 ok · u8 length · text
      return available < 3 ? -3 : 3 + bytes[at + 2]!;
    case serverMessages.unixRelay:
      return measureUnixRelay(bytes, at, available, limit);
    default:
      throw unknownMessage('server', bytes[at]!);
  }
}
