/**
 * Text on the clipboard, counted and cut. The extended clipboard sends UTF-8 with CR LF line ends and a closing
 * NUL, KasmVNC plain UTF-8, the classic cut text Latin-1, though many put UTF-8 into it.
 */
import { isUtf8 } from 'node:buffer';

const carriageReturn = 13;
const lineFeed = 10;

/** Bytes of extended clipboard text without its closing NUL and with each line end as one. */
export function protocolTextBytes(text: Uint8Array): number {
  const length = withoutNul(text);
  let lineEnds = 0;
  // No search from one to the next: a text of nothing else would take ten times as long.
  for (let at = 1; at < length; at++) {
    if (text[at] === lineFeed && text[at - 1] === carriageReturn) lineEnds++;
  }
  return length - lineEnds;
}

/** The beginning of extended clipboard text that counts at most `room` bytes, with a NUL if it had one. */
export function cutProtocolText(text: Uint8Array, room: number): Uint8Array {
  const length = withoutNul(text);
  let at = 0;
  for (let counted = 0; at < length && counted < room; counted++) {
    at += text[at] === carriageReturn && at + 1 < length && text[at + 1] === lineFeed ? 2 : 1;
  }
  const kept = text.subarray(0, characterEnd(text, at));
  if (length === text.length) return kept;
  const closed = new Uint8Array(kept.length + 1);
  closed.set(kept);
  return closed;
}

/** Bytes of UTF-8 up to `room` that end where a character does. */
export function utf8Cut(text: Uint8Array, room: number): number {
  return characterEnd(text, Math.min(room, text.length));
}

/** The same for text of which one only hopes that it is UTF-8: what is not has a byte a character. */
export function latinCut(text: Uint8Array, room: number): number {
  return isUtf8(text) ? utf8Cut(text, room) : Math.min(room, text.length);
}

function characterEnd(text: Uint8Array, at: number): number {
  // A byte 10xxxxxx goes on with the character before it.
  let end = at;
  while (end > 0 && end < text.length && (text[end]! & 0xc0) === 0x80) end--;
  return end;
}

function withoutNul(text: Uint8Array): number {
  return text.at(-1) === 0 ? text.length - 1 : text.length;
}
