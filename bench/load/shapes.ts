/** The server-to-client traffic of the benches: real RFB messages, cut into WebSocket frames as a server would. */
import { encodeFrame } from './frame.ts';

export interface Shape {
  readonly name: string;
  /** Size of the one Raw rectangle of each message; a message is 16 bytes and 4 a pixel. */
  readonly width: number;
  readonly height: number;
  readonly messagesPerFrame: number;
}

export const shapes = {
  large: { name: '16 KiB messages', width: 66, height: 62, messagesPerFrame: 1 },
  packed: { name: '400 B packed 80 a frame', width: 12, height: 8, messagesPerFrame: 80 },
  single: { name: '400 B, one a segment', width: 12, height: 8, messagesPerFrame: 1 },
} as const satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof shapes;

/** Bytes as the upstream writes them, and how many of them are RFB. */
export interface Portion {
  readonly bytes: Uint8Array;
  readonly payloadBytes: number;
}

/** One FramebufferUpdate (RFC 6143 section 7.6.1) with noise for pixels. */
function encodeUpdate(shape: Shape): Buffer {
  const update = Buffer.alloc(16 + shape.width * shape.height * 4);
  crypto.getRandomValues(update.subarray(16));
  update.set([0, 0, 0, 1], 0);
  update.writeUInt16BE(shape.width, 8);
  update.writeUInt16BE(shape.height, 10);
  return update;
}

/** @param framed false for an upstream that speaks RFB without WebSocket. */
export function encodeMessage(shape: Shape, framed: boolean): Portion {
  const payload = Buffer.concat(Array.from({ length: shape.messagesPerFrame }, () => encodeUpdate(shape)));
  return { bytes: framed ? encodeFrame(payload) : payload, payloadBytes: payload.length };
}

/** About half a megabyte of whole frames, to be sent over and over. */
export function encodeBatch(shape: Shape, framed: boolean): Portion {
  const { bytes, payloadBytes } = encodeMessage(shape, framed);
  const count = Math.max(1, Math.floor((512 * 1024) / bytes.length));
  return {
    bytes: Buffer.concat(Array.from({ length: count }, () => bytes)),
    payloadBytes: count * payloadBytes,
  };
}
