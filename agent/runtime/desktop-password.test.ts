import { describe, expect, test } from 'bun:test';
import { createPassword } from './desktop-password.ts';

describe('a desktop password', () => {
  test('is as long as VncAuth looks at, and longer for KasmVNC', () => {
    expect(createPassword('rfb').reveal()).toMatch(/^[\w-]{8}$/);
    expect(createPassword('kasmvnc').reveal()).toMatch(/^[\w-]{32}$/);
  });

  test('is another one each time, and does not show by accident', () => {
    const password = createPassword('kasmvnc');
    expect(createPassword('kasmvnc').reveal()).not.toBe(password.reveal());
    expect(`${password} ${JSON.stringify({ password })}`).not.toContain(password.reveal());
  });
});
