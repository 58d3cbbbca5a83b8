import { DecodeError, limitError } from '../wire/decode-error.ts';
import { unknownMessage } from './message-measure.ts';
import {
  announcements,
  clientMessages,
  encodings,
  kasmStreamingCodecs,
  pseudoRectangles,
  type RfbProtocol,
  serverMessages,
  settingRanges,
  tightControls,
} from './numbers.ts';
import { isKasmOnlyServerMessage } from './server-message.ts';

/** KasmVNC has four. */
const relaysMax = 16;

const rfbRectangles: readonly number[] = [
  encodings.raw,
  encodings.copyRect,
  encodings.rre,
  encodings.corre,
  encodings.hextile,
  encodings.zlib,
  encodings.tight,
  encodings.trle,
  encodings.zrle,
  encodings.h264,
  encodings.tightPng,
  ...Object.values(pseudoRectangles),
];

const kasmvncRectangles: readonly number[] = [
  ...rfbRectangles.filter(encoding => encoding !== pseudoRectangles.extendedMouseButtons),
  encodings.kasmVideo,
];

const rfbAnnouncements: readonly number[] = [
  announcements.xvp,
  announcements.fence,
  announcements.continuousUpdates,
  announcements.extendedClipboard,
];

const followed: Readonly<Record<RfbProtocol, ReadonlySet<number>>> = {
  rfb: new Set([...rfbRectangles, ...rfbAnnouncements]),
  kasmvnc: new Set([...kasmvncRectangles, ...Object.values(announcements)]),
};

/** Whether a server that is told of this encoding goes on sending only what can be followed. */
export function isFollowed(encoding: number, protocol: RfbProtocol): boolean {
  return followed[protocol].has(encoding) || isSetting(encoding, protocol);
}

const cursors: ReadonlySet<number> = new Set([
  pseudoRectangles.cursor,
  pseudoRectangles.xCursor,
  pseudoRectangles.cursorWithAlpha,
  pseudoRectangles.vmwareCursor,
]);

/** Whether a server that is told of this encoding may send a cursor at once, with no request for an update (QEMU). */
export function isCursor(encoding: number): boolean {
  return cursors.has(encoding);
}

/** Whether it is no encoding but a wish about quality, which KasmVNC grants for all viewers at once. */
export function isSetting(encoding: number, protocol: RfbProtocol): boolean {
  return settingRanges[protocol].some(([first, last]) => encoding >= first && encoding <= last);
}

/** Server messages that need something said by the client first, and the bit that stands for it. */
const conditions: ReadonlyMap<number, number> = new Map([
  [serverMessages.endOfContinuousUpdates, 1],
  [serverMessages.serverFence, 2],
  [serverMessages.xvp, 4],
  [serverMessages.serverDisconnect, 8],
  [serverMessages.stats, 16],
  [serverMessages.videoEncoders, 32],
  [serverMessages.latencyMeasurement, 64],
  [serverMessages.networkStats, 128],
  [serverMessages.systemStats, 256],
  [serverMessages.subscribeUnixRelay, 512],
  [serverMessages.setColourMapEntries, 1024],
]);

/** The server message that an announcement, or a request of the client's, lets come. */
const announced: ReadonlyMap<number, number> = new Map([
  [announcements.continuousUpdates, serverMessages.endOfContinuousUpdates],
  [announcements.fence, serverMessages.serverFence],
  [announcements.xvp, serverMessages.xvp],
  [announcements.kasmDisconnectNotify, serverMessages.serverDisconnect],
]);
const requested: ReadonlyMap<number, number> = new Map([
  [clientMessages.requestStats, serverMessages.stats],
  [clientMessages.videoEncodersRequest, serverMessages.videoEncoders],
  [clientMessages.latencyMeasurement, serverMessages.latencyMeasurement],
  [clientMessages.networkStatsRequest, serverMessages.networkStats],
  [clientMessages.systemStatsRequest, serverMessages.systemStats],
  [clientMessages.subscribeUnixRelay, serverMessages.subscribeUnixRelay],
]);

