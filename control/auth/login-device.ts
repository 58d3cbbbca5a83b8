/**
 * A cookie that tells a browser apart that logged in before, so that strangers' failures do not slow its user down
 * from wherever it comes. It opens nothing: it only chooses whose failures count (login-throttle.ts).
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const deviceCookie = '__Host-device';

const nonceBytes = 16;
const maxAgeS = 365 * 86_400;

/** @returns the value of a Set-Cookie header. @param username normalised. */
export function createDeviceCookie(key: Uint8Array, username: string): string {
  const nonce = randomBytes(nonceBytes).toString('base64url');
  const value = `${nonce}.${sign(key, username, nonce).toString('base64url')}`;
  return `${deviceCookie}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; Secure; SameSite=Strict`;
}

/**
 * The device's own name, if a Cookie header shows that it logged in as this user before.
 * @returns undefined for none, one of another user, and one that we did not make.
 */
export function findDevice(key: Uint8Array, username: string, cookie: string | null): string | undefined {
  for (const pair of (cookie ?? '').split(';')) {
    const [, nonce = '', mac = ''] = /^__Host-device=([\w-]{22})\.([\w-]{43})$/.exec(pair.trim()) ?? [];
    if (nonce === '') continue;
    const shown = Buffer.from(mac, 'base64url');
    const right = sign(key, username, nonce);
    if (shown.length === right.length && timingSafeEqual(shown, right)) return nonce;
  }
  return undefined;
}

function sign(key: Uint8Array, username: string, nonce: string): Buffer {
  return createHmac('sha256', key).update(`${username}\0${nonce}`).digest();
}
