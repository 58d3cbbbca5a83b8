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

/** Entries beyond these are not looked at: nobody has as many proxies of his own. */
const entriesMax = 32;

/** A host or bracketed address with an optional port, as in a Host header. */
const hostPattern = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** @param peer the address the connection came from. */
export function findForwardedClient(
  peer: string,
  header: ForwardedHeader,
  trusted: AddressRanges,
  get: HeaderLookup,
): ForwardedClient {
  if (!trusted.includes(peer)) return { address: peer, protocol: undefined, host: undefined };
  return header === 'forwarded' ? readForwarded(peer, trusted, get) : readLegacy(peer, trusted, get);
}

function readLegacy(peer: string, trusted: AddressRanges, get: HeaderLookup): ForwardedClient {
  const hops = (get('x-forwarded-for') ?? '').split(',').slice(-entriesMax);
  const { address } = walk(peer, hops.map(readNode), trusted);
  // Proxies write these anew, each over what was there; of a list the last is the nearest's own word.
  const protocol = readProtocol(lastOf(get('x-forwarded-proto')));
  return { address, protocol, host: readHost(lastOf(get('x-forwarded-host'))) };
}

function readForwarded(peer: string, trusted: AddressRanges, get: HeaderLookup): ForwardedClient {
  const elements = parseForwarded(get('forwarded') ?? '');
  if (elements === undefined) return { address: peer, protocol: undefined, host: undefined };
  const hops = elements.map(element => readNode(element.get('for') ?? ''));
  const { address, index } = walk(peer, hops, trusted);
  const element = elements[index];
  return { address, protocol: readProtocol(element?.get('proto')), host: readHost(element?.get('host')) };
}

/** From the right, past trusted proxies, up to the first that is none. What is no address ends the way. */
function walk(
  peer: string,
  hops: readonly (string | undefined)[],
  trusted: AddressRanges,
): { address: string; index: number } {
  let address = peer;
  let index = hops.length;
  while (index > 0 && trusted.includes(address)) {
    const hop = hops[index - 1];
    if (hop === undefined) break;
    address = hop;
    index -= 1;
  }
  return { address, index };
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
 * Parses a `Forwarded` value, RFC 7239: `for=192.0.2.60;proto=http;by=203.0.113.43, for="[2001:db8::1]:4711"`.
 * Colons and brackets are taken unquoted too, as some proxies write them.
 * @returns the elements from left to right, names in lower case; undefined when it breaks the grammar.
 */
export function parseForwarded(value: string): ReadonlyMap<string, string>[] | undefined {
  const elements: Map<string, string>[] = [];
  let element = new Map<string, string>();
  for (let at = 0; at < value.length; ) {
    pairPattern.lastIndex = at;
    const match = pairPattern.exec(value);
    if (match === null) return undefined;
    const [all, name = '', token, quoted] = match;
    const key = name.toLowerCase();
    // Said twice, it has no meaning (section 4).
    if (element.has(key)) return undefined;
    element.set(key, token ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1'));
    at += all.length;
    const next = value[at];
    if (next !== undefined && next !== ',' && next !== ';') return undefined;
    if (next === ',' || next === undefined) {
      elements.push(element);
      element = new Map();
    }
    if (next !== undefined && at + 1 === value.length) return undefined;
    at += 1;
  }
  return elements.slice(-entriesMax);
}
