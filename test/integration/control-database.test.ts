import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { GroupId, ImageId, UserId } from '../../config/ids.ts';
import { silentLog } from '../../config/log.ts';
import { LoginStore } from '../../control/auth/login-store.ts';
import { type Db, type DbAddress, openDb } from '../../control/db/connect.ts';
import { type Migration, migrate, readMigrations } from '../../control/db/migrate.ts';
import { readSecrets } from '../../control/db/secret-store.ts';
import { fillFirstStart } from '../../control/first-start.ts';
import { administratorsId, allUsersId } from '../../control/groups/group.ts';
import { GroupStore } from '../../control/groups/group-store.ts';
import { SettingStore } from '../../control/groups/setting-store.ts';
import { ImageStore } from '../../control/images/image-store.ts';
import { UserStore } from '../../control/users/user-store.ts';
import {
  canStartPostgres,
  postgresKinds,
  startTestPostgres,
  type TestPostgres,
} from '../harness/postgres.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';

// Setting up a database cluster takes seconds where other work keeps the disk busy.
setDefaultTimeout(60_000);

const nobody = '00000000-0000-4000-8000-000000000000';

describe.each(postgresKinds)('control on PostgreSQL (%s)', kind => {
  describe.skipIf(!canStartPostgres(kind))('with a server', () => {
    let postgres: TestPostgres;
    const open: Db[] = [];
    beforeAll(async () => {
      postgres = await startTestPostgres(kind);
    });
    afterAll(async () => {
      await Promise.all(open.map(db => db.end({ timeout: 1 })));
      await postgres?.[Symbol.asyncDispose]();
    });

    const connect = (address: DbAddress): Db => {
      const db = openDb(address, silentLog, 4);
      open.push(db);
      return db;
    };
    const freshDb = async (): Promise<Db> => connect(await postgres.createDatabase());

    migrationTests(async () => {
      const address = await postgres.createEmptyDatabase();
      return () => connect(address);
    });
    userTests(freshDb);
    groupTests(freshDb);
    imageTests(freshDb);
    loginTests(freshDb);
    firstStartTests(freshDb);
  });
});

/** `createEmpty` makes an empty database and gives the way to connect to it. */
function migrationTests(createEmpty: () => Promise<() => Db>): void {
  test('an empty database gets every migration once', async () => {
    const db = (await createEmpty())();
    const migrations = await readMigrations();
    expect(await migrate(db, migrations, silentLog)).toBe(migrations.length);
    expect(await migrate(db, migrations, silentLog)).toBe(0);
    const rows = await db<{ number: number }[]>`select number from migration order by number`;
    expect(rows.map(row => row.number)).toEqual(migrations.map(migration => migration.number));
  });

  test('of several starters at once one migrates and the others wait', async () => {
    const connect = await createEmpty();
    const migrations = await readMigrations();
    const counts = await Promise.all([1, 2, 3].map(() => migrate(connect(), migrations, silentLog)));
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 0, migrations.length]);
  });

  test('a newer database is refused', async () => {
    const db = (await createEmpty())();
    const migrations = await readMigrations();
    await migrate(db, migrations, silentLog);
    await expect(migrate(db, migrations.slice(0, 1), silentLog)).rejects.toThrow(
      `the database is at migration ${migrations.length}, this program knows 1: start the version that wrote it`,
    );
  });

  test('a migration that fails leaves the database as it was and names itself', async () => {
    const db = (await createEmpty())();
    const migrations: Migration[] = [
      { number: 1, name: 'good', sql: 'create table good (a int)' },
      { number: 2, name: 'bad', sql: 'create table half (a int); select no_such_function()' },
    ];
    await expect(migrate(db, migrations, silentLog)).rejects.toThrow(
      /^migration 2 \(bad\) failed, .*no_such_function/,
    );
    const tables = await db`select from pg_tables where schemaname = 'public'`;
    expect(tables.length).toBe(0);
  });

  test('every table says what it is for, and every constraint has a name of ours', async () => {
    const db = (await createEmpty())();
    await migrate(db, await readMigrations(), silentLog);
    const silent = await db<{ name: string }[]>`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migration'
        and obj_description(oid, 'pg_class') is null`;
    expect(silent.map(row => row.name)).toEqual([]);
    const unnamed = await db<{ name: string }[]>`
      select conname as name from pg_constraint
      where connamespace = 'public'::regnamespace and contype in ('c', 'u', 'f')
        and conname ~ '(_check[0-9]*|_key[0-9]+|_fkey[0-9]+)$'`;
    expect(unnamed.map(row => row.name)).toEqual([]);
  });
}

