/** Group settings over the API, for administrators. Every change reaches running streams. */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { GroupId, UserId } from '../../config/ids.ts';
import type { ControlContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { addCall, emptyAnswer } from '../http/call.ts';
import type { ControlEnv } from '../http/env.ts';
import { anyObject, idSchema } from '../http/schema.ts';
import type { GroupSetting } from './setting-store.ts';
import { parseSettingValue, settingView } from './setting-value.ts';

const groupId = idSchema<GroupId>();
const settingId = idSchema<string>();

const listInput = z.object({ target_group: z.object({ group_id: groupId }) });
const setInput = z.object({
  target_group: z.object({ group_id: groupId }).optional(),
  target_setting: z.object({
    group_setting_id: settingId.optional(),
    name: z.string().max(100).optional(),
    value: z.union([z.string(), z.boolean(), z.number(), anyObject]),
  }),
});
const removeInput = z.object({
  target_group: z.object({ group_id: groupId }).optional(),
  target_setting: z.object({ group_setting_id: settingId.optional(), name: z.string().max(100).optional() }),
});
const effectiveInput = z.object({ target_user: z.object({ user_id: idSchema<UserId>() }) });

const admin = { tag: 'groups', access: 'admin' } as const;

export function addSettingCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext): void {
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/get_settings_group',
      summary: 'the settings a group defines',
      input: listInput,
      output: z.object({ settings: z.array(anyObject) }),
    },
    async ({ target_group }) => {
      if ((await context.groups.find(target_group.group_id)) === undefined) throw unknownGroup();
      return { settings: (await context.settings.list(target_group.group_id)).map(settingView) };
    },
  );
  for (const verb of ['add', 'set'] as const) {
    addCall(
      api,
      context,
      {
        ...admin,
        path: `/api/public/${verb}_settings_group`,
        summary: 'define a setting for a group, or change it',
        input: setInput,
        output: z.object({ setting: anyObject }),
      },
      async input => ({ setting: settingView(await setSetting(context, input)) }),
    );
  }
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/remove_settings_group',
      summary: 'let a group say nothing about a setting',
      input: removeInput,
      output: emptyAnswer,
    },
    async input => removeSetting(context, input),
  );
  addEffectiveCall(api, context);
}

/** Not Kasm's: what holds for a user, and which group said so. */
function addEffectiveCall(api: OpenAPIHono<ControlEnv>, context: ControlContext): void {
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/get_effective_settings',
      summary: 'what holds for a user, and which group said so',
      input: effectiveInput,
      output: z.object({ settings: anyObject, provenance: anyObject }),
    },
    async ({ target_user }) => {
      if ((await context.users.find(target_user.user_id)) === undefined) {
        throw new ApiError(404, 'there is no such user');
      }
      const { settings, provenance } = await context.settings.effective(target_user.user_id);
      const sources = Object.entries(provenance).map(([name, from]) => [
        name,
        { group_id: from.groupId, group_name: from.groupName, priority: from.priority },
      ]);
      return { settings: { ...settings }, provenance: Object.fromEntries(sources) };
    },
  );
}

async function setSetting(context: ControlContext, input: z.output<typeof setInput>): Promise<GroupSetting> {
  const { groupId, name } = await findTarget(context, input);
  const parsed = parseSettingValue(name, input.target_setting.value);
  if (!parsed.ok) throw new ApiError(400, parsed.problem);
  const setting = await context.settings.set(groupId, parsed.name, parsed.value);
  if (setting === 'unknown_group') throw unknownGroup();
  context.log.info('group setting changed', { groupId, name });
  await context.hooks.settingsChanged.run({ groupId });
  return setting;
}

async function removeSetting(
  context: ControlContext,
  input: z.output<typeof removeInput>,
): Promise<Record<string, never>> {
  const { groupId, name } = await findTarget(context, input);
  if (!(await context.settings.remove(groupId, name))) throw unknownSetting();
  context.log.info('group setting removed', { groupId, name });
  await context.hooks.settingsChanged.run({ groupId });
  return {};
}

/** A setting is named by its id, or by its group and name. */
async function findTarget(
  context: ControlContext,
  input: z.output<typeof removeInput>,
): Promise<{ groupId: GroupId; name: string }> {
  const { group_setting_id: id, name } = input.target_setting;
  if (id !== undefined) {
    const setting = await context.settings.find(id);
    if (setting === undefined) throw unknownSetting();
    return { groupId: setting.groupId, name: setting.name };
  }
  if (input.target_group === undefined || name === undefined) {
    throw new ApiError(
      400,
      'name the setting by target_setting.group_setting_id, or by target_group.group_id and target_setting.name',
    );
  }
  return { groupId: input.target_group.group_id, name };
}

const unknownGroup = (): ApiError => new ApiError(404, 'there is no such group');
const unknownSetting = (): ApiError => new ApiError(404, 'this group defines no such setting');
