/**
 * Stream tokens: what a browser shows the gateway to open the streams of one session. Pure.
 *
 *     <access>.<generation>.<expiry>.<mac>
 *
 *     access      full | view_only | clipboard_only | input_only
 *     generation  decimal; the session's token_generation when it was issued
 *     expiry      base 36, milliseconds since 1970
 *     mac         base64url of HMAC-SHA-256(key, "<session id>.<access>.<generation>.<expiry>")
 *
 * A token opens one session and nothing else of its user. Nothing is stored: control derives the
 * token again and compares. Raising the session's generation revokes every token issued before.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { limits } from '../../config/limits.ts';
import { type Access, accessKinds } from '../../config/policy.ts';

export interface StreamTokenClaims {
  readonly access: Access;
  readonly generation: number;
  readonly expiresAtMs: number;
}

export type StreamTokenVerdict =
  | { readonly ok: true; readonly claims: StreamTokenClaims }
  | { readonly ok: false; readonly refusal: 'bad_token' | 'expired_token' };

const shape = new RegExp(
  String.raw`^(${accessKinds.join('|')})\.(\d{1,10})\.([0-9a-z]{1,11})\.([A-Za-z0-9_-]{43})$`,
);

/** @param key 32 random bytes, shared by all control instances. */
export function issueStreamToken(key: Uint8Array, sessionId: string, claims: StreamTokenClaims): string {
  const head = `${claims.access}.${claims.generation}.${claims.expiresAtMs.toString(36)}`;
  return `${head}.${macOf(key, sessionId, head).toString('base64url')}`;
}

/**
 * Checks a token against the session it is shown for.
 * A token that is forged, of another session or of an older generation is `bad_token`;
 * only a genuine one is ever called expired.
 */
export function verifyStreamToken(
  key: Uint8Array,
  sessionId: string,
  token: string,
  now: { readonly generation: number; readonly timeMs: number },
): StreamTokenVerdict {
  const parts = token.length > limits.tokenCharsMax ? null : shape.exec(token);
  if (parts === null) return { ok: false, refusal: 'bad_token' };
  const [, access, generationText, expiryText, mac] = parts as unknown as [
    string,
    Access,
    string,
    string,
    string,
  ];
  const expected = macOf(key, sessionId, `${access}.${generationText}.${expiryText}`);
  const shown = Buffer.from(mac, 'base64url');
  if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) {
    return { ok: false, refusal: 'bad_token' };
  }
  const generation = Number(generationText);
  const expiresAtMs = Number.parseInt(expiryText, 36);
  if (generation !== now.generation) return { ok: false, refusal: 'bad_token' };
  if (expiresAtMs <= now.timeMs) return { ok: false, refusal: 'expired_token' };
  return { ok: true, claims: { access, generation, expiresAtMs } };
}

/**
 * When a token issued now expires: at least `lifeMs` away, at most a twelfth of that later, on a
 * multiple of that twelfth, so that calls shortly after one another get the same token.
 */
export function streamTokenExpiry(timeMs: number, lifeMs: number): number {
  const stepMs = Math.max(1, Math.floor(lifeMs / 12));
  return Math.ceil((timeMs + lifeMs) / stepMs) * stepMs;
}

/** A name for a token that is safe in logs and audit: it cannot be turned back into the token. */
export function streamTokenId(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}

function macOf(key: Uint8Array, sessionId: string, head: string): Buffer {
  return createHmac('sha256', key).update(`${sessionId}.${head}`).digest();
}
