/** Sessions over the API, in Kasm's shapes: a session is called a kasm there. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { ImageId, SessionId, UserId } from '../../config/ids.ts';
import { accessKinds } from '../../config/policy.ts';
import type { ControlContext } from '../context.ts';
import { ApiError, forbidden } from '../http/api-error.ts';
import { addCall, emptyAnswer, noArguments } from '../http/call.ts';
import type { Caller, ControlEnv } from '../http/env.ts';
import { anyObject, idSchema } from '../http/schema.ts';
import { desktopEnvironment, environmentSchema } from './environment.ts';
import { policyRoutes } from './policy-routes.ts';
import {
  describeEnd,
  isFailedLaunch,
  kasmView,
  operationalMessage,
  type Session,
  viewerPath,
} from './session.ts';
import type { Sessions } from './sessions.ts';

const kasmId = idSchema<SessionId>();
const userId = idSchema<UserId>().optional();
const target = z.object({ kasm_id: kasmId, user_id: userId });
const user = { tag: 'sessions', access: 'user' } as const;

export function sessionRoutes(context: ControlContext, sessions: Sessions): OpenAPIHono<ControlEnv> {
  const api = new OpenAPIHono<ControlEnv>();
  addLaunchCalls(api, context, sessions);
  addListCalls(api, context, sessions);
  addAdminCalls(api, context, sessions);
  api.route('/', policyRoutes(context, sessions));
  return api;
}

const requestInput = z.object({
  user_id: userId,
  image_id: idSchema<ImageId>().optional(),
  environment: environmentSchema.optional(),
});

function addLaunchCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext, sessions: Sessions): void {
  addCall(
    api,
    context,
    {
      ...user,
      path: '/api/public/request_kasm',
      summary: 'launches a session; its progress is asked for with get_kasm_status',
      input: requestInput,
      output: anyObject,
    },
    (input, { caller }) => requestKasm(context, sessions, caller, input),
  );
  addCall(
    api,
    context,
    {
      ...user,
      path: '/api/public/get_kasm_status',
      summary: 'how a session stands, and the link that opens it',
      read: true,
      input: target,
      output: anyObject,
    },
    (input, { caller }) => getKasmStatus(context, sessions, caller, input),
  );
  addCall(
    api,
    context,
    {
      ...user,
      path: '/api/public/get_stream_token',
      summary:
        'a link that opens a session with less than full access: view_only, clipboard_only or input_only',
      input: target.extend({ access: z.enum(accessKinds) }),
      output: anyObject,
    },
    async (input, { caller }) => {
      const session = await findSession(sessions, caller, input);
      const token = sessions.authority.issueToken(session, input.access);
      const { sessionId: kasm_id } = session;
      return { kasm_id, access: input.access, session_token: token, kasm_url: viewerPath(session, token) };
    },
  );
  addCall(
    api,
    context,
    {
      ...user,
      path: '/api/public/destroy_kasm',
      summary: 'ends a session, whatever it is doing',
      input: target,
      output: emptyAnswer,
    },
    async (input, { caller }) => {
      const session = await findSession(sessions, caller, input);
      const own = session.userId === caller.userId;
      await sessions.life.destroy(session.sessionId, own ? 'user_destroyed' : 'admin_destroyed');
      return {};
    },
  );
}

function addListCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext, sessions: Sessions): void {
  const list = async (of: UserId | undefined) => ({
    kasms: (await sessions.store.list(of)).map(session => kasmView(session, listParts(context))),
    current_time: new Date(context.clock.now()).toISOString(),
  });
  addCall(
    api,
    context,
    {
      ...user,
      path: '/api/public/get_kasms',
      summary: 'all sessions; for users, their own',
      read: true,
      input: noArguments,
      output: anyObject,
    },
    (_input, { caller }) => list(caller.isAdmin ? undefined : caller.userId),
  );
  addCall(
    api,
    context,
    {
      ...user,
      path: '/api/public/get_user_kasms',
      summary: 'the sessions of a user',
      read: true,
      input: z.object({ user_id: userId }),
      output: anyObject,
    },
    (input, { caller }) => list(actingFor(caller, input.user_id)),
  );
}

function addAdminCalls(api: OpenAPIHono<ControlEnv>, context: ControlContext, sessions: Sessions): void {
  const admin = {
    tag: 'sessions',
    access: 'admin',
    read: true,
    input: noArguments,
    output: anyObject,
  } as const;
  addCall(
    api,
    context,
    { ...admin, path: '/api/admin/get_agents', summary: 'connected agents and what is free there' },
    async () => ({
      agents: (await sessions.agents.listConnected()).map(agent => ({
        agent_id: agent.agentId,
        hostname: agent.name,
        runtime: agent.runtime,
        problem: agent.runtimeProblem,
        cores: agent.cores,
        memory: agent.memoryBytes,
        cores_taken: agent.coresTaken,
        memory_taken: agent.memoryBytesTaken,
        images: [...agent.images],
      })),
    }),
  );
  addCall(
    api,
    context,
    {
      ...admin,
      path: '/api/admin/get_streams',
      summary: 'open streams of the gateways linked to this instance',
    },
    async () => ({
      streams: sessions.openStreams().map(stream => ({
        connection_id: stream.connectionId,
        kasm_id: stream.sessionId,
        user_id: stream.userId,
        channel: stream.channel,
        address: stream.address,
        gateway: stream.gatewayName,
        opened: new Date(stream.openedAtMs).toISOString(),
      })),
    }),
  );
}

async function requestKasm(
  context: ControlContext,
  sessions: Sessions,
  caller: Caller,
  input: z.output<typeof requestInput>,
) {
  const forUser = await context.users.find(actingFor(caller, input.user_id));
  if (forUser === undefined) throw new ApiError(404, 'Invalid user_id');
  if (forUser.locked || forUser.disabled) throw new ApiError(403, `user ${forUser.username} is locked`);
  if (input.image_id === undefined) throw new ApiError(400, 'No Default Image Found');
  const image = await context.images.find(input.image_id);
  if (image === undefined || !(await context.images.isGranted(forUser.userId, image.imageId))) {
    throw new ApiError(403, 'Image Not Authorized');
  }
  const { settings } = await context.settings.effective(forUser.userId);
  const wanted = {
    userId: forUser.userId,
    imageId: image.imageId,
    imageName: image.name,
    imageLocal: image.local,
    protocol: image.protocol,
    cores: image.cores,
    memoryBytes: image.memoryBytes,
    width: image.xRes,
    height: image.yRes,
    environment: desktopEnvironment(image.runConfig, input.environment ?? {}),
  };
  const answer = await sessions.launch(wanted, settings.max_kasms_per_user);
  if (!answer.ok && answer.refusal === 'session_limit') {
    const { count, limit } = answer;
    throw new ApiError(
      409,
      `${forUser.username} has ${count} sessions, the limit max_kasms_per_user is ${limit}`,
    );
  }
  if (!answer.ok) {
    throw new ApiError(409, `No resources are available to create the requested Kasm: ${answer.why}`);
  }
  const { sessionId } = answer;
  await context.users.touchLastSession(forUser.userId, new Date(context.clock.now()));
  const session = await sessions.store.find(sessionId);
  const token = sessions.authority.issueToken(
    { sessionId, tokenGeneration: session?.tokenGeneration ?? 1 },
    'full',
  );
  return {
    kasm_id: sessionId,
    username: forUser.username,
    status: 'starting',
    share_id: null,
    user_id: forUser.userId,
    session_token: token,
    kasm_url: viewerPath({ sessionId, userId: forUser.userId }, token),
  };
}

async function getKasmStatus(
  context: ControlContext,
  sessions: Sessions,
  caller: Caller,
  input: z.output<typeof target>,
) {
  const session = await findSession(sessions, caller, input);
  const token = sessions.authority.issueToken(session, 'full');
  const { settings } = await context.settings.effective(session.userId);
  const parts = {
    publicHost: publicHost(context),
    viewOnlyToken: sessions.authority.issueToken(session, 'view_only'),
    settings,
  };
  return {
    kasm: kasmView(session, parts),
    kasm_id: session.sessionId,
    status: session.status,
    session_token: token,
    kasm_url: viewerPath(session, token),
    current_time: new Date(context.clock.now()).toISOString(),
    operational_status: session.status,
    operational_message: operationalMessage(session),
    operational_progress: session.progress,
  };
}

/** The session, if the caller may know of it. @throws ApiError that says why it ended, where it has. */
async function findSession(
  sessions: Sessions,
  caller: Caller,
  input: { kasm_id: SessionId; user_id?: UserId | undefined },
): Promise<Session> {
  if (input.user_id !== undefined) actingFor(caller, input.user_id);
  const mayKnow = (owner: UserId): boolean =>
    input.user_id === undefined ? caller.isAdmin || owner === caller.userId : owner === input.user_id;
  const session = await sessions.store.find(input.kasm_id);
  if (session !== undefined && mayKnow(session.userId)) return session;
  const ended = session === undefined ? await sessions.store.findEnded(input.kasm_id) : undefined;
  if (ended === undefined || !mayKnow(ended.userId)) throw new ApiError(404, 'Invalid kasm_id');
  throw new ApiError(isFailedLaunch(ended.destroyReason) ? 409 : 404, describeEnd(ended));
}

/** Whose sessions a call is about. @throws ApiError when it is somebody else's and the caller is no administrator. */
function actingFor(caller: Caller, named: UserId | undefined): UserId {
  if (named === undefined || named === caller.userId) return caller.userId;
  if (!caller.isAdmin) throw forbidden();
  return named;
}

function publicHost(context: ControlContext): string {
  const { public_url } = context.config;
  return public_url === undefined ? '' : new URL(public_url).hostname;
}

function listParts(context: ControlContext) {
  return { publicHost: publicHost(context), viewOnlyToken: '', settings: undefined };
}
