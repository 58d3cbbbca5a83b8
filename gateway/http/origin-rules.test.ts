import { describe, expect, test } from 'bun:test';
import { gatewayHttpDefaults, gatewayHttpSchema } from '../../config/gateway-http.ts';
import { OriginRules } from './origin-rules.ts';

const rules = (...allow: string[]): OriginRules => new OriginRules({ ...gatewayHttpDefaults.origins, allow });

describe('an origin', () => {
  const hosts = ['desk.example.com'];

  test('is own when it is https and the host that was asked for, whatever the case', () => {
    expect(rules().judge('https://desk.example.com', hosts)).toBe('own');
    expect(rules().judge('https://desk.example.com', ['Desk.Example.com:443'])).toBe('own');
    expect(rules().judge('https://desk.example.com:8443', ['desk.example.com:8443'])).toBe('own');
    expect(rules().judge('https://[::1]:8443', ['[::1]:8443'])).toBe('own');
    expect(rules().judge('https://outside.example', ['inner', 'outside.example'])).toBe('own');
  });

  test('has the scheme that a proxy tells, and without a word of one that of the front door', () => {
    const door = rules();
    expect(door.judge('http://desk.example.com', hosts, 'http')).toBe('own');
    expect(door.judge('http://desk.example.com', ['desk.example.com:80'], 'http')).toBe('own');
    expect(door.judge('https://desk.example.com', hosts, 'http')).toBe('foreign');
    expect(door.judge('http://desk.example.com', hosts, 'https')).toBe('foreign');
    const plain = new OriginRules(gatewayHttpDefaults.origins, true);
    expect(plain.judge('http://desk.example.com', hosts)).toBe('own');
    expect(plain.judge('https://desk.example.com', hosts)).toBe('own');
    expect(plain.judge('http://desk.example.com', hosts, 'https')).toBe('foreign');
  });

  const foreign: readonly (readonly [name: string, origin: string])[] = [
    ['the same host without TLS', 'http://desk.example.com'],
    ['another port', 'https://desk.example.com:8443'],
    ['another host', 'https://evil.example'],
    ['a host that begins alike', 'https://desk.example.com.evil.example'],
    ['a host that ends alike', 'https://evildesk.example.com'],
    ['a parent', 'https://example.com'],
    ['no origin at all, in words', 'null'],
    ['an empty value', ''],
    ['two origins', 'https://desk.example.com, https://evil.example'],
    ['an origin with a path', 'https://desk.example.com/'],
    ['an origin with a user', 'https://desk.example.com@evil.example'],
    ['a value longer than any origin', `https://${'a'.repeat(600)}.example.com`],
  ];
  for (const [name, origin] of foreign) {
    test(`is foreign: ${name}`, () => {
      expect(rules().judge(origin, hosts)).toBe('foreign');
      expect(rules('https://portal.example.com', 'https://*.parts.example').judge(origin, hosts)).toBe(
        'foreign',
      );
    });
  }

  test('is not own where the request named no host', () => {
    expect(rules().judge('https://', [undefined])).toBe('foreign');
    expect(rules().judge('https://', [''])).toBe('foreign');
  });

  test('is listed when it stands in the list exactly', () => {
    const list = rules('https://portal.example.com', 'https://tool.example.com:8443', 'http://intranet');
    expect(list.judge('https://portal.example.com', hosts)).toBe('listed');
    expect(list.judge('https://tool.example.com:8443', hosts)).toBe('listed');
    expect(list.judge('http://intranet', hosts)).toBe('listed');
    expect(list.judge('https://tool.example.com', hosts)).toBe('foreign');
    expect(list.judge('https://portalxexample.com', hosts)).toBe('foreign');
  });

  test("matches a star by one label, never by none, by two, or across the name's end", () => {
    const list = rules('https://*.example.com');
    expect(list.judge('https://a.example.com', [])).toBe('listed');
    expect(list.judge('https://a-b_1.example.com', [])).toBe('listed');
    for (const origin of [
      'https://example.com',
      'https://.example.com',
      'https://a.b.example.com',
      'https://a.example.com.evil.example',
      'https://evil.example/.example.com',
      'https://a.example.com:8443',
      'http://a.example.com',
      'https://-a.example.com',
      'https://a.exampleXcom',
      `https://${'a'.repeat(64)}.example.com`,
    ]) {
      expect(list.judge(origin, [])).toBe('foreign');
    }
  });

  test('that is absent may open streams, unless one is required', () => {
    const verdict = rules().judge(undefined, hosts);
    expect(verdict).toBe('absent');
    expect(rules().mayOpenStream(verdict)).toBe(true);
    const strict = new OriginRules({ ...gatewayHttpDefaults.origins, require: true });
    expect(strict.mayOpenStream(verdict)).toBe(false);
    expect(strict.mayOpenStream('own')).toBe(true);
    expect(rules().mayOpenStream('foreign')).toBe(false);
  });
});

describe('the list of the configuration', () => {
  const isTaken = (origin: string): boolean =>
    gatewayHttpSchema.safeParse({ origins: { allow: [origin] } }).success;

  test('takes origins and one star in the first place', () => {
    for (const origin of [
      'https://a.example',
      'http://intranet',
      'https://*.a.example',
      'https://a.example:8443',
    ])
      expect(isTaken(origin)).toBe(true);
  });

  test('takes nothing that a browser never sends or that would match too much', () => {
    for (const origin of [
      '*',
      'null',
      'https://*',
      'https://**.a.example',
      'https://a.*.example',
      'https://a.example/',
      'https://a.example:443',
      'http://a.example:80',
      'https://A.example',
      'a.example',
      'wss://a.example',
      'https://a.example, https://b.example',
    ])
      expect(isTaken(origin)).toBe(false);
  });
});
