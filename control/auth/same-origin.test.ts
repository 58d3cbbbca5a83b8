import { describe, expect, test } from 'bun:test';
import { isUnaskedForeign } from './same-origin.ts';

const host = 'desktops.example.com';
const judge = (headers: Record<string, string>): boolean =>
  isUnaskedForeign(
    new Request(`http://${host}/api/public/login`, { headers: { host, ...headers } }),
    undefined,
  );

const simple = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=application/json',
];
const foreign: readonly Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' },
  { 'sec-fetch-site': 'cross-site', origin: 'https://desktops.example.com' },
];

describe('a login that a browser sends unasked', () => {
  for (const headers of foreign) {
    test(`for another site is one: ${JSON.stringify(headers)}`, () => {
      for (const type of [...simple, 'text/plain; x=application/json', 'application/jsonx'])
        expect(judge({ ...headers, 'content-type': type }), type).toBe(true);
    });

    test(`is none with JSON, for which browsers ask first: ${JSON.stringify(headers)}`, () => {
      for (const type of ['application/json', 'Application/JSON; charset=utf-8'])
        expect(judge({ ...headers, 'content-type': type }), type).toBe(false);
    });
  }

  test('is none of our own pages and of programs, whatever its type', () => {
    for (const headers of [
      {},
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin' },
      { origin: `https://${host}` },
    ])
      for (const type of simple) expect(judge({ ...headers, 'content-type': type })).toBe(false);
  });
});