let counter = 0;

async function addUser(db: Db, groups: readonly GroupId[] = [allUsersId]): Promise<UserId> {
  counter += 1;
  const user = await new UserStore(db).create({ username: `user-${counter}`, password_hash: 'x' }, groups);
  if (typeof user === 'string') throw new Error(user);
  return user.userId;
}

function userTests(freshDb: () => Promise<Db>): void {
  test('a user is made with groups, found, changed and deleted', async () => {
    const users = new UserStore(await freshDb());
    const made = await users.create({ username: 'ada', password_hash: 'x', first_name: 'Ada' }, [allUsersId]);
    expect(made).toMatchObject({
      username: 'ada',
      firstName: 'Ada',
      groups: [{ group_id: allUsersId, name: 'All Users' }],
    });
    const { userId } = made as { userId: UserId };
    expect(await users.findByName('ada')).toEqual(made as never);
    expect(await users.update(userId, { last_name: 'Lovelace' })).toMatchObject({ lastName: 'Lovelace' });
    expect(await users.list()).toHaveLength(1);
    expect(await users.delete(userId)).toBe('deleted');
    expect(await users.find(userId)).toBeUndefined();
    expect(await users.delete(userId)).toBe('unknown_user');
    expect(await users.update(userId, {})).toBe('unknown_user');
  });

  test('a name is taken once, also when two take it at the same moment', async () => {
    const users = new UserStore(await freshDb());
    const fields = { username: 'ada', password_hash: 'x' };
    const answers = await Promise.all([users.create(fields, []), users.create(fields, [])]);
    expect(answers.filter(answer => answer === 'username_taken')).toHaveLength(1);
    const other = (await users.create({ username: 'bob', password_hash: 'x' }, [])) as { userId: UserId };
    expect(await users.update(other.userId, { username: 'ada' })).toBe('username_taken');
    await expect(users.create({ username: 'Upper', password_hash: 'x' }, [])).rejects.toThrow(/lower_case/);
  });

  test('the last administrator stays, by whatever way he would go', async () => {
    const db = await freshDb();
    const users = new UserStore(db);
    const admin = await addUser(db, [administratorsId]);
    const second = await addUser(db, [administratorsId]);
    expect(await users.update(second, { locked: true })).toMatchObject({ locked: true });
    expect(await users.update(admin, { locked: true })).toBe('last_administrator');
    expect(await users.update(admin, { disabled: true })).toBe('last_administrator');
    expect(await users.delete(admin)).toBe('last_administrator');
    expect(await users.removeFromGroup(admin, administratorsId)).toBe('last_administrator');
    expect(await users.find(admin)).toMatchObject({ locked: false, disabled: false });
  });

  test('two administrators who lock each other at the same moment: one remains', async () => {
    const db = await freshDb();
    const users = new UserStore(db);
    const both = [await addUser(db, [administratorsId]), await addUser(db, [administratorsId])];
    const answers = await Promise.all(both.map(userId => users.update(userId, { locked: true })));
    expect(answers.filter(answer => answer === 'last_administrator')).toHaveLength(1);
  });

  test('membership of what is not there is refused', async () => {
    const db = await freshDb();
    const users = new UserStore(db);
    const userId = await addUser(db);
    expect(await users.addToGroup(userId, nobody as GroupId)).toBe('unknown_group');
    expect(await users.addToGroup(nobody as UserId, allUsersId)).toBe('unknown_user');
    expect(await users.addToGroup(userId, allUsersId)).toBe('added');
    expect(await users.removeFromGroup(userId, allUsersId)).toBe('removed');
    expect(await users.removeFromGroup(userId, allUsersId)).toBe('removed');
  });
}

