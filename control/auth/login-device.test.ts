import { describe, expect, test } from 'bun:test';
import { createDeviceCookie, findDevice } from './login-device.ts';

const key = new Uint8Array(32).fill(7);
const shown = (cookie: string): string => cookie.split(';')[0] ?? '';

describe('the cookie of a device', () => {
  test('is kept from scripts and from other sites', () => {
    expect(createDeviceCookie(key, 'ada')).toMatch(
      /^__Host-device=[\w-]{22}\.[\w-]{43}; Path=\/; Max-Age=31536000; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  test('names the device for its user, beside other cookies', () => {
    const cookie = shown(createDeviceCookie(key, 'ada'));
    const device = findDevice(key, 'ada', `a=b; ${cookie}; c=d`);
    expect(device).toHaveLength(22);
    expect(findDevice(key, 'ada', cookie)).toBe(device as string);
    expect(findDevice(key, 'ada', shown(createDeviceCookie(key, 'ada')))).not.toBe(device as string);
  });

  test('is nothing for another user, under another key, or when it was changed', () => {
    const cookie = shown(createDeviceCookie(key, 'ada'));
    expect(findDevice(key, 'bob', cookie)).toBeUndefined();
    expect(findDevice(new Uint8Array(32).fill(8), 'ada', cookie)).toBeUndefined();
    const changed = cookie.replace(/=./, match => (match === '=A' ? '=B' : '=A'));
    for (const text of [null, '', '__Host-device=', '__Host-device=a.b', changed, cookie.slice(0, -1)])
      expect(findDevice(key, 'ada', text)).toBeUndefined();
  });
});
