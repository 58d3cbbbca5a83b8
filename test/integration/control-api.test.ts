import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createLog } from '../../config/log.ts';
import { allUsersId } from '../../control/groups/group.ts';
import { callBodyBytesMax } from '../../control/http/call.ts';
import { canStartPostgres, postgresKinds, startTestPostgres } from '../harness/postgres.ts';
import { startTestControl, type TestControl } from '../harness/test-control.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** What a test reads of an answer depends on the call, so it looks values up by path. */
  at(...path: (string | number)[]): unknown;
}

const nobody = '00000000-0000-4000-8000-000000000000';
const goodPassword = 'Correct-Horse-9';

/** Lines of the log of everything that ran: no secret may be in it. */
const logLines: string[] = [];

async function startControl(kind: (typeof postgresKinds)[number]) {
  await using stack = new AsyncDisposableStack();
  const log = createLog({
    program: 'control',
    level: 'debug',
    write: line => logLines.push(line),
    now: Date.now,
  });
  let database: { url: string } | undefined;
  if (kind === 'server') {
    const postgres = stack.use(await startTestPostgres('server'));
    const address = await postgres.createDatabase();
    if (address.kind === 'url') database = { url: address.url.reveal() };
  }
  const control = stack.use(await startTestControl(database, log));
  const file = `${control.context.config.data_dir}/first-start-passwords.json`;
  const passwords = (await Bun.file(file).json()) as Record<string, string>;
  const parts = stack.move();
  return { control, passwords, stop: () => parts.disposeAsync() };
}

