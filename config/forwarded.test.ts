import { describe, expect, test } from 'bun:test';
import { AddressRanges } from './address-range.ts';
import { type ForwardedHeader, findForwardedClient, parseForwarded } from './forwarded.ts';

const trusted = new AddressRanges(['10.0.0.0/8', '2001:db8:ffff::/48']);

function find(peer: string, headers: Record<string, string>, header: ForwardedHeader = 'x-forwarded-for') {
  return findForwardedClient(peer, header, trusted, name => headers[name]);
}

describe('X-Forwarded-For', () => {
  test('from a peer that is not trusted is its own word, and so are the others', () => {
    const headers = { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil' };
    expect(find('203.0.113.9', headers)).toEqual({
      address: '203.0.113.9',
      protocol: undefined,
      host: undefined,
    });
  });

  test('from a trusted proxy names the client', () => {
    const headers = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'desk.example:8443',
    };
    const client = { address: '203.0.113.9', protocol: 'https', host: 'desk.example:8443' };
    expect(find('10.0.0.1', headers)).toEqual(client as ReturnType<typeof find>);
  });

  test('is read from the right: what a client put before its own address counts for nothing', () => {
    expect(find('10.0.0.1', { 'x-forwarded-for': '127.0.0.1, 1.1.1.1, 203.0.113.9' }).address).toBe(
      '203.0.113.9',
    );
    expect(find('10.0.0.1', { 'x-forwarded-for': '1.1.1.1, 203.0.113.9, 10.9.9.9' }).address).toBe(
      '203.0.113.9',
    );
  });

  test('of trusted proxies only ends at the first of them', () => {
    expect(find('10.0.0.1', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }).address).toBe('10.0.0.3');
  });

  test('with rubbish counts as far as it can be read', () => {
    for (const value of ['', 'unknown', '1.1.1.1, rubbish', '1.1.1.1,', `1.1.1.1, ${'x'.repeat(9_000)}`])
      expect(find('10.0.0.1', { 'x-forwarded-for': value }).address, value.slice(0, 40)).toBe('10.0.0.1');
    expect(find('10.0.0.1', {}).address).toBe('10.0.0.1');
  });

  test('may carry ports and brackets', () => {
    expect(find('10.0.0.1', { 'x-forwarded-for': '203.0.113.9:4711' }).address).toBe('203.0.113.9');
    expect(find('10.0.0.1', { 'x-forwarded-for': '[2001:db8::5]:4711' }).address).toBe('2001:db8::5');
    expect(find('2001:db8:ffff::1', { 'x-forwarded-for': '2001:db8::5' }).address).toBe('2001:db8::5');
  });

  test('is not read where Forwarded is what the proxies write', () => {
    expect(
      find('10.0.0.1', { 'x-forwarded-for': '1.1.1.1', forwarded: 'for=203.0.113.9' }, 'forwarded').address,
    ).toBe('203.0.113.9');
    expect(find('10.0.0.1', { forwarded: 'for=1.1.1.1' }).address).toBe('10.0.0.1');
  });

  test('beside a host or protocol that is none leaves those out', () => {
    const headers = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'gopher',
      'x-forwarded-host': 'a/b',
    };
    expect(find('10.0.0.1', headers)).toEqual({
      address: '203.0.113.9',
      protocol: undefined,
      host: undefined,
    });
  });
});

describe('Forwarded (RFC 7239)', () => {
  test('is parsed with quotes, escapes and any case', () => {
    const elements = parseForwarded('For="[2001:db8:cafe::17]:4711";Proto=HTTPS , for=192.0.2.43;by="a\\"b"');
    expect(elements?.map(element => [...element])).toEqual([
      [
        ['for', '[2001:db8:cafe::17]:4711'],
        ['proto', 'HTTPS'],
      ],
      [
        ['for', '192.0.2.43'],
        ['by', 'a"b'],
      ],
    ]);
  });

  test('is refused whole when it breaks the grammar', () => {
    const broken = [
      'for',
      'for=',
      'for="a',
      'for=a b',
      'for=a,',
      'for=a;',
      ',for=a',
      'for=a;for=b',
      'for=a,,for=b',
    ];
    for (const value of broken) expect(parseForwarded(value), value).toBeUndefined();
    expect(find('10.0.0.1', { forwarded: 'for=1.1.1.1, for="' }, 'forwarded').address).toBe('10.0.0.1');
  });

  test('is read from the right, with the protocol and host of the client it ends at', () => {
    const value =
      'for=1.1.1.1;host=evil, for=203.0.113.9;proto=https;host=desk.example, for=10.0.0.2;proto=http';
    const client = { address: '203.0.113.9', protocol: 'https', host: 'desk.example' };
    expect(find('10.0.0.1', { forwarded: value }, 'forwarded')).toEqual(client as ReturnType<typeof find>);
  });

  test('that hides a client ends at the proxy that hid it', () => {
    expect(find('10.0.0.1', { forwarded: 'for=1.1.1.1, for=_hidden' }, 'forwarded').address).toBe('10.0.0.1');
  });
});
