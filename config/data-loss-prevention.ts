/**
 * The `data_loss_prevention` section: the keys of a kasmvnc.yaml with the same meaning, and Sluice's own beside
 * them. Every key is described in docs/policy.md, which a test compares with this schema.
 *
 * A missing key takes KasmVNC's documented default. `allow_mimetypes` has its default where policies are
 * compiled, because of several sections that speak of it the one that says nothing must not count;
 * `primary_clipboard_enabled` has none for the same reason.
 */
import { z } from 'zod';
import { parseKeyCombination } from './key-combination.ts';
import { watermarkSchema } from './watermark.ts';

const bool = z.boolean();

/** A section may stand there empty, as the ones of KasmVNC's own defaults file do. */
function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const schema = z.strictObject(shape);
  type Input = z.input<typeof schema>;
  return schema
    .nullable()
    .prefault({} as Input)
    .transform(value => value ?? schema.parse({}));
}

/** KasmVNC's: 0 is `unlimited` too. `nothing` says what many expect of 0. */
const size = z.union([z.literal('unlimited'), z.literal('nothing'), z.int().min(0)], {
  error: 'must be unlimited, nothing or a whole number of bytes',
});

/** Our own: a 0 would mean one thing here and another in `size`, so there is none. */
const ownSize = z.union([z.literal('unlimited'), z.literal('nothing'), z.int().min(1)], {
  error: 'must be unlimited, nothing or a whole number of bytes, 1 or more',
});

/** A token bucket of bytes that outlives the stream: it belongs to the session. */
const budget = z.strictObject({ burst: z.int().min(1), per_hour: z.int().min(0) });

const direction = {
  enabled: bool.default(true),
  size: size.default('unlimited'),
  total_size: ownSize.default('unlimited'),
  budget: budget.nullable().optional(),
};

const mimetype = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, 'must be a MIME type in printable ASCII');

const clipboard = section({
  delay_between_operations: z
    .union([z.literal('none'), z.int().min(0)], { error: 'must be none or a whole number of milliseconds' })
    .default('none'),
  allow_mimetypes: z
    .union([z.literal('any'), z.array(mimetype).max(256)], { error: 'must be any or a list of MIME types' })
    .nullable()
    .optional(),
  allow_text: bool.default(true),
  over_size: z.enum(['drop', 'truncate']).default('drop'),
  server_to_client: section({ ...direction, primary_clipboard_enabled: bool.optional() }),
  client_to_server: section(direction),
});

const combination = z.string().refine(text => parseKeyCombination(text) !== undefined, {
  error: 'must be modifiers and one key, such as Print, Control+p or Control+0xff63',
});

const keyboard = section({
  enabled: bool.default(true),
  rate_limit: z
    .union([z.literal('unlimited'), z.int().min(0)], { error: 'must be unlimited or key presses a second' })
    .default('unlimited'),
  rate_limit_rule: z.enum(['token_bucket', 'kasmvnc']).default('token_bucket'),
  blocked_combinations: z.array(combination).max(256).default([]),
});

const edge = z.union([z.int().min(-100_000).max(100_000), z.string().regex(/^-?\d{1,5}%?$/)], {
  error: 'must be a number of pixels, or a percentage such as 10%',
});

const isPercentage = (value: string | number): boolean => typeof value === 'string' && value.endsWith('%');

const visibleRegion = z
  .strictObject({
    left: edge.optional(),
    top: edge.optional(),
    right: edge.optional(),
    bottom: edge.optional(),
    concealed_region: section({
      allow_click_down: bool.default(false),
      allow_click_release: bool.default(false),
    }),
  })
  .superRefine(({ left, top, right, bottom }, context) => {
    const edges = [left, top, right, bottom].filter(value => value !== undefined);
    if (edges.length % 4 !== 0) {
      context.addIssue({ code: 'custom', message: 'needs left, top, right and bottom, or none of them' });
    } else if (edges.some(isPercentage) !== edges.every(isPercentage) && edges.length > 0) {
      context.addIssue({
        code: 'custom',
        message: 'has pixels and percentages: all four must be of one kind',
      });
    } else if (
      edges.some(value => isPercentage(value) && Math.abs(Number.parseInt(String(value), 10)) > 100)
    ) {
      context.addIssue({ code: 'custom', message: 'has a percentage over 100' });
    }
  });

/** What else a client may ask of a server, or send past the desktop. */
const allow = section({
  resize: bool.default(true),
  power: bool.default(true),
  quality: bool.default(true),
  statistics: bool.default(true),
  printer: bool.default(true),
  smart_card: bool.default(true),
  other_relays: bool.default(true),
});

/** YAML 1.1 reads a bare `off` as false, and whoever moves a file through such a reader means `off`. */
const loggingLevel = z.union(
  [z.enum(['off', 'info', 'verbose']), z.literal(false).transform(() => 'off' as const)],
  {
    error: 'must be off, info or verbose',
  },
);

export const dataLossPreventionSchema = z.strictObject({
  clipboard,
  keyboard,
  pointer: section({ enabled: bool.default(true) }),
  visible_region: visibleRegion.nullable().optional(),
  watermark: watermarkSchema.nullable().optional(),
  allow,
  logging: section({ level: loggingLevel.default('off') }),
});

export type DataLossPrevention = z.infer<typeof dataLossPreventionSchema>;

/** What KasmVNC lets through beside text when `allow_mimetypes` is not set. */
export const defaultMimetypes: readonly string[] = ['chromium/x-web-custom-data', 'text/html', 'image/png'];
