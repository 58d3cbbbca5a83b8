/** Groups over the API, for administrators. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { GroupId } from '../../config/ids.ts';
import type { ControlContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { addCall, emptyAnswer, noArguments } from '../http/call.ts';
import type { ControlEnv } from '../http/env.ts';
import { anyObject, idSchema, textSchema } from '../http/schema.ts';
import { groupView } from './group.ts';
import type { GroupRefusal } from './group-store.ts';
import { addSettingCalls } from './setting-routes.ts';

const groupId = idSchema<GroupId>();
const name = textSchema(255).refine(text => text !== '', 'must not be empty');
const description = textSchema(4_000);
const priority = z.coerce
  .number()
  .int('must be a whole number')
  .min(1, 'must be 1 to 1000000')
  .max(1_000_000, 'must be 1 to 1000000');

const createInput = z.object({
  target_group: z.object({ name, description: description.optional(), priority }),
});
const updateInput = z.object({
  target_group: z.object({
    group_id: groupId,
    name: name.optional(),
    description: description.optional(),
    priority: priority.optional(),
  }),
});
const targetInput = z.object({ target_group: z.object({ group_id: groupId }) });
const groupOutput = z.object({ group: anyObject });

const admin = { tag: 'groups', access: 'admin' } as const;

export function groupRoutes(context: ControlContext): OpenAPIHono<ControlEnv> {
  const api = new OpenAPIHono<ControlEnv>();
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/get_groups',
      summary: 'all groups, by priority',
      read: true,
      input: noArguments,
      output: z.object({ groups: z.array(anyObject) }),
    },
    async () => ({ groups: (await context.groups.list()).map(groupView) }),
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/create_group',
      summary: 'make a group',
      input: createInput,
      output: groupOutput,
    },
    async ({ target_group }) => {
      const { description: text = '', ...fields } = target_group;
      return { group: groupView(check(await context.groups.create({ ...fields, description: text }))) };
    },
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/update_group',
      summary: 'change a group',
      input: updateInput,
      output: groupOutput,
    },
    async ({ target_group }) => ({ group: groupView(await updateGroup(context, target_group)) }),
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/delete_group',
      summary: 'delete a group',
      input: targetInput,
      output: emptyAnswer,
    },
    async ({ target_group }) => deleteGroup(context, target_group.group_id),
  );
  addSettingCalls(api, context);
  return api;
}

async function updateGroup(context: ControlContext, target: z.output<typeof updateInput>['target_group']) {
  const group = check(
    await context.groups.update(target.group_id, {
      ...(target.name === undefined ? {} : { name: target.name }),
      ...(target.description === undefined ? {} : { description: target.description }),
      ...(target.priority === undefined ? {} : { priority: target.priority }),
    }),
  );
  if (target.priority !== undefined) await context.hooks.settingsChanged.run({ groupId: group.groupId });
  return group;
}

async function deleteGroup(context: ControlContext, groupId: GroupId): Promise<Record<string, never>> {
  const members = await context.settings.membersOf(groupId);
  check(await context.groups.delete(groupId));
  for (const userId of members) await context.hooks.settingsChanged.run({ userId });
  return {};
}

const refusals = {
  unknown_group: [404, 'there is no such group'],
  name_taken: [409, 'this group name is taken'],
  priority_taken: [409, 'another group has this priority; each group needs its own'],
  system_group: [409, 'a group that comes with the product keeps its name and cannot be deleted'],
} as const satisfies Record<GroupRefusal, readonly [number, string]>;

function check<Answer>(answer: Answer | GroupRefusal): Exclude<Answer, GroupRefusal> {
  if (typeof answer === 'string' && answer in refusals) {
    const [status, message] = refusals[answer as GroupRefusal];
    throw new ApiError(status, message);
  }
  return answer as Exclude<Answer, GroupRefusal>;
}
