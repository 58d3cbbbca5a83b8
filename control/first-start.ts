/** What a new, empty system gets: an administrator, a user, and a catalogue of images. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartError } from '../config/command-line.ts';
import { errorText } from '../config/log.ts';
import { hashPassword } from './auth/password.ts';
import type { ControlContext } from './context.ts';
import { withAdvisoryLock } from './db/advisory-lock.ts';
import { administratorsId, allUsersId } from './groups/group.ts';
import { seedCatalogue } from './images/catalogue.ts';
import { passwordProblem } from './users/user.ts';

const firstUsers = [
  { username: 'admin@kasm.local', first_name: 'Admin', groups: [administratorsId, allUsersId] },
  { username: 'user@kasm.local', first_name: 'User', groups: [allUsersId] },
] as const;

/** No letters and digits that look alike, for people type these. */
const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const passwordParts = 4;
const partChars = 5;

/**
 * Does nothing when there are users. Two instances that start at once do it once.
 * @param passwordsFile gets `{"admin@kasm.local": "…", …}`, readable by its owner only
 * @throws StartError when the file can't be written: then no users are made, for nobody could log in.
 */
export async function fillFirstStart(
  context: Pick<ControlContext, 'db' | 'users' | 'images' | 'log'>,
  passwordsFile: string,
): Promise<void> {
  await withAdvisoryLock(context.db, 'firstStart', async () => {
    if ((await context.users.count()) > 0) return;
    const passwords = Object.fromEntries(firstUsers.map(user => [user.username, generatePassword()]));
    await writePasswords(passwordsFile, passwords);
    if ((await context.images.list()).length === 0) await seedCatalogue(context.images);
    // The administrator first: whoever is there after an interrupted first start can make the rest.
    for (const { groups, ...fields } of firstUsers) {
      const password_hash = await hashPassword(passwords[fields.username] ?? '');
      const user = await context.users.create({ ...fields, password_hash }, groups);
      if (typeof user === 'string')
        throw new Error(`the first user ${fields.username} was not made: ${user}`);
    }
    context.log.info('first start: users and images made', { file: passwordsFile });
  });
}

async function writePasswords(file: string, passwords: Readonly<Record<string, string>>): Promise<void> {
  const fresh = `${file}.new`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(fresh, `${JSON.stringify(passwords, undefined, 2)}\n`, { mode: 0o600 });
    await rename(fresh, file);
  } catch (error) {
    throw new StartError(`the first passwords can't be written to ${file}: ${errorText(error)}`);
  }
}

/** 20 of 56 characters, 116 bits, in four groups. */
export function generatePassword(): string {
  for (;;) {
    const parts = Array.from({ length: passwordParts }, () => randomText(partChars));
    const password = parts.join('-');
    if (passwordProblem(password) === undefined) return password;
  }
}

/** Bytes above the last whole multiple of the alphabet are thrown away: every character is equally likely. */
function randomText(chars: number): string {
  const usable = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < chars) {
    const byte = crypto.getRandomValues(new Uint8Array(1))[0] as number;
    if (byte < usable) text += alphabet[byte % alphabet.length];
  }
  return text;
}
