/** Who is signed in, for the pages' own calls. The login itself is a cookie that scripts can't read. */
import { readStored, store } from './browser-storage.ts';

export interface KnownUser {
  readonly userId: string;
  readonly username: string;
}

const storageKey = 'sluice-user';

export function knownUser(): KnownUser | undefined {
  try {
    const stored: unknown = JSON.parse(readStored(storageKey) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return undefined;
    const { userId, username } = stored as Record<string, unknown>;
    return typeof userId === 'string' && typeof username === 'string' ? { userId, username } : undefined;
  } catch {
    return undefined;
  }
}

export function rememberUser(user: KnownUser | undefined): void {
  store(storageKey, user === undefined ? undefined : JSON.stringify(user));
}
