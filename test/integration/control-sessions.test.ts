import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { AgentState, Frame } from '../../config/link/link.ts';
import { parsePolicy } from '../../config/policy.ts';
import { agentState, LinkNode } from '../harness/link-node.ts';
import {
  startTestControl,
  type TestControl,
  type TestUser,
  testEnrolmentToken,
} from '../harness/test-control.ts';
import { waitFor } from '../harness/wait-for.ts';

let control: TestControl;
const nodes: LinkNode[] = [];

beforeAll(async () => {
  control = await startTestControl();
});
afterAll(() => control[Symbol.asyncDispose]());
afterEach(async () => {
  for (const node of nodes.splice(0)) await node[Symbol.asyncDispose]();
  await waitFor('all agents to be gone', async () => (await connectedAgents()) === 0);
});

async function connectedAgents(): Promise<number> {
  const rows = await control.context.db`select from node where control_id is not null`;
  return rows.length;
}

async function link(
  role: 'agent' | 'gateway',
  given: Partial<ConstructorParameters<typeof LinkNode>[0]> = {},
) {
  const node = new LinkNode({ url: control.url, role, token: testEnrolmentToken, ...given });
  nodes.push(node);
  return node.welcomed();
}

/** An agent that has reported, so that control may place desktops there. */
async function agent(
  state: AgentState = {},
  onFrame?: (frame: Frame, node: LinkNode) => void,
): Promise<LinkNode> {
  const before = await countReports();
  const given = { state: () => agentState(state), ...(onFrame === undefined ? {} : { onFrame }) };
  const node = await link('agent', given);
  await waitFor('the report to be stored', async () => (await countReports()) > before);
  return node;
}

async function countReports(): Promise<number> {
  const rows = await control.context.db<{ count: number }[]>`select count(*)::int as count from agent`;
  return rows[0]?.count ?? 0;
}

function running(sessionId: string): Frame {
  return {
    desktopRunning: {
      sessionId,
      upstream: 'tcp://10.1.2.3:5901',
      upstreamPassword: 'planted-upstream-password',
      upstreamAuthorization: '',
      protocol: 'rfb',
      containerId: 'c0ffee',
      containerIp: '10.1.2.3',
    },
  };
}

/** Does what a real agent does: starts what it is asked to, stops what it is asked to. */
function obedient(frame: Frame, node: LinkNode): void {
  if (frame.startDesktop) node.send(running(frame.startDesktop.sessionId ?? ''));
  if (frame.stopDesktop) {
    node.send({
      desktopEnded: { sessionId: frame.stopDesktop.sessionId ?? '', cause: 'stopped', message: '' },
    });
  }
}

async function launch(user: TestUser, imageId: string): Promise<string> {
  const answer = await control.call('/api/public/request_kasm', { image_id: imageId }, user);
  if (answer.status !== 200) throw new Error(`launch refused: ${answer.body.error_message}`);
  return answer.body.kasm_id;
}

async function launchRunning(user: TestUser, imageId: string): Promise<string> {
  const sessionId = await launch(user, imageId);
  await inStatus(sessionId, 'running');
  return sessionId;
}

async function inStatus(sessionId: string, status: string | undefined): Promise<void> {
  await waitFor(`session to be ${status}`, async () => (await control.statusOf(sessionId)) === status);
}

async function ended(sessionId: string): Promise<{ reason: string; message: string }> {
  return waitFor('the session to be history', async () => {
    const rows = await control.context.db<{ reason: string; message: string }[]>`
      select destroy_reason as reason, error_message as message from session_history where session_id = ${sessionId}`;
    return (await control.statusOf(sessionId)) === undefined ? rows[0] : undefined;
  });
}

async function authorise(gateway: LinkNode, sessionId: string, token: string) {
  const request = { authoriseRequest: { sessionId, token, channel: 'vnc', address: '192.0.2.1' } };
  const reply = await gateway.client.request(request);
  return reply.authoriseReply ?? {};
}

