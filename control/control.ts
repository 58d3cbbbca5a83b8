/** Builds control from its configuration: every long-lived thing once, and takes it down in reverse order. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../config/command-line.ts';
import type { ControlConfig } from '../config/control.ts';
import { errorText, type Log } from '../config/log.ts';
import { Secret } from '../config/secret.ts';
import { LoginStore } from './auth/login-store.ts';
import type { Cache } from './cache/cache.ts';
import { FallbackCache } from './cache/fallback-cache.ts';
import { MemoryCache } from './cache/memory-cache.ts';
import { startRedisCache } from './cache/redis-cache.ts';
import type { Clock, ControlContext } from './context.ts';
import { readSecrets } from './db/secret-store.ts';
import { startDatabase } from './db/start-database.ts';
import { fillFirstStart } from './first-start.ts';
import { GroupStore } from './groups/group-store.ts';
import { SettingStore } from './groups/setting-store.ts';
import { startHooks } from './hooks.ts';
import { createApp } from './http/app.ts';
import { startListener } from './http/listener.ts';
import { UserRate } from './http/user-rate.ts';
import { ImageStore } from './images/image-store.ts';
import { sessionRoutes } from './sessions/session-routes.ts';
import { startSessions } from './sessions/sessions.ts';
import { UserStore } from './users/user-store.ts';
import { startWebPages } from './web/web-pages.ts';

export interface Control extends AsyncDisposable {
  /** Where it listens; of interest when the configured port is 0. */
  readonly port: number;
  readonly context: ControlContext;
}

const expiredLoginsEveryMs = 10 * 60_000;

/** @throws StartError for what an operator must mend. */
export async function startControl(
  config: ControlConfig,
  log: Log,
  clock: Clock = { now: Date.now },
): Promise<Control> {
  await using stack = new AsyncDisposableStack();
  await makeDataFolder(config.data_dir);
  const { db } = stack.use(await startDatabase(config, log));
  const cache = stack.use(await startCache(config, clock, log));
  const context: ControlContext = {
    config,
    db,
    cache,
    log,
    clock,
    hooks: await startHooks(cache, log),
    ...userRates(config, cache),
    secrets: await readSecrets(db),
    logins: new LoginStore(db),
    users: new UserStore(db),
    groups: new GroupStore(db),
    settings: new SettingStore(db),
    images: new ImageStore(db),
  };
  await fillFirstStart(context, passwordsFile(config));
  stack.defer(sweepLogins(context));
  const pages = await startWebPages();
  const sessions = stack.use(await startSessions(context));
  const app = createApp(context, { sessionRoutes: sessionRoutes(context, sessions), pages });
  const listener = stack.use(startListener(config.listen, app, sessions.link));
  // Links end before the listener drains: it would wait for them, and nodes dial again by themselves.
  stack.defer(() => sessions.link[Symbol.asyncDispose]());
  log.info('control listens', { address: config.listen.host, port: listener.port });
  const parts = stack.move();
  return { port: listener.port, context, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

function passwordsFile(config: ControlConfig): string {
  return config.first_start.passwords_file ?? join(config.data_dir, 'first-start-passwords.json');
}

async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new StartError(`data_dir ${folder} can't be made: ${errorText(error)}`);
  }
}

async function startCache(config: ControlConfig, clock: Clock, log: Log): Promise<Cache> {
  if (config.cache === undefined) return new MemoryCache(() => clock.now());
  const shared = await startRedisCache(new Secret(config.cache.url), log);
  return new FallbackCache(shared, new MemoryCache(() => clock.now()), log, () => performance.now());
}

function userRates(config: ControlConfig, cache: Cache): Pick<ControlContext, 'requestRate' | 'loginRate'> {
  const { requests, logins } = config.rate_limits.user;
  const shared = config.cache === undefined ? undefined : cache;
  const now = (): number => performance.now();
  return {
    requestRate: new UserRate({ name: 'requests', rate: requests, now, shared }),
    loginRate: new UserRate({ name: 'logins', rate: logins, now, shared }),
  };
}

/** Expired logins are refused anyway; this keeps the table small. @returns the function that ends it. */
function sweepLogins(context: ControlContext): () => void {
  const sweep = (): void => {
    context.logins
      .deleteExpired(context.clock.now())
      .catch(error => context.log.warn('expired logins were not removed', { error: errorText(error) }));
  };
  const timer = setInterval(sweep, expiredLoginsEveryMs);
  return () => clearInterval(timer);
}
