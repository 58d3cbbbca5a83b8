import { limits } from '../../config/limits.ts';
import { DecodeError, limitError } from '../wire/decode-error.ts';
import { u16At } from '../wire/read-cursor.ts';
import {
  measureBinaryClipboard,
  measureCutText,
  measureFence,
  measureSubscribeRelay,
  measureUnixRelay,
  measureUpgradeToUdp,
  unknownMessage,
} from './message-measure.ts';
import { clientMessages, qemuKeyEvent, type RfbProtocol } from './numbers.ts';
import { setPixelFormatBytes } from './pixel-format.ts';

/** PointerEvent's high mask bit says that a second mask byte follows (extended mouse buttons). */
export const extendedPointerBit = 0x80;

const qemuKeyEventBytes = 12;

/** Whole lengths of the messages that always have the same; 0 for the others. */
function fixedLengths(protocol: RfbProtocol): Uint8Array {
  const table = new Uint8Array(256);
  table[clientMessages.setPixelFormat] = setPixelFormatBytes;
  table[clientMessages.framebufferUpdateRequest] = 10;
  table[clientMessages.keyEvent] = 8;
  table[clientMessages.enableContinuousUpdates] = 10;
  if (protocol === 'rfb') {
    table[clientMessages.xvp] = 4;
    return table;
  }
  table[clientMessages.pointerEvent] = 11;
  table[clientMessages.requestStats] = 4;
  table[clientMessages.frameStats] = 12;
  table[clientMessages.keepAlive] = 1;
  table[clientMessages.directMouse] = 10;
  table[clientMessages.latencyMeasurement] = 8;
  table[clientMessages.networkStatsRequest] = 4;
  table[clientMessages.systemStatsRequest] = 4;
  table[clientMessages.setMaxVideoResolution] = 5;
  return table;
}

const fixedLengthsOf: Readonly<Record<RfbProtocol, Uint8Array>> = {
  rfb: fixedLengths('rfb'),
  kasmvnc: fixedLengths('kasmvnc'),
};

/** Finds the lengths of client messages (RFC 6143 §7.5 and extensions). Each starts with its type, u8. */
export class ClientMessageMeasure {
  /** Both sides have agreed on extended mouse buttons: the pointer's high mask bit adds a byte. */
  extendedPointer = false;
  readonly #kasmvnc: boolean;
  readonly #fixed: Uint8Array;

  constructor(protocol: RfbProtocol) {
    this.#kasmvnc = protocol === 'kasmvnc';
    this.#fixed = fixedLengthsOf[protocol];
  }

  /** A MeasureMessage. */
  measure(bytes: Uint8Array, at: number, available: number): number {
    const type = bytes[at]!;
    const fixed = this.#fixed[type]!;
    if (fixed > 0) return fixed;
    switch (type) {
      case clientMessages.pointerEvent: // u8 mask · u16 x · u16 y [· u8 mask]; KasmVNC's is a fixed length
        if (available < 2) return -2;
        return this.extendedPointer && (bytes[at + 1]! & extendedPointerBit) !== 0 ? 7 : 6;
      case clientMessages.setEncodings: // pad · u16 n · n × s32
        return measureSetEncodings(bytes, at, available);
      case clientMessages.clientCutText:
        return measureCutText(bytes, at, available);
      case clientMessages.clientFence:
        return measureFence(bytes, at, available);
      case clientMessages.setDesktopSize: // pad · u16 w · u16 h · u8 n · pad · n × 16
        return available < 8 ? -8 : 8 + 16 * bytes[at + 6]!;
      case clientMessages.qemu:
        return measureQemu(bytes, at, available);
    }
    if (!this.#kasmvnc) throw unknownMessage('client', type);
    return measureKasm(type, bytes, at, available);
  }
}

function measureSetEncodings(bytes: Uint8Array, at: number, available: number): number {
  if (available < 4) return -4;
  const count = u16At(bytes, at + 2);
  if (count > limits.encodingsCountMax) {
    throw limitError('number-of-encodings', count, limits.encodingsCountMax);
  }
  return 4 + 4 * count;
}

function measureQemu(bytes: Uint8Array, at: number, available: number): number {
  if (available < 2) return -2;
  const subType = bytes[at + 1]!;
  if (subType === qemuKeyEvent) return qemuKeyEventBytes;
  throw new DecodeError('unsupported', `QEMU client message ${subType} is unknown`, 'submessage-type');
}

function measureKasm(type: number, bytes: Uint8Array, at: number, available: number): number {
  switch (type) {
    case clientMessages.binaryClipboard:
      return measureBinaryClipboard(bytes, at, available, 0, limits.clientMessageBytesMax);
    case clientMessages.upgradeToUdp:
      return measureUpgradeToUdp(bytes, at, available);
    case clientMessages.subscribeUnixRelay:
      return measureSubscribeRelay(bytes, at, available);
    case clientMessages.unixRelay:
      return measureUnixRelay(bytes, at, available, limits.clientMessageBytesMax);
    case clientMessages.videoEncodersRequest: // u8 n · n × s32
      return available < 2 ? -2 : 2 + 4 * bytes[at + 1]!;
    default:
      throw unknownMessage('client', type);
  }
}
