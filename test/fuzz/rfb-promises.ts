/** What must hold of a stream's output whatever went in. Each throws when it does not. */
import { isFollowed } from '../../gateway/rfb/encoding-set.ts';
import { clipboardActions, type RfbProtocol } from '../../gateway/rfb/numbers.ts';
import { decodePixelSizes } from '../../gateway/rfb/pixel-format.ts';
import { ServerSplitter } from '../../gateway/rfb/server-splitter.ts';
import { takenBy } from '../bypass/desktop-model.ts';
import { askedEverything } from '../conformance/asked-everything.ts';
import { joined, pixelFormatBytesOf, trueColour32 } from '../conformance/rfb-bytes.ts';

const clipboardTypes: ReadonlySet<number> = new Set([3, 180, 181, 182, 183]);
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A server takes all of it, message by message, none cut and none that it does not know. */
export function promiseWhole(protocol: RfbProtocol, upstream: Uint8Array): void {
  for (const { type, fault, start, mimetypes = [] } of takenBy(protocol, upstream)) {
    if (fault !== undefined) {
      throw new Error(`the server gets a message ${type} that is ${fault} at ${start} of ${hexOf(upstream)}`);
    }
    if (new Set(mimetypes).size !== mimetypes.length) {
      throw new Error(`the server takes the names ${JSON.stringify(mimetypes)} of ${hexOf(upstream)}`);
    }
  }
}

/** Input, power, relays, resize and picture settings that hold for all; and UDP, which is never let through. */
const inputTypes: ReadonlySet<number> = new Set([4, 5, 181, 182, 183, 188, 250, 251, 252, 255]);

/** Nothing that acts and nothing that was copied reaches the server. */
export function promiseOnlyWatching(protocol: RfbProtocol, upstream: Uint8Array): void {
  for (const { type, start, end } of takenBy(protocol, upstream)) {
    const message = upstream.subarray(start, end);
    if (inputTypes.has(type) || type === 180 || (type === 6 && carriesCopy(message))) {
      throw new Error(`message ${hexOf(message)} reached the server`);
    }
  }
}

/** Nothing begins to act after a policy that forbids it: what is down may come up, no more. */
export function promiseNothingNew(protocol: RfbProtocol, upstream: Uint8Array): void {
  const releases = (type: number, message: Uint8Array): boolean =>
    (type === 4 && message[1] === 0) ||
    (type === 255 && message[2] === 0 && message[3] === 0) ||
    type === 5 ||
    type === 188;
  for (const { type, start, end } of takenBy(protocol, upstream)) {
    const message = upstream.subarray(start, end);
    const acts = inputTypes.has(type) && !releases(type, message);
    if (acts || type === 180 || (type === 6 && carriesCopy(message))) {
      throw new Error(`message ${hexOf(message)} reached the server after the policy was tightened`);
    }
  }
}

/** Whether a cut text message offers or holds a copy; one about what is supported, or asking, does not. */
function carriesCopy(message: Uint8Array): boolean {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if (view.getInt32(4) >= 0) return true;
  const flags = view.getUint32(8);
  if ((flags & clipboardActions.caps) !== 0) return false;
  if ((flags & clipboardActions.notify) !== 0) return (flags & 0xffff) !== 0;
  return (flags & clipboardActions.provide) !== 0;
}

/**
 * The client can follow every byte. A standard client of a KasmVNC desktop is sent none of that server's own
 * messages and no watermark.
 * @param clipboard false: no copy is among them.
 */
export function promiseFollowed(
  client: RfbProtocol,
  server: RfbProtocol,
  sent: Uint8Array,
  clipboard = true,
): void {
  const allowed = askedEverything();
  const pixels = decodePixelSizes(pixelFormatBytesOf(trueColour32), 0);
  const isTranslated = client !== server;
  const splitter = new ServerSplitter('kasmvnc', pixels, allowed, isTranslated && client === 'rfb');
  const own = client === server ? new ServerSplitter(client, pixels, allowed) : splitter;
  own.push(sent, 0, sent.length);
  while (nextFollowed(own, isTranslated && client === 'kasmvnc')) {
    if (own.edit !== undefined) throw new Error(`a watermark reached the client in ${hexOf(sent)}`);
    const { bytes, start, end } = own.message;
    const message = bytes.subarray(start, end);
    const type = message[0]!;
    if (isTranslated && client === 'rfb' && type !== 3) {
      throw new Error(`message ${hexOf(message)} of KasmVNC's own reached a standard client`);
    }
    if (clipboard || !clipboardTypes.has(type)) continue;
    if (type !== 3 || carriesCopy(message)) throw new Error(`message ${hexOf(message)} reached the client`);
  }
}

