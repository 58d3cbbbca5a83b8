import { expect, test } from 'bun:test';
import { encodeXauthority } from './xauthority.ts';

test('an X authority file admits whoever shows the cookie, on any display', () => {
  const cookie = Uint8Array.from({ length: 16 }, (_, index) => index);
  const name = [...new TextEncoder().encode('MIT-MAGIC-COOKIE-1')];
  expect([...encodeXauthority(cookie)]).toEqual([
    ...[0xff, 0xff],
    ...[0, 0],
    ...[0, 0],
    ...[0, 18, ...name],
    ...[0, 16, ...cookie],
  ]);
});
