/** The server-to-client traffic of the relay bench: real RFB messages, cut into WebSocket frames as a server would. */

export interface Shape {
  readonly name: string;
  /** Size of the one Raw rectangle of each message; a message is 16 bytes and 4 a pixel. */
  readonly width: number;
  readonly height: number;
  readonly messagesPerFrame: number;
}

export const shapes: readonly Shape[] = [
  { name: '16 KiB messages', width: 66, height: 62, messagesPerFrame: 1 },
  { name: '400 B packed 80 a frame', width: 12, height: 8, messagesPerFrame: 80 },
];

/** One FramebufferUpdate (RFC 6143 section 7.6.1) with noise for pixels. */
function encodeUpdate(shape: Shape): Buffer {
  const update = Buffer.alloc(16 + shape.width * shape.height * 4);
  crypto.getRandomValues(update.subarray(16));
  update.set([0, 0, 0, 1], 0);
  update.writeUInt16BE(shape.width, 8);
  update.writeUInt16BE(shape.height, 10);
  return update;
}

/** About half a megabyte of whole frames, to be sent over and over. */
export function encodeBatch(shape: Shape): { readonly bytes: Uint8Array; readonly payloadBytes: number } {
  const messages = Array.from({ length: shape.messagesPerFrame }, () => encodeUpdate(shape));
  const frame = encodeFrame(Buffer.concat(messages));
  const count = Math.max(1, Math.floor((512 * 1024) / frame.length));
  const payloadBytes = count * messages.reduce((sum, message) => sum + message.length, 0);
  return { bytes: Buffer.concat(Array.from({ length: count }, () => frame)), payloadBytes };
}

/** An unmasked binary frame of up to 65535 bytes. */
export function encodeFrame(payload: Uint8Array): Buffer {
  const header =
    payload.length > 125
      ? Uint8Array.of(0x82, 126, payload.length >> 8, payload.length & 0xff)
      : Uint8Array.of(0x82, payload.length);
  return Buffer.concat([header, payload]);
}

/** A masked one, with the key zero: nobody is protected by it here, and the load costs less. */
export function encodeClientFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(0x82, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}
