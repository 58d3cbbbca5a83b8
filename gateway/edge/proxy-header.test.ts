import { describe, expect, test } from 'bun:test';
import { ProxyHeaderParser, type ProxyHeaderStep, proxyHeaderBytesMax } from './proxy-header.ts';

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const line = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

function binary(
  versionAndCommand: number,
  family: number,
  body: readonly number[],
  length = body.length,
): Uint8Array {
  return Uint8Array.of(...signature, versionAndCommand, family, length >> 8, length & 255, ...body);
}

const four = [192, 0, 2, 1, 198, 51, 100, 2, 0xc8, 0x22, 0x01, 0xbb];
const six = [
  0x20,
  0x01,
  0x0d,
  0xb8,
  ...new Array<number>(11).fill(0),
  5,
  ...new Array<number>(16).fill(0),
  0,
  80,
  1,
  187,
];

function parse(bytes: Uint8Array): ProxyHeaderStep {
  return new ProxyHeaderParser().push(bytes);
}

const good: readonly (readonly [string, Uint8Array, { address: string; port: number } | undefined])[] = [
  ['TCP4', line('PROXY TCP4 192.0.2.1 198.51.100.2 51234 443\r\n'), { address: '192.0.2.1', port: 51234 }],
  ['TCP6', line('PROXY TCP6 2001:DB8::5 ::1 80 443\r\n'), { address: '2001:db8::5', port: 80 }],
  ['UNKNOWN', line('PROXY UNKNOWN\r\n'), undefined],
  ['UNKNOWN with more', line('PROXY UNKNOWN ffff::1 ::2 1 2\r\n'), undefined],
  ['IPv4', binary(0x21, 0x11, four), { address: '192.0.2.1', port: 0xc822 }],
  ['IPv4 with TLVs', binary(0x21, 0x11, [...four, 4, 0, 2, 9, 9]), { address: '192.0.2.1', port: 0xc822 }],
  ['IPv6', binary(0x21, 0x21, six), { address: '2001:db8::5', port: 80 }],
  ['a UNIX socket', binary(0x21, 0x31, new Array<number>(216).fill(65)), undefined],
  ['LOCAL', binary(0x20, 0x00, []), undefined],
  ['LOCAL with addresses', binary(0x20, 0x11, four), undefined],
  ['an unspecified family', binary(0x21, 0x00, [1, 2, 3]), undefined],
];

describe('a header', () => {
  for (const [name, bytes, source] of good) {
    test(`of ${name} is read at every split, and ends where it ends`, () => {
      const rest = Uint8Array.of(22, 3, 1);
      const whole = Uint8Array.of(...bytes, ...rest);
      for (let at = 0; at <= whole.length; at++) {
        const parser = new ProxyHeaderParser();
        const first = parser.push(whole.subarray(0, at));
        expect(first.kind, `${at}`).toBe(at < bytes.length ? 'need' : 'header');
        const step = first.kind === 'need' ? parser.push(whole.subarray(at)) : first;
        expect(step).toMatchObject({ kind: 'header', headerBytes: bytes.length });
        if (step.kind === 'header') expect(step.source).toEqual(source);
        const got = parser.received.subarray(bytes.length);
        expect([...got]).toEqual(
          first.kind === 'need' ? [...rest] : [...rest.subarray(0, at - bytes.length)],
        );
      }
    });
  }

  test('byte by byte is the same', () => {
    for (const [, bytes] of good) {
      const parser = new ProxyHeaderParser();
      const kinds = [...bytes].map(byte => parser.push(Uint8Array.of(byte)).kind);
      expect(kinds.filter(kind => kind === 'need')).toHaveLength(bytes.length - 1);
      expect(kinds.at(-1)).toBe('header');
    }
  });
});

describe('refused', () => {
  const broken: readonly (readonly [string, Uint8Array])[] = [
    ['a TLS hello', Uint8Array.of(22, 3, 1, 2, 0)],
    ['HTTP', line('GET / HTTP/1.1\r\n')],
    ['a bare line feed', line('PROXY UNKNOWN\n')],
    ['a line that does not end', line(`PROXY UNKNOWN ${'x'.repeat(200)}`)],
    ['a line of 108 bytes', line(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`)],
    ['another protocol', line('PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n')],
    ['an address too few', line('PROXY TCP4 192.0.2.1 1 2\r\n')],
    ['two spaces', line('PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n')],
    ['something behind the ports', line('PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n')],
    ['an IPv6 address as TCP4', line('PROXY TCP4 ::1 192.0.2.2 1 2\r\n')],
    ['an IPv4 address as TCP6', line('PROXY TCP6 192.0.2.1 ::1 1 2\r\n')],
    ['a host name', line('PROXY TCP4 localhost 192.0.2.2 1 2\r\n')],
    ['a port over 65535', line('PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n')],
    ['a port with a sign', line('PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n')],
    ['version 1 in binary', binary(0x11, 0x11, four)],
    ['an unknown command', binary(0x22, 0x11, four)],
    ['an unknown family', binary(0x21, 0x41, four)],
    ['datagrams', binary(0x21, 0x12, four)],
    ['an IPv4 header too short for its addresses', binary(0x21, 0x11, four.slice(0, 11))],
    ['an IPv6 header too short for its addresses', binary(0x21, 0x21, four)],
    ['a length over the limit', binary(0x21, 0x11, four, proxyHeaderBytesMax)],
  ];
  for (const [name, bytes] of broken) {
    test(`is ${name}, also byte by byte`, () => {
      expect(parse(bytes).kind).toBe('refused');
      const parser = new ProxyHeaderParser();
      const kinds = new Set<string>();
      for (const byte of bytes) {
        const { kind } = parser.push(Uint8Array.of(byte));
        kinds.add(kind);
        if (kind !== 'need') break;
      }
      expect(kinds).toContain('refused');
      expect(kinds).not.toContain('header');
    });
  }

  test('before its body is waited for', () => {
    expect(parse(binary(0x21, 0x11, [], 65_535)).kind).toBe('refused');
    expect(parse(binary(0x31, 0x11, [], 12)).kind).toBe('refused');
  });
});
