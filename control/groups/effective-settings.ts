/** Which group's word holds for a user: for each setting the lowest priority number that defines it. Pure. */
import type { GroupId } from '../../config/ids.ts';
import {
  groupSettings,
  isSettingName,
  parseSetting,
  type SettingName,
  type Settings,
} from '../../config/settings.ts';

/** One row of group_setting with its group. */
export interface SettingRow {
  readonly name: string;
  readonly value: string;
  readonly groupId: GroupId;
  readonly groupName: string;
  readonly priority: number;
}

/** Where a value comes from; undefined for a setting nobody defines. */
export interface Provenance {
  readonly groupId: GroupId;
  readonly groupName: string;
  readonly priority: number;
}

export interface EffectiveSettings {
  /** Every setting: the winner's value, or the locked-down fallback. */
  readonly settings: Required<Settings>;
  readonly provenance: { readonly [Name in SettingName]?: Provenance };
}

/**
 * @param rows of all the user's groups, in any order
 * A stored value that can't be read (edited by hand in the database) counts as the fallback, and still
 * hides groups of higher numbers: a broken value must not open what it was meant to close.
 */
export function resolveSettings(rows: readonly SettingRow[]): EffectiveSettings {
  const settings: Partial<Record<SettingName, unknown>> = {};
  const provenance: { [Name in SettingName]?: Provenance } = {};
  for (const [name, kind] of Object.entries(groupSettings)) settings[name as SettingName] = kind.fallback;
  for (const row of [...rows].sort((a, b) => a.priority - b.priority)) {
    if (!isSettingName(row.name) || provenance[row.name] !== undefined) continue;
    const parsed = parseSetting(row.name, row.value);
    if (parsed.ok) settings[row.name] = parsed.value;
    provenance[row.name] = { groupId: row.groupId, groupName: row.groupName, priority: row.priority };
  }
  return { settings: settings as Required<Settings>, provenance };
}
