/** Users over the API: for administrators; everybody may read their own record. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { GroupId, UserId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import { hashPassword } from '../auth/password.ts';
import type { ControlContext } from '../context.ts';
import { allUsersId } from '../groups/group.ts';
import { ApiError, forbidden } from '../http/api-error.ts';
import { addCall, emptyAnswer, noArguments } from '../http/call.ts';
import type { Caller, ControlEnv } from '../http/env.ts';
import { anyObject, idSchema, textSchema } from '../http/schema.ts';
import { normaliseUsername, passwordProblem, type User, usernameProblem, userView } from './user.ts';
import type { UserFields, UserRefusal } from './user-store.ts';

const fields = {
  first_name: textSchema(255).optional(),
  last_name: textSchema(255).optional(),
  email: textSchema(255).optional(),
  phone: textSchema(255).optional(),
  organization: textSchema(255).optional(),
  notes: textSchema(10_000).optional(),
  locked: z.boolean().optional(),
  disabled: z.boolean().optional(),
};
const username = z.string().max(limits.usernameCharsMax * 2);
/** Longer ones are refused by the password rule, which says the limit. */
const password = z.string();
const userId = idSchema<UserId>();

const createInput = z.object({ target_user: z.object({ ...fields, username, password }) });
const updateInput = z.object({
  target_user: z.object({
    ...fields,
    user_id: userId,
    username: username.optional(),
    password: password.nullable().optional(),
  }),
});
const findInput = z.object({
  target_user: z.object({ user_id: userId.optional(), username: username.optional() }),
});
const targetInput = z.object({ target_user: z.object({ user_id: userId }) });
const deleteInput = targetInput.extend({ force: z.boolean().default(false) });
const groupInput = targetInput.extend({
  target_group: z.object({ group_id: idSchema<GroupId>() }),
});
const userOutput = z.object({ user: anyObject });

const admin = { tag: 'users', access: 'admin' } as const;

export function userRoutes(context: ControlContext): OpenAPIHono<ControlEnv> {
  const api = new OpenAPIHono<ControlEnv>();
  addReadCalls(api, context);
  addWriteCalls(api, context);
  addMembershipCalls(api, context);
  return api;
}

function addReadCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext): void {
  addCall(
    api,
    context,
    {
      path: '/api/public/get_user',
      summary: 'one user, by id or name',
      tag: 'users',
      access: 'user',
      input: findInput,
      output: userOutput,
    },
    async ({ target_user }, { caller }) => ({
      user: await view(context, await findTarget(context, target_user, caller)),
    }),
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/get_users',
      summary: 'all users',
      read: true,
      input: noArguments,
      output: z.object({ users: z.array(anyObject), total: z.number(), page: z.number() }),
    },
    async () => {
      const users = await context.users.list();
      const kasms = await context.hooks.kasmsOfUsers.ask(users.map(user => user.userId));
      const views = users.map(user => userView(user, kasms.get(user.userId) ?? []));
      return { users: views, total: users.length, page: 1 };
    },
  );
}

function addWriteCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext): void {
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/create_user',
      summary: 'make a user',
      input: createInput,
      output: userOutput,
    },
    async ({ target_user }) => ({ user: await view(context, await createUser(context, target_user)) }),
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/update_user',
      summary: 'change a user',
      input: updateInput,
      output: userOutput,
    },
    async ({ target_user }, { caller }) => ({
      user: await view(context, await updateUser(context, target_user, caller)),
    }),
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/delete_user',
      summary: 'delete a user',
      input: deleteInput,
      output: emptyAnswer,
    },
    async ({ target_user, force }) => deleteUser(context, target_user.user_id, force),
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/public/logout_user',
      summary: 'end all logins of a user and cut their streams',
      input: targetInput,
      output: emptyAnswer,
    },
    async ({ target_user }) => {
      const user = await context.users.find(target_user.user_id);
      if (user === undefined) throw refusal('unknown_user');
      await context.logins.deleteAllOf(user.userId);
      await context.hooks.userLocked.run({ userId: user.userId, cause: 'logged_out' });
      return {};
    },
  );
}

function addMembershipCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext): void {
  const shape = { ...admin, input: groupInput, output: emptyAnswer };
  addCall(
    api,
    context,
    { ...shape, path: '/api/public/add_user_group', summary: 'put a user into a group' },
    async ({ target_user, target_group }) => {
      check(await context.users.addToGroup(target_user.user_id, target_group.group_id));
      await context.hooks.settingsChanged.run({ userId: target_user.user_id });
      return {};
    },
  );
  addCall(
    api,
    context,
    { ...shape, path: '/api/public/remove_user_group', summary: 'take a user out of a group' },
    async ({ target_user, target_group }) => {
      check(await context.users.removeFromGroup(target_user.user_id, target_group.group_id));
      await context.hooks.settingsChanged.run({ userId: target_user.user_id });
      return {};
    },
  );
}

