/**
 * The policy document: what one stream may do. Three parts, all of which must allow a thing:
 *
 * - `access`: whose stream it is: `full`, `view_only`, `clipboard_only` or `input_only`
 * - `settings`: group settings by their Kasm names (config/settings.ts)
 * - `data_loss_prevention`: the section of that name of a kasmvnc.yaml, with the same meaning
 *   (config/data-loss-prevention.ts)
 *
 * In a document a missing key takes KasmVNC's documented default. A missing document denies:
 * callers never invent one. A key this version cannot enforce is refused, not ignored, for a
 * policy that is silently half in force is worse than a stream that does not open.
 */
import { z } from 'zod';
import { type DataLossPrevention, dataLossPreventionSchema } from './data-loss-prevention.ts';
import { isSettingName, parseSetting, type SettingName, type Settings } from './settings.ts';
import { parseWatermark, type Watermark } from './watermark.ts';

/**
 * Everyone sees the picture. `full` adds input and clipboard, `clipboard_only` the clipboard alone,
 * `input_only` keys and pointer without clipboard and relays, `view_only` nothing.
 */
export const accessKinds = ['full', 'view_only', 'clipboard_only', 'input_only'] as const;

export type Access = (typeof accessKinds)[number];

/** What two grants of access have in common: `view_only` where neither holds the other. */
export function narrowerAccess(one: Access, other: Access): Access {
  if (one === other || other === 'full') return one;
  return one === 'full' ? other : 'view_only';
}

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
  access: z.enum(accessKinds),
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

/** The sections of a document: its own, and the one among the settings. @throws ZodError as the schema. */
export function sectionsOf(document: PolicyDocument): readonly DataLossPrevention[] {
  const inner = document.settings.data_loss_prevention;
  if (inner === undefined) return [document.data_loss_prevention];
  return [document.data_loss_prevention, dataLossPreventionSchema.parse(inner)];
}

/** The watermark a viewer is to draw: the document's own, else that of the settings; undefined: none. */
export function watermarkOf(document: PolicyDocument): Watermark | undefined {
  for (const section of sectionsOf(document)) {
    const watermark = parseWatermark(section.watermark);
    if (watermark !== undefined) return watermark;
  }
  return undefined;
}

function sentence(error: z.ZodError, name: string): string {
  return error.issues.map(issue => `${issue.path.join('.') || name}: ${issue.message}`).join('; ');
}
