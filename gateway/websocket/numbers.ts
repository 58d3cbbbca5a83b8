/** The numbers of RFC 6455, each once. */

/** Section 5.2: the low four bits of a frame's first byte. */
export const opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** Section 5.2: the parts of a frame's first two bytes. */
export const finBit = 0x80;
export const reservedBits = 0x70;
export const opcodeBits = 0x0f;
export const controlBit = 0x08;
export const maskBit = 0x80;
export const lengthBits = 0x7f;

/** Section 5.2: values of the 7-bit length that announce a longer one. */
export const length16Mark = 126;
export const length64Mark = 127;
export const length7Max = 125;
export const length16Max = 0xffff;

/** 2 bytes, a 64-bit length and a mask key. */
export const frameHeaderBytesMax = 14;
export const controlPayloadBytesMax = 125;
/** What is left of a control frame's payload beside the close code. */
export const closeReasonBytesMax = controlPayloadBytesMax - 2;

/** Section 7.4.1, and 1012 to 1014 of the registry that it opens. */
export const closeCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupported: 1003,
  /** Never on the wire: the close frame carried no code. */
  none: 1005,
  /** Never on the wire: the transport ended without a close frame. */
  abnormal: 1006,
  invalidText: 1007,
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  restart: 1012,
  tryAgain: 1013,
  badGateway: 1014,
} as const;

/** Whether a peer may send this code in a close frame (section 7.4: 1005, 1006 and 1015 may never be sent). */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return (
    code >= 1000 && code <= 1014 && code !== 1004 && code !== closeCode.none && code !== closeCode.abnormal
  );
}