describe('a session, from request to end', () => {
  test('is started by an agent, shows its progress, runs, and leaves nothing but history', async () => {
    const worker = await agent();
    const user = await control.addUser();
    const sessionId = await launch(user, await control.addImage());
    const order = await worker.frame('startDesktop');
    expect(order).toMatchObject({
      sessionId,
      cores: 1,
      protocol: 'rfb',
      username: user.username,
      width: 1280,
    });
    const progress = { sessionId, phase: 'pulling', message: 'pulling 3 of 7 layers', progress: 43 };
    worker.send({ desktopProgress: progress });
    const status = () => control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
    await waitFor('the progress to show', async () => (await status()).body.operational_progress === 43);
    expect((await status()).body).toMatchObject({
      operational_status: 'starting',
      operational_message: 'pulling 3 of 7 layers',
      status: 'starting',
    });
    expect((await status()).body.error_message).toBeUndefined();
    worker.send(running(sessionId));
    await inStatus(sessionId, 'running');
    const { body } = await status();
    expect(body.kasm.port_map).toEqual({ vnc: { port: 443, path: `desktop/${sessionId}/vnc` } });
    expect(body.kasm_url).toBe(`/#/connect/kasm/${sessionId}/${user.userId}/${body.session_token}`);
    const destroy = await control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user);
    expect(destroy).toMatchObject({ status: 200, body: {} });
    expect(Object.keys(destroy.body)).toEqual([]);
    expect(await control.statusOf(sessionId)).toBe('deleting');
    await worker.frame('stopDesktop', one => one.sessionId === sessionId);
    worker.send({ desktopEnded: { sessionId, cause: 'stopped', message: '' } });
    expect(await ended(sessionId)).toEqual({ reason: 'user_destroyed', message: '' });
    expect(await status()).toMatchObject({ status: 404, body: { error_message: 'This session has ended.' } });
  });

  test("credentials of the desktop are in no answer of the API, not even an administrator's", async () => {
    await agent({}, obedient);
    const user = await control.addUser();
    const sessionId = await launchRunning(user, await control.addImage());
    const answers = await Promise.all([
      control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user),
      control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, control.admin),
      control.call('/api/public/get_kasms', {}, control.admin),
      control.call('/api/public/get_user_kasms', { user_id: user.userId }, control.admin),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).not.toContain('planted-upstream-password');
    }
  });

  test('polling the status gives the same token again, and the first one stays valid', async () => {
    await agent({}, obedient);
    const gateway = await link('gateway');
    const user = await control.addUser();
    const first = await control.call(
      '/api/public/request_kasm',
      { image_id: await control.addImage() },
      user,
    );
    const sessionId = first.body.kasm_id;
    await inStatus(sessionId, 'running');
    const status = await control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
    expect(status.body.session_token).toBe(first.body.session_token);
    expect((await authorise(gateway, sessionId, first.body.session_token)).grant).toBeDefined();
  });

  test('a failed start leaves no row, and its reason is what the status call answers', async () => {
    const worker = await agent();
    const user = await control.addUser();
    const sessionId = await launch(user, await control.addImage());
    await worker.frame('startDesktop');
    worker.send({
      desktopEnded: { sessionId, cause: 'start_failed', message: 'no such image: test/none:1' },
    });
    expect(await ended(sessionId)).toEqual({ reason: 'start_failed', message: 'no such image: test/none:1' });
    expect(await control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user)).toMatchObject({
      status: 409,
      body: { error_message: 'Unable to create session: no such image: test/none:1' },
    });
    const other = await control.addUser();
    expect(await control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, other)).toMatchObject({
      status: 404,
      body: { error_message: 'Invalid kasm_id' },
    });
  });

  test('a desktop that no gateway could reach is stopped and its launch fails', async () => {
    const worker = await agent();
    const user = await control.addUser();
    const sessionId = await launch(user, await control.addImage());
    await worker.frame('startDesktop');
    worker.send({ desktopRunning: { sessionId, upstream: 'gopher://nowhere', protocol: 'rfb' } });
    await worker.frame('stopDesktop', one => one.sessionId === sessionId);
    worker.send({ desktopEnded: { sessionId, cause: 'stopped' } });
    expect(await ended(sessionId)).toMatchObject({ reason: 'start_failed' });
  });

  test('a desktop that dies while running ends its session with the reason', async () => {
    const worker = await agent({}, obedient);
    const user = await control.addUser();
    const sessionId = await launchRunning(user, await control.addImage());
    worker.send({ desktopEnded: { sessionId, cause: 'exited', message: 'killed: out of memory\0\n' } });
    expect(await ended(sessionId)).toEqual({ reason: 'exited', message: 'killed: out of memory' });
  });
});

