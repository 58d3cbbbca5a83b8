/**
 * Who the client is behind proxies that are trusted: `X-Forwarded-For`, `-Proto`, `-Host`, or `Forwarded` (RFC 7239).
 * A header counts only when the peer itself is trusted. Addresses are read from the right: each proxy wrote who
 * came to it, so the first that is no trusted proxy is the client, and what stands left of it is the client's word.
 */
import { type AddressRanges, normaliseAddress } from './address-range.ts';

/** One of the two, never both: a proxy that writes the one passes the other on as the client sent it. */
export const forwardedHeaders = ['x-forwarded-for', 'forwarded'] as const;
export type ForwardedHeader = (typeof forwardedHeaders)[number];

/** The values of a header, several lines of it joined by a comma; undefined without one. */
export type HeaderLookup = (name: string) => string | undefined;

export interface ForwardedClient {
  readonly address: string;
  /** How the client came to the outermost trusted proxy; undefined: not told. */
  readonly protocol: 'http' | 'https' | undefined;
  /** The host it asked for, with its port if it has one; undefined: not told. */
  readonly host: string | undefined;
}

/** What stands where the client should is no address: a request of nobody, to be answered 400. */
export type ForwardedAnswer = ForwardedClient | 'unreadable';

/** For whoever is answered so. */
export const unreadableForwarded = 'the header in which proxies tell who the client is can not be read';

/** Nobody has as many proxies of his own. */
const hopsMax = 32;

/** A host or bracketed address with an optional port, as in a Host header. */
const hostPattern = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * @param peer the address the connection came from.
 * @returns the client; the peer where it is not trusted, or sends no such header and so speaks for itself. Never the
 * peer where there is a header: who comes through a proxy must not be taken for the proxy.
 */
export function findForwardedClient(
  peer: string,
  header: ForwardedHeader,
  trusted: AddressRanges,
  get: HeaderLookup,
): ForwardedAnswer {
  if (!trusted.includes(peer)) return { address: peer, protocol: undefined, host: undefined };
  return header === 'forwarded' ? readForwarded(peer, trusted, get) : readLegacy(peer, trusted, get);
}

function readLegacy(peer: string, trusted: AddressRanges, get: HeaderLookup): ForwardedAnswer {
  const client = walk(peer, get('x-forwarded-for'), trusted, takeLastAddress);
  if (client === undefined) return 'unreadable';
  // Proxies write these anew, each over what was there; of a list the last is the nearest's own word.
  const protocol = readProtocol(lastOf(get('x-forwarded-proto')));
  return { address: client.address, protocol, host: readHost(lastOf(get('x-forwarded-host'))) };
}

function readForwarded(peer: string, trusted: AddressRanges, get: HeaderLookup): ForwardedAnswer {
  const client = walk(peer, get('forwarded'), trusted, takeLastElement);
  if (client === undefined) return 'unreadable';
  const { address, element } = client;
  return { address, protocol: readProtocol(element?.get('proto')), host: readHost(element?.get('host')) };
}

type Element = ReadonlyMap<string, string>;

/** The last entry of a list, and what stands left of its comma; `before` is undefined where there is none. */
interface LastEntry {
  readonly element: Element;
  readonly before: string | undefined;
}

/**
 * From the right, past trusted proxies, up to the first that is none. What stands left of that one is not looked at:
 * it is the client's word, and might be written so that nothing beside it could be read.
 * @returns undefined when an entry on the way names no address, or there are too many.
 */
function walk(
  peer: string,
  value: string | undefined,
  trusted: AddressRanges,
  takeLast: (value: string) => LastEntry | undefined,
): { readonly address: string; readonly element: Element | undefined } | undefined {
  let address = peer;
  let element: Element | undefined;
  let left = value;
  for (let hops = 0; left !== undefined && trusted.includes(address); hops += 1) {
    const last: LastEntry | undefined = hops === hopsMax ? undefined : takeLast(left);
    const next = readNode(last?.element.get('for') ?? '');
    if (last === undefined || next === undefined) return undefined;
    address = next;
    element = last.element;
    left = last.before;
  }
  return { address, element };
}

function takeLastAddress(value: string): LastEntry {
  const comma = value.lastIndexOf(',');
  const before = comma < 0 ? undefined : value.slice(0, comma);
  return { element: new Map([['for', value.slice(comma + 1)]]), before };
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; undefined for `unknown`, `_hidden` and rubbish. */
function readNode(text: string): string | undefined {
  const trimmed = text.trim();
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(trimmed) ?? [];
  const [, four] = /^([\d.]+):\d{1,5}$/.exec(trimmed) ?? [];
  return normaliseAddress(bracketed ?? four ?? trimmed);
}

const lastOf = (list: string | undefined): string | undefined => list?.split(',').at(-1)?.trim();

function readProtocol(text: string | undefined): 'http' | 'https' | undefined {
  const lower = text?.toLowerCase();
  if (lower === 'https' || lower === 'wss') return 'https';
  return lower === 'http' || lower === 'ws' ? 'http' : undefined;
}

const readHost = (text: string | undefined): string | undefined =>
  text !== undefined && hostPattern.test(text) ? text : undefined;

/** `name=token` or `name="quoted"`, RFC 7239 section 4. Sticky: read piece by piece, without going back. */
const pairPattern =
  /[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:([!#$%&'*+\-.^_`|~0-9A-Za-z:[\]]+)|"((?:[^"\\]|\\.)*)")[ \t]*/y;

/**
 * Takes the last element of a `Forwarded` value, RFC 7239: of `for=192.0.2.60;proto=http, for="[2001:db8::1]:4711"`
 * the address of IPv6. Colons and brackets are taken unquoted too, as some proxies write them. What stands further
 * left, even an open quote, changes nothing.
 * @returns names in lower case; undefined when the element breaks the grammar.
 */
export function takeLastElement(value: string): LastEntry | undefined {
  const comma = lastComma(value);
  const element = parseElement(value.slice(comma + 1));
  return element && { element, before: comma < 0 ? undefined : value.slice(0, comma) };
}

/** Of the commas outside quotes, reading from the right: the last element was written by whom we trust. -1: none. */
function lastComma(value: string): number {
  let isQuoted = false;
  for (let at = value.length - 1; at >= 0; at -= 1) {
    if (value[at] === ',' && !isQuoted) return at;
    if (value[at] !== '"') continue;
    let escapes = 0;
    while (value[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) isQuoted = !isQuoted;
    at -= escapes;
  }
  return -1;
}

function parseElement(text: string): Element | undefined {
  const element = new Map<string, string>();
  for (let at = 0; ; at += 1) {
    pairPattern.lastIndex = at;
    const match = pairPattern.exec(text);
    if (match === null) return undefined;
    const [all, name = '', token, quoted] = match;
    const key = name.toLowerCase();
    // Said twice, it has no meaning (section 4).
    if (element.has(key)) return undefined;
    element.set(key, token ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1'));
    at += all.length;
    if (at === text.length) return element;
    if (text[at] !== ';') return undefined;
  }
}
