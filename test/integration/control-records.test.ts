import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { allUsersId } from '../../control/groups/group.ts';
import { type Answer, ApiClient, goodPassword } from '../harness/api-client.ts';
import { canStartPostgres, postgresKinds } from '../harness/postgres.ts';

// Setting up a database cluster takes seconds where other work keeps the disk busy.
setDefaultTimeout(60_000);

const nobody = '00000000-0000-4000-8000-000000000000';

describe.each(postgresKinds)('users, groups and images on PostgreSQL (%s)', kind => {
  describe.skipIf(!canStartPostgres(kind))('over HTTP', () => {
    let client: ApiClient;
    beforeAll(async () => {
      client = await ApiClient.start(kind);
    });
    afterAll(() => client?.[Symbol.asyncDispose]());

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
        const made = await client.call('create_user', { target_user: target }, client.admin);
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
            (await client.call('get_user', { target_user: { user_id: form } }, client.admin)).at(
              'user',
              'user_id',
            ),
          ).toBe(userId);
        }
        const changed = await client.call(
          'update_user',
          { target_user: { user_id: userId, last_name: 'L', password: null } },
          client.admin,
        );
        expect(changed.at('user')).toMatchObject({ first_name: 'Ada', last_name: 'L' });
        const all = await client.call(
          'get_users',
          { page: 1, page_size: 20, sort_by: 'username' },
          client.admin,
        );
        expect(all.at('total')).toBe((all.at('users') as unknown[]).length);
        expect(
          (
            await client.call('delete_user', { target_user: { user_id: userId }, force: false }, client.admin)
          ).at(),
        ).toEqual({});
        expect(
          (await client.call('get_user', { target_user: { user_id: userId } }, client.admin)).status,
        ).toBe(404);
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
        const answer = await client.call('create_user', { target_user: target }, client.admin);
        expect(answer.status).toBe(status);
        expect(answer.at('error_message')).toStartWith(message);
      });

      test('a locked user is out at once: the token, the login, and everybody who listens is told', async () => {
        const { userId, username, token } = await client.addUser();
        const heard: unknown[] = [];
        const forget = client.control.context.hooks.userLocked.add(event => void heard.push(event));
        expect((await client.call('get_images', {}, token)).status).toBe(200);
        await client.call('update_user', { target_user: { user_id: userId, locked: true } }, client.admin);
        forget();
        expect((await client.call('get_images', {}, token)).status).toBe(401);
        expect(heard).toEqual([{ userId, cause: 'locked' }]);
        const refused = await client.call('login', { username, password: goodPassword });
        expect([refused.status, refused.at('error_message')]).toEqual([
          403,
          'this account is locked, ask an administrator',
        ]);
        expect((await client.call('login', { username, password: 'wrong' })).status).toBe(401);
        await client.call('update_user', { target_user: { user_id: userId, locked: false } }, client.admin);
        expect((await client.call('get_images', {}, token)).status).toBe(401);
        expect((await client.call('login', { username, password: goodPassword })).status).toBe(200);
      });

      test('a new password ends the logins made with the old one', async () => {
        const { userId, username, token } = await client.addUser();
        const password = 'Another-Horse-8';
        await client.call('update_user', { target_user: { user_id: userId, password } }, client.admin);
        expect((await client.call('get_images', {}, token)).status).toBe(401);
        expect((await client.call('login', { username, password: goodPassword })).status).toBe(401);
        expect((await client.call('login', { username, password })).status).toBe(200);
      });

      test('an administrator can log a user out', async () => {
        const { userId, token } = await client.addUser();
        expect(
          (await client.call('logout_user', { target_user: { user_id: userId } }, client.admin)).at(),
        ).toEqual({});
        expect((await client.call('get_images', {}, token)).status).toBe(401);
        expect(
          (await client.call('logout_user', { target_user: { user_id: nobody } }, client.admin)).status,
        ).toBe(404);
      });

      test('the last administrator cannot lock themselves out', async () => {
        const answer = await client.call(
          'update_user',
          { target_user: { user_id: client.control.admin.userId, locked: true } },
          client.admin,
        );
        expect([answer.status, answer.at('error_message')]).toEqual([
          409,
          'this is the last administrator who can log in',
        ]);
        expect((await client.call('get_users', {}, client.admin)).status).toBe(200);
      });
    });

    describe('groups and settings', () => {
      test('a setting of a stronger group holds, and everybody who listens is told', async () => {
        const { userId } = await client.addUser();
        const priority = 100 + Math.floor(Math.random() * 800);
        const made = await client.call(
          'create_group',
          { target_group: { name: `G ${userId}`, priority: String(priority) } },
          client.admin,
        );
        expect(made.at('group')).toMatchObject({ priority, is_system: false, permissions: ['user'] });
        const groupId = made.at('group', 'group_id') as string;
        const member = { target_user: { user_id: userId }, target_group: { group_id: groupId } };
        expect((await client.call('add_user_group', member, client.admin)).at()).toEqual({});
        const heard: unknown[] = [];
        const forget = client.control.context.hooks.settingsChanged.add(event => void heard.push(event));
        const setting = { name: 'allow_kasm_clipboard_down', value: 'false' };
        const set = await client.call(
          'add_settings_group',
          { target_group: { group_id: groupId }, target_setting: setting },
          client.admin,
        );
        expect(set.at('setting')).toMatchObject({ name: setting.name, value: 'False', value_type: 'bool' });
        expect(heard).toEqual([{ groupId }]);
        const effective = (): Promise<Answer> =>
          client.call('get_effective_settings', { target_user: { user_id: userId } }, client.admin);
        const strict = await effective();
        expect(strict.at('settings', 'allow_kasm_clipboard_down')).toBe(false);
        expect(strict.at('provenance', 'allow_kasm_clipboard_down', 'group_id')).toBe(groupId);
        const byId = { group_setting_id: set.at('setting', 'group_setting_id'), value: 'True' };
        expect(
          (await client.call('set_settings_group', { target_setting: byId }, client.admin)).at(
            'setting',
            'value',
          ),
        ).toBe('True');
        expect((await effective()).at('settings', 'allow_kasm_clipboard_down')).toBe(true);
        const listed = await client.call(
          'get_settings_group',
          { target_group: { group_id: groupId } },
          client.admin,
        );
        expect(listed.at('settings')).toHaveLength(1);
        await client.call('delete_group', { target_group: { group_id: groupId } }, client.admin);
        expect(heard.at(-1)).toEqual({ userId });
        expect((await effective()).at('provenance', 'allow_kasm_clipboard_down', 'group_name')).toBe(
          'All Users',
        );
        forget();
      });

      test('what is wrong with a group or a setting is said', async () => {
        const refuse = async (name: string, body: object, status: number, message: RegExp): Promise<void> => {
          const answer = await client.call(name, body, client.admin);
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
        const made = await client.call('create_image', { target_image: target }, client.admin);
        expect(made.at('image')).toMatchObject({
          cores: 1.5,
          memory: 1_073_741_824,
          run_config: { hostname: 'desk' },
        });
        const imageId = made.at('image', 'image_id') as string;
        const seen = async (): Promise<unknown[]> =>
          ((await client.call('get_images', {}, client.user)).at('images') as { image_id: string }[]).filter(
            one => one.image_id === imageId,
          );
        expect(await seen()).toHaveLength(1);
        const target_image = { image_id: imageId };
        const pair = { target_group: { group_id: allUsersId }, target_image };
        await client.call('remove_images_group', pair, client.admin);
        expect(await seen()).toHaveLength(0);
        expect((await client.call('get_image', { target_image }, client.user)).status).toBe(404);
        await client.call('add_images_group', pair, client.admin);
        expect((await client.call('get_image', { target_image }, client.user)).status).toBe(200);
        await client.call(
          'update_image',
          { target_image: { ...target_image, enabled: false } },
          client.admin,
        );
        expect(await seen()).toHaveLength(0);
        expect((await client.call('delete_image', { target_image }, client.admin)).at()).toEqual({});
        expect((await client.call('delete_image', { target_image }, client.admin)).status).toBe(404);
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
        const answer = await client.call('create_image', { target_image: target }, client.admin);
        expect(answer.status).toBe(400);
        expect(answer.at('error_message')).toMatch(message);
      });
    });
  });
});
