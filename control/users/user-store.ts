/** Users in the database. */
import type { GroupId, UserId } from '../../config/ids.ts';
import { brokenConstraint, type Db, type DbOrTransaction } from '../db/connect.ts';
import type { User } from './user.ts';

/** Columns the API may set. */
export interface UserFields {
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly organization?: string;
  readonly notes?: string;
  readonly locked?: boolean;
  readonly disabled?: boolean;
  readonly password_hash?: string;
}

export interface Credentials {
  readonly userId: UserId;
  readonly passwordHash: string;
  readonly locked: boolean;
  readonly disabled: boolean;
}

/** Why a change was not made; the database is as it was. */
export type UserRefusal =
  | 'unknown_user'
  | 'unknown_group'
  | 'username_taken'
  | 'last_administrator'
  | 'has_sessions';

/** Thrown within a transaction to undo it. */
class LastAdministrator extends Error {}

export class UserStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async find(userId: UserId): Promise<User | undefined> {
    return (await selectUsers(this.#db, this.#db`where u.user_id = ${userId}`))[0];
  }

  /** @param username normalised */
  async findByName(username: string): Promise<User | undefined> {
    return (await selectUsers(this.#db, this.#db`where u.username = ${username}`))[0];
  }

  /** All users, by name. */
  async list(): Promise<User[]> {
    return selectUsers(this.#db, this.#db``);
  }

  async count(): Promise<number> {
    const rows = await this.#db<{ count: number }[]>`select count(*)::int as count from user_account`;
    return rows[0]?.count ?? 0;
  }

  async credentials(username: string): Promise<Credentials | undefined> {
    const rows = await this.#db<Credentials[]>`
      select user_id as "userId", password_hash as "passwordHash", locked, disabled
      from user_account where username = ${username}`;
    return rows[0];
  }

  /** Makes a user who is a member of `groupIds`. */
  async create(
    fields: UserFields & { username: string; password_hash: string },
    groupIds: readonly GroupId[],
  ): Promise<User | UserRefusal> {
    try {
      return await this.#db.begin(async transaction => {
        const rows = await transaction<{ user_id: UserId }[]>`
          insert into user_account ${transaction({ ...fields })} returning user_id`;
        const userId = rows[0]?.user_id as UserId;
        for (const groupId of groupIds) {
          await transaction`insert into user_group_member ${transaction({ user_id: userId, group_id: groupId })}`;
        }
        const [user] = await selectUsers(transaction, transaction`where u.user_id = ${userId}`);
        return user as User;
      });
    } catch (error) {
      return refusalOf(error);
    }
  }

  async update(userId: UserId, fields: UserFields): Promise<User | UserRefusal> {
    return this.#change(async transaction => {
      if (Object.keys(fields).length > 0) {
        const stamp =
          fields.password_hash === undefined ? transaction`` : transaction`, password_set_at = now()`;
        await transaction`
          update user_account set ${transaction({ ...fields })} ${stamp} where user_id = ${userId}`;
      }
      const [user] = await selectUsers(transaction, transaction`where u.user_id = ${userId}`);
      return user ?? 'unknown_user';
    });
  }

  async delete(userId: UserId): Promise<'deleted' | UserRefusal> {
    return this.#change(async transaction => {
      const result = await transaction`delete from user_account where user_id = ${userId}`;
      return result.count === 0 ? 'unknown_user' : 'deleted';
    });
  }

  /** Adding twice is no error. */
  async addToGroup(userId: UserId, groupId: GroupId): Promise<'added' | UserRefusal> {
    try {
      await this.#db`
        insert into user_group_member ${this.#db({ user_id: userId, group_id: groupId })} on conflict do nothing`;
      return 'added';
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** Removing somebody who is no member is no error. */
  async removeFromGroup(userId: UserId, groupId: GroupId): Promise<'removed' | UserRefusal> {
    return this.#change(async transaction => {
      await transaction`delete from user_group_member where user_id = ${userId} and group_id = ${groupId}`;
      return 'removed';
    });
  }

  /** For the sessions room: a session was requested. */
  async touchLastSession(userId: UserId, at: Date): Promise<void> {
    await this.#db`update user_account set last_session_at = ${at} where user_id = ${userId}`;
  }

  /** Makes a change unless it would take the last administrator who can log in. */
  async #change<const Answer>(
    change: (transaction: DbOrTransaction) => Promise<Answer>,
  ): Promise<Answer | UserRefusal> {
    try {
      const answer = await this.#db.begin(async transaction => {
        // Two changes that each leave the other's administrator must not both go through.
        await transaction`select from user_group where global_admin order by group_id for update`;
        const before = await countAdministrators(transaction);
        const result = await change(transaction);
        if (before > 0 && (await countAdministrators(transaction)) === 0) throw new LastAdministrator();
        return { result };
      });
      return answer.result as Answer;
    } catch (error) {
      return refusalOf(error);
    }
  }
}

async function selectUsers(db: DbOrTransaction, where: ReturnType<DbOrTransaction>): Promise<User[]> {
  return db<User[]>`
    select u.user_id as "userId", u.username, u.first_name as "firstName", u.last_name as "lastName", u.email,
      u.phone, u.organization, u.notes, u.locked, u.disabled, u.password_set_at as "passwordSetAt",
      u.last_session_at as "lastSessionAt", u.created_at as "createdAt",
      coalesce(
        (select json_agg(json_build_object('group_id', g.group_id, 'name', g.name) order by g.priority)
         from user_group_member m join user_group g using (group_id) where m.user_id = u.user_id),
        '[]'
      ) as groups
    from user_account u ${where} order by u.username`;
}

async function countAdministrators(db: DbOrTransaction): Promise<number> {
  const rows = await db<{ count: number }[]>`
    select count(distinct u.user_id)::int as count
    from user_account u join user_group_member using (user_id) join user_group g using (group_id)
    where g.global_admin and not u.locked and not u.disabled`;
  return rows[0]?.count ?? 0;
}

function refusalOf(error: unknown): UserRefusal {
  if (error instanceof LastAdministrator) return 'last_administrator';
  switch (brokenConstraint(error)) {
    case 'user_account_username_key':
      return 'username_taken';
    case 'user_group_member_group_id_fkey':
      return 'unknown_group';
    // A session that was launched while the user was being deleted.
    case 'session_user_id_fkey':
      return 'has_sessions';
    case 'user_group_member_user_id_fkey':
      return 'unknown_user';
    default:
      throw error;
  }
}