describe('ending a session in each state', () => {
  test('while it starts: the agent is told to stop, and a late "running" does not revive it', async () => {
    const worker = await agent();
    const user = await control.addUser();
    const sessionId = await launch(user, await control.addImage());
    await worker.frame('startDesktop');
    expect((await control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user)).status).toBe(200);
    await worker.frame('stopDesktop');
    worker.send(running(sessionId));
    await waitFor(
      'the stop to be asked again',
      () => worker.frames.filter(one => one.stopDesktop).length >= 2,
    );
    expect(await control.statusOf(sessionId)).toBe('deleting');
    worker.send({ desktopEnded: { sessionId, cause: 'stopped' } });
    expect((await ended(sessionId)).reason).toBe('user_destroyed');
  });

  test('while it is being deleted already: that is no error', async () => {
    const worker = await agent();
    const user = await control.addUser();
    const sessionId = await launch(user, await control.addImage());
    const destroy = () => control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user);
    expect((await destroy()).status).toBe(200);
    expect((await destroy()).status).toBe(200);
    await worker.frame('stopDesktop');
    worker.send({ desktopEnded: { sessionId, cause: 'stopped' } });
    await ended(sessionId);
    expect((await destroy()).status).toBe(404);
  });

  test('by an administrator: the history says so', async () => {
    await agent({}, obedient);
    const user = await control.addUser();
    const sessionId = await launchRunning(user, await control.addImage());
    const destroy = await control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, control.admin);
    expect(destroy.status).toBe(200);
    expect((await ended(sessionId)).reason).toBe('admin_destroyed');
  });

  test('by another user: refused, without a word on whether it exists', async () => {
    await agent({}, obedient);
    const user = await control.addUser();
    const other = await control.addUser();
    const sessionId = await launchRunning(user, await control.addImage());
    const calls = ['destroy_kasm', 'get_kasm_status'] as const;
    for (const name of calls) {
      expect(await control.call(`/api/public/${name}`, { kasm_id: sessionId }, other)).toMatchObject({
        status: 404,
        body: { error_message: 'Invalid kasm_id' },
      });
      const acting = { kasm_id: sessionId, user_id: user.userId };
      expect(await control.call(`/api/public/${name}`, acting, other)).toMatchObject({
        status: 403,
        body: { error_message: 'Unauthorized' },
      });
    }
    expect((await control.call('/api/public/get_kasms', {}, other)).body.kasms).toEqual([]);
    expect((await control.call('/api/public/get_kasms', {}, user)).body.kasms).toHaveLength(1);
    expect(await control.statusOf(sessionId)).toBe('running');
  });
});

describe('what a launch is refused for', () => {
  const refused = async (user: TestUser, body: object) => {
    const answer = await control.call('/api/public/request_kasm', body, user);
    const rows = await control.context.db`select from session where user_id = ${user.userId}`;
    return { status: answer.status, message: answer.body.error_message, rows: rows.length };
  };

  test('no agent', async () => {
    const user = await control.addUser();
    expect(await refused(user, { image_id: await control.addImage() })).toEqual({
      status: 409,
      message: 'No resources are available to create the requested Kasm: no agent is connected',
      rows: 0,
    });
  });

  test("no runtime, in the agent's words", async () => {
    await agent({ runtime: 'none', runtimeProblem: 'docker does not answer, and this is no Debian' });
    const user = await control.addUser();
    const { message } = await refused(user, { image_id: await control.addImage() });
    expect(message).toContain('docker does not answer, and this is no Debian');
  });

  test('cores, counting what is taken', async () => {
    await agent({ cores: 3 }, obedient);
    const user = await control.addUser();
    const imageId = await control.addImage({ cores: 2 });
    await launchRunning(user, imageId);
    expect((await refused(user, { image_id: imageId })).message).toBe(
      'No resources are available to create the requested Kasm: it needs 2 cores, the most free are 1',
    );
  });

  test('an image that is not granted, not enabled, or unknown', async () => {
    const user = await control.addUser();
    const imageId = await control.addImage();
    await control.context.db`update image set enabled = false where image_id = ${imageId}`;
    const notAuthorised = { status: 403, message: 'Image Not Authorized', rows: 0 };
    expect(await refused(user, { image_id: imageId })).toEqual(notAuthorised);
    expect(await refused(user, { image_id: crypto.randomUUID() })).toEqual(notAuthorised);
  });

  test('no image named, and an id that is none', async () => {
    const user = await control.addUser();
    expect((await refused(user, {})).message).toBe('No Default Image Found');
    expect((await refused(user, { image_id: 'desktop' })).message).toBe('image_id: must be a UUID');
  });

  test('acting for somebody else without being an administrator', async () => {
    const user = await control.addUser();
    const imageId = await control.addImage();
    expect(await refused(user, { image_id: imageId, user_id: control.admin.userId })).toMatchObject({
      status: 403,
    });
  });

  test("the user's limit, naming it and the count", async () => {
    await agent({}, obedient);
    const user = await control.addUser();
    await control.setSettings(user, { max_kasms_per_user: '1' });
    const imageId = await control.addImage();
    await launchRunning(user, imageId);
    expect(await refused(user, { image_id: imageId })).toEqual({
      status: 409,
      message: `${user.username} has 1 sessions, the limit max_kasms_per_user is 1`,
      rows: 1,
    });
  });

  test('of many launches at once at the limit, exactly one goes through', async () => {
    await agent({}, obedient);
    const user = await control.addUser();
    await control.setSettings(user, { max_kasms_per_user: '1' });
    const image_id = await control.addImage();
    const launches = Array.from({ length: 8 }, () =>
      control.call('/api/public/request_kasm', { image_id }, user),
    );
    const statuses = (await Promise.all(launches)).map(answer => answer.status).sort();
    expect(statuses).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    expect(await control.context.db`select from session where user_id = ${user.userId}`).toHaveLength(1);
  });

  test('of many users at once, no more than fit are promised the same capacity', async () => {
    await agent({ cores: 3 });
    const image_id = await control.addImage({ cores: 1 });
    const users = await Promise.all(Array.from({ length: 6 }, () => control.addUser()));
    const launches = users.map(user => control.call('/api/public/request_kasm', { image_id }, user));
    const statuses = (await Promise.all(launches)).map(answer => answer.status).sort();
    expect(statuses).toEqual([200, 200, 200, 409, 409, 409]);
  });
});

