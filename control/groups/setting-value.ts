/** Group settings in the text form that the API and the database use. Pure. */
import { dataLossPreventionSchema } from '../../config/data-loss-prevention.ts';
import { groupSettings, isSettingName, parseSetting, type SettingName } from '../../config/settings.ts';
import type { GroupSetting } from './setting-store.ts';

/** A JSON document among the settings is kept in the database; it need not be large. */
const valueCharsMax = 65_536;

export type SettingValue =
  | { readonly ok: true; readonly name: SettingName; readonly value: string }
  | { readonly ok: false; readonly problem: string };

/** Checks a setting's name and value and brings the value to its canonical text: True, False, 3600, JSON. */
export function parseSettingValue(name: string, raw: unknown): SettingValue {
  if (!isSettingName(name)) {
    return {
      ok: false,
      problem: `unknown setting ${name.slice(0, 100)}; known are ${Object.keys(groupSettings).join(', ')}`,
    };
  }
  const parsed = parseSetting(name, raw);
  if (!parsed.ok) return parsed;
  const problem = name === 'data_loss_prevention' ? findDocumentProblem(parsed.value) : undefined;
  if (problem !== undefined) return { ok: false, problem: `${name}: ${problem}` };
  const value = canonicalText(parsed.value);
  if (value.length > valueCharsMax) {
    return {
      ok: false,
      problem: `${name} of ${value.length} characters is over the limit of ${valueCharsMax}`,
    };
  }
  return { ok: true, name, value };
}

/**
 * A data_loss_prevention document this version can't enforce is refused when it is written, or no stream under it would
 * open later. @returns every problem, as one sentence.
 */
export function findDocumentProblem(value: unknown): string | undefined {
  const result = dataLossPreventionSchema.safeParse(value);
  if (result.success) return undefined;
  return result.error.issues
    .map(issue => [issue.path.join('.'), issue.message].filter(Boolean).join(': '))
    .join('; ');
}

function canonicalText(value: boolean | number | object): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** The API's group setting object. */
export function settingView(setting: GroupSetting) {
  const kind = isSettingName(setting.name) ? groupSettings[setting.name] : undefined;
  return {
    group_setting_id: setting.groupSettingId,
    group_id: setting.groupId,
    name: setting.name,
    value: setting.value,
    value_type: kind?.type ?? 'string',
    description: kind?.meaning ?? '',
  };
}
