/** Users: what a record holds, how the API writes it, and the rules for names and passwords. Pure. */
import type { GroupId, UserId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { UserKasm } from '../hooks.ts';

export interface User {
  readonly userId: UserId;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly organization: string;
  readonly notes: string;
  readonly locked: boolean;
  readonly disabled: boolean;
  readonly passwordSetAt: Date;
  readonly lastSessionAt: Date | null;
  readonly createdAt: Date;
  readonly groups: readonly { readonly group_id: GroupId; readonly name: string }[];
}

/** Users are told apart without case. */
export function normaliseUsername(username: string): string {
  return username.trim().toLowerCase();
}

/** What is wrong with a (normalised) username, or undefined. */
export function usernameProblem(username: string): string | undefined {
  if (username.length === 0) return 'a username must not be empty';
  if (username.length > limits.usernameCharsMax) {
    return `a username of ${username.length} characters is over the limit of ${limits.usernameCharsMax}`;
  }
  if (!/^[\p{L}\p{N}._@+-]+$/u.test(username)) {
    return 'a username holds letters, digits and . _ @ + - only';
  }
  return undefined;
}

const passwordCharsMin = 8;

/** Everything that is wrong with a new password in one sentence, or undefined. Never names the password. */
export function passwordProblem(password: string): string | undefined {
  if (password.length > limits.passwordCharsMax) {
    return `a password of ${password.length} characters is over the limit of ${limits.passwordCharsMax}`;
  }
  const missing: string[] = [];
  if ([...password].length < passwordCharsMin) missing.push(`at least ${passwordCharsMin} characters`);
  if (!/\p{Lu}/u.test(password)) missing.push('an upper-case letter');
  if (!/\p{Ll}/u.test(password)) missing.push('a lower-case letter');
  if (!/\p{Nd}/u.test(password)) missing.push('a digit');
  if (!/[^\p{L}\p{N}\s]/u.test(password)) missing.push('a special character');
  return missing.length === 0 ? undefined : `the password needs ${missing.join(', ')}`;
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, as Kasm writes dates. */
export function kasmDate(date: Date): string;
export function kasmDate(date: Date | null): string | null;
export function kasmDate(date: Date | null): string | null {
  return date === null ? null : `${date.toISOString().replace('T', ' ').slice(0, 23)}000`;
}

/** The API's User object. Fields this version has no room for are there, empty, as clients read them. */
export function userView(user: User, kasms: readonly UserKasm[]) {
  return {
    user_id: user.userId,
    username: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    email: user.email,
    phone: user.phone,
    organization: user.organization,
    notes: user.notes,
    realm: 'local',
    city: null,
    state: null,
    country: null,
    locked: user.locked,
    disabled: user.disabled,
    two_factor: false,
    created: kasmDate(user.createdAt),
    password_set_date: kasmDate(user.passwordSetAt),
    last_session: kasmDate(user.lastSessionAt),
    program_id: null,
    hash: null,
    company: {},
    groups: [...user.groups],
    kasms: [...kasms],
    assigned_servers: [],
  };
}