describe('an agent that comes back', () => {
  /** The same node on a new connection, as a restarted or reconnecting agent. */
  async function comeBack(
    first: LinkNode,
    state: AgentState,
    onFrame?: (frame: Frame, node: LinkNode) => void,
  ) {
    const credential = first.welcomes[0]?.credential ?? '';
    const given = onFrame === undefined ? {} : { onFrame };
    const node = await link('agent', { token: credential, state: () => agentState(state), ...given });
    expect(node.nodeId).toBe(first.nodeId);
    return node;
  }

  test('is told to stop a desktop nobody asked for', async () => {
    const worker = await agent();
    const stray = crypto.randomUUID();
    const back = await comeBack(worker, { desktops: [running(stray).desktopRunning ?? {}] });
    expect(await back.frame('stopDesktop')).toMatchObject({ sessionId: stray });
  });

  test('keeps the sessions whose desktops still run, and ends those whose desktops vanished', async () => {
    const worker = await agent({}, obedient);
    const user = await control.addUser();
    const imageId = await control.addImage();
    const kept = await launchRunning(user, imageId);
    const lost = await launchRunning(user, imageId);
    await worker[Symbol.asyncDispose]();
    expect(await control.statusOf(lost)).toBe('running');
    await comeBack(worker, { desktops: [running(kept).desktopRunning ?? {}] });
    expect(await ended(lost)).toEqual({
      reason: 'vanished',
      message: 'the desktop was gone when its agent came back',
    });
    expect(await control.statusOf(kept)).toBe('running');
  });

  test('is asked again for a desktop it was starting', async () => {
    const worker = await agent();
    const user = await control.addUser();
    const sessionId = await launch(user, await control.addImage());
    await worker.frame('startDesktop');
    await worker[Symbol.asyncDispose]();
    await comeBack(worker, {}, obedient);
    await inStatus(sessionId, 'running');
  });

  test('finishes what was destroyed while it was away', async () => {
    const worker = await agent({}, obedient);
    const user = await control.addUser();
    const sessionId = await launchRunning(user, await control.addImage());
    await worker[Symbol.asyncDispose]();
    await waitFor('the agent to be gone', async () => (await connectedAgents()) === 0);
    const status = await control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
    expect(status.body.operational_message).toContain('is not connected');
    expect((await control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user)).status).toBe(200);
    await comeBack(worker, { desktops: [running(sessionId).desktopRunning ?? {}] }, obedient);
    expect((await ended(sessionId)).reason).toBe('user_destroyed');
  });

  test('is replaced by its newer connection', async () => {
    const worker = await agent();
    const back = await comeBack(worker, {});
    await waitFor('the older connection to be closed', () => !worker.client.connected);
    await worker[Symbol.asyncDispose]();
    expect(back.client.connected).toBe(true);
  });

  test('cannot speak for sessions of another agent', async () => {
    const worker = await agent({}, obedient);
    const user = await control.addUser();
    const sessionId = await launchRunning(user, await control.addImage());
    const other = await agent({ cores: 0 });
    other.send({ desktopEnded: { sessionId, cause: 'exited', message: 'a lie' } });
    other.send(running(sessionId));
    expect(await other.frame('stopDesktop')).toMatchObject({ sessionId });
    expect(await control.statusOf(sessionId)).toBe('running');
    expect(worker.client.connected).toBe(true);
  });
});

