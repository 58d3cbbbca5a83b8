/** `GET /api/__healthcheck`: `{"ok":true}` while the database answers, as Kasm's own. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ControlContext } from '../context.ts';
import { probeDb } from '../db/connect.ts';
import type { ControlEnv } from './env.ts';

export function healthRoutes(context: ControlContext): OpenAPIHono<ControlEnv> {
  const api = new OpenAPIHono<ControlEnv>();
  api.on(['GET', 'POST'], '/api/__healthcheck', async c => {
    const probe = await probeDb(context.db);
    if ('version' in probe) return c.json({ ok: true });
    context.log.error('health check failed', { error: probe.problem });
    return c.json({ ok: false, error_message: 'the database does not answer' }, 503);
  });
  return api;
}
