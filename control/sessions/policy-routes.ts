/** The policy of a session, with where each value comes from: what a gateway answers its users, for administrators. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { SessionId } from '../../config/ids.ts';
import { listPolicyRules } from '../../config/policy-sources.ts';
import type { ControlContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { addCall } from '../http/call.ts';
import type { ControlEnv } from '../http/env.ts';
import { anyObject, idSchema } from '../http/schema.ts';
import type { Sessions } from './sessions.ts';

export function policyRoutes(context: ControlContext, sessions: Sessions): OpenAPIHono<ControlEnv> {
  const api = new OpenAPIHono<ControlEnv>();
  addCall(
    api,
    context,
    {
      tag: 'sessions',
      access: 'admin',
      path: '/api/public/get_session_policy',
      summary: 'the policy of a session, with the group or default that each value comes from',
      read: true,
      input: z.object({ kasm_id: idSchema<SessionId>() }),
      output: anyObject,
    },
    async input => {
      const policy = await sessions.authority.explain(input.kasm_id);
      if (policy === 'unknown_session') throw new ApiError(404, 'Invalid kasm_id');
      if (policy === 'broken_policy') {
        throw new ApiError(409, 'the policy of this session cannot be enforced: none of its streams opens');
      }
      const { userId, username, policyVersion, document, sources } = policy;
      return {
        kasm_id: input.kasm_id,
        user_id: userId,
        username,
        policy_version: policyVersion,
        policy: document,
        rules: listPolicyRules(document, sources),
      };
    },
  );
  return api;
}
