import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { issueStreamToken, streamTokenExpiry, streamTokenId, verifyStreamToken } from './stream-token.ts';

const key = new Uint8Array(32).fill(7);
const session = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';
const claims = { access: 'full', generation: 3, expiresAtMs: 1_900_000_000_000 } as const;
const now = { generation: 3, timeMs: 1_800_000_000_000 };

describe('stream token', () => {
  test('opens the session it was issued for, with the access it was issued with', () => {
    const token = issueStreamToken(key, session, claims);
    expect(verifyStreamToken(key, session, token, now)).toEqual({ ok: true, claims });
    const watching = issueStreamToken(key, session, { ...claims, access: 'view_only' });
    expect(verifyStreamToken(key, session, watching, now)).toEqual({
      ok: true,
      claims: { ...claims, access: 'view_only' },
    });
  });

  test('opens no other session', () => {
    const token = issueStreamToken(key, session, claims);
    expect(verifyStreamToken(key, other, token, now)).toEqual({ ok: false, refusal: 'bad_token' });
  });

  test('a view-only token cannot be turned into a full one', () => {
    const token = issueStreamToken(key, session, { ...claims, access: 'view_only' });
    const forged = token.replace('view_only', 'full');
    expect(verifyStreamToken(key, session, forged, now)).toEqual({ ok: false, refusal: 'bad_token' });
  });

  test('raising the generation revokes what was issued before', () => {
    const token = issueStreamToken(key, session, claims);
    expect(verifyStreamToken(key, session, token, { ...now, generation: 4 })).toEqual({
      ok: false,
      refusal: 'bad_token',
    });
  });

  test('is refused as expired from its expiry on, and not a millisecond before', () => {
    const token = issueStreamToken(key, session, claims);
    const at = (timeMs: number) => verifyStreamToken(key, session, token, { generation: 3, timeMs });
    expect(at(claims.expiresAtMs - 1).ok).toBe(true);
    expect(at(claims.expiresAtMs)).toEqual({ ok: false, refusal: 'expired_token' });
  });

  test('another key makes another token', () => {
    const token = issueStreamToken(new Uint8Array(32).fill(8), session, claims);
    expect(verifyStreamToken(key, session, token, now)).toEqual({ ok: false, refusal: 'bad_token' });
  });

  test('every change of one character is refused', () => {
    const token = issueStreamToken(key, session, claims);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abzAZ019._-~é '), (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        // The last character of the mac carries two bits that base64url ignores.
        fc.pre(changed !== token && at !== token.length - 1);
        return !verifyStreamToken(key, session, changed, now).ok;
      }),
    );
  });

  test('no text, however long or odd, is taken for a token or throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), text => !verifyStreamToken(key, session, text, now).ok),
    );
  });

  test('calls within a twelfth of the life get the same expiry, and never less than the promised life', () => {
    const lifeMs = 12 * 60_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), timeMs => {
        const expiry = streamTokenExpiry(timeMs, lifeMs);
        expect(expiry % 60_000).toBe(0);
        expect(expiry - timeMs).toBeGreaterThanOrEqual(lifeMs);
        expect(expiry - timeMs).toBeLessThan(lifeMs + 60_000);
      }),
    );
    expect(streamTokenExpiry(1, lifeMs)).toBe(streamTokenExpiry(60_000, lifeMs));
    expect(streamTokenExpiry(60_001, lifeMs)).not.toBe(streamTokenExpiry(60_000, lifeMs));
  });

  test('its public name does not contain it', () => {
    const token = issueStreamToken(key, session, claims);
    expect(streamTokenId(token)).toMatch(/^[0-9a-f]{16}$/);
    expect(token).not.toContain(streamTokenId(token));
  });
});
