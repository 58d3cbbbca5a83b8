/** Refusals of the API, and the one place that turns whatever was thrown into an answer. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { errorText, type Log } from '../../config/log.ts';
import { isDatabaseAway } from '../db/connect.ts';
import type { ControlEnv } from './env.ts';

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 503;

/** An expected refusal: its message is shown to the caller as `error_message`. */
export class ApiError extends Error {
  readonly status: RefusalStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: RefusalStatus, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.headers = headers;
  }
}

export const unauthenticated = (): ApiError => new ApiError(401, 'Unauthorized');

/** Logged in, but not allowed: the text is Kasm's. */
export const forbidden = (): ApiError => new ApiError(403, 'Unauthorized');

/** Answers `{"error_message"}`; what is no ApiError becomes a 500 with a request id and no detail. */
export function answerError(error: unknown, c: Context<ControlEnv>, log: Log): Response {
  c.header('cache-control', 'no-store');
  if (error instanceof ApiError) {
    for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
    return c.json({ error_message: error.message }, error.status);
  }
  if (error instanceof HTTPException && error.status < 500) {
    return c.json({ error_message: error.message || 'bad request' }, error.status as ContentfulStatusCode);
  }
  const requestId = c.get('requestId');
  if (isDatabaseAway(error)) {
    log.error('the database does not answer', { requestId, path: c.req.path, error: errorText(error) });
    c.header('retry-after', '1');
    return c.json({ error_message: 'the database does not answer, try again in a moment' }, 503);
  }
  log.error('request failed', { requestId, method: c.req.method, path: c.req.path, error: errorText(error) });
  return c.json({ error_message: 'internal error, see the log of control', request_id: requestId }, 500);
}