function groupTests(freshDb: () => Promise<Db>): void {
  test('the two groups of the product are there and stay', async () => {
    const groups = new GroupStore(await freshDb());
    expect((await groups.list()).map(group => [group.name, group.priority, group.globalAdmin])).toEqual([
      ['Administrators', 1, true],
      ['All Users', 1000, false],
    ]);
    expect(await groups.delete(allUsersId)).toBe('system_group');
    expect(await groups.update(allUsersId, { name: 'Some Users' })).toBe('system_group');
    expect(await groups.update(allUsersId, { description: 'changed' })).toMatchObject({
      description: 'changed',
    });
  });

  test('names and priorities are each taken once', async () => {
    const groups = new GroupStore(await freshDb());
    const group = await groups.create({ name: 'Sales', priority: 50 });
    expect(group).toMatchObject({ name: 'Sales', priority: 50, isSystem: false, globalAdmin: false });
    expect(await groups.create({ name: 'Sales', priority: 51 })).toBe('name_taken');
    expect(await groups.create({ name: 'Support', priority: 50 })).toBe('priority_taken');
    expect(await groups.update((group as { groupId: GroupId }).groupId, { priority: 1000 })).toBe(
      'priority_taken',
    );
    expect(await groups.delete(nobody as GroupId)).toBe('unknown_group');
  });

  test('what holds for a user comes from the strongest of the groups', async () => {
    const db = await freshDb();
    const groups = new GroupStore(db);
    const settings = new SettingStore(db);
    const strict = (await groups.create({ name: 'Strict', priority: 10 })) as { groupId: GroupId };
    const userId = await addUser(db, [allUsersId, strict.groupId]);
    expect((await settings.effective(userId)).settings.allow_kasm_clipboard_up).toBe(true);
    await settings.set(strict.groupId, 'allow_kasm_clipboard_up', 'False');
    const { settings: effective, provenance } = await settings.effective(userId);
    expect(effective).toMatchObject({ allow_kasm_clipboard_up: false, allow_kasm_clipboard_down: true });
    expect(provenance.allow_kasm_clipboard_up?.groupName).toBe('Strict');
    expect(provenance.allow_kasm_clipboard_down?.groupName).toBe('All Users');
    expect(await settings.membersOf(strict.groupId)).toEqual([userId]);
    expect(await settings.remove(strict.groupId, 'allow_kasm_clipboard_up')).toBe(true);
    expect(await settings.remove(strict.groupId, 'allow_kasm_clipboard_up')).toBe(false);
    expect((await settings.effective(userId)).settings.allow_kasm_clipboard_up).toBe(true);
    expect(await settings.set(nobody as GroupId, 'view_only', 'True')).toBe('unknown_group');
  });
}

function imageTests(freshDb: () => Promise<Db>): void {
  test('an image keeps all it was made with', async () => {
    const images = new ImageStore(await freshDb());
    const made = await images.create({
      name: 'sluice/desktop:1',
      friendly_name: 'Desktop',
      categories: ['One', 'T"wo, {x}'],
      protocol: 'rfb',
      local: true,
      cores: 1.5,
      memory_bytes: 1_099_511_627_776_000,
      run_config: { hostname: 'desk', environment: { A: "it's" } },
    });
    expect(await images.find(made.imageId)).toEqual(made);
    expect(made).toMatchObject({
      categories: ['One', 'T"wo, {x}'],
      cores: 1.5,
      memoryBytes: 1_099_511_627_776_000,
      runConfig: { hostname: 'desk', environment: { A: "it's" } },
    });
    expect(await images.update(made.imageId, { enabled: false })).toMatchObject({
      enabled: false,
      cores: 1.5,
    });
    expect(await images.delete(made.imageId)).toBe('deleted');
    expect(await images.update(made.imageId, { enabled: true })).toBeUndefined();
  });

  test('a user may launch what is enabled and granted to a group of theirs', async () => {
    const db = await freshDb();
    const images = new ImageStore(db);
    const userId = await addUser(db);
    const stranger = await addUser(db, []);
    const { imageId } = await images.create({ name: 'a:1', friendly_name: 'A' });
    expect(await images.isGranted(userId, imageId)).toBe(false);
    expect(await images.grant(allUsersId, imageId)).toBe('granted');
    expect(await images.grant(allUsersId, imageId)).toBe('granted');
    expect(await images.isGranted(userId, imageId)).toBe(true);
    expect(await images.isGranted(stranger, imageId)).toBe(false);
    expect((await images.listGranted(userId)).map(image => image.imageId)).toEqual([imageId]);
    await images.update(imageId, { enabled: false });
    expect(await images.isGranted(userId, imageId)).toBe(false);
    expect(await images.listGranted(userId)).toEqual([]);
    expect(await images.listOfGroup(allUsersId)).toMatchObject([
      { imageId, imageName: 'a:1', groupName: 'All Users' },
    ]);
    expect(await images.revoke(allUsersId, imageId)).toBe(true);
    expect(await images.grant(allUsersId, nobody as ImageId)).toBe('unknown_image');
    expect(await images.grant(nobody as GroupId, imageId)).toBe('unknown_group');
  });
}

