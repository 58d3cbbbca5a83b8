import { describe, expect, test } from 'bun:test';
import { AddressRanges } from './address-range.ts';
import {
  type ForwardedClient,
  type ForwardedHeader,
  findForwardedClient,
  takeLastElement,
} from './forwarded.ts';

const trusted = new AddressRanges(['10.0.0.0/8', '2001:db8:ffff::/48']);

function answer(peer: string, headers: Record<string, string>, header: ForwardedHeader = 'x-forwarded-for') {
  return findForwardedClient(peer, header, trusted, name => headers[name]);
}

/** @throws Error where the header can not be read. */
function find(peer: string, headers: Record<string, string>, header?: ForwardedHeader): ForwardedClient {
  const client = answer(peer, headers, header);
  if (client === 'unreadable') throw new Error('the header can not be read');
  return client;
}

/** All elements from left to right; undefined where one of them breaks the grammar. */
function parseAll(value: string): (readonly [string, string])[][] | undefined {
  const elements: (readonly [string, string])[][] = [];
  for (let rest: string | undefined = value; rest !== undefined; ) {
    const last = takeLastElement(rest);
    if (last === undefined) return undefined;
    elements.unshift([...last.element]);
    rest = last.before;
  }
  return elements;
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

  test('that names nobody where the client should stand is unreadable, and never stands for the proxy', () => {
    for (const value of [
      ...['', 'unknown', '1.1.1.1, rubbish', '1.1.1.1,', `1.1.1.1, ${'x'.repeat(9_000)}`],
      ...['unknown, 10.0.0.2', ', 10.0.0.2', '1.1.1.1, 010.0.0.2'],
    ])
      expect(answer('10.0.0.1', { 'x-forwarded-for': value }), value.slice(0, 40)).toBe('unreadable');
  });

  test('that is missing leaves the proxy itself, as for its health checks', () => {
    expect(find('10.0.0.1', {}).address).toBe('10.0.0.1');
  });

  test('is not looked at left of the client, whatever stands there', () => {
    for (const left of ['rubbish', '"', ',,,', 'for="', '[', '\\', 'x'.repeat(9_000)])
      expect(find('10.0.0.1', { 'x-forwarded-for': `${left}, 203.0.113.9, 10.0.0.2` }).address).toBe(
        '203.0.113.9',
      );
  });

  test('of more proxies than anybody has is unreadable', () => {
    const of = (count: number): string => new Array(count).fill('10.0.0.2').join(', ');
    expect(find('10.0.0.1', { 'x-forwarded-for': `203.0.113.9, ${of(31)}` }).address).toBe('203.0.113.9');
    expect(answer('10.0.0.1', { 'x-forwarded-for': `203.0.113.9, ${of(32)}` })).toBe('unreadable');
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
    const value =
      'For="[2001:db8:cafe::17]:4711";Proto=HTTPS , for=192.0.2.43;by="a\\"b", for=x;host="a,b;c"';
    expect(parseAll(value)).toEqual([
      [
        ['for', '[2001:db8:cafe::17]:4711'],
        ['proto', 'HTTPS'],
      ],
      [
        ['for', '192.0.2.43'],
        ['by', 'a"b'],
      ],
      [
        ['for', 'x'],
        ['host', 'a,b;c'],
      ],
    ]);
  });

  const broken = ['', 'for', 'for=', 'for="a', 'for=a b', 'for=a;', 'for=a;for=b', 'for="a\\"', 'for=a"'];
  for (const value of [...broken, 'for=unknown', 'for=_hidden', 'proto=https']) {
    test(`is unreadable where the client should stand in ${JSON.stringify(value)}`, () => {
      for (const whole of [value, `for=1.1.1.1, ${value}`, `${value}, for=10.0.0.2`])
        expect(answer('10.0.0.1', { forwarded: whole }, 'forwarded'), whole).toBe('unreadable');
    });

    test(`is not looked at left of the client, such as ${JSON.stringify(value)}`, () => {
      for (const right of ['for=203.0.113.9', 'for="203.0.113.9:80";by="_x", for="10.0.0.2"'])
        for (const comma of [',', ', ', ' , '])
          expect(
            find('10.0.0.1', { forwarded: `${value}${comma}${right}` }, 'forwarded').address,
            value,
          ).toBe('203.0.113.9');
    });
  }

  for (const value of broken) {
    test(`breaks the grammar with ${JSON.stringify(value)}`, () => {
      expect(takeLastElement(value)).toBeUndefined();
    });
  }

  test('that is missing leaves the proxy itself, as for its health checks', () => {
    expect(find('10.0.0.1', {}, 'forwarded').address).toBe('10.0.0.1');
  });

  test('is read from the right, with the protocol and host of the client it ends at', () => {
    const value =
      'for=1.1.1.1;host=evil, for=203.0.113.9;proto=https;host=desk.example, for=10.0.0.2;proto=http';
    const client = { address: '203.0.113.9', protocol: 'https', host: 'desk.example' };
    expect(find('10.0.0.1', { forwarded: value }, 'forwarded')).toEqual(client as ReturnType<typeof find>);
  });
});
