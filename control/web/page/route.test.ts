import { describe, expect, test } from 'bun:test';
import { hashOfKasmUrl, parseRoute } from './route.ts';

const session = '11111111-1111-4111-8111-111111111111';
const user = '22222222-2222-4222-8222-222222222222';
const token = `full.1.mf3k9c.${'aB-_'.repeat(10)}abc`;

describe('parseRoute', () => {
  test('no hash at all is the launcher', () => {
    for (const hash of ['', '#', '#/', '/']) expect(parseRoute(hash)).toEqual({ name: 'launcher' });
  });

  test('the sign-in form has its own address', () => {
    expect(parseRoute('#/login')).toEqual({ name: 'login' });
  });

  test('a viewer link carries the session, the user and the stream token', () => {
    const expected = { name: 'viewer', sessionId: session, userId: user, streamToken: token };
    expect(parseRoute(`#/connect/kasm/${session}/${user}/${token}`)).toEqual(expected as never);
  });

  test('ids without dashes and in capitals are the same ids', () => {
    const bare = session.replaceAll('-', '').toUpperCase();
    const route = parseRoute(`#/connect/kasm/${bare}/${user}/${token}?disable_control_panel=1`);
    expect(route).toMatchObject({ name: 'viewer', sessionId: session });
  });

  test('a token that could break out of its cookie is refused', () => {
    for (const bad of ['short', `${token};Path=/`, `${token}%0a`, 'x'.repeat(513), `${token} `]) {
      expect(parseRoute(`#/connect/kasm/${session}/${user}/${bad}`).name).toBe('unknown');
    }
  });

  test('anything else is unknown rather than the launcher', () => {
    for (const hash of [
      '#/connect',
      '#/login/x',
      `#/connect/kasm/${session}/${user}`,
      '#/connect/kasm/x/y/z',
    ]) {
      expect(parseRoute(hash)).toEqual({ name: 'unknown', hash });
    }
  });
});

describe('hashOfKasmUrl', () => {
  test('takes the hash out of a path and out of a whole address', () => {
    const hash = `#/connect/kasm/${session}/${user}/${token}`;
    expect(hashOfKasmUrl(`/${hash}`)).toBe(hash);
    expect(hashOfKasmUrl(`https://desk.example/${hash}`)).toBe(hash);
  });

  test('gives nothing for an address that opens no viewer', () => {
    expect(hashOfKasmUrl('/')).toBeUndefined();
    expect(hashOfKasmUrl('https://elsewhere.example/#/login')).toBeUndefined();
  });
});
