/**
 * The policy document: what one stream may do. Three parts, all of which must allow a thing:
 *
 * - `access`: `full`, or `view_only` (nothing of the user's input and no clipboard passes)
 * - `settings`: group settings by their Kasm names (config/settings.ts)
 * - `data_loss_prevention`: the section of that name of a kasmvnc.yaml, with the same meaning
 *
 * In a document a missing key takes KasmVNC's documented default. A missing document denies:
 * callers never invent one. A key this version cannot enforce is refused, not ignored, for a
 * policy that is silently half in force is worse than a stream that does not open.
 */
import { z } from 'zod';
import { isSettingName, parseSetting, type SettingName, type Settings } from './settings.ts';

export type Access = 'full' | 'view_only';

/** `unlimited` (or KasmVNC's 0, which means the same) or a number of bytes. */
const size = z.union([z.literal('unlimited'), z.int().min(0)]);
const bool = z.boolean();

const notEnforced = (key: string): z.ZodType<undefined> =>
  z.undefined({ error: `${key} is not enforced by this version, so a policy that relies on it is refused` });

const clipboardDirection = z.strictObject({
  enabled: bool.default(true),
  size: size.default('unlimited'),
});

/** `data_loss_prevention` as in kasmvnc.yaml; unset values take KasmVNC's defaults. */
export const dataLossPreventionSchema = z.strictObject({
  clipboard: z
    .strictObject({
      delay_between_operations: z.literal('none').or(z.literal(0)).default('none'),
      server_to_client: clipboardDirection
        .extend({ primary_clipboard_enabled: z.literal(false).default(false) })
        .prefault({}),
      client_to_server: clipboardDirection.prefault({}),
    })
    .prefault({}),
  keyboard: z
    .strictObject({
      enabled: bool.default(true),
      rate_limit: z.literal('unlimited').or(z.literal(0)).default('unlimited'),
    })
    .prefault({}),
  visible_region: notEnforced('visible_region').optional(),
  watermark: notEnforced('watermark').optional(),
  logging: z.strictObject({ level: z.enum(['off', 'info']).default('off') }).prefault({}),
});

export type DataLossPrevention = z.infer<typeof dataLossPreventionSchema>;

export interface PolicyDocument {
  readonly access: Access;
  readonly data_loss_prevention: DataLossPrevention;
  readonly settings: Settings;
}

/** Group settings given as an object: unknown names and values of the wrong type are refused. */
export const settingsSchema = z.record(z.string(), z.unknown()).transform((raw, context): Settings => {
  const settings: Partial<Record<SettingName, unknown>> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (!isSettingName(name)) {
      context.addIssue({ code: 'custom', path: [name], message: `unknown setting ${name}` });
      continue;
    }
    const parsed = checkSetting(name, value);
    if (parsed.ok) settings[name] = parsed.value;
    else context.addIssue({ code: 'custom', path: [name], message: parsed.problem });
  }
  return settings as Settings;
});

export const policySchema = z.strictObject({
  access: z.enum(['full', 'view_only']),
  data_loss_prevention: dataLossPreventionSchema.prefault({}),
  settings: settingsSchema.prefault({}),
});

/**
 * As parseSetting, and looks into the one setting that is a document of its own.
 * Control calls it when an administrator sets a value, the gateway when a grant arrives.
 */
export function checkSetting(name: SettingName, raw: unknown): ReturnType<typeof parseSetting> {
  const parsed = parseSetting(name, raw);
  if (!parsed.ok || name !== 'data_loss_prevention') return parsed;
  const inner = dataLossPreventionSchema.safeParse(parsed.value);
  return inner.success ? parsed : { ok: false, problem: sentence(inner.error, name) };
}

/**
 * Reads a policy document from outside (a grant's JSON, a YAML section).
 * @throws Error with every problem in one lower-case sentence each, joined by "; ".
 */
export function parsePolicy(raw: unknown): PolicyDocument {
  const result = policySchema.safeParse(raw);
  if (result.success) return result.data;
  throw new Error(sentence(result.error, 'policy'));
}

function sentence(error: z.ZodError, name: string): string {
  return error.issues.map(issue => `${issue.path.join('.') || name}: ${issue.message}`).join('; ');
}
