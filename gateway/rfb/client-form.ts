import { s32At, u16At } from '../wire/read-cursor.ts';
import { clientMessages, kasmOnlyEncodings, type RfbProtocol } from './numbers.ts';
import { setPixelFormatBytes } from './pixel-format.ts';

const setEncodingsHeaderBytes = 4;

const kasmOnlyClientMessages: ReadonlySet<number> = new Set([
  clientMessages.requestStats,
  clientMessages.frameStats,
  clientMessages.binaryClipboard,
  clientMessages.upgradeToUdp,
  clientMessages.subscribeUnixRelay,
  clientMessages.unixRelay,
  clientMessages.videoEncodersRequest,
  clientMessages.keepAlive,
  clientMessages.directMouse,
  clientMessages.latencyMeasurement,
  clientMessages.networkStatsRequest,
  clientMessages.systemStatsRequest,
  clientMessages.setMaxVideoResolution,
]);

/** Whether only KasmVNC's dialect has this client message. */
export function isKasmOnlyClientMessage(type: number): boolean {
  return kasmOnlyClientMessages.has(type);
}

/** Whether only KasmVNC's web client lists this encoding. */
export function isKasmOnlyEncoding(encoding: number): boolean {
  return encoding >= kasmOnlyEncodings.first && encoding <= kasmOnlyEncodings.last;
}

/**
 * Tells which dialect a client speaks from the first things it says after ClientInit. Nothing in the
 * handshake shows it, and the two PointerEvents differ in length, so it must be known before the first of them.
 *
 *     SetEncodings (2)         kasmvnc when it lists one of KasmVNC's own, else rfb
 *     a message only one has   that one
 *     SetPixelFormat (0)       tells nothing, look further
 *     anything else            `fallback`: a client that draws or points before SetEncodings shows nothing
 *
 * @param length bytes of `bytes` that are there, from 0.
 * @returns undefined while what is there tells nothing yet.
 */
export function shownClientForm(
  bytes: Uint8Array,
  length: number,
  fallback: RfbProtocol,
): RfbProtocol | undefined {
  let at = 0;
  while (at < length) {
    const type = bytes[at]!;
    if (type === clientMessages.setEncodings) return formOfEncodings(bytes, at, length);
    if (type === clientMessages.xvp) return 'rfb';
    if (isKasmOnlyClientMessage(type)) return 'kasmvnc';
    if (type !== clientMessages.setPixelFormat) return fallback;
    at += setPixelFormatBytes;
  }
  return undefined;
}

/** type · pad · u16 n · n × s32. */
function formOfEncodings(bytes: Uint8Array, at: number, length: number): RfbProtocol | undefined {
  if (length - at < setEncodingsHeaderBytes) return undefined;
  const first = at + setEncodingsHeaderBytes;
  const end = first + 4 * u16At(bytes, at + 2);
  for (let entry = first; entry + 4 <= Math.min(end, length); entry += 4) {
    if (isKasmOnlyEncoding(s32At(bytes, entry))) return 'kasmvnc';
  }
  return end <= length ? 'rfb' : undefined;
}
