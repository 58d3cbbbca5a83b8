/**
 * Every number that bounds an input or a buffer, in one place, with its unit in its name.
 * Derived relations are asserted at the end: a change that breaks one does not start.
 */
const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  // Front door
  requestHeadBytesMax: 16 * KiB,
  requestTargetBytesMax: 8 * KiB,
  requestHeaderCountMax: 100,
  requestHeadTimeMs: 10_000,
  connectionIdleTimeMs: 60_000,
  upstreamDialTimeMs: 10_000,
  upstreamHandshakeTimeMs: 15_000,
  // WebSocket (RFC 6455)
  clientFrameBytesMax: 16 * MiB,
  /** As much as a clipboard that is passed over. */
  clientWebSocketMessageBytesMax: 1024 * MiB,
  /** Of one message; browsers send no fragments under 16 KiB but the last. */
  clientFragmentsMax: 65_536,
  upstreamFrameBytesMax: 64 * MiB,
  controlFrameBytesMax: 125,
  /** KasmVNC reads one frame into a 65535-byte buffer, header included. */
  kasmvncFrameBytesMax: 65_527,
  closeHandshakeTimeMs: 3_000,
  // Relay: a half-pipe stops reading its source above the high mark and reads on below the low mark
  halfPipeHighBytes: 1 * MiB,
  halfPipeLowBytes: 256 * KiB,
  /** So much of the client's bytes is judged at once; the rest when the desktop has taken that. */
  clientSliceBytes: 16 * KiB,
  /** A side that takes not one byte for so long, with bytes waiting for it, is given up. */
  stallTimeMs: 120_000,
  /** What a slow client gets to take what is left when its stream ends by itself, and when it is cut. */
  closeDrainTimeMs: 30_000,
  cutDrainTimeMs: 500,
  /** Streams have so long to close in order when the gateway stops. */
  drainGraceMs: 5_000,
  // RFB
  /** One client message held until complete (binary clipboard is the largest). */
  clientMessageBytesMax: 16 * MiB,
  /** One server message that must be held until complete to be judged (clipboard, names). */
  serverMessageBytesMax: 64 * MiB,
  encodingsCountMax: 1024,
  /** Changes of the pixel format that the server has not yet taken into use. */
  pixelFormatsPendingMax: 16,
  rectanglesPerUpdateMax: 65_535,
  framebufferSideMax: 32_767,
  desktopNameBytesMax: 64 * KiB,
  securityReasonBytesMax: 64 * KiB,
  screensMax: 255,
  clipboardMimeBytesMax: 31,
  clipboardItemsMax: 32,
  /** A clipboard message too large to be held is skipped, and the stream goes on, up to this size. */
  clipboardSkippedBytesMax: 1024 * MiB,
  /** Inflated size of one extended-clipboard message; a bomb is cut off here. */
  extendedClipboardBytesMax: 64 * MiB,
  /** What the gateway keeps of a clipboard to translate it for another kind of client. */
  clipboardHeldBytesMax: 8 * MiB,
  /** A picture with more pixels is not translated between PNG and DIB: one of 3840 × 2160 is. */
  clipboardPicturePixelsMax: 8 * MiB,
  /**
   * What looking at a session's copies may cost, in each direction: at once, and flowing in. One for each byte that is
   * unpacked; so much for every copy, and for every pixel of a picture that changes its form.
   */
  clipboardWorkBytesMax: 128 * MiB,
  clipboardWorkBytesPerSecond: 8 * MiB,
  clipboardOperationWorkBytes: 64 * KiB,
  clipboardPixelWorkBytes: 8,
  /** What waits of either side, at most, for the client to show which dialect of RFB it speaks. */
  undecidedClientBytesMax: 16 * KiB,
  undecidedServerBytesMax: 1 * MiB,
  rectanglePayloadBytesMax: 512 * MiB,
  // HTTP side and API
  httpBodyBytesMax: 10 * MiB,
  /** From a request's start until its answer begins: its body has to come in this time. */
  httpRequestTimeMs: 240_000,
  eventStreamsPerSessionMax: 16,
  eventsQueuedMax: 256,
  eventHeartbeatMs: 15_000,
  /** What a viewer is told to wait before it listens again. */
  eventRetryMs: 2_000,
  // Pages that KasmVNC serves out of a desktop
  /** KasmVNC answers no longer target. */
  desktopPathCharsMax: 1024,
  desktopPageBytesMax: 64 * MiB,
  /** A file fetched from the Downloads folder, where policy allows that. */
  desktopDownloadBytesMax: 64 * 1024 * MiB,
  /** Of one session, at once. */
  desktopPageRequestsMax: 32,
  /** A page is some hundred requests: one answer about a token serves all that come within this time. */
  desktopGrantReuseMs: 1_000,
  // Explaining a policy
  /** What policy did to a session's streams and is still told. */
  decisionsPerSessionMax: 50,
  decisionSessionsMax: 10_000,
  // Between a gateway's parent process and its workers
  workerMessageCharsMax: 8 * MiB,
  /** A worker that asks its parent gets an answer in this time; above the link's own, which it waits for. */
  workerRequestTimeMs: 12_000,
  /** From a worker's start until it listens. */
  workerStartTimeMs: 30_000,
  /** Workers say that they are well, with their counters. */
  workerReportMs: 2_000,
  /** So many reports missing in a row: the worker hangs, and is killed. */
  workerReportsMissedMax: 15,
  /** What is told to other workers is gathered for so long. */
  workerGatherMs: 5,
  /** Events of a worker that wait to be told to others; more are lost and counted. */
  workerEventsQueuedMax: 4_096,
  /** Descriptors below which a gateway warns at its start. */
  descriptorsWanted: 65_536,
  // Link between control and its nodes
  linkFrameBytesMax: 4 * MiB,
  linkHeartbeatMs: 5_000,
  linkSilenceMs: 15_000,
  linkRequestTimeMs: 10_000,
  /** Frames of one node that wait for control at once. */
  linkFramesQueuedMax: 4_096,
  grantCacheMs: 60_000,
  // Sessions
  /** A destroyed session whose agent is away leaves the list after this long; the agent stops it on its return. */
  sessionDeleteTimeMs: 30_000,
  sessionSweepMs: 5_000,
  /** Sessions of an agent that was not heard of for so long are ended. */
  agentLostTimeMs: 24 * 60 * 60_000,
  /** The same, where another agent has enrolled under its name since: its data folder was lost. */
  agentReplacedTimeMs: 60_000,
  sessionMessageCharsMax: 2_000,
  /** A desktop's own kasmvnc.yaml, into which a part of the policy goes, and that part. */
  kasmvncFileBytesMax: 256 * KiB,
  kasmvncSectionCharsMax: 32 * KiB,
  // Names and references
  usernameCharsMax: 255,
  passwordCharsMax: 1024,
  imageReferenceCharsMax: 255,
  tokenCharsMin: 16,
  tokenCharsMax: 512,
} as const;

