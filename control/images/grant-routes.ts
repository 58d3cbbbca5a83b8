/** Which group may launch which image, over the API, for administrators. */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { GroupId, ImageId } from '../../config/ids.ts';
import type { ControlContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { addCall, emptyAnswer } from '../http/call.ts';
import type { ControlEnv } from '../http/env.ts';
import { anyObject, idSchema } from '../http/schema.ts';
import { groupImageView } from './image.ts';

const groupInput = z.object({ target_group: z.object({ group_id: idSchema<GroupId>() }) });
const pairInput = groupInput.extend({ target_image: z.object({ image_id: idSchema<ImageId>() }) });

const admin = { tag: 'images', access: 'admin' } as const;

export function addGrantCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext): void {
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/get_images_group',
      summary: 'the images a group may launch',
      input: groupInput,
      output: z.object({ images: z.array(anyObject) }),
    },
    async ({ target_group }) => {
      if ((await context.groups.find(target_group.group_id)) === undefined) throw refusals.unknown_group();
      return { images: (await context.images.listOfGroup(target_group.group_id)).map(groupImageView) };
    },
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/add_images_group',
      summary: 'let a group launch an image',
      input: pairInput,
      output: emptyAnswer,
    },
    async ({ target_group, target_image }) => {
      const answer = await context.images.grant(target_group.group_id, target_image.image_id);
      if (answer !== 'granted') throw refusals[answer]();
      return {};
    },
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/remove_images_group',
      summary: 'let a group launch an image no longer',
      input: pairInput,
      output: emptyAnswer,
    },
    async ({ target_group, target_image }) => {
      const revoked = await context.images.revoke(target_group.group_id, target_image.image_id);
      if (!revoked) throw new ApiError(404, 'the group has no such image');
      return {};
    },
  );
}

const refusals = {
  unknown_group: () => new ApiError(404, 'there is no such group'),
  unknown_image: () => new ApiError(404, 'there is no such image'),
};
