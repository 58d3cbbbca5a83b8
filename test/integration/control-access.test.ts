import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { callBodyBytesMax } from '../../control/http/call.ts';
import { UserRate } from '../../control/http/user-rate.ts';
import { type Answer, ApiClient, goodPassword } from '../harness/api-client.ts';
import { canStartPostgres, postgresKinds } from '../harness/postgres.ts';

// Setting up a database cluster takes seconds where other work keeps the disk busy.
setDefaultTimeout(60_000);

const nobody = '00000000-0000-4000-8000-000000000000';

describe.each(postgresKinds)('who may call control on PostgreSQL (%s)', kind => {
  describe.skipIf(!canStartPostgres(kind))('over HTTP', () => {
    let client: ApiClient;
    beforeAll(async () => {
      client = await ApiClient.start(kind);
    });
    afterAll(() => client?.[Symbol.asyncDispose]());

    describe('logging in', () => {
      test('gives a bearer token and says who one is', async () => {
        const credentials = { username: ' Admin@KASM.local', password: client.passwords['admin@kasm.local'] };
        for (const path of ['/api/public/login', '/api/authenticate']) {
          const answer = await client.send(path, { body: JSON.stringify(credentials) });
          expect(answer.status).toBe(200);
          expect(answer.at('username')).toBe('admin@kasm.local');
          expect(answer.at('is_admin')).toBe(true);
          expect(answer.at('expires_in')).toBe(288_000);
          expect(answer.headers.get('set-cookie')).toBeNull();
          expect((await client.call('get_users', {}, answer.at('token') as string)).status).toBe(200);
        }
      });

      test('from our own pages sets a cookie that scripts cannot read', async () => {
        const answer = await client.call(
          'login',
          { username: 'user@kasm.local', password: client.passwords['user@kasm.local'] },
          undefined,
          {
            'sec-fetch-site': 'same-origin',
          },
        );
        const [cookie = '', device = ''] = answer.headers.getSetCookie();
        expect(device).toStartWith('__Host-device=');
        expect(cookie).toMatch(
          /^__Host-login=[\w-]{43}; Path=\/; Max-Age=288000; HttpOnly; Secure; SameSite=Lax$/,
        );
        const shown = { cookie: cookie.split(';')[0] as string };
        expect(
          (await client.call('get_images', {}, undefined, { ...shown, 'sec-fetch-site': 'same-origin' }))
            .status,
        ).toBe(200);
        expect((await client.send('/api/public/get_images', { method: 'GET', headers: shown })).status).toBe(
          200,
        );
        for (const foreign of [{}, { 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
          const refused = await client.call('logout', {}, undefined, { ...shown, ...foreign } as Record<
            string,
            string
          >);
          expect(refused.status).toBe(403);
          expect(refused.at('error_message')).toBe('the request comes from another site');
        }
        const out = await client.call('logout', {}, undefined, { ...shown, 'sec-fetch-site': 'same-origin' });
        expect(out.status).toBe(200);
        expect(out.headers.get('set-cookie')).toContain('__Host-login=; Path=/; Max-Age=0');
        expect((await client.send('/api/public/get_images', { method: 'GET', headers: shown })).status).toBe(
          401,
        );
      });

      test('a wrong password and an unknown user get the same answer', async () => {
        const { username } = await client.addUser();
        const answers = [
          await client.call('login', { username, password: 'wrong' }),
          await client.call('login', { username: `nobody-${crypto.randomUUID()}`, password: 'wrong' }),
        ];
        for (const answer of answers) {
          expect(answer.status).toBe(401);
          expect(answer.at('error_message')).toBe('wrong username or password');
        }
      });

      test('after five failures the sixth try must wait, at that address only', async () => {
        const { username } = await client.addUser();
        const from = (address: string, password: string): Promise<Answer> =>
          client.call('login', { username, password }, undefined, {
            'x-forwarded-for': `spoofed, ${address}`,
          });
        for (let count = 0; count < 5; count++)
          expect((await from('198.51.100.7', 'wrong')).status).toBe(401);
        const refused = await from('198.51.100.7', goodPassword);
        expect(refused.status).toBe(429);
        expect(refused.at('error_message')).toMatch(/^too many failed logins, try again in \d+ s$/);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        expect((await from('192.0.2.1', goodPassword)).status).toBe(200);
      });

      test('strangers who guess at an account slow each other down, and not the browser that knows it', async () => {
        const { username } = await client.addUser();
        const from = (
          address: string,
          password: string,
          headers: Record<string, string> = {},
        ): Promise<Answer> =>
          client.call('login', { username, password }, undefined, { 'x-forwarded-for': address, ...headers });
        const page = { 'sec-fetch-site': 'same-origin' };
        const cookies = (await from('192.0.2.200', goodPassword, page)).headers.getSetCookie();
        const cookie = cookies.find(each => each.startsWith('__Host-device='))?.split(';')[0] ?? '';
        for (let count = 0; count < 20; count++)
          expect((await from(`192.0.2.${count}`, 'wrong')).status).toBe(401);
        expect((await from('192.0.2.100', 'wrong')).status).toBe(401);
        expect((await from('192.0.2.100', goodPassword)).status).toBe(429);
        const again = await from('192.0.2.100', goodPassword, { ...page, cookie });
        expect(again.status).toBe(200);
        expect(again.headers.getSetCookie(), 'a device that is known gets no other name').toHaveLength(1);
        expect((await from('192.0.2.200', goodPassword)).status).toBe(200);
      });

      test('a flood of made-up names keeps out neither who is known nor a stranger of another network', async () => {
        const { username } = await client.addUser();
        const from = (address: string, name: string, password: string): Promise<Answer> =>
          client.call('login', { username: name, password }, undefined, { 'x-forwarded-for': address });
        expect((await from('192.0.2.210', username, goodPassword)).status).toBe(200);
        const flood = Array.from({ length: 150 }, (_, at) =>
          from(`2001:db8:77:${at.toString(16)}::1`, crypto.randomUUID(), 'wrong'),
        );
        const [known, stranger] = await Promise.all([
          from('192.0.2.210', username, goodPassword),
          from('203.0.113.210', username, goodPassword),
        ]);
        expect([known.status, stranger.status]).toEqual([200, 200]);
        const statuses = (await Promise.all(flood)).map(answer => answer.status);
        expect(new Set(statuses)).toEqual(new Set([401, 503]));
      });

      test('right passwords of a user have a rate, which wrong ones use nothing of', async () => {
        const { username } = await client.addUser();
        const logIn = (password: string): Promise<Answer> => client.call('login', { username, password });
        const context = client.control.context as { loginRate: UserRate };
        const { loginRate } = context;
        let now = 0;
        const rate = { per_second: 1, burst: 1 };
        context.loginRate = new UserRate({ name: 'logins', rate, now: () => now });
        try {
          expect((await logIn('wrong')).status).toBe(401);
          for (const status of [200, 200, 429]) expect((await logIn(goodPassword)).status).toBe(status);
          expect((await logIn('wrong')).status).toBe(401);
          const refused = await logIn(goodPassword);
          expect(refused.at('error_message')).toBe(
            'there are too many logins of your account, try again in 1 s',
          );
          now = 1_000;
          expect((await logIn(goodPassword)).status).toBe(200);
        } finally {
          context.loginRate = loginRate;
        }
      });

      test('a page of another site has nobody wait: what it sends unasked is no try', async () => {
        const { username } = await client.addUser();
        const body = JSON.stringify({ username, password: 'wrong' });
        const headers = {
          ...{ 'content-type': 'text/plain', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
          'x-forwarded-for': '192.0.2.77',
        };
        for (let count = 0; count < 10; count++)
          expect((await client.send('/api/public/login', { body, headers })).status).toBe(403);
        const own = await client.call('login', { username, password: goodPassword }, undefined, {
          'x-forwarded-for': '192.0.2.77',
        });
        expect(own.status).toBe(200);
      });

      test('credentials of the wrong form are refused before anything is asked', async () => {
        expect((await client.call('login', { username: 'ada' })).status).toBe(400);
        expect((await client.call('login', { username: 'ada', password: 7 })).status).toBe(400);
        const long = await client.call('login', { username: 'ada', password: 'x'.repeat(1025) });
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
        const refused = await client.call(name, {}, client.user);
        expect(refused.status).toBe(403);
        expect(refused.at()).toEqual({ error_message: 'Unauthorized' });
        expect((await client.call(name, {})).status).toBe(401);
        expect([200, 400]).toContain((await client.call(name, {}, client.admin)).status);
      });

      test('API keys of this version open nothing', async () => {
        const inBody = await client.call('get_users', {
          api_key: 'k'.repeat(12),
          api_key_secret: 's'.repeat(32),
        });
        expect([inBody.status, inBody.at('error_message')]).toEqual([401, 'Unauthorized']);
        const basic = await client.call('get_users', {}, undefined, {
          authorization: `Basic ${btoa('key:secret')}`,
        });
        expect(basic.status).toBe(401);
      });

      test('an ordinary user sees the own record and no other', async () => {
        const { userId, username, token } = await client.addUser();
        expect(
          (await client.call('get_user', { target_user: { user_id: userId } }, token)).at('user', 'username'),
        ).toBe(username);
        expect(
          (await client.call('get_user', { target_user: { username: username.toUpperCase() } }, token))
            .status,
        ).toBe(200);
        for (const target of [
          { username: 'admin@kasm.local' },
          { username: 'nobody' },
          { user_id: nobody },
        ]) {
          expect((await client.call('get_user', { target_user: target }, token)).status).toBe(403);
        }
        expect((await client.call('get_user', { target_user: {} }, token)).status).toBe(400);
      });
    });

    describe('the edge', () => {
      test('says it is well, in Kasm’s words', async () => {
        const answer = await client.send('/api/__healthcheck', { method: 'GET' });
        expect([answer.status, answer.at()]).toEqual([200, { ok: true }]);
      });

      test('describes itself', async () => {
        const answer = await client.send('/api/openapi.json', { method: 'GET' });
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
        const answer = await client.send(path, init);
        expect([answer.status, answer.at('error_message')]).toEqual([status, message]);
      });

      test('reads are answered to GET too', async () => {
        const headers = { authorization: `Bearer ${client.admin}` };
        const answer = await client.send('/api/public/get_users', { method: 'GET', headers });
        expect((answer.at('users') as unknown[]).length).toBeGreaterThan(1);
      });

      test('a failure inside tells nothing but a request id, which the log knows', async () => {
        const { users } = client.control.context;
        const list = users.list;
        users.list = () => Promise.reject(new Error('secret detail of the inside'));
        try {
          const answer = await client.call('get_users', {}, client.admin);
          expect(answer.status).toBe(500);
          expect(JSON.stringify(answer.at())).not.toContain('secret detail');
          const requestId = answer.at('request_id') as string;
          expect(
            client.logLines.some(line => line.includes(requestId) && line.includes('secret detail')),
          ).toBe(true);
        } finally {
          users.list = list;
        }
      });

      test('the pages are served beside it', async () => {
        const answer = await client.send('/', { method: 'GET' });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-type')).toContain('text/html');
      });

      test('no password and no token came into the log', () => {
        const log = client.logLines.join('\n');
        expect(log).toContain('"message":"request"');
        for (const secret of [...Object.values(client.passwords), goodPassword, client.admin, client.user]) {
          expect(log.includes(secret)).toBe(false);
        }
      });
    });
  });
});