/** `conditions` by message type, to be looked up for every message. */
const conditionOf = new Uint16Array(256);
for (const [type, bit] of conditions) conditionOf[type] = bit;

/** Where Tight was not asked for, all it may carry is KasmVNC's watermark, which that server sends to everyone. */
export const watermarkKind: number = 1 << tightControls.watermark;

/**
 * Basic compression, fill and JPEG, which whoever asks for Tight understands (libvncserver sends JPEG to clients
 * that named no quality), and KasmVNC's watermark, which comes to everyone.
 */
const plainTightKinds = ((1 << (tightControls.jpeg + 1)) - 1) | watermarkKind;

/**
 * What a server may send, after what it was told of its client. It only grows: a server may still be sending
 * what an earlier SetEncodings allowed when a later one is on its way.
 */
export class EncodingSet {
  /** A bit for each of Tight's compression controls that may come. TightPNG has PNG beside. */
  tightKinds = plainTightKinds;
  readonly #allowed = new Set<number>([encodings.raw]);
  /** The server has shown that it speaks the extended clipboard, so that the client may. */
  extendedClipboardShown = false;
  #granted = 0;
  #relays: Set<string> | undefined;

  has(encoding: number): boolean {
    return this.#allowed.has(encoding);
  }

  /** The server is told that the client understands this encoding. */
  add(encoding: number): void {
    this.#allowed.add(encoding);
    if (encoding >= kasmStreamingCodecs.first && encoding <= kasmStreamingCodecs.last) {
      this.#allowed.add(encodings.kasmVideo);
    }
    if (encoding === announcements.kasmWebp) this.tightKinds |= 1 << tightControls.webp;
    if (encoding === announcements.kasmQoi) this.tightKinds |= 1 << tightControls.qoi;
    this.#grant(announced.get(encoding));
  }

  /** The server is sent a client message of this type, which may have an answer. */
  addRequest(type: number): void {
    this.#grant(requested.get(type));
  }

  /** Pixels are numbers of colours, so the server may say which these are. */
  addColourMap(): void {
    this.#grant(serverMessages.setColourMapEntries);
  }

  /** The server is asked for what comes to this relay. @throws DecodeError for one too many. */
  addRelay(name: string): void {
    this.#relays ??= new Set();
    if (this.#relays.size === relaysMax && !this.#relays.has(name)) {
      throw limitError('relays', relaysMax + 1, relaysMax);
    }
    this.#relays.add(name);
  }

  hasRelay(name: string): boolean {
    return this.#relays?.has(name) === true;
  }

  /** @throws DecodeError when a rectangle of this encoding may not come. @returns whether it was asked for. */
  checkRectangle(encoding: number, protocol: RfbProtocol): boolean {
    if (this.#allowed.has(encoding)) return true;
    // KasmVNC sends its watermark, a Tight rectangle, to everyone.
    if (encoding === encodings.tight && protocol === 'kasmvnc') return false;
    const sentence = `a rectangle came in encoding ${encoding}, which was not asked for`;
    throw new DecodeError('out_of_order', sentence, 'encoding');
  }

  /** @throws DecodeError when a server message of this type may not come. */
  checkMessage(type: number, protocol: RfbProtocol): void {
    if ((conditionOf[type]! & ~this.#granted) === 0) return;
    const kasmOnly = isKasmOnlyServerMessage(type);
    if (kasmOnly ? protocol === 'rfb' : type === serverMessages.xvp && protocol === 'kasmvnc') {
      throw unknownMessage('server', type);
    }
    const sentence = `server message ${type} came, which was not asked for`;
    throw new DecodeError('out_of_order', sentence, 'message-type');
  }

  #grant(type: number | undefined): void {
    if (type !== undefined) this.#granted |= conditionOf[type]!;
  }
}