/** Whoever is no administrator learns nothing about other users, not even whether they exist. */
async function findTarget(
  context: ControlContext,
  target: z.output<typeof findInput>['target_user'],
  caller: Caller,
): Promise<User> {
  if (target.user_id === undefined && target.username === undefined) {
    throw new ApiError(400, 'target_user needs a user_id or a username');
  }
  const name = normaliseUsername(target.username ?? '');
  const isOwn = target.user_id === undefined ? name === caller.username : target.user_id === caller.userId;
  if (!caller.isAdmin && !isOwn) throw forbidden();
  const user =
    target.user_id === undefined
      ? await context.users.findByName(name)
      : await context.users.find(target.user_id);
  if (user === undefined) throw refusal('unknown_user');
  return user;
}

async function createUser(
  context: ControlContext,
  { password, username, ...rest }: z.output<typeof createInput>['target_user'],
): Promise<User> {
  const name = checkUsername(username);
  const hash = await hashPassword(checkPassword(password));
  const user = check(
    await context.users.create({ ...defined(rest), username: name, password_hash: hash }, [allUsersId]),
  );
  context.log.info('user created', { userId: user.userId });
  return user;
}

async function updateUser(
  context: ControlContext,
  { user_id, password, username, ...rest }: z.output<typeof updateInput>['target_user'],
  caller: Caller,
): Promise<User> {
  const changes: UserFields = {
    ...defined(rest),
    ...(username === undefined ? {} : { username: checkUsername(username) }),
    ...(password == null || password === ''
      ? {}
      : { password_hash: await hashPassword(checkPassword(password)) }),
  };
  const user = check(await context.users.update(user_id, changes));
  context.log.info('user changed', { userId: user_id });
  const locked = changes.locked === true || changes.disabled === true;
  const newPassword = changes.password_hash !== undefined;
  // A new password ends logins made with the old one; one's own stays, for it proved itself just now.
  if (locked || (newPassword && user_id !== caller.userId)) await context.logins.deleteAllOf(user_id);
  if (locked) {
    await context.hooks.userLocked.run({ userId: user_id, cause: changes.locked ? 'locked' : 'disabled' });
  }
  return user;
}

async function deleteUser(
  context: ControlContext,
  userId: UserId,
  force: boolean,
): Promise<Record<string, never>> {
  if ((await context.users.find(userId)) === undefined) throw refusal('unknown_user');
  await context.hooks.userDeleting.run({ userId, force });
  check(await context.users.delete(userId));
  context.log.info('user deleted', { userId });
  await context.hooks.userLocked.run({ userId, cause: 'deleted' });
  return {};
}

async function view(context: ControlContext, user: User) {
  const kasms = await context.hooks.kasmsOfUsers.ask([user.userId]);
  return userView(user, kasms.get(user.userId) ?? []);
}

function checkUsername(text: string): string {
  const name = normaliseUsername(text);
  const problem = usernameProblem(name);
  if (problem !== undefined) throw new ApiError(400, problem);
  return name;
}

function checkPassword(text: string): string {
  const problem = passwordProblem(text);
  if (problem !== undefined) throw new ApiError(400, problem);
  return text;
}

/** Leaves out what was not sent, for the store takes every key as a change. */
function defined(fields: { [Name in keyof UserFields]: UserFields[Name] | undefined }): UserFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function check<Answer>(answer: Answer | UserRefusal): Exclude<Answer, UserRefusal> {
  if (isRefusal(answer)) throw refusal(answer);
  return answer as Exclude<Answer, UserRefusal>;
}

function isRefusal(answer: unknown): answer is UserRefusal {
  return typeof answer === 'string' && answer in refusals;
}

const refusals = {
  unknown_user: [404, 'there is no such user'],
  unknown_group: [404, 'there is no such group'],
  username_taken: [409, 'this username is taken'],
  has_sessions: [409, 'the user has sessions: end them first, or delete with force'],
  last_administrator: [409, 'this is the last administrator who can log in'],
} as const satisfies Record<UserRefusal, readonly [number, string]>;

function refusal(reason: UserRefusal): ApiError {
  const [status, message] = refusals[reason];
  return new ApiError(status, message);
}
