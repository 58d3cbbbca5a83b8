/** What proxies say of their clients before and around a request: the PROXY protocol, and forwarding headers. */
import { AddressRanges, normaliseAddress } from '../../config/address-range.ts';
import { findForwardedClient } from '../../config/forwarded.ts';
import { ProxyHeaderParser, proxyHeaderBytesMax } from '../../gateway/edge/proxy-header.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { pick, type Random } from './mutate.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const addresses = [
  '192.0.2.1',
  '10.0.0.1',
  '2001:db8::5',
  '::ffff:10.0.0.9',
  '::',
  '127.0.0.1',
  'unknown',
  '_hidden',
  '[2001:db8::5]:4711',
  '192.0.2.1:80',
  '0x7f.1',
  '010.0.0.1',
  'fe80::1%eth0',
  '',
];

function lineOf(random: Random): Uint8Array {
  const protocol = pick(random, ['TCP4', 'TCP6', 'UNKNOWN', 'UDP4']);
  const ports = [0, 80, 65_535, 65_536, -1].map(String);
  const words = ['PROXY', protocol, pick(random, addresses), pick(random, addresses)];
  return bytesOf(`${[...words, pick(random, ports), pick(random, ports)].join(' ')}\r\nrest`);
}

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

function binaryOf(random: Random): Uint8Array {
  const family = pick(random, [0x00, 0x11, 0x21, 0x31, 0x12, 0x41]);
  const length = pick(random, [0, 11, 12, 36, 40, 216, 300, 4080, 4081, 65_535]);
  const body = Array.from({ length: Math.min(length, 300) }, () => random(256));
  const head = [pick(random, [0x20, 0x21, 0x22, 0x11]), family, length >> 8, length & 255];
  return Uint8Array.of(...signature, ...head, ...body);
}

const goodLine = bytesOf('PROXY TCP4 192.0.2.1 198.51.100.2 51234 443\r\nrest');
const goodBinary = Uint8Array.of(
  ...signature,
  0x21,
  0x11,
  0,
  12,
  192,
  0,
  2,
  1,
  198,
  51,
  100,
  2,
  200,
  34,
  1,
  187,
  9,
);

/** A header ends where it says; its address is one, in its one spelling; nothing is kept over the limit. */
function runProxyHeader(input: Uint8Array, cuts: readonly number[]): string {
  const parser = new ProxyHeaderParser();
  const edges = [0, ...cuts, input.length];
  for (const [index, edge] of edges.slice(1).entries()) {
    const step = parser.push(input.slice(edges[index], edge));
    if (step.kind === 'refused') return `refused ${step.message}`;
    if (step.kind === 'header') {
      const { source, headerBytes, version } = step;
      if (headerBytes > Math.min(input.length, proxyHeaderBytesMax))
        throw new Error(`it has ${headerBytes} bytes`);
      if (source !== undefined && normaliseAddress(source.address) !== source.address) {
        throw new Error(`its address is ${source.address}`);
      }
      return JSON.stringify([version, source, headerBytes]);
    }
    if (parser.received.length > proxyHeaderBytesMax) throw new Error('it waits beyond its limit');
  }
  return 'need';
}

const trusted = new AddressRanges(['10.0.0.0/8']);

/** Whoever is found is an address, and one that only a trusted proxy can have told. */
function runForwarded(input: Uint8Array): string {
  const text = textOf(input);
  const found = (['x-forwarded-for', 'forwarded'] as const).map(header => {
    const get = (name: string): string | undefined => (name === header ? text : undefined);
    const client = findForwardedClient('10.0.0.1', header, trusted, get);
    if (client !== 'unreadable' && normaliseAddress(client.address) !== client.address) {
      throw new Error(`found ${client.address}`);
    }
    const stranger = findForwardedClient('192.0.2.77', header, trusted, get);
    if (stranger === 'unreadable' || stranger.address !== '192.0.2.77' || stranger.host !== undefined)
      throw new Error('a stranger was believed');
    // What a client put before the address that its proxy wrote changes nothing.
    const behind = `${text}, ${header === 'forwarded' ? 'for=203.0.113.9' : '203.0.113.9'}`;
    const honest = findForwardedClient('10.0.0.1', header, trusted, name =>
      name === header ? behind : undefined,
    );
    if (honest === 'unreadable') throw new Error('a client made itself unreadable');
    if (honest.address !== '203.0.113.9') throw new Error(`a client made itself ${honest.address}`);
    return client;
  });
  return JSON.stringify(found);
}

function forwardedOf(random: Random): Uint8Array {
  const isRfc = random(2) === 0;
  const one = (): string => {
    const address = pick(random, addresses);
    if (!isRfc) return address;
    const quoted = random(2) === 0 ? `"${address}"` : address;
    return `for=${quoted}${pick(random, ['', ';proto=https', ';host="desk.example:8443"', ';by=_x', ';for=1.1.1.1'])}`;
  };
  return bytesOf(Array.from({ length: 1 + random(5) }, one).join(pick(random, [', ', ',', ' , ', ';'])));
}

export const addressTargets: readonly FuzzTarget[] = [
  {
    name: 'proxy-header',
    seeds: [goodLine, goodBinary],
    generate: random => (random(2) === 0 ? lineOf(random) : binaryOf(random)),
    run: runProxyHeader,
  },
  {
    name: 'forwarded',
    seeds: [bytesOf('192.0.2.1, 10.0.0.2'), bytesOf('for="[2001:db8::5]:4711";proto=https, for=10.0.0.2')],
    generate: forwardedOf,
    run: input => runForwarded(input),
  },
];
