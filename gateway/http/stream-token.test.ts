import { describe, expect, test } from 'bun:test';
import { findCookie, findQueryValue, findStreamToken, parseBearer } from './stream-token.ts';

describe('the token of a stream', () => {
  const nowhere = { authorization: undefined, cookie: undefined, query: '' };

  test('is taken from bearer, then cookie, then query', () => {
    const everywhere = { authorization: 'Bearer a', cookie: 'session_token=b', query: 'token=c' };
    expect(findStreamToken(everywhere)).toBe('a');
    expect(findStreamToken({ ...everywhere, authorization: undefined })).toBe('b');
    expect(findStreamToken({ ...nowhere, query: 'token=c' })).toBe('c');
    expect(findStreamToken(nowhere)).toBeUndefined();
  });

  test('is not taken from another kind of authorization', () => {
    expect(findStreamToken({ ...nowhere, authorization: 'Basic YTpi', cookie: 'session_token=b' })).toBe('b');
  });
});

test('a bearer token is a scheme in any case and one token', () => {
  expect(parseBearer('Bearer abc-._~+/12==')).toBe('abc-._~+/12==');
  expect(parseBearer('bearer  abc ')).toBe('abc');
  for (const wrong of [undefined, '', 'Bearer', 'Bearer ', 'Bearer a b', 'Bearerabc', 'Basic abc']) {
    expect(parseBearer(wrong)).toBeUndefined();
  }
});

test('a cookie is found by its exact name', () => {
  expect(findCookie('a=1; session_token=x.y; b=2', 'session_token')).toBe('x.y');
  expect(findCookie('session_token="quoted"', 'session_token')).toBe('quoted');
  expect(findCookie('session_token=a=b', 'session_token')).toBe('a=b');
  expect(findCookie('session_token=first; session_token=second', 'session_token')).toBe('first');
  for (const wrong of [
    undefined,
    '',
    'session_token',
    'session_token=',
    'xsession_token=1',
    'Session_Token=1',
  ]) {
    expect(findCookie(wrong, 'session_token')).toBeUndefined();
  }
});

test('a query value is found by its exact name and decoded', () => {
  expect(findQueryValue('a=1&token=x%2By+z', 'token')).toBe('x+y z');
  expect(findQueryValue('token=a&token=b', 'token')).toBe('a');
  for (const wrong of ['', 'token', 'token=', 'xtoken=1', 'token=%zz', 'Token=1']) {
    expect(findQueryValue(wrong, 'token')).toBeUndefined();
  }
});
