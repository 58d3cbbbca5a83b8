/** Group settings in the database. */
import type { GroupId, UserId } from '../../config/ids.ts';
import type { SettingName } from '../../config/settings.ts';
import { brokenConstraint, type Db } from '../db/connect.ts';
import { type EffectiveSettings, resolveSettings, type SettingRow } from './effective-settings.ts';

export interface GroupSetting {
  readonly groupSettingId: string;
  readonly groupId: GroupId;
  readonly name: string;
  readonly value: string;
}

export class SettingStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async list(groupId: GroupId): Promise<GroupSetting[]> {
    return this.#db<GroupSetting[]>`
      select group_setting_id as "groupSettingId", group_id as "groupId", name, value
      from group_setting where group_id = ${groupId} order by name`;
  }

  async find(groupSettingId: string): Promise<GroupSetting | undefined> {
    const rows = await this.#db<GroupSetting[]>`
      select group_setting_id as "groupSettingId", group_id as "groupId", name, value
      from group_setting where group_setting_id = ${groupSettingId}`;
    return rows[0];
  }

  /** Defines a setting for a group, or changes it. */
  async set(groupId: GroupId, name: SettingName, value: string): Promise<GroupSetting | 'unknown_group'> {
    try {
      const rows = await this.#db<GroupSetting[]>`
        insert into group_setting (group_id, name, value) values (${groupId}, ${name}, ${value})
        on conflict on constraint group_setting_name_key do update set value = excluded.value
        returning group_setting_id as "groupSettingId", group_id as "groupId", name, value`;
      return rows[0] as GroupSetting;
    } catch (error) {
      if (brokenConstraint(error) === 'group_setting_group_id_fkey') return 'unknown_group';
      throw error;
    }
  }

  /** @returns whether the group defined it. */
  async remove(groupId: GroupId, name: string): Promise<boolean> {
    const result = await this.#db`delete from group_setting where group_id = ${groupId} and name = ${name}`;
    return result.count > 0;
  }

  /** What holds for a user, and which group said so. */
  async effective(userId: UserId): Promise<EffectiveSettings> {
    const rows = await this.#db<SettingRow[]>`
      select s.name, s.value, g.group_id as "groupId", g.name as "groupName", g.priority
      from user_group_member m
      join user_group g using (group_id)
      join group_setting s using (group_id)
      where m.user_id = ${userId}`;
    return resolveSettings(rows);
  }

  /** The members of a group, whose streams take new policies when its settings change. */
  async membersOf(groupId: GroupId): Promise<UserId[]> {
    const rows = await this.#db<{ userId: UserId }[]>`
      select user_id as "userId" from user_group_member where group_id = ${groupId}`;
    return rows.map(row => row.userId);
  }
}
