/** Mounts the pages: they answer what no room of the API does, and nothing under `/api`. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ControlEnv } from '../http/env.ts';
import { startWebPages } from './web-pages.ts';

/** @throws Error when the pages' sources don't build. */
export async function webRoutes(): Promise<OpenAPIHono<ControlEnv>> {
  const pages = await startWebPages();
  const routes = new OpenAPIHono<ControlEnv>();
  routes.get('*', async (http, next) => pages(http.req.raw) ?? (await next()));
  return routes;
}
