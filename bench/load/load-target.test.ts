import { describe, expect, test } from 'bun:test';
import { parseLoadTargets } from './load-target.ts';

const desktop = 'https://desk.example:8443/desktop/1/vnc/websockify';

describe('the target of a load', () => {
  test('is a gateway of our own without a URL', () => expect(parseLoadTargets([], [])).toBeUndefined());

  test('brings the token into the path', () => {
    expect(parseLoadTargets([desktop], ['se cret'])).toEqual({
      host: 'desk.example',
      port: 8443,
      serverName: 'desk.example',
      tls: true,
      paths: ['/desktop/1/vnc/websockify?token=se+cret&client=kasmvnc'],
    });
  });

  test('takes WebSocket addresses, and the port of the scheme', () => {
    expect(parseLoadTargets(['wss://desk.example/x'], [])).toMatchObject({ port: 443, tls: true });
    expect(parseLoadTargets(['ws://127.0.0.1/x'], [])).toMatchObject({ port: 80, tls: false });
  });

  test('gives each URL its token', () => {
    const target = parseLoadTargets([desktop, `${desktop}?a=b`], ['one', 'two']);
    expect(target?.paths.map(path => /token=(\w+)/.exec(path)?.[1])).toEqual(['one', 'two']);
  });

  test.each([
    [['ftp://x/'], [], 'is not an address'],
    [[desktop, 'https://other.example/'], [], 'one load goes to one host'],
    [[desktop, desktop, desktop], ['a', 'b'], '2 tokens for 3 URLs'],
    [[], ['a'], '--token needs a --url'],
  ])('%p with tokens %p is refused', (urls, tokens, message) => {
    expect(() => parseLoadTargets(urls, tokens)).toThrow(message);
  });
});
