/**
 * Reads what reaches a desktop as its server would: the lengths of every client message, written apart from the
 * gateway's own, and for KasmVNC its parser's known mistakes. What the gateway takes for one message and the
 * server for another is a way past every policy; here it shows.
 */
import type { RfbProtocol } from '../../gateway/rfb/numbers.ts';

/** One message as the server takes it. */
export interface Taken {
  readonly type: number;
  /** Where it lies in the bytes that were read. */
  readonly start: number;
  readonly end: number;
  /** What the server cannot do with it: it would close, or wait for the rest. */
  readonly fault?: 'unknown' | 'cut';
  /** Names of a binary clipboard's items, as a C string of at most 31 bytes. */
  readonly mimetypes?: readonly string[];
}

const bothFixed: Readonly<Record<number, number>> = { 0: 20, 3: 10, 4: 8, 150: 10 };
const rfbFixed: Readonly<Record<number, number>> = { ...bothFixed, 5: 6, 250: 4 };
const kasmFixed: Readonly<Record<number, number>> = {
  ...bothFixed,
  ...{ 5: 11, 178: 4, 179: 12, 185: 1, 188: 10, 189: 8, 190: 4, 191: 4, 252: 5 },
};
const kasmMimeChars = 31;
const kasmRelayNameBytes = 64;

interface Reading {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Bytes that end before their message does. */
const cut = -1;
const unknown = -2;

/** Everything `bytes` says to a server of this dialect; ends with the first message that it cannot take. */
export function takenBy(protocol: RfbProtocol, bytes: Uint8Array): Taken[] {
  const reading: Reading = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  };
  const taken: Taken[] = [];
  for (let at = 0; at < bytes.length; ) {
    const type = bytes[at]!;
    const length = lengthOf(protocol, reading, at);
    if (length < 0 || at + length > bytes.length) {
      taken.push({ type, start: at, end: bytes.length, fault: length === unknown ? 'unknown' : 'cut' });
      break;
    }
    const end = at + length;
    const mimetypes = type === 180 ? mimetypesIn(reading, at) : undefined;
    taken.push({ type, start: at, end, ...(mimetypes === undefined ? {} : { mimetypes }) });
    at = end;
  }
  return taken;
}

/** The types alone, for a test that only asks what got through. */
export function typesTakenBy(protocol: RfbProtocol, bytes: Uint8Array): number[] {
  return takenBy(protocol, bytes).map(({ type }) => type);
}

function lengthOf(protocol: RfbProtocol, reading: Reading, at: number): number {
  const type = reading.bytes[at]!;
  const fixed = (protocol === 'kasmvnc' ? kasmFixed : rfbFixed)[type];
  if (fixed !== undefined) return fixed;
  switch (type) {
    case 2:
      return counted(reading, at, 2, 'u16', 4);
    case 6:
      return cutTextLength(reading, at);
    case 248:
      return counted(reading, at, 8, 'u8', 1);
    case 251:
      return screensLength(reading, at);
    case 255:
      if (at + 1 >= reading.bytes.length) return cut;
      return reading.bytes[at + 1] === 0 ? 12 : unknown;
  }
  return protocol === 'kasmvnc' ? kasmLengthOf(reading, at) : unknown;
}

function kasmLengthOf(reading: Reading, at: number): number {
  switch (reading.bytes[at]!) {
    case 180:
      return binaryClipboardLength(reading, at);
    case 181:
      return counted(reading, at, 1, 'u16', 1);
    case 182:
      return counted(reading, at, 1, 'u8', 1);
    case 183:
      return relayLength(reading, at);
    case 184:
      return counted(reading, at, 1, 'u8', 4);
    default:
      return unknown;
  }
}

/** A count at `offset`, then so many entries of `each` bytes. */
function counted(reading: Reading, at: number, offset: number, width: 'u8' | 'u16', each: number): number {
  const header = offset + (width === 'u8' ? 1 : 2);
  if (at + header > reading.bytes.length) return cut;
  const count = width === 'u8' ? reading.view.getUint8(at + offset) : reading.view.getUint16(at + offset);
  return header + count * each;
}

function cutTextLength(reading: Reading, at: number): number {
  if (at + 8 > reading.bytes.length) return cut;
  return 8 + Math.abs(reading.view.getInt32(at + 4));
}

function screensLength(reading: Reading, at: number): number {
  return at + 8 > reading.bytes.length ? cut : 8 + 16 * reading.bytes[at + 6]!;
}

/** With a name of 64 bytes and more KasmVNC skips the name only: what follows are messages to it. */
function relayLength(reading: Reading, at: number): number {
  if (at + 2 > reading.bytes.length) return cut;
  const name = reading.bytes[at + 1]!;
  if (name >= kasmRelayNameBytes) return 2 + name;
  if (at + 6 + name > reading.bytes.length) return cut;
  return 6 + name + reading.view.getUint32(at + 2 + name);
}

function binaryClipboardLength(reading: Reading, at: number): number {
  let length = 2;
  if (at + length > reading.bytes.length) return cut;
  for (let items = reading.bytes[at + 1]!; items > 0; items--) {
    if (at + length >= reading.bytes.length) return cut;
    length += 1 + reading.bytes[at + length]!;
    if (at + length + 4 > reading.bytes.length) return cut;
    length += 4 + reading.view.getUint32(at + length);
  }
  return length;
}

function mimetypesIn({ bytes, view }: Reading, start: number): string[] {
  const names: string[] = [];
  let at = start + 2;
  for (let items = bytes[start + 1]!; items > 0; items--) {
    const name = Buffer.from(bytes.subarray(at + 1, at + 1 + bytes[at]!)).toString('latin1');
    names.push(name.slice(0, kasmMimeChars).split('\0')[0]!);
    at += 1 + bytes[at]!;
    at += 4 + view.getUint32(at);
  }
  return names;
}
