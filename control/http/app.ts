/** The HTTP side of control: mounts the rooms' routes, answers errors in one place. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { authRoutes } from '../auth/auth-routes.ts';
import type { ControlContext } from '../context.ts';
import { groupRoutes } from '../groups/group-routes.ts';
import { imageRoutes } from '../images/image-routes.ts';
import { userRoutes } from '../users/user-routes.ts';
import { ApiError, answerError } from './api-error.ts';
import { callBodyBytesMax } from './call.ts';
import type { ControlEnv } from './env.ts';
import { healthRoutes } from './health-routes.ts';

export type App = OpenAPIHono<ControlEnv>;

/** A room's routes; every room exports one function of this form. */
export type Routes = (context: ControlContext) => OpenAPIHono<ControlEnv>;

const rooms: readonly Routes[] = [healthRoutes, authRoutes, userRoutes, groupRoutes, imageRoutes];

/** What needs more than the context. */
export interface AppParts {
  readonly sessionRoutes: OpenAPIHono<ControlEnv>;
  /** Answers what no room does; undefined: unknown to it, too. */
  readonly pages: (request: Request) => Response | undefined;
}

export function createApp(context: ControlContext, parts: AppParts): App {
  const app = new OpenAPIHono<ControlEnv>();
  app.use(logRequests(context));
  app.use('/api/*', bodyLimit({ maxSize: callBodyBytesMax, onError: refuseBody }));
  for (const room of rooms) app.route('/', room(context));
  app.route('/', parts.sessionRoutes);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-login',
  });
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Sluice control', version: '0.1.0' },
  });
  app.notFound(c => {
    const page = c.req.path.startsWith('/api/') ? undefined : parts.pages(c.req.raw);
    return page ?? answerError(new ApiError(404, `unknown path ${c.req.path.slice(0, 200)}`), c, context.log);
  });
  app.onError((error, c) => answerError(error, c, context.log));
  return app;
}

function refuseBody(): never {
  throw new ApiError(413, `the body is over the limit of ${callBodyBytesMax} bytes`);
}

/** The path only: a query may carry a token. */
function logRequests(context: ControlContext): MiddlewareHandler<ControlEnv> {
  return async (c, next) => {
    const requestId = crypto.randomUUID();
    c.set('requestId', requestId);
    const startedAt = performance.now();
    await next();
    const ms = Math.round(performance.now() - startedAt);
    context.log.debug('request', {
      requestId,
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms,
    });
  };
}