function assertLimits(): void {
  const broken: string[] = [];
  if (!(limits.halfPipeLowBytes < limits.halfPipeHighBytes)) broken.push('halfPipeLow < halfPipeHigh');
  if (!(limits.linkHeartbeatMs * 2 < limits.linkSilenceMs)) broken.push('two heartbeats < linkSilence');
  if (!(limits.kasmvncFrameBytesMax < limits.upstreamFrameBytesMax))
    broken.push('kasmvncFrame < upstreamFrame');
  if (!(limits.clipboardHeldBytesMax * 2 <= limits.clientMessageBytesMax))
    broken.push('two of clipboardHeld <= clientMessage');
  const largestPicture = limits.clipboardPicturePixelsMax * limits.clipboardPixelWorkBytes;
  if (!(largestPicture + limits.extendedClipboardBytesMax <= limits.clipboardWorkBytesMax))
    broken.push('largest picture + extendedClipboard <= clipboardWork');
  if (!(limits.sessionSweepMs < limits.sessionDeleteTimeMs)) broken.push('sessionSweep < sessionDeleteTime');
  if (!(limits.serverMessageBytesMax < limits.clipboardSkippedBytesMax))
    broken.push('serverMessage < clipboardSkipped');
  if (!(limits.linkRequestTimeMs < limits.workerRequestTimeMs)) broken.push('linkRequest < workerRequest');
  if (broken.length > 0) throw new Error(`limits contradict each other: ${broken.join(', ')}`);
}
assertLimits();