function loginTests(freshDb: () => Promise<Db>): void {
  test('a token is good until its time, its logout, or the lock of its user', async () => {
    const db = await freshDb();
    const logins = new LoginStore(db);
    const users = new UserStore(db);
    const userId = await addUser(db);
    const token = await logins.create(userId, 1_000_000, 60);
    expect(await logins.find(token, 1_059_999)).toMatchObject({ userId, isAdmin: false });
    expect(await logins.find(token, 1_060_000)).toBeUndefined();
    expect(await logins.find(`${token}x`, 1_000_001)).toBeUndefined();
    await users.update(userId, { locked: true });
    expect(await logins.find(token, 1_000_001)).toBeUndefined();
    await users.update(userId, { locked: false, disabled: true });
    expect(await logins.find(token, 1_000_001)).toBeUndefined();
    await users.update(userId, { disabled: false });
    const login = await logins.find(token, 1_000_001);
    await logins.delete(login?.loginId ?? '');
    expect(await logins.find(token, 1_000_001)).toBeUndefined();
  });

  test('no token is stored, and expired logins are swept', async () => {
    const db = await freshDb();
    const logins = new LoginStore(db);
    const userId = await addUser(db);
    const token = await logins.create(userId, 1_000_000, 60);
    await logins.create(userId, 1_000_000, 600);
    const rows = await db<{ text: string }[]>`select login::text as text from login`;
    expect(rows.some(row => row.text.includes(token))).toBe(false);
    expect(await logins.deleteExpired(1_100_000)).toBe(1);
    expect(await logins.deleteAllOf(userId)).toBe(1);
  });

  test('the shared keys are made once and are the same for everybody', async () => {
    const db = await freshDb();
    const [one, other] = await Promise.all([readSecrets(db), readSecrets(db)]);
    expect(one).toEqual(other);
    expect(one.streamTokenKey).toHaveLength(32);
    expect(one.streamTokenKey).not.toEqual(one.nodeCredentialKey);
  });
}

function firstStartTests(freshDb: () => Promise<Db>): void {
  test('a new system gets two users and a catalogue, once, however many start it', async () => {
    await using folder = await makeTempFolder('first-start');
    const db = await freshDb();
    const context = { db, users: new UserStore(db), images: new ImageStore(db), log: silentLog };
    const file = folder.file('deep', 'passwords.json');
    await Promise.all([fillFirstStart(context, file), fillFirstStart(context, file)]);
    const users = await context.users.list();
    expect(users.map(user => user.username)).toEqual(['admin@kasm.local', 'user@kasm.local']);
    const passwords = (await Bun.file(file).json()) as Record<string, string>;
    for (const { username } of users) {
      const credentials = await context.users.credentials(username);
      expect(await Bun.password.verify(passwords[username] ?? '', credentials?.passwordHash ?? '')).toBe(
        true,
      );
    }
    expect((await Bun.file(file).stat()).mode & 0o777).toBe(0o600);
    const images = await context.images.listGranted(users[1]?.userId as UserId);
    expect(images.map(image => image.name)).toContain('sluice/desktop:1');
    expect(images).toHaveLength(5);
    await Bun.file(file).delete();
    await fillFirstStart(context, file);
    expect(await Bun.file(file).exists()).toBe(false);
  });

  test('when the passwords cannot be written no user is made', async () => {
    await using folder = await makeTempFolder('first-start');
    await Bun.write(folder.file('file'), '');
    const db = await freshDb();
    const context = { db, users: new UserStore(db), images: new ImageStore(db), log: silentLog };
    await expect(fillFirstStart(context, folder.file('file', 'passwords.json'))).rejects.toThrow(
      /the first passwords can't be written to/,
    );
    expect(await context.users.count()).toBe(0);
    expect(await context.images.list()).toEqual([]);
  });
}
