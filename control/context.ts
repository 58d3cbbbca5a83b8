/** Everything long-lived in control, built once by control.ts and passed to every room. */
import type { ControlConfig } from '../config/control.ts';
import type { Log } from '../config/log.ts';
import type { LoginStore } from './auth/login-store.ts';
import type { Cache } from './cache/cache.ts';
import type { Db } from './db/connect.ts';
import type { GroupStore } from './groups/group-store.ts';
import type { SettingStore } from './groups/setting-store.ts';
import type { Hooks } from './hooks.ts';
import type { UserRate } from './http/user-rate.ts';
import type { ImageStore } from './images/image-store.ts';
import type { UserStore } from './users/user-store.ts';

/** Milliseconds since the epoch; a test's own in tests. */
export interface Clock {
  now(): number;
}

/** Keys from the table `secret`, 32 random bytes each, the same in all control instances. */
export interface ControlSecrets {
  readonly streamTokenKey: Uint8Array;
  readonly nodeCredentialKey: Uint8Array;
  readonly loginDeviceKey: Uint8Array;
}

export interface ControlContext {
  readonly config: ControlConfig;
  readonly db: Db;
  readonly cache: Cache;
  readonly log: Log;
  readonly clock: Clock;
  readonly hooks: Hooks;
  readonly requestRate: UserRate;
  /** Of right passwords. */
  readonly loginRate: UserRate;
  readonly secrets: ControlSecrets;
  readonly logins: LoginStore;
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly settings: SettingStore;
  readonly images: ImageStore;
}