describe.each(postgresKinds)('the API of control on PostgreSQL (%s)', kind => {
  describe.skipIf(!canStartPostgres(kind))('over HTTP', () => {
    let control: TestControl;
    let passwords: Record<string, string>;
    let stop: () => Promise<void>;
    let admin: string;
    let user: string;

    beforeAll(async () => {
      ({ control, passwords, stop } = await startControl(kind));
      admin = await logIn('admin@kasm.local', passwords['admin@kasm.local'] ?? '');
      user = await logIn('user@kasm.local', passwords['user@kasm.local'] ?? '');
    }, 60_000);
    afterAll(() => stop?.());

    async function send(path: string, init: RequestInit = {}): Promise<Answer> {
      const response = await fetch(control.url + path, { method: 'POST', ...init });
      const text = await response.text();
      const body: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
      const at = (...keys: (string | number)[]): unknown =>
        keys.reduce<unknown>(
          (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
          body,
        );
      return { status: response.status, headers: response.headers, at };
    }

    function call(
      name: string,
      body: object,
      token?: string,
      headers: Record<string, string> = {},
    ): Promise<Answer> {
      const authorization: Record<string, string> =
        token === undefined ? {} : { authorization: `Bearer ${token}` };
      return send(`/api/public/${name}`, {
        body: JSON.stringify(body),
        headers: { ...authorization, ...headers },
      });
    }

    async function logIn(username: string, password: string): Promise<string> {
      const answer = await call('login', { username, password });
      expect(answer.status).toBe(200);
      return answer.at('token') as string;
    }

    async function addUser(): Promise<{ userId: string; username: string; token: string }> {
      const username = `user-${crypto.randomUUID()}`;
      const made = await call('create_user', { target_user: { username, password: goodPassword } }, admin);
      expect(made.status).toBe(200);
      return {
        username,
        userId: made.at('user', 'user_id') as string,
        token: await logIn(username, goodPassword),
      };
    }

    describe('logging in', () => {
      test('gives a bearer token and says who one is', async () => {
        const credentials = { username: ' Admin@KASM.local', password: passwords['admin@kasm.local'] };
        for (const path of ['/api/public/login', '/api/authenticate']) {
          const answer = await send(path, { body: JSON.stringify(credentials) });
          expect(answer.status).toBe(200);
          expect(answer.at('username')).toBe('admin@kasm.local');
          expect(answer.at('is_admin')).toBe(true);
          expect(answer.at('expires_in')).toBe(288_000);
          expect(answer.headers.get('set-cookie')).toBeNull();
          expect((await call('get_users', {}, answer.at('token') as string)).status).toBe(200);
        }
      });

      test('from our own pages sets a cookie that scripts cannot read', async () => {
        const answer = await call(
          'login',
          { username: 'user@kasm.local', password: passwords['user@kasm.local'] },
          undefined,
          {
            'sec-fetch-site': 'same-origin',
          },
        );
        const cookie = answer.headers.get('set-cookie') ?? '';
        expect(cookie).toMatch(
          /^__Host-login=[\w-]{43}; Path=\/; Max-Age=288000; HttpOnly; Secure; SameSite=Lax$/,
        );
        const shown = { cookie: cookie.split(';')[0] as string };
        expect(
          (await call('get_images', {}, undefined, { ...shown, 'sec-fetch-site': 'same-origin' })).status,
        ).toBe(200);
        expect((await send('/api/public/get_images', { method: 'GET', headers: shown })).status).toBe(200);
        for (const foreign of [{}, { 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
          const refused = await call('logout', {}, undefined, { ...shown, ...foreign } as Record<
            string,
            string
          >);
          expect(refused.status).toBe(403);
          expect(refused.at('error_message')).toBe('the request comes from another site');
        }
        const out = await call('logout', {}, undefined, { ...shown, 'sec-fetch-site': 'same-origin' });
        expect(out.status).toBe(200);
        expect(out.headers.get('set-cookie')).toContain('__Host-login=; Path=/; Max-Age=0');
        expect((await send('/api/public/get_images', { method: 'GET', headers: shown })).status).toBe(401);
      });

      test('a wrong password and an unknown user get the same answer', async () => {
        const { username } = await addUser();
        const answers = [
          await call('login', { username, password: 'wrong' }),
          await call('login', { username: `nobody-${crypto.randomUUID()}`, password: 'wrong' }),
        ];
        for (const answer of answers) {
          expect(answer.status).toBe(401);
          expect(answer.at('error_message')).toBe('wrong username or password');
        }
      });

      test('after five failures the sixth try must wait, at that address only', async () => {
        const { username } = await addUser();
        const from = (address: string, password: string): Promise<Answer> =>
          call('login', { username, password }, undefined, { 'x-forwarded-for': `spoofed, ${address}` });
        for (let count = 0; count < 5; count++)
          expect((await from('198.51.100.7', 'wrong')).status).toBe(401);
        const refused = await from('198.51.100.7', goodPassword);
        expect(refused.status).toBe(429);
        expect(refused.at('error_message')).toMatch(/^too many failed logins, try again in \d+ s$/);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        expect((await from('192.0.2.1', goodPassword)).status).toBe(200);
      });

      test('credentials of the wrong form are refused before anything is asked', async () => {
        expect((await call('login', { username: 'ada' })).status).toBe(400);
        expect((await call('login', { username: 'ada', password: 7 })).status).toBe(400);
        const long = await call('login', { username: 'ada', password: 'x'.repeat(1025) });
        expect(long.at('error_message')).toBe('password: must be at most 1024 characters');
      });
    });

    describe('who may do what', () => {
      test.each([
        'get_users',
        'create_user',
        'update_user',
        'delete_user',
        'logout_user',
        'add_user_group',
        'remove_user_group',
        'get_groups',
        'create_group',
        'update_group',
        'delete_group',
        'get_settings_group',
        'add_settings_group',
        'set_settings_group',
        'remove_settings_group',
        'get_effective_settings',
        'create_image',
        'update_image',
        'delete_image',
        'get_images_group',
        'add_images_group',
        'remove_images_group',
      ])('%s is for administrators', async name => {
        const refused = await call(name, {}, user);
        expect(refused.status).toBe(403);
        expect(refused.at()).toEqual({ error_message: 'Unauthorized' });
        expect((await call(name, {})).status).toBe(401);
        expect([200, 400]).toContain((await call(name, {}, admin)).status);
      });

      test('API keys of this version open nothing', async () => {
        const inBody = await call('get_users', { api_key: 'k'.repeat(12), api_key_secret: 's'.repeat(32) });
        expect([inBody.status, inBody.at('error_message')]).toEqual([401, 'Unauthorized']);
        const basic = await call('get_users', {}, undefined, {
          authorization: `Basic ${btoa('key:secret')}`,
        });
        expect(basic.status).toBe(401);
      });

      test('an ordinary user sees the own record and no other', async () => {
        const { userId, username, token } = await addUser();
        expect(
          (await call('get_user', { target_user: { user_id: userId } }, token)).at('user', 'username'),
        ).toBe(username);
        expect(
          (await call('get_user', { target_user: { username: username.toUpperCase() } }, token)).status,
        ).toBe(200);
        for (const target of [
          { username: 'admin@kasm.local' },
          { username: 'nobody' },
          { user_id: nobody },
        ]) {
          expect((await call('get_user', { target_user: target }, token)).status).toBe(403);
        }
        expect((await call('get_user', { target_user: {} }, token)).status).toBe(400);
      });
    });

    describe('users', () => {
      test('are made, read by either form of their id, changed and deleted', async () => {
        const username = `Ada-${crypto.randomUUID()}`;
        const target = {
          username,
          password: goodPassword,
          first_name: 'Ada',
          authorized_images: [],
          group_id: null,
        };
        const made = await call('create_user', { target_user: target }, admin);
        expect(made.status).toBe(200);
        const userId = made.at('user', 'user_id') as string;
        expect(made.at('user')).toMatchObject({
          username: username.toLowerCase(),
          first_name: 'Ada',
          realm: 'local',
          locked: false,
          groups: [{ name: 'All Users', group_id: allUsersId }],
          kasms: [],
        });
        expect(made.at('user', 'created')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
        for (const form of [userId, userId.replaceAll('-', ''), userId.toUpperCase()]) {
          expect(
            (await call('get_user', { target_user: { user_id: form } }, admin)).at('user', 'user_id'),
          ).toBe(userId);
        }
        const changed = await call(
          'update_user',
          { target_user: { user_id: userId, last_name: 'L', password: null } },
          admin,
        );
        expect(changed.at('user')).toMatchObject({ first_name: 'Ada', last_name: 'L' });
        const all = await call('get_users', { page: 1, page_size: 20, sort_by: 'username' }, admin);
        expect(all.at('total')).toBe((all.at('users') as unknown[]).length);
        expect(
          (await call('delete_user', { target_user: { user_id: userId }, force: false }, admin)).at(),
        ).toEqual({});
        expect((await call('get_user', { target_user: { user_id: userId } }, admin)).status).toBe(404);
      });

      test.each([
        [
          { username: 'a b', password: goodPassword },
          400,
          'a username holds letters, digits and . _ @ + - only',
        ],
        [
          { username: 'x', password: 'short' },
          400,
          'the password needs at least 8 characters, an upper-case letter, a digit, a special character',
        ],
        [{ username: 'admin@kasm.local', password: goodPassword }, 409, 'this username is taken'],
        [
          { username: 'x', password: goodPassword, first_name: 'y'.repeat(256) },
          400,
          'target_user.first_name: must be at most 255 characters',
        ],
        [{ username: 'x', password: goodPassword, locked: 'yes' }, 400, 'target_user.locked: '],
        [{ password: goodPassword }, 400, 'target_user.username: '],
      ])('%j is refused', async (target, status, message) => {
        const answer = await call('create_user', { target_user: target }, admin);
        expect(answer.status).toBe(status);
        expect(answer.at('error_message')).toStartWith(message);
      });

      test('a locked user is out at once: the token, the login, and everybody who listens is told', async () => {
        const { userId, username, token } = await addUser();
        const heard: unknown[] = [];
        const forget = control.context.hooks.userLocked.add(event => void heard.push(event));
        expect((await call('get_images', {}, token)).status).toBe(200);
        await call('update_user', { target_user: { user_id: userId, locked: true } }, admin);
        forget();
        expect((await call('get_images', {}, token)).status).toBe(401);
        expect(heard).toEqual([{ userId, cause: 'locked' }]);
        const refused = await call('login', { username, password: goodPassword });
        expect([refused.status, refused.at('error_message')]).toEqual([
          403,
          'this account is locked, ask an administrator',
        ]);
        expect((await call('login', { username, password: 'wrong' })).status).toBe(401);
        await call('update_user', { target_user: { user_id: userId, locked: false } }, admin);
        expect((await call('get_images', {}, token)).status).toBe(401);
        expect((await call('login', { username, password: goodPassword })).status).toBe(200);
      });

      test('a new password ends the logins made with the old one', async () => {
        const { userId, username, token } = await addUser();
        const password = 'Another-Horse-8';
        await call('update_user', { target_user: { user_id: userId, password } }, admin);
        expect((await call('get_images', {}, token)).status).toBe(401);
        expect((await call('login', { username, password: goodPassword })).status).toBe(401);
        expect((await call('login', { username, password })).status).toBe(200);
      });

      test('an administrator can log a user out', async () => {
        const { userId, token } = await addUser();
        expect((await call('logout_user', { target_user: { user_id: userId } }, admin)).at()).toEqual({});
        expect((await call('get_images', {}, token)).status).toBe(401);
        expect((await call('logout_user', { target_user: { user_id: nobody } }, admin)).status).toBe(404);
      });

      test('the last administrator cannot lock themselves out', async () => {
        const answer = await call(
          'update_user',
          { target_user: { user_id: control.admin.userId, locked: true } },
          admin,
        );
        expect([answer.status, answer.at('error_message')]).toEqual([
          409,
          'this is the last administrator who can log in',
        ]);
        expect((await call('get_users', {}, admin)).status).toBe(200);
      });
    });

    describe('groups and settings', () => {
      test('a setting of a stronger group holds, and everybody who listens is told', async () => {
        const { userId } = await addUser();
        const priority = 100 + Math.floor(Math.random() * 800);
        const made = await call(
          'create_group',
          { target_group: { name: `G ${userId}`, priority: String(priority) } },
          admin,
        );
        expect(made.at('group')).toMatchObject({ priority, is_system: false, permissions: ['user'] });
        const groupId = made.at('group', 'group_id') as string;
        const member = { target_user: { user_id: userId }, target_group: { group_id: groupId } };
        expect((await call('add_user_group', member, admin)).at()).toEqual({});
        const heard: unknown[] = [];
        const forget = control.context.hooks.settingsChanged.add(event => void heard.push(event));
        const setting = { name: 'allow_kasm_clipboard_down', value: 'false' };
        const set = await call(
          'add_settings_group',
          { target_group: { group_id: groupId }, target_setting: setting },
          admin,
        );
        expect(set.at('setting')).toMatchObject({ name: setting.name, value: 'False', value_type: 'bool' });
        expect(heard).toEqual([{ groupId }]);
        const effective = (): Promise<Answer> =>
          call('get_effective_settings', { target_user: { user_id: userId } }, admin);
        const strict = await effective();
        expect(strict.at('settings', 'allow_kasm_clipboard_down')).toBe(false);
        expect(strict.at('provenance', 'allow_kasm_clipboard_down', 'group_id')).toBe(groupId);
        const byId = { group_setting_id: set.at('setting', 'group_setting_id'), value: 'True' };
        expect(
          (await call('set_settings_group', { target_setting: byId }, admin)).at('setting', 'value'),
        ).toBe('True');
        expect((await effective()).at('settings', 'allow_kasm_clipboard_down')).toBe(true);
        const listed = await call('get_settings_group', { target_group: { group_id: groupId } }, admin);
        expect(listed.at('settings')).toHaveLength(1);
        await call('delete_group', { target_group: { group_id: groupId } }, admin);
        expect(heard.at(-1)).toEqual({ userId });
        expect((await effective()).at('provenance', 'allow_kasm_clipboard_down', 'group_name')).toBe(
          'All Users',
        );
        forget();
      });

      test('what is wrong with a group or a setting is said', async () => {
        const refuse = async (name: string, body: object, status: number, message: RegExp): Promise<void> => {
          const answer = await call(name, body, admin);
          expect(answer.at('error_message')).toMatch(message);
          expect(answer.status).toBe(status);
        };
        const target_group = { group_id: allUsersId };
        await refuse(
          'create_group',
          { target_group: { name: 'All Users', priority: 77 } },
          409,
          /name is taken/,
        );
        await refuse(
          'create_group',
          { target_group: { name: 'Other', priority: 1000 } },
          409,
          /has this priority/,
        );
        await refuse(
          'create_group',
          { target_group: { name: 'Other', priority: 0 } },
          400,
          /must be 1 to 1000000/,
        );
        await refuse('create_group', { target_group: { name: ' ', priority: 5 } }, 400, /must not be empty/);
        await refuse('delete_group', { target_group }, 409, /cannot be deleted/);
        await refuse('delete_group', { target_group: { group_id: 'x' } }, 400, /group_id: must be a UUID/);
        await refuse(
          'set_settings_group',
          { target_group, target_setting: { name: 'x', value: 'True' } },
          400,
          /unknown setting x/,
        );
        await refuse(
          'set_settings_group',
          { target_group, target_setting: { name: 'view_only', value: 'yes' } },
          400,
          /True or False/,
        );
        await refuse(
          'set_settings_group',
          { target_setting: { name: 'view_only', value: 'True' } },
          400,
          /name the setting by/,
        );
        await refuse(
          'remove_settings_group',
          { target_group, target_setting: { name: 'view_only' } },
          404,
          /no such setting/,
        );
      });
    });

    describe('images', () => {
      test('an administrator adds one, everybody may launch it, until it is taken away', async () => {
        const target = {
          name: `test/image-${Date.now()}:1`,
          friendly_name: 'Test',
          cores: '1.5',
          memory: 1_073_741_824,
          image_type: 'Container',
          run_config: '{"hostname": "desk"}',
          categories: ['Test'],
        };
        const made = await call('create_image', { target_image: target }, admin);
        expect(made.at('image')).toMatchObject({
          cores: 1.5,
          memory: 1_073_741_824,
          run_config: { hostname: 'desk' },
        });
        const imageId = made.at('image', 'image_id') as string;
        const seen = async (): Promise<unknown[]> =>
          ((await call('get_images', {}, user)).at('images') as { image_id: string }[]).filter(
            one => one.image_id === imageId,
          );
        expect(await seen()).toHaveLength(1);
        const target_image = { image_id: imageId };
        const pair = { target_group: { group_id: allUsersId }, target_image };
        await call('remove_images_group', pair, admin);
        expect(await seen()).toHaveLength(0);
        expect((await call('get_image', { target_image }, user)).status).toBe(404);
        await call('add_images_group', pair, admin);
        expect((await call('get_image', { target_image }, user)).status).toBe(200);
        await call('update_image', { target_image: { ...target_image, enabled: false } }, admin);
        expect(await seen()).toHaveLength(0);
        expect((await call('delete_image', { target_image }, admin)).at()).toEqual({});
        expect((await call('delete_image', { target_image }, admin)).status).toBe(404);
      });

      test.each([
        [{ name: 'kasmweb/firefox', friendly_name: 'F' }, /has no tag: write one, such as name:1\.18\.0/],
        [{ name: 'a:1', friendly_name: '' }, /friendly_name: must not be empty/],
        [{ name: 'a:1', friendly_name: 'A', cores: 0 }, /cores: must be over 0/],
        [{ name: 'a:1', friendly_name: 'A', memory: 1 }, /memory: must be at least 16777216 bytes/],
        [{ name: 'a:1', friendly_name: 'A', run_config: 'x' }, /run_config: must be a JSON object/],
        [{ name: 'a:1', friendly_name: 'A', run_config: '[]' }, /run_config: must be a JSON object/],
        [{ name: 'a:1', friendly_name: 'A', image_type: 'Server' }, /of type Container only/],
        [{ name: 'a:1', friendly_name: 'A', protocol: 'telnet' }, /protocol: /],
      ])('%j is refused', async (target, message) => {
        const answer = await call('create_image', { target_image: target }, admin);
        expect(answer.status).toBe(400);
        expect(answer.at('error_message')).toMatch(message);
      });
    });

    describe('the edge', () => {
      test('says it is well, in Kasm’s words', async () => {
        const answer = await send('/api/__healthcheck', { method: 'GET' });
        expect([answer.status, answer.at()]).toEqual([200, { ok: true }]);
      });

      test('describes itself', async () => {
        const answer = await send('/api/openapi.json', { method: 'GET' });
        expect(answer.at('openapi')).toBe('3.1.0');
        for (const path of ['/api/public/login', '/api/public/get_users', '/api/public/request_kasm']) {
          expect(answer.at('paths', path, 'post', 'summary')).toBeString();
        }
      });

      test.each([
        ['/api/public/nothing', {}, 404, 'unknown path /api/public/nothing'],
        ['/nothing', { method: 'GET' }, 404, 'unknown path /nothing'],
        ['/api/public/login', { body: '{' }, 400, 'the body is no JSON'],
        ['/api/public/login', { body: '[]' }, 400, 'the body must be a JSON object'],
        ['/api/public/login', { body: '"x"' }, 400, 'the body must be a JSON object'],
        ['/api/public/login', { method: 'GET' }, 405, '/api/public/login takes POST'],
        [
          '/api/public/login',
          { body: ' '.repeat(callBodyBytesMax + 1) },
          413,
          'the body is over the limit of 262144 bytes',
        ],
      ] as [string, RequestInit, number, string][])('%s %j: %i', async (path, init, status, message) => {
        const answer = await send(path, init);
        expect([answer.status, answer.at('error_message')]).toEqual([status, message]);
      });

      test('reads are answered to GET too', async () => {
        const headers = { authorization: `Bearer ${admin}` };
        const answer = await send('/api/public/get_users', { method: 'GET', headers });
        expect((answer.at('users') as unknown[]).length).toBeGreaterThan(1);
      });

      test('a failure inside tells nothing but a request id, which the log knows', async () => {
        const { users } = control.context;
        const list = users.list;
        users.list = () => Promise.reject(new Error('secret detail of the inside'));
        try {
          const answer = await call('get_users', {}, admin);
          expect(answer.status).toBe(500);
          expect(JSON.stringify(answer.at())).not.toContain('secret detail');
          const requestId = answer.at('request_id') as string;
          expect(logLines.some(line => line.includes(requestId) && line.includes('secret detail'))).toBe(
            true,
          );
        } finally {
          users.list = list;
        }
      });

      test('the pages are served beside it', async () => {
        const answer = await send('/', { method: 'GET' });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-type')).toContain('text/html');
      });

      test('no password and no token came into the log', () => {
        const log = logLines.join('\n');
        expect(log).toContain('"message":"request"');
        for (const secret of [...Object.values(passwords), goodPassword, admin, user]) {
          expect(log.includes(secret)).toBe(false);
        }
      });
    });
  });
});