describe('who may open a stream', () => {
  async function stage() {
    await agent({}, obedient);
    const gateway = await link('gateway');
    const user = await control.addUser();
    const sessionId = await launchRunning(user, await control.addImage());
    const { body } = await control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
    return { gateway, user, sessionId, token: body.session_token, viewOnlyToken: body.kasm.view_only_token };
  }

  test('the holder of the token, under the policy of the session, with the upstream and its credentials', async () => {
    const { gateway, user, sessionId, token } = await stage();
    const { grant } = await authorise(gateway, sessionId, token);
    expect(grant).toMatchObject({
      sessionId,
      userId: user.userId,
      username: user.username,
      protocol: 'rfb',
      upstream: 'tcp://10.1.2.3:5901',
      upstreamPassword: 'planted-upstream-password',
      access: 'full',
    });
    const policy = parsePolicy(JSON.parse(grant?.policyJson ?? ''));
    expect(policy).toMatchObject({ access: 'full', settings: { allow_kasm_clipboard_up: true } });
    expect(grant?.tokenId).toMatch(/^[0-9a-f]{16}$/);
  });

  test('the holder of a view-only token, watching only', async () => {
    const { gateway, sessionId, viewOnlyToken } = await stage();
    const { grant } = await authorise(gateway, sessionId, viewOnlyToken);
    expect(grant?.access).toBe('view_only');
    expect(parsePolicy(JSON.parse(grant?.policyJson ?? '')).access).toBe('view_only');
  });

  test('nobody else', async () => {
    const { gateway, user, sessionId, token } = await stage();
    const refusal = async (id: string, shown: string) => (await authorise(gateway, id, shown)).refusal;
    expect(await refusal(sessionId, 'nonsense')).toBe('bad_token');
    expect(await refusal(sessionId, '')).toBe('bad_token');
    expect(await refusal('not-an-id', token)).toBe('unknown_session');
    expect(await refusal(crypto.randomUUID(), token)).toBe('unknown_session');
    const another = await launchRunning(user, await control.addImage());
    expect(await refusal(another, token)).toBe('bad_token');
  });

  test('nobody while the session is not running', async () => {
    const worker = await agent();
    const gateway = await link('gateway');
    const user = await control.addUser();
    const { body } = await control.call(
      '/api/public/request_kasm',
      { image_id: await control.addImage() },
      user,
    );
    await worker.frame('startDesktop');
    expect((await authorise(gateway, body.kasm_id, body.session_token)).refusal).toBe('not_running');
  });

  test('nobody after the expiry', async () => {
    const { gateway, sessionId, token } = await stage();
    const { clock } = control.context;
    const real = clock.now;
    try {
      clock.now = () => real() + 2 * 86_400_000;
      expect((await authorise(gateway, sessionId, token)).refusal).toBe('expired_token');
    } finally {
      clock.now = real;
    }
  });

  test('not with a policy that cannot be enforced', async () => {
    const { gateway, user, sessionId, token } = await stage();
    await control.setSettings(user, { data_loss_prevention: '{"watermark":{"image":"x"}}' });
    expect(await gateway.frame('streamsCut', one => one.sessionId === sessionId)).toMatchObject({
      message: 'the policy of this session cannot be enforced',
    });
    expect((await authorise(gateway, sessionId, token)).refusal).toBe('busy');
  });

  test('ending the session cuts its streams within a second', async () => {
    const { gateway, user, sessionId } = await stage();
    const start = performance.now();
    await control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user);
    const cut = await gateway.frame('streamsCut', one => one.sessionId === sessionId, 1_000);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(cut).toMatchObject({ cause: 'session_ended', userId: '', message: 'the session has ended' });
  });

  test('locking the user cuts all their streams within a second, and voids their tokens for good', async () => {
    const { gateway, user, sessionId, token } = await stage();
    const target = { target_user: { user_id: user.userId, locked: true } };
    expect((await control.call('/api/public/update_user', target, control.admin)).status).toBe(200);
    const cut = await gateway.frame('streamsCut', one => one.userId === user.userId, 1_000);
    expect(cut).toMatchObject({ cause: 'user_locked', message: 'the user is locked', sessionId: '' });
    expect((await authorise(gateway, sessionId, token)).refusal).toBe('bad_token');
    const current = await control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, control.admin);
    expect((await authorise(gateway, sessionId, current.body.session_token)).refusal).toBe('locked');
    const unlock = { target_user: { user_id: user.userId, locked: false } };
    expect((await control.call('/api/public/update_user', unlock, control.admin)).status).toBe(200);
    expect((await authorise(gateway, sessionId, token)).refusal).toBe('bad_token');
    expect((await authorise(gateway, sessionId, current.body.session_token)).grant).toBeDefined();
  });

  test('a changed setting reaches the running streams of those concerned, with a higher version', async () => {
    const { gateway, user, sessionId, token } = await stage();
    const bystander = await control.addUser();
    const other = await launchRunning(bystander, await control.addImage());
    const before = (await authorise(gateway, sessionId, token)).grant?.policyVersion ?? 0;
    await control.setSettings(user, { allow_kasm_clipboard_up: 'False' });
    const changed = await gateway.frame('policyChanged', one => one.sessionId === sessionId, 1_000);
    expect(changed.policyVersion).toBeGreaterThan(before);
    expect(parsePolicy(JSON.parse(changed.policyJson ?? '')).settings.allow_kasm_clipboard_up).toBe(false);
    expect(gateway.frames.some(frame => frame.policyChanged?.sessionId === other)).toBe(false);
  });

  test('deleting a user is refused while sessions exist, and ends them when forced', async () => {
    const { gateway, user, sessionId } = await stage();
    const target_user = { user_id: user.userId };
    expect(await control.call('/api/public/delete_user', { target_user }, control.admin)).toMatchObject({
      status: 409,
      body: { error_message: 'the user has 1 sessions: end them first, or delete with force' },
    });
    const forced = await control.call('/api/public/delete_user', { target_user, force: true }, control.admin);
    expect(forced).toMatchObject({ status: 200, body: {} });
    await gateway.frame('streamsCut', one => one.sessionId === sessionId, 1_000);
    expect((await ended(sessionId)).reason).toBe('user_deleted');
    const worker = nodes.find(node => node.frames.some(frame => frame.startDesktop?.sessionId === sessionId));
    await worker?.frame('stopDesktop', one => one.sessionId === sessionId);
  });
});

