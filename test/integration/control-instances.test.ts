import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { SessionStore } from '../../control/sessions/session-store.ts';
import { agentState, LinkNode } from '../harness/link-node.ts';
import { canStartPostgres, startTestPostgres, type TestPostgres } from '../harness/postgres.ts';
import { obedient } from '../harness/session-stage.ts';
import {
  serverStartTimeMs,
  startTestControl,
  type TestControl,
  testEnrolmentToken,
} from '../harness/test-control.ts';
import { pushedMs, waitFor } from '../harness/wait-for.ts';

describe.skipIf(!canStartPostgres('server'))('two control instances on one database', () => {
  let postgres: TestPostgres;
  let one: TestControl;
  let other: TestControl;

  beforeAll(async () => {
    postgres = await startTestPostgres('server');
    const address = await postgres.createDatabase();
    const database = address.kind === 'url' ? { url: address.url.reveal() } : undefined;
    one = await startTestControl(database);
    other = await startTestControl(database);
  }, serverStartTimeMs);
  afterAll(async () => {
    await one?.[Symbol.asyncDispose]();
    await other?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
  }, serverStartTimeMs);

  test('a launch at one is run by the agent of the other, and its end reaches the gateways of both', async () => {
    await using agent = new LinkNode({
      url: other.url,
      role: 'agent',
      token: testEnrolmentToken,
      state: () => agentState(),
      onFrame: obedient,
    });
    await agent.welcomed();
    await using near = await new LinkNode({
      url: one.url,
      role: 'gateway',
      token: testEnrolmentToken,
    }).welcomed();
    await using far = await new LinkNode({
      url: other.url,
      role: 'gateway',
      token: testEnrolmentToken,
    }).welcomed();
    const user = await one.addUser();
    const image_id = await one.addImage();
    const launched = await waitFor('the agent to be known', async () => {
      const answer = await one.call('/api/public/request_kasm', { image_id }, user);
      return answer.status === 200 && answer.body;
    });
    const sessionId = launched.kasm_id;
    await waitFor('the session to run', async () => (await one.statusOf(sessionId)) === 'running');

    // The token that one issued opens the stream at a gateway of the other.
    const request = { sessionId, token: launched.session_token, channel: 'vnc', address: '192.0.2.1' };
    const reply = await far.client.request({ authoriseRequest: request });
    expect(reply.authoriseReply?.grant?.sessionId).toBe(sessionId);

    await one.setSettings(user, { allow_kasm_clipboard_down: 'False' });
    for (const gateway of [near, far])
      await gateway.frame('policyChanged', body => body.sessionId === sessionId, pushedMs);

    expect((await one.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user)).status).toBe(200);
    for (const gateway of [near, far])
      await gateway.frame('streamsCut', body => body.sessionId === sessionId, pushedMs);
    await waitFor('the session to be gone', async () => (await one.statusOf(sessionId)) === undefined);
  });

  test('launches of one user at both at once still keep to the limit', async () => {
    await using agent = new LinkNode({
      url: one.url,
      role: 'agent',
      token: testEnrolmentToken,
      state: () => agentState(),
      onFrame: obedient,
    });
    await agent.welcomed();
    const user = await one.addUser();
    await one.setSettings(user, { max_kasms_per_user: '1' });
    const image_id = await one.addImage();
    await waitFor('the agent to be known', async () => {
      const { body } = await one.call('/api/admin/get_agents', {}, one.admin);
      return body.agents.some(known => known.agent_id === agent.nodeId);
    });
    const launches = [one, other, one, other].map(control =>
      control.call('/api/public/request_kasm', { image_id }, user),
    );
    const statuses = (await Promise.all(launches)).map(answer => answer.status).sort();
    expect(statuses).toEqual([200, 409, 409, 409]);
  });

  test('an agent that moves to the other instance leaves no second connection behind', async () => {
    await using agent = new LinkNode({ url: one.url, role: 'agent', token: testEnrolmentToken });
    await agent.welcomed();
    const token = agent.welcomes[0]?.credential ?? '';
    await using moved = new LinkNode({ url: other.url, role: 'agent', token });
    await moved.welcomed();
    await waitFor('the older connection to be closed', () => !agent.client.connected);
    await agent[Symbol.asyncDispose]();
    const rows = await one.context.db<{ connected: number }[]>`
      select count(control_id)::int as connected from node where node_id = ${moved.nodeId}`;
    expect(rows[0]?.connected).toBe(1);
  });

  test('signals missed while the database connection was away are made up for', async () => {
    await using agent = new LinkNode({
      url: one.url,
      role: 'agent',
      token: testEnrolmentToken,
      state: () => agentState(),
      onFrame: obedient,
    });
    await agent.welcomed();
    const user = await one.addUser();
    const imageId = await one.addImage();
    const { db } = one.context;
    await waitFor(
      'the agent to be known',
      async () => (await db`select from agent where agent_id = ${agent.nodeId}`).length,
    );
    // As launched at an instance whose signal nobody heard.
    const sessions = new SessionStore(db);
    const sessionId = await db.begin(async transaction => {
      const wanted = {
        userId: user.userId,
        imageId,
        imageName: 'a:1',
        imageLocal: false,
        protocol: 'rfb',
      } as const;
      const size = { cores: 1, memoryBytes: 1024, width: 800, height: 600, environment: {} };
      const added = await sessions.add(transaction, { ...wanted, ...size });
      await sessions.assign(transaction, added, agent.nodeId, 'waiting');
      return added;
    });
    expect(await one.statusOf(sessionId)).toBe('starting');
    const ended = await db`
      select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and pid <> pg_backend_pid()`;
    expect(ended).toHaveLength(2);
    await waitFor('the session to run', async () => (await one.statusOf(sessionId)) === 'running');
  });
});
