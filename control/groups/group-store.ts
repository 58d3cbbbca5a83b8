/** Groups in the database. */
import type { GroupId } from '../../config/ids.ts';
import { brokenConstraint, type Db } from '../db/connect.ts';
import type { Group } from './group.ts';

export interface GroupFields {
  readonly name?: string;
  readonly description?: string;
  readonly priority?: number;
}

export type GroupRefusal = 'unknown_group' | 'name_taken' | 'priority_taken' | 'system_group';

export class GroupStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async find(groupId: GroupId): Promise<Group | undefined> {
    const rows = await this.#db<Group[]>`
      select ${this.#columns()} from user_group where group_id = ${groupId}`;
    return rows[0];
  }

  /** All groups, the one that decides first at the top. */
  async list(): Promise<Group[]> {
    return this.#db<Group[]>`select ${this.#columns()} from user_group order by priority`;
  }

  async create(fields: GroupFields & { name: string; priority: number }): Promise<Group | GroupRefusal> {
    try {
      const rows = await this.#db<Group[]>`
        insert into user_group ${this.#db({ ...fields })} returning ${this.#columns()}`;
      return rows[0] as Group;
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** A system group keeps its name. */
  async update(groupId: GroupId, fields: GroupFields): Promise<Group | GroupRefusal> {
    const group = await this.find(groupId);
    if (group === undefined) return 'unknown_group';
    if (group.isSystem && fields.name !== undefined && fields.name !== group.name) return 'system_group';
    if (Object.keys(fields).length === 0) return group;
    try {
      const rows = await this.#db<Group[]>`
        update user_group set ${this.#db({ ...fields })} where group_id = ${groupId} returning ${this.#columns()}`;
      return rows[0] ?? 'unknown_group';
    } catch (error) {
      return refusalOf(error);
    }
  }

  async delete(groupId: GroupId): Promise<'deleted' | GroupRefusal> {
    const result = await this.#db`delete from user_group where group_id = ${groupId} and not is_system`;
    if (result.count > 0) return 'deleted';
    return (await this.find(groupId)) === undefined ? 'unknown_group' : 'system_group';
  }

  #columns() {
    return this.#db`group_id as "groupId", name, description, priority, is_system as "isSystem",
      global_admin as "globalAdmin"`;
  }
}

function refusalOf(error: unknown): GroupRefusal {
  switch (brokenConstraint(error)) {
    case 'user_group_name_key':
      return 'name_taken';
    case 'user_group_priority_key':
      return 'priority_taken';
    default:
      throw error;
  }
}
