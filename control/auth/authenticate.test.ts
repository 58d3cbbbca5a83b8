import { describe, expect, test } from 'bun:test';
import { readCredential } from './authenticate.ts';
import { isSameOrigin } from './same-origin.ts';

const token = 'abcdefghijklmnop-_0123456789';

function request(headers: Record<string, string>, method = 'POST'): Request {
  return new Request('http://desktops.example.com/api/public/logout', { method, headers });
}

describe('the credential of a request', () => {
  test('is a bearer token, in any case of the scheme', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect(readCredential(request({ authorization: `${scheme} ${token}` }))).toEqual({
        token,
        via: 'bearer',
      });
    }
  });

  test('is the login cookie among others', () => {
    const cookie = `theme=dark; __Host-login=${token}; session_token=x`;
    expect(readCredential(request({ cookie }))).toEqual({ token, via: 'cookie' });
  });

  test('is the bearer token when both are there', () => {
    const headers = { authorization: `Bearer ${token}`, cookie: `__Host-login=${token}x` };
    expect(readCredential(request(headers))?.via).toBe('bearer');
  });

  test.each([
    [{}],
    [{ authorization: 'Bearer' }],
    [{ authorization: 'Bearer short' }],
    [{ authorization: `Bearer ${token} more` }],
    [{ authorization: 'Basic YTpi' }],
    [{ cookie: '__Host-login=' }],
    [{ cookie: '__Host-login' }],
    [{ cookie: `login=${token}` }],
    [{ cookie: `__host-login=${token}` }],
    [{ cookie: `__Host-login=${token}"` }],
  ] as Record<string, string>[][])('%j has none', headers => {
    expect(readCredential(request(headers as Record<string, string>))).toBeUndefined();
  });
});

test('a token that is too long is none', () => {
  expect(readCredential(request({ authorization: `Bearer ${'x'.repeat(512)}` }))).toBeDefined();
  expect(readCredential(request({ authorization: `Bearer ${'x'.repeat(513)}` }))).toBeUndefined();
});

describe('a request from our own pages', () => {
  test.each([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://desktops.example.com' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://desktops.example.com' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ origin: 'https://desktops.example.com', host: 'desktops.example.com' }, true],
    [{ origin: 'http://desktops.example.com', host: 'desktops.example.com' }, true],
    [
      { origin: 'http://desktops.example.com', host: 'desktops.example.com', 'x-forwarded-proto': 'https' },
      false,
    ],
    [
      { origin: 'https://desktops.example.com', host: 'desktops.example.com', 'x-forwarded-proto': 'https' },
      true,
    ],
    [
      { origin: 'https://desktops.example.com', host: 'desktops.example.com', 'x-forwarded-proto': 'http' },
      false,
    ],
    [{ origin: 'https://desktops.example.com:8443', host: 'desktops.example.com' }, false],
    [{ origin: 'https://evil.example', host: 'desktops.example.com' }, false],
    [{ origin: 'null', host: 'desktops.example.com' }, false],
    [{ host: 'desktops.example.com' }, false],
    [
      {
        origin: 'https://desktops.example.com',
        host: '127.0.0.1:8080',
        'x-forwarded-host': 'desktops.example.com',
      },
      true,
    ],
    [
      { origin: 'https://evil.example', host: '127.0.0.1:8080', 'x-forwarded-host': 'desktops.example.com' },
      false,
    ],
  ] as [Record<string, string>, boolean][])('%j: %p', (headers, same) => {
    expect(isSameOrigin(request(headers), undefined)).toBe(same);
  });

  test('may come by the public address, when a proxy changes the host', () => {
    const headers = { origin: 'https://public.example', host: '10.0.0.1:8080' };
    expect(isSameOrigin(request(headers), 'https://public.example/')).toBe(true);
    expect(isSameOrigin(request(headers), 'https://other.example/')).toBe(false);
    const plain = { ...headers, origin: headers.origin.replace('https:', 'http:') };
    expect(isSameOrigin(request(plain), 'https://public.example/')).toBe(false);
  });
});
