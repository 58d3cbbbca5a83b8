/** Workspace images over the API: administrators keep the catalogue, users see what they may launch. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { ImageId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { ControlContext } from '../context.ts';
import { allUsersId } from '../groups/group.ts';
import { findDocumentProblem } from '../groups/setting-value.ts';
import { ApiError } from '../http/api-error.ts';
import { addCall, emptyAnswer, noArguments } from '../http/call.ts';
import type { ControlEnv } from '../http/env.ts';
import { anyObject, idSchema, textSchema } from '../http/schema.ts';
import { addGrantCalls } from './grant-routes.ts';
import { imageView } from './image.ts';
import { parseImageReference } from './image-reference.ts';
import type { ImageFields } from './image-store.ts';

const runConfigCharsMax = 16_384;
const policyCharsMax = 65_536;

const runConfig = z
  .union([z.string(), anyObject])
  .transform((raw, issues): Record<string, unknown> => {
    const value = typeof raw === 'string' ? parseJson(raw) : raw;
    if (!anyObject.safeParse(value).success || JSON.stringify(value).length > runConfigCharsMax) {
      issues.addIssue({
        code: 'custom',
        message: `must be a JSON object of at most ${runConfigCharsMax} characters`,
      });
    }
    return value as Record<string, unknown>;
  })
  .openapi({ type: 'object' });

/** Stored as it was sent, once a gateway could enforce it. */
const dataLossPrevention = z
  .union([z.string(), anyObject])
  .transform((raw, issues): Record<string, unknown> => {
    const value = typeof raw === 'string' ? parseJson(raw) : raw;
    const { length } = JSON.stringify(value ?? null);
    const problem = length > policyCharsMax ? `must have at most ${policyCharsMax} characters` : undefined;
    const message = problem ?? findDocumentProblem(value);
    if (message !== undefined) issues.addIssue({ code: 'custom', message });
    return value as Record<string, unknown>;
  })
  .openapi({ type: 'object' });

const name = z
  .string()
  .transform((text, issues): string => {
    const parsed = parseImageReference(text.trim());
    if (!parsed.ok) issues.addIssue({ code: 'custom', message: parsed.problem });
    return text.trim();
  })
  .openapi({ type: 'string', maxLength: limits.imageReferenceCharsMax });

const side = z.coerce.number().int().min(64).max(limits.framebufferSideMax);

const fields = {
  description: textSchema(4_000).optional(),
  notes: textSchema(10_000).optional(),
  image_src: textSchema(2_000).optional(),
  categories: z.array(z.string().min(1).max(100)).max(50).optional(),
  image_type: z.literal('Container', { error: 'this version runs images of type Container only' }).optional(),
  protocol: z.enum(['kasmvnc', 'rfb']).optional(),
  local: z.boolean().optional(),
  enabled: z.boolean().optional(),
  hidden: z.boolean().optional(),
  cores: z.coerce.number().gt(0, 'must be over 0').max(1024, 'must be at most 1024').optional(),
  /** Bytes. */
  memory: z.coerce
    .number()
    .int('must be a whole number of bytes')
    .min(16_777_216, 'must be at least 16777216 bytes')
    .max(1_099_511_627_776_000, 'must be at most 1099511627776000 bytes')
    .optional(),
  x_res: side.optional(),
  y_res: side.optional(),
  docker_registry: textSchema(255).optional(),
  run_config: runConfig.optional(),
  data_loss_prevention: dataLossPrevention.optional(),
  tell_kasmvnc: z.boolean().optional(),
};
const friendlyName = textSchema(255).refine(text => text !== '', 'must not be empty');
const imageId = idSchema<ImageId>();

const createInput = z.object({ target_image: z.object({ ...fields, name, friendly_name: friendlyName }) });
const updateInput = z.object({
  target_image: z.object({
    ...fields,
    image_id: imageId,
    name: name.optional(),
    friendly_name: friendlyName.optional(),
  }),
});
const targetInput = z.object({ target_image: z.object({ image_id: imageId }) });
const imageOutput = z.object({ image: anyObject });

const admin = { tag: 'images', access: 'admin' } as const;

export function imageRoutes(context: ControlContext): OpenAPIHono<ControlEnv> {
  const api = new OpenAPIHono<ControlEnv>();
  addReadCalls(api, context);
  addWriteCalls(api, context);
  addGrantCalls(api, context);
  return api;
}

function addReadCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext): void {
  addCall(
    api,
    context,
    {
      path: '/api/public/get_images',
      summary: 'the catalogue; for users, what they may launch',
      tag: 'images',
      access: 'user',
      read: true,
      input: noArguments,
      output: z.object({ images: z.array(anyObject) }),
    },
    async (_input, { caller }) => {
      const images = caller.isAdmin
        ? await context.images.list()
        : (await context.images.listGranted(caller.userId)).filter(image => !image.hidden);
      return { images: images.map(imageView) };
    },
  );
  addCall(
    api,
    context,
    {
      path: '/api/public/get_image',
      summary: 'one image',
      tag: 'images',
      access: 'user',
      input: targetInput,
      output: imageOutput,
    },
    async ({ target_image }, { caller }) => {
      const allowed =
        caller.isAdmin || (await context.images.isGranted(caller.userId, target_image.image_id));
      const image = allowed ? await context.images.find(target_image.image_id) : undefined;
      if (image === undefined) throw unknownImage();
      return { image: imageView(image) };
    },
  );
}

function addWriteCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext): void {
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/create_image',
      summary: 'add an image; all users may launch it',
      input: createInput,
      output: imageOutput,
    },
    async ({ target_image }) => {
      const { name, friendly_name } = target_image;
      const image = await context.images.create({ ...storedFields(target_image), name, friendly_name });
      await context.images.grant(allUsersId, image.imageId);
      context.log.info('image created', { imageId: image.imageId, image: image.name });
      return { image: imageView(image) };
    },
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/update_image',
      summary: 'change an image',
      input: updateInput,
      output: imageOutput,
    },
    async ({ target_image }) => {
      const image = await context.images.update(target_image.image_id, storedFields(target_image));
      if (image === undefined) throw unknownImage();
      context.log.info('image changed', { imageId: image.imageId, image: image.name });
      if (target_image.data_loss_prevention !== undefined) {
        await context.hooks.settingsChanged.run({ imageId: image.imageId });
      }
      return { image: imageView(image) };
    },
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/delete_image',
      summary: 'remove an image',
      input: targetInput,
      output: emptyAnswer,
    },
    async ({ target_image }) => {
      const outcome = await context.images.delete(target_image.image_id);
      if (outcome === 'unknown_image') throw unknownImage();
      if (outcome === 'in_use')
        throw new ApiError(409, 'the image has sessions: end them first, or disable it');
      context.log.info('image deleted', { imageId: target_image.image_id });
      return {};
    },
  );
}

/** The columns that were sent, under the names the store takes. */
function storedFields(target: Partial<z.output<typeof updateInput>['target_image']>): ImageFields {
  const { image_id: _id, image_type: _type, memory, ...rest } = target;
  const fields = { ...rest, memory_bytes: memory };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ImageFields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return undefined;
  }
}

const unknownImage = (): ApiError => new ApiError(404, 'there is no such image');
