/** Logins: who is authenticated, by the hash of an opaque token. */
import type { UserId } from '../../config/ids.ts';
import type { Db } from '../db/connect.ts';

export interface Login {
  readonly loginId: string;
  readonly userId: UserId;
  readonly username: string;
  readonly isAdmin: boolean;
}

export class LoginStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Makes a login and its token, which is shown this once. The user's own expired logins go at the same time. */
  async create(userId: UserId, nowMs: number, lifetimeS: number): Promise<string> {
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
    const now = new Date(nowMs);
    const expires = new Date(nowMs + lifetimeS * 1000);
    await this.#db`delete from login where user_id = ${userId} and expires_at <= ${now}`;
    await this.#db`
      insert into login (user_id, token_hash, created_at, expires_at)
      values (${userId}, ${hashToken(token)}, ${now}, ${expires})`;
    return token;
  }

  /** @returns undefined when the token is unknown or expired, or its user is locked or disabled. */
  async find(token: string, nowMs: number): Promise<Login | undefined> {
    const rows = await this.#db<{ loginId: string; userId: UserId; username: string; isAdmin: boolean }[]>`
      select l.login_id as "loginId", u.user_id as "userId", u.username,
        exists (
          select from user_group_member m join user_group g using (group_id)
          where m.user_id = u.user_id and g.global_admin
        ) as "isAdmin"
      from login l join user_account u using (user_id)
      where l.token_hash = ${hashToken(token)} and l.expires_at > ${new Date(nowMs)}
        and not u.locked and not u.disabled`;
    return rows[0];
  }

  async delete(loginId: string): Promise<void> {
    await this.#db`delete from login where login_id = ${loginId}`;
  }

  /** @returns how many logins ended. */
  async deleteAllOf(userId: UserId): Promise<number> {
    const result = await this.#db`delete from login where user_id = ${userId}`;
    return result.count;
  }

  async deleteExpired(nowMs: number): Promise<number> {
    const result = await this.#db`delete from login where expires_at <= ${new Date(nowMs)}`;
    return result.count;
  }
}

function hashToken(token: string): Buffer {
  return Buffer.from(new Bun.CryptoHasher('sha256').update(token).digest());
}
