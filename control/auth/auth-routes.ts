/** Log in and out: a bearer token for programs, the same token in a cookie for our own pages. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AddressRanges, networkKey } from '../../config/address-range.ts';
import type { UserId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { ControlContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { addCall, emptyAnswer, noArguments } from '../http/call.ts';
import { clientAddress } from '../http/client-address.ts';
import type { ControlEnv } from '../http/env.ts';
import { normaliseUsername } from '../users/user.ts';
import { loginCookie } from './authenticate.ts';
import { createDeviceCookie, findDevice } from './login-device.ts';
import { LoginThrottle, type LoginTry } from './login-throttle.ts';
import { PasswordChecker } from './password.ts';
import { isSameOrigin, isUnaskedForeign } from './same-origin.ts';

const loginInput = z.object({
  username: z.string().max(limits.usernameCharsMax, `must be at most ${limits.usernameCharsMax} characters`),
  password: z.string().max(limits.passwordCharsMax, `must be at most ${limits.passwordCharsMax} characters`),
});

const loginOutput = z.object({
  token: z.string(),
  user_id: z.string(),
  username: z.string(),
  is_admin: z.boolean(),
  /** Seconds from now. */
  expires_in: z.number(),
});

export function authRoutes(context: ControlContext): OpenAPIHono<ControlEnv> {
  const api = new OpenAPIHono<ControlEnv>();
  const service = new LoginService(context);
  const shape = { tag: 'auth', access: 'anyone', input: loginInput, output: loginOutput } as const;
  addCall(api, context, { ...shape, path: '/api/public/login', summary: 'log in' }, (input, { http }) =>
    service.login(input, http),
  );
  addCall(
    api,
    context,
    { ...shape, path: '/api/authenticate', summary: 'log in, the path of the UI form' },
    (input, { http }) => service.login(input, http),
  );
  addCall(
    api,
    context,
    {
      path: '/api/public/logout',
      summary: 'end this login',
      tag: 'auth',
      access: 'user',
      input: noArguments,
      output: emptyAnswer,
    },
    async (_input, { caller, http }) => {
      await context.logins.delete(caller.loginId);
      setCookie(http, '', 0);
      return {};
    },
  );
  return api;
}

class LoginService {
  readonly #context: ControlContext;
  readonly #throttle: LoginThrottle;
  readonly #checker = new PasswordChecker();
  readonly #trusted: AddressRanges;

  constructor(context: ControlContext) {
    this.#context = context;
    this.#throttle = new LoginThrottle(context.cache);
    this.#trusted = new AddressRanges(context.config.trusted_proxies);
  }

  /** @throws ApiError as `#verify` does, and 403 for a page of another site that was not let in. */
  async login(
    input: z.output<typeof loginInput>,
    http: Context<ControlEnv>,
  ): Promise<z.input<typeof loginOutput>> {
    // Before the throttle: else any website could have its visitor fail here, and wait.
    if (isUnaskedForeign(http.req.raw, this.#context.config.public_url)) {
      throw new ApiError(403, 'the request comes from another site');
    }
    const username = normaliseUsername(input.username);
    const address = clientAddress(http, this.#trusted);
    const { logins, clock, config, log, secrets } = this.#context;
    const cookies = http.req.header('cookie') ?? null;
    const device = findDevice(secrets.loginDeviceKey, username, cookies);
    const userId = await this.#verify({ username, address, device }, input.password);
    const lifetimeS = config.auth.login_lifetime_s;
    const token = await logins.create(userId, clock.now(), lifetimeS);
    const login = await logins.find(token, clock.now());
    if (login === undefined) throw accountLocked();
    if (isSameOrigin(http.req.raw, config.public_url)) {
      setCookie(http, token, lifetimeS);
      if (device === undefined) {
        http.header('set-cookie', createDeviceCookie(secrets.loginDeviceKey, username), { append: true });
      }
    }
    log.info('logged in', { userId, address });
    return { token, user_id: userId, username, is_admin: login.isAdmin, expires_in: lifetimeS };
  }

  /** @throws ApiError 401 for a wrong pair, 403 for a locked account (only its owner learns that), 429, 503. */
  async #verify(attempt: LoginTry, password: string): Promise<UserId> {
    const { username, address } = attempt;
    const waitMs = await this.#throttle.enter(attempt);
    if (waitMs > 0) throw tooMany('too many failed logins', waitMs);
    const credentials = await this.#context.users.credentials(username);
    const isKnown = !(await this.#throttle.isStranger(attempt));
    const asker = { isKnown, party: isKnown ? username : networkKey(address) };
    const answer = await this.#checker.check(password, credentials?.passwordHash, asker);
    if (answer === 'busy') {
      throw new ApiError(503, 'too many logins at once, try again in a moment', { 'retry-after': '1' });
    }
    if (answer === 'wrong' || credentials === undefined) {
      await this.#throttle.failed(attempt);
      this.#context.log.info('login refused', { address, userId: credentials?.userId });
      throw new ApiError(401, 'wrong username or password');
    }
    if (credentials.locked || credentials.disabled) throw accountLocked();
    // Of right passwords alone: a rate that a stranger could use up would keep the user out.
    this.#context.loginRate.take(credentials.userId);
    await this.#throttle.succeeded(attempt);
    return credentials.userId;
  }
}

function accountLocked(): ApiError {
  return new ApiError(403, 'this account is locked, ask an administrator');
}

function tooMany(what: string, waitMs: number): ApiError {
  const seconds = Math.ceil(waitMs / 1000);
  return new ApiError(429, `${what}, try again in ${seconds} s`, { 'retry-after': String(seconds) });
}

/** `__Host-`: only over TLS, only for this host, for every path. */
function setCookie(http: Context<ControlEnv>, token: string, maxAgeS: number): void {
  const attributes = `Path=/; Max-Age=${maxAgeS}; HttpOnly; Secure; SameSite=Lax`;
  http.header('set-cookie', `${loginCookie}=${token}; ${attributes}`, { append: true });
}
