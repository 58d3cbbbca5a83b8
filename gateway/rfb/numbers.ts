/**
 * The numbers of RFB (RFC 6143 and the community's extensions) and of KasmVNC's dialect. Each lives
 * here once; a bare number in logic is a mistake.
 */

/** `rfb` is standard VNC, `kasmvnc` the dialect that KasmVNC 1.0 and later speaks. */
export type RfbProtocol = 'rfb' | 'kasmvnc';

/** Security types (RFC 6143 §7.1.2; VeNCrypt from the community's specification). */
export const securityTypes = { invalid: 0, none: 1, vncAuth: 2, veNCrypt: 19 } as const;

/** VeNCrypt sub-types; the others need TLS inside the stream. */
export const veNCryptSubTypes = { plain: 256 } as const;

/** Client to server. */
export const clientMessages = {
  setPixelFormat: 0,
  setEncodings: 2,
  framebufferUpdateRequest: 3,
  keyEvent: 4,
  pointerEvent: 5,
  clientCutText: 6,
  enableContinuousUpdates: 150,
  requestStats: 178,
  frameStats: 179,
  binaryClipboard: 180,
  upgradeToUdp: 181,
  subscribeUnixRelay: 182,
  unixRelay: 183,
  videoEncodersRequest: 184,
  keepAlive: 185,
  directMouse: 188,
  latencyMeasurement: 189,
  networkStatsRequest: 190,
  systemStatsRequest: 191,
  clientFence: 248,
  xvp: 250,
  setDesktopSize: 251,
  setMaxVideoResolution: 252,
  qemu: 255,
} as const;

/** Server to client. */
export const serverMessages = {
  framebufferUpdate: 0,
  setColourMapEntries: 1,
  bell: 2,
  serverCutText: 3,
  endOfContinuousUpdates: 150,
  stats: 178,
  requestFrameStats: 179,
  binaryClipboard: 180,
  upgradeToUdp: 181,
  subscribeUnixRelay: 182,
  unixRelay: 183,
  videoEncoders: 184,
  serverDisconnect: 186,
  forceGameMode: 187,
  latencyMeasurement: 189,
  networkStats: 190,
  systemStats: 191,
  serverFence: 248,
  xvp: 250,
  userAdded: 253,
  userRemoved: 254,
} as const;

/** Bits of a fence, both directions. */
export const fenceFlags = { blockBefore: 1, syncNext: 1 << 2, request: 1 << 31 } as const;

/** QEMU client message sub-types; only the key event is ever asked for. */
export const qemuKeyEvent = 0;

/** Rectangle encodings, server to client. */
export const encodings = {
  raw: 0,
  copyRect: 1,
  rre: 2,
  corre: 4,
  hextile: 5,
  zlib: 6,
  tight: 7,
  trle: 15,
  zrle: 16,
  kasmVideo: 17,
  h264: 50,
  tightPng: -260,
} as const;

/** Pseudo-encodings that come as rectangles, server to client. */
export const pseudoRectangles = {
  desktopSize: -223,
  lastRect: -224,
  pointerPosition: -232,
  cursor: -239,
  xCursor: -240,
  qemuPointerMotion: -257,
  qemuExtendedKeyEvent: -258,
  ledState: -261,
  desktopName: -307,
  extendedDesktopSize: -308,
  cursorWithAlpha: -314,
  extendedMouseButtons: -316,
  vmwareCursor: 0x574d5664,
  vmwareCursorPosition: 0x574d5666,
  vmwareLedState: 0x574d5668,
} as const;

/** Pseudo-encodings that only announce what the client understands, client to server; no rectangle follows. */
export const announcements = {
  xvp: -309,
  fence: -312,
  continuousUpdates: -313,
  extendedClipboard: 0xc0a1e5ce | 0,
  kasmDirectMouse: -1884,
  kasmDisconnectNotify: -1885,
  kasmQoi: -1886,
  kasmWebp: -1024,
} as const;

/** First and last of the ranges that carry a setting, client to server. */
export const settingRanges: Readonly<Record<RfbProtocol, ReadonlyArray<readonly [number, number]>>> = {
  rfb: [
    [-32, -23], // JPEG quality
    [-256, -247], // zlib level
    [-512, -412], // fine-grained JPEG quality
    [-768, -763], // JPEG subsampling
  ],
  kasmvnc: [
    [-32, -23],
    [-256, -247],
    [-512, -412],
    [-768, -763],
    [-870, -770], // video time
    [-1165, -871], // video area up to GOP: quality, streaming codec and mode lie between
    [-1170, -1166], // hardware profile
    [-1996, -1887], // scaling, video out time
    [-2048, -1997], // frame rate, maximum video resolution
  ],
};

/** All pseudo-encodings that only KasmVNC's own web client lists lie in this range, client to server. */
export const kasmOnlyEncodings = { first: -2048, last: -770 } as const;

/** KasmVNC: never send one scaled-down JPEG for the whole screen (video area 100 %), client to server. */
export const kasmVideoAreaWhole = -872;

/** KasmVNC streaming codecs, client to server: asking for one lets the server send KasmVideo rectangles. */
export const kasmStreamingCodecs = { first: -1040, last: -1026 } as const;

/** Tight compression control, high four bits (server to client). */
export const tightControls = { fill: 8, jpeg: 9, png: 10, webp: 11, qoi: 12, watermark: 13 } as const;

/** Tight basic compression filters (server to client). */
export const tightFilters = { copy: 0, palette: 1, gradient: 2 } as const;

/** Hextile sub-encoding bits (RFC 6143 §7.7.4), server to client. */
export const hextileBits = { raw: 1, background: 2, foreground: 4, subrects: 8, coloured: 16 } as const;

/** Extended clipboard: actions in the high byte of the flags, formats in the low bits; both directions. */
export const clipboardActions = {
  caps: 1 << 24,
  request: 1 << 25,
  peek: 1 << 26,
  notify: 1 << 27,
  provide: 1 << 28,
} as const;

export const clipboardFormats = { text: 1, rtf: 2, html: 4, dib: 8, files: 16 } as const;
