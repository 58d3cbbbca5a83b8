/**
 * The link's frames, typed. Wire form: protobuf (config/link/link.proto), one Frame a binary
 * WebSocket message, at most `limits.linkFrameBytesMax` bytes.
 */
import { limits } from '../limits.ts';
import { sluice } from './generated/link.js';

export type Frame = sluice.link.Frame.$Properties;
export type Hello = sluice.link.Hello.$Properties;
export type Grant = sluice.link.Grant.$Properties;
export type AuthoriseRequest = sluice.link.AuthoriseRequest.$Properties;
export type AuthoriseReply = sluice.link.AuthoriseReply.$Properties;
export type PolicyChanged = sluice.link.PolicyChanged.$Properties;
export type StreamsCut = sluice.link.StreamsCut.$Properties;
export type StreamOpened = sluice.link.StreamOpened.$Properties;
export type StreamClosed = sluice.link.StreamClosed.$Properties;
export type AgentState = sluice.link.AgentState.$Properties;
export type StartDesktop = sluice.link.StartDesktop.$Properties;
export type StopDesktop = sluice.link.StopDesktop.$Properties;
export type DesktopProgress = sluice.link.DesktopProgress.$Properties;
export type DesktopRunning = sluice.link.DesktopRunning.$Properties;
export type DesktopEnded = sluice.link.DesktopEnded.$Properties;

/** Path on control's HTTP listener where nodes dial the link; never proxied by a gateway. */
export const linkPath = '/link';

/** Why control refused to authorise a stream. */
export type Refusal =
  | 'unknown_session'
  | 'bad_token'
  | 'expired_token'
  | 'not_running'
  | 'locked'
  | 'control_unreachable';

export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  return sluice.link.Frame.encode(frame).finish() as Uint8Array<ArrayBuffer>;
}

/**
 * @throws Error when the frame is over the limit or no protobuf of ours.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length > limits.linkFrameBytesMax) {
    throw new Error(`link frame of ${bytes.length} bytes is over the limit of ${limits.linkFrameBytesMax}`);
  }
  return sluice.link.Frame.decode(bytes);
}