/** @param xvp a standard server's message 250 may follow, which KasmVNC's client knows and its server never sends. */
function nextFollowed(splitter: ServerSplitter, xvp: boolean): boolean {
  try {
    return splitter.next();
  } catch (error) {
    if (xvp && error instanceof Error && error.message === 'server message 250 is unknown') return false;
    throw error;
  }
}

/** With everything allowed the server gets what the client said, but for what is documented. */
export function promiseUnchangedUp(
  protocol: RfbProtocol,
  input: Uint8Array,
  upstream: Uint8Array,
  ended: boolean,
): void {
  const kept: Uint8Array[] = [];
  for (const { type, start, end, fault } of takenBy(protocol, input)) {
    if (fault !== undefined) break;
    if (type === 181) continue;
    // A key at a place that no keyboard has.
    if (type === 255 && (input[start + 8] !== 0 || input[start + 9] !== 0)) continue;
    // KasmVNC does not speak the extended clipboard: it never shows it.
    if (type === 6 && protocol === 'kasmvnc' && (input[start + 4]! & 0x80) !== 0) continue;
    kept.push(passedOn(protocol, type, input.subarray(start, end)));
  }
  const wanted = joined(kept);
  const isRight = ended
    ? Buffer.compare(wanted.subarray(0, upstream.length), upstream) === 0
    : Buffer.compare(wanted, upstream) === 0;
  if (!isRight) throw new Error(`the server gets ${hexOf(upstream)}, the client said ${hexOf(wanted)}`);
}

function passedOn(protocol: RfbProtocol, type: number, message: Uint8Array): Uint8Array {
  if (type === 2) return followedEncodings(protocol, message);
  if (type === 180) return withPlainNames(message);
  return type === 248 ? withoutSyncNext(message.slice()) : message;
}

/** Text goes on by its one name, once. */
function withPlainNames(message: Uint8Array): Uint8Array {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const kept = new Map<string, Uint8Array>();
  for (let at = 2; at < message.length; ) {
    const name = Buffer.from(message.subarray(at + 1, at + 1 + message[at]!)).toString('latin1');
    at += 1 + name.length;
    const end = at + 4 + view.getUint32(at);
    const plain = /text\/plain|^(TEXT|STRING|UTF8_STRING)$/.test(name) ? 'text/plain' : name;
    if (!kept.has(plain)) kept.set(plain, message.subarray(at, end));
    at = end;
  }
  const items = [...kept].flatMap(([name, rest]) => [Uint8Array.of(name.length), Buffer.from(name), rest]);
  return joined([Uint8Array.of(180, kept.size), ...items]);
}

/** That place at a server is the gateway's: see gateway/rfb/pixel-switch.ts. */
function withoutSyncNext(fence: Uint8Array): Uint8Array {
  const isRequest = (fence[4]! & 0x80) !== 0;
  if (isRequest) fence[7]! &= ~4;
  return fence;
}

function followedEncodings(protocol: RfbProtocol, message: Uint8Array): Uint8Array {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const kept: Uint8Array[] = [];
  for (let at = 4; at < message.length; at += 4) {
    if (isFollowed(view.getInt32(at), protocol)) kept.push(message.subarray(at, at + 4));
  }
  return joined([
    Uint8Array.of(2, kept.length * 4 === message.length - 4 ? message[1]! : 0, kept.length >> 8, kept.length),
    ...kept,
  ]);
}

/** Held until they are whole. */
const heldTypes: ReadonlySet<number> = new Set([3, 180, 181, 182, 183]);

/** Whether a kind of copy may be named twice, or text by another name. */
function hasNamesToChange(input: Uint8Array): boolean {
  const names =
    Buffer.from(input)
      .toString('latin1')
      .match(/text\/plain[ -~]?|TEXT|STRING|[ -~]{1,31}(?=\0)/g) ?? [];
  return new Set(names).size < names.length || names.some(name => /^(text\/plain.|TEXT|STRING)/.test(name));
}

/** With everything allowed the client gets what the server said, up to a message that is not yet whole. */
export function promiseUnchangedDown(input: Uint8Array, client: Uint8Array, ended: boolean): void {
  if (input.includes(181)) return; // may be an invitation to UDP, which falls
  if (input.includes(180) && hasNamesToChange(input)) return;
  const change = client.findIndex((byte, at) => byte !== input[at]);
  // Fewer items of a copy: of several by one name, which may be empty, the first goes on.
  if (change > 0 && input[change - 1] === 180 && client[change]! < (input[change] ?? 0)) return;
  if (change >= 0) throw new Error(`the client gets ${hexOf(client)}`);
  if (ended || client.length === input.length || heldTypes.has(input[client.length]!)) return;
  throw new Error(`the client gets ${client.length} of ${input.length} bytes, and nothing is to be held`);
}
