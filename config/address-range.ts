/** IP addresses and CIDR ranges, as lists of trusted proxies and tables of clients need them. */

/** The 128 bits of an address, as eight groups of 16; IPv4 as ::ffff:a.b.c.d. */
type Groups = readonly number[];

const mappedPrefix: Groups = [0, 0, 0, 0, 0, 0xffff];

/**
 * Reads an address in any of its spellings; a zone (`%eth0`) is left out.
 * @returns undefined for anything that is none.
 */
function parseGroups(text: string): Groups | undefined {
  const bare = text.replace(/%[\w.-]{1,32}$/, '');
  if (bare.length > 45) return undefined;
  if (!bare.includes(':')) {
    const four = parseFour(bare);
    return four === undefined ? undefined : [...mappedPrefix, ...four];
  }
  const halves = bare.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half, index) => parseHalf(half, index === halves.length - 1));
  if (left === undefined) return undefined;
  if (halves.length === 1) return left.length === 8 ? left : undefined;
  if (right === undefined || left.length + right.length > 7) return undefined;
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/** Groups of four hexadecimal digits; the last of an address may be a dotted IPv4 address. */
function parseHalf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  let four: readonly number[] | undefined = [];
  if (isLast && last.includes('.')) {
    four = parseFour(last);
    parts.pop();
  }
  if (four === undefined || !parts.every(part => /^[0-9A-Fa-f]{1,4}$/.test(part))) return undefined;
  return [...parts.map(part => Number.parseInt(part, 16)), ...four];
}

const fourPattern = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** No leading zeros: some read them as octal. */
function parseFour(text: string): [number, number] | undefined {
  const found = fourPattern.exec(text);
  if (found === null) return undefined;
  const [a, b, c, d] = [Number(found[1]), Number(found[2]), Number(found[3]), Number(found[4])];
  return Math.max(a, b, c, d) > 255 ? undefined : [(a << 8) | b, (c << 8) | d];
}

const isFour = (groups: Groups): boolean => mappedPrefix.every((group, index) => groups[index] === group);

function fourText(groups: Groups): string {
  const [high = 0, low = 0] = groups.slice(6);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The one spelling of an address: IPv4 dotted, also where it came mapped into IPv6. Undefined when it is none. */
export function normaliseAddress(text: string): string | undefined {
  // Strictly read, a dotted address has but one spelling.
  if (parseFour(text) !== undefined) return text;
  const groups = parseGroups(text);
  if (groups === undefined) return undefined;
  if (isFour(groups)) return fourText(groups);
  return new URL(`http://[${groups.map(group => group.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

/**
 * Whom an address counts as: an IPv4 address for itself, an IPv6 address with all of its /64, which is what one
 * customer has at the least. What is no address counts as it is spelt.
 */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const groups = parseGroups(address);
  if (groups === undefined) return address;
  if (isFour(groups)) return fourText(groups);
  const prefix = groups.slice(0, 4).map(group => group.toString(16));
  return `${prefix.join(':')}::/64`;
}

/**
 * The network that an address is of, as one party among others: its /24 if it is IPv4, its /48 if it is IPv6, which is
 * what is given to one site. What is no address is of the network it spells.
 */
export function networkKey(address: string): string {
  const groups = parseGroups(address);
  if (groups === undefined) return address;
  if (isFour(groups)) return `${fourText(groups).replace(/\d+$/, '0')}/24`;
  const prefix = groups.slice(0, 3).map(group => group.toString(16));
  return `${prefix.join(':')}::/48`;
}

interface Range {
  readonly groups: Groups;
  /** Of 128. */
  readonly bits: number;
}

/** @returns undefined for what is neither an address nor `address/bits`. */
function parseRange(text: string): Range | undefined {
  const [, address = '', bitsText] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const groups = parseGroups(address);
  if (groups === undefined) return undefined;
  const width = address.includes(':') ? 128 : 32;
  const bits = bitsText === undefined ? width : Number(bitsText);
  if (bits > width) return undefined;
  return { groups, bits: bits + 128 - width };
}

export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

/** Several lists are asked about one address, one right after the other: it is read once. */
let lastAsked: { readonly text: string; readonly groups: Groups | undefined } = {
  text: '',
  groups: undefined,
};

/** A list of CIDR ranges. */
export class AddressRanges {
  readonly #ranges: readonly Range[];

  /** @throws Error for a range that is none. */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(text => {
      const range = parseRange(text);
      if (range === undefined) throw new Error(`${text} is no address and no range of addresses`);
      return range;
    });
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** What is no address is in no range. */
  includes(address: string): boolean {
    if (this.#ranges.length === 0) return false;
    const groups = lastAsked.text === address ? lastAsked.groups : parseGroups(address);
    if (lastAsked.text !== address) lastAsked = { text: address, groups };
    return groups !== undefined && this.#ranges.some(range => isWithin(groups, range));
  }
}

function isWithin(groups: Groups, range: Range): boolean {
  for (let index = 0, left = range.bits; left > 0; index += 1, left -= 16) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff;
    if (((groups[index]! ^ range.groups[index]!) & mask) !== 0) return false;
  }
  return true;
}