describe('a gateway that comes back', () => {
  test('is told which of its streams may not stay, and the current policy of the others', async () => {
    await agent({}, obedient);
    const user = await control.addUser();
    const alive = await launchRunning(user, await control.addImage());
    const dead = crypto.randomUUID();
    const stream = (sessionId: string) => ({
      connectionId: crypto.randomUUID(),
      sessionId,
      userId: user.userId,
    });
    const state = () => ({ gatewayState: { streams: [stream(alive), stream(dead)] } });
    const gateway = await link('gateway', { state });
    expect(await gateway.frame('streamsCut')).toMatchObject({ sessionId: dead, cause: 'session_ended' });
    expect(await gateway.frame('policyChanged')).toMatchObject({ sessionId: alive });
    const { body } = await control.call('/api/admin/get_streams', {}, control.admin);
    expect(body.streams.map(one => one.kasm_id).sort()).toEqual([alive, dead].sort());
  });

  test('has its streams shown to administrators, from opening to closing', async () => {
    const gateway = await link('gateway');
    const connectionId = crypto.randomUUID();
    const shown = async () => {
      const { body } = await control.call('/api/admin/get_streams', {}, control.admin);
      return body.streams.some(one => one.connection_id === connectionId);
    };
    const sessionId = crypto.randomUUID();
    gateway.send({ streamOpened: { connectionId, sessionId, channel: 'vnc', openedAtMs: Date.now() } });
    await waitFor('the stream to be shown', shown);
    gateway.send({ streamClosed: { connectionId, sessionId, closeReason: 'client_left' } });
    await waitFor('the stream to be gone', async () => !(await shown()));
  });
});
