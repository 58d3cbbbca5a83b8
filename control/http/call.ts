/**
 * One API call: its path, who may make it, its arguments and its answer. All calls are POST with a
 * JSON object; calls that only read are answered to GET as well, with arguments from the query.
 * A room declares its calls with `addCall` on an OpenAPIHono of its own, which app.ts mounts.
 */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { authenticate } from '../auth/authenticate.ts';
import type { ControlContext } from '../context.ts';
import { ApiError, forbidden, unauthenticated } from './api-error.ts';
import type { Caller, ControlEnv } from './env.ts';

export type Access = 'anyone' | 'user' | 'admin';

export interface Call<A extends Access, Input extends z.ZodType, Output extends z.ZodType> {
  readonly path: `/api/${string}`;
  readonly summary: string;
  /** For the OpenAPI document: the room's name. */
  readonly tag: string;
  readonly access: A;
  /** Changes nothing: GET is answered too. */
  readonly read?: boolean;
  readonly input: Input;
  readonly output: Output;
}

export interface CallRequest<A extends Access> {
  readonly caller: A extends 'anyone' ? undefined : Caller;
  /** The HTTP request, for headers and cookies. */
  readonly http: Context<ControlEnv>;
}

/** A body of arguments is small; files never come this way. */
export const callBodyBytesMax = 256 * 1024;

const nothing = z.object({});

/** The answer of calls that have nothing to say: Kasm's `{}`. */
export const emptyAnswer = nothing;
export const noArguments = nothing;

const errorAnswer = z.object({ error_message: z.string() }).openapi('Error');

/**
 * Adds a call to a room's routes and to the OpenAPI document.
 * The handler gets checked arguments; what it throws is answered by app.ts.
 */
export function addCall<A extends Access, Input extends z.ZodType, Output extends z.ZodType>(
  api: OpenAPIHono<ControlEnv>,
  context: ControlContext,
  call: Call<A, Input, Output>,
  handle: (input: z.output<Input>, request: CallRequest<A>) => Promise<z.input<Output>>,
): void {
  const answer = async (http: Context<ControlEnv>, readRaw: () => Promise<Record<string, unknown>>) => {
    const caller = call.access === 'anyone' ? undefined : await findCaller(context, http, call.access);
    const parsed = call.input.safeParse(await readRaw());
    if (!parsed.success) throw new ApiError(400, describeIssues(parsed.error));
    const request = { caller, http } as CallRequest<A>;
    const output = await handle(parsed.data, request);
    http.header('cache-control', 'no-store');
    return http.json(output as object);
  };
  api.post(call.path, http => answer(http, () => readBody(http)));
  if (call.read) api.get(call.path, http => answer(http, async () => http.req.query()));
  else api.get(call.path, () => refuseGet(call.path));
  document(api, call);
}

function refuseGet(path: string): never {
  throw new ApiError(405, `${path} takes POST`, { allow: 'POST' });
}

async function findCaller(
  context: ControlContext,
  http: Context<ControlEnv>,
  access: Access,
): Promise<Caller> {
  const caller = await authenticate(context, http.req.raw);
  if (caller === undefined) throw unauthenticated();
  context.requestRate.take(caller.userId);
  if (access === 'admin' && !caller.isAdmin) throw forbidden();
  return caller;
}

async function readBody(http: Context<ControlEnv>): Promise<Record<string, unknown>> {
  const text = await http.req.text();
  if (text.length > callBodyBytesMax) {
    throw new ApiError(413, `a body of ${text.length} characters is over the limit of ${callBodyBytesMax}`);
  }
  if (text.trim() === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(400, 'the body is no JSON');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new ApiError(400, 'the body must be a JSON object');
}

/** Every problem in one sentence: `target_user.username: must be …; …`. */
function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 10)
    .map(issue => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ');
}

function document<A extends Access>(api: OpenAPIHono<ControlEnv>, call: Call<A, z.ZodType, z.ZodType>): void {
  const content = (schema: z.ZodType) => ({ 'application/json': { schema } });
  api.openAPIRegistry.registerPath({
    method: 'post',
    path: call.path,
    summary: call.summary,
    tags: [call.tag],
    security: call.access === 'anyone' ? [] : [{ bearer: [] }, { cookie: [] }],
    request: { body: { content: content(call.input) } },
    responses: {
      200: { description: 'done', content: content(call.output) },
      default: { description: 'refused', content: content(errorAnswer) },
    },
  });
}
