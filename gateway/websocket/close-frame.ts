/** The payload of a close frame, RFC 6455 section 5.5.1: nothing, or a code (u16) and a reason (UTF-8). */
import { closeCode, closeReasonBytesMax, isSendableCloseCode } from './numbers.ts';

export interface CloseFrame {
  /** 1005 when the frame carried no code. */
  readonly code: number;
  readonly reason: string;
}

/** What is wrong with a close frame, and the code that answers it. */
export interface CloseFrameProblem {
  readonly problem: string;
  readonly closeCode: number;
}

/** Reads a close frame's payload. */
export function parseClosePayload(payload: Uint8Array): CloseFrame | CloseFrameProblem {
  if (payload.length === 0) return { code: closeCode.none, reason: '' };
  if (payload.length === 1) return refuse('close frame of 1 byte, where a code takes 2');
  const code = (payload[0]! << 8) | payload[1]!;
  if (!isSendableCloseCode(code)) return refuse(`close code ${code} may not be sent`);
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { code, reason: decoder.decode(payload.subarray(2)) };
  } catch {
    return refuse('close reason is not UTF-8', closeCode.invalidText);
  }
}

const refuse = (problem: string, code: number = closeCode.protocolError): CloseFrameProblem => ({
  problem,
  closeCode: code,
});

/**
 * Writes a close frame's payload. A reason over 123 bytes of UTF-8 is cut, never inside a character.
 * @param code 1005 gives the empty payload, as it may not be sent.
 * @throws RangeError when the code is another one that may not be sent.
 */
export function encodeClosePayload(code: number, reason: string): Uint8Array {
  if (code === closeCode.none) return new Uint8Array(0);
  if (!isSendableCloseCode(code)) throw new RangeError(`close code ${code} may not be sent`);
  const room = new Uint8Array(2 + closeReasonBytesMax);
  room[0] = code >>> 8;
  room[1] = code;
  const { written } = new TextEncoder().encodeInto(reason, room.subarray(2));
  return room.slice(0, 2 + written);
}
