/** A whole control for tests: real database, real listener on a port of its own, users with their logins. */
import { writeFile } from 'node:fs/promises';
import type { ControlConfig } from '../../config/control.ts';
import { controlSchema } from '../../config/control.ts';
import type { GroupId, ImageId, SessionId, UserId } from '../../config/ids.ts';
import { type Log, silentLog } from '../../config/log.ts';
import type { ControlContext } from '../../control/context.ts';
import { type Control, startControl } from '../../control/control.ts';
import { allUsersId } from '../../control/groups/group.ts';
import { makeTempFolder } from './temp-folder.ts';

/** For hooks that start or stop database servers: on a busy machine they take longer than a test may. */
export const serverStartTimeMs = 60_000;

export const testEnrolmentToken = 'an-enrolment-token-for-tests';

export interface TestUser {
  readonly userId: UserId;
  readonly username: string;
  /** Bearer token. */
  readonly token: string;
}

/** What tests read of a Kasm object. */
export interface KasmBody {
  readonly kasm_id: string;
  readonly user_id: string;
  readonly operational_status: string;
  readonly operational_message: string;
  readonly view_only_token: string;
  readonly client_settings: Readonly<Record<string, unknown>>;
  readonly port_map: Readonly<Record<string, { readonly port: number; readonly path: string }>>;
}

/** What tests read of the sessions' answers; every answer has some of it. */
export interface ApiBody {
  readonly error_message?: string;
  readonly kasm_id: string;
  readonly kasm_url: string;
  readonly session_token: string;
  readonly status: string;
  readonly operational_status: string;
  readonly operational_message: string;
  readonly operational_progress: number;
  readonly kasm: KasmBody;
  readonly kasms: readonly KasmBody[];
  readonly agents: readonly { readonly agent_id: string; readonly hostname: string }[];
  readonly streams: readonly { readonly connection_id: string; readonly kasm_id: string }[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: ApiBody;
}

export interface TestControl extends AsyncDisposable {
  readonly url: string;
  readonly context: ControlContext;
  readonly admin: TestUser;
  call(path: string, body: object, as: TestUser): Promise<ApiAnswer>;
  addUser(): Promise<TestUser>;
  /** In the catalogue and granted to everybody. */
  addImage(fields?: {
    cores?: number;
    memory_bytes?: number;
    run_config?: Record<string, unknown>;
    protocol?: 'kasmvnc' | 'rfb';
    data_loss_prevention?: Record<string, unknown>;
  }): Promise<ImageId>;
  /** A group of its own with these settings, the user in it; stronger than the built-in group of all users. */
  setSettings(user: TestUser, settings: Readonly<Record<string, string>>): Promise<GroupId>;
  statusOf(sessionId: SessionId | string): Promise<string | undefined>;
}

/** @param database undefined: an embedded one in a folder that goes with the test */
export async function startTestControl(
  database?: ControlConfig['database'],
  log: Log = silentLog,
): Promise<TestControl> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder('control'));
  await writeFile(folder.file('enrolment-token'), `${testEnrolmentToken}\n`, { mode: 0o600 });
  const config = controlSchema.parse({
    listen: { port: 0 },
    data_dir: folder.file('data'),
    enrolment_token_file: folder.file('enrolment-token'),
    ...(database === undefined ? {} : { database }),
  });
  const control = stack.use(await startControl(config, log));
  const url = `http://127.0.0.1:${control.port}`;
  const found = await control.context.users.findByName('admin@kasm.local');
  if (found === undefined) throw new Error('the first start made no administrator');
  const admin = await logIn(control, found);
  const parts = stack.move();
  return {
    url,
    context: control.context,
    admin,
    call: (path, body, as) => callApi(url, path, body, as.token),
    addUser: () => addUser(control),
    addImage: fields => addImage(control, fields),
    setSettings: (user, settings) => setSettings(control, user, settings),
    statusOf: async sessionId => {
      const rows = await control.context.db<{ status: string }[]>`
        select operational_status as status from session where session_id = ${sessionId}`;
      return rows[0]?.status;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function logIn(control: Control, user: { userId: UserId; username: string }): Promise<TestUser> {
  const { logins, clock } = control.context;
  return {
    userId: user.userId,
    username: user.username,
    token: await logins.create(user.userId, clock.now(), 3_600),
  };
}

async function callApi(url: string, path: string, body: object, token: string): Promise<ApiAnswer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as ApiBody };
}

let counter = 0;

async function addUser(control: Control): Promise<TestUser> {
  counter += 1;
  const fields = {
    username: `user${counter}-${crypto.randomUUID().slice(0, 8)}@test.local`,
    password_hash: 'none',
  };
  const user = await control.context.users.create(fields, [allUsersId]);
  if (typeof user === 'string') throw new Error(`no user: ${user}`);
  return logIn(control, user);
}

async function addImage(control: Control, fields: object = {}): Promise<ImageId> {
  counter += 1;
  const named = {
    name: `test/desktop-${counter}:1`,
    friendly_name: `Desktop ${counter}`,
    protocol: 'rfb' as const,
  };
  const image = await control.context.images.create({
    ...named,
    cores: 1,
    memory_bytes: 1024 ** 3,
    ...fields,
  });
  await control.context.images.grant(allUsersId, image.imageId);
  return image.imageId;
}

async function setSettings(
  control: Control,
  user: TestUser,
  settings: Readonly<Record<string, string>>,
): Promise<GroupId> {
  counter += 1;
  const { db, hooks } = control.context;
  const rows = await db<{ groupId: GroupId }[]>`
    insert into user_group (name, priority) values (${`test group ${counter}`}, ${1 + counter})
    returning group_id as "groupId"`;
  const groupId = rows[0]?.groupId as GroupId;
  for (const [name, value] of Object.entries(settings)) {
    await db`insert into group_setting (group_id, name, value) values (${groupId}, ${name}, ${value})`;
  }
  await db`insert into user_group_member (user_id, group_id) values (${user.userId}, ${groupId})`;
  await hooks.settingsChanged.run({ userId: user.userId });
  return groupId;
}
