/** Finds out who calls: a bearer token first, then the login cookie with its guard against foreign sites. */

import type { ControlContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../http/env.ts';
import { isSameOrigin } from './same-origin.ts';

export const loginCookie = '__Host-login';

/**
 * @returns undefined when no credential is shown, or it is unknown, expired, or its user is locked.
 * @throws ApiError 403 when a cookie comes with a writing request from another site.
 */
export async function authenticate(
  context: Pick<ControlContext, 'logins' | 'config' | 'clock'>,
  request: Request,
): Promise<Caller | undefined> {
  const shown = readCredential(request);
  if (shown === undefined) return undefined;
  if (shown.via === 'cookie' && !isRead(request) && !isSameOrigin(request, context.config.public_url)) {
    throw new ApiError(403, 'the request comes from another site');
  }
  const login = await context.logins.find(shown.token, context.clock.now());
  return login === undefined ? undefined : { ...login, via: shown.via };
}

function isRead(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** The token a request shows, and how. An Authorization header of another scheme hides no cookie. */
export function readCredential(request: Request): { token: string; via: 'bearer' | 'cookie' } | undefined {
  const bearer = /^Bearer ([A-Za-z0-9_-]{16,512})$/i.exec(request.headers.get('authorization') ?? '');
  if (bearer?.[1] !== undefined) return { token: bearer[1], via: 'bearer' };
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const [name, value = ''] = pair.trim().split('=', 2);
    if (name === loginCookie && /^[A-Za-z0-9_-]{16,512}$/.test(value)) return { token: value, via: 'cookie' };
  }
  return undefined;
}
