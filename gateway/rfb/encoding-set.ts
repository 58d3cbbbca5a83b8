import {
  announcements,
  encodings,
  kasmStreamingCodecs,
  pseudoRectangles,
  type RfbProtocol,
  settingRanges,
} from './numbers.ts';

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

/** Whether it is no encoding but a wish about quality, which KasmVNC grants for all viewers at once. */
export function isSetting(encoding: number, protocol: RfbProtocol): boolean {
  return settingRanges[protocol].some(([first, last]) => encoding >= first && encoding <= last);
}

/**
 * The encodings a server may use in rectangles. It only grows: a server may still be sending what an
 * earlier SetEncodings allowed when a later one is on its way.
 */
export class EncodingSet {
  readonly #allowed = new Set<number>([encodings.raw]);

  has(encoding: number): boolean {
    return this.#allowed.has(encoding);
  }

  add(encoding: number): void {
    this.#allowed.add(encoding);
    if (encoding >= kasmStreamingCodecs.first && encoding <= kasmStreamingCodecs.last) {
      this.#allowed.add(encodings.kasmVideo);
    }
  }
}
