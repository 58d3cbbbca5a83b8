import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { AgentState, Frame } from '../../config/link/link.ts';
import type { LinkNode } from '../harness/link-node.ts';
import { agentState } from '../harness/link-node.ts';
import { canStartPostgres, postgresKinds } from '../harness/postgres.ts';
import { obedient, running, SessionStage } from '../harness/session-stage.ts';
import { serverStartTimeMs, type TestUser } from '../harness/test-control.ts';
import { waitFor } from '../harness/wait-for.ts';

describe.each(postgresKinds)('placing and reconciling, on PostgreSQL %s', kind => {
  const runs = canStartPostgres(kind);
  let stage: SessionStage;

  beforeAll(async () => {
    if (runs) stage = await SessionStage.start(kind);
  }, serverStartTimeMs);
  afterEach(() => stage?.clear());
  afterAll(() => stage?.[Symbol.asyncDispose](), serverStartTimeMs);

  describe.skipIf(!runs)('what a launch is refused for', () => {
    const refused = async (user: TestUser, body: object) => {
      const answer = await stage.control.call('/api/public/request_kasm', body, user);
      const rows = await stage.control.context.db`select from session where user_id = ${user.userId}`;
      return { status: answer.status, message: answer.body.error_message, rows: rows.length };
    };

    test('no agent', async () => {
      const user = await stage.control.addUser();
      expect(await refused(user, { image_id: await stage.control.addImage() })).toEqual({
        status: 409,
        message: 'No resources are available to create the requested Kasm: no agent is connected',
        rows: 0,
      });
    });

    test("no runtime, in the agent's words", async () => {
      await stage.agent({ runtime: 'none', runtimeProblem: 'docker does not answer, and this is no Debian' });
      const user = await stage.control.addUser();
      const { message } = await refused(user, { image_id: await stage.control.addImage() });
      expect(message).toContain('docker does not answer, and this is no Debian');
    });

    test('cores, counting what is taken', async () => {
      await stage.agent({ cores: 3 }, obedient);
      const user = await stage.control.addUser();
      const imageId = await stage.control.addImage({ cores: 2 });
      await stage.launchRunning(user, imageId);
      expect((await refused(user, { image_id: imageId })).message).toBe(
        'No resources are available to create the requested Kasm: it needs 2 cores, the most free are 1',
      );
    });

    test('an image that is not granted, not enabled, or unknown', async () => {
      const user = await stage.control.addUser();
      const imageId = await stage.control.addImage();
      await stage.control.context.db`update image set enabled = false where image_id = ${imageId}`;
      const notAuthorised = { status: 403, message: 'Image Not Authorized', rows: 0 };
      expect(await refused(user, { image_id: imageId })).toEqual(notAuthorised);
      expect(await refused(user, { image_id: crypto.randomUUID() })).toEqual(notAuthorised);
    });

    test('no image named, and an id that is none', async () => {
      const user = await stage.control.addUser();
      expect((await refused(user, {})).message).toBe('No Default Image Found');
      expect((await refused(user, { image_id: 'desktop' })).message).toBe('image_id: must be a UUID');
    });

    test('acting for somebody else without being an administrator', async () => {
      const user = await stage.control.addUser();
      const imageId = await stage.control.addImage();
      expect(await refused(user, { image_id: imageId, user_id: stage.control.admin.userId })).toMatchObject({
        status: 403,
      });
    });

    test("the user's limit, naming it and the count", async () => {
      await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      await stage.control.setSettings(user, { max_kasms_per_user: '1' });
      const imageId = await stage.control.addImage();
      await stage.launchRunning(user, imageId);
      expect(await refused(user, { image_id: imageId })).toEqual({
        status: 409,
        message: `${user.username} has 1 sessions, the limit max_kasms_per_user is 1`,
        rows: 1,
      });
    });

    test('of many launches at once at the limit, exactly one goes through', async () => {
      await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      await stage.control.setSettings(user, { max_kasms_per_user: '1' });
      const image_id = await stage.control.addImage();
      const launches = Array.from({ length: 8 }, () =>
        stage.control.call('/api/public/request_kasm', { image_id }, user),
      );
      const statuses = (await Promise.all(launches)).map(answer => answer.status).sort();
      expect(statuses).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
      expect(await stage.control.context.db`select from session where user_id = ${user.userId}`).toHaveLength(
        1,
      );
    });

    test('of many users at once, no more than fit are promised the same capacity', async () => {
      await stage.agent({ cores: 3 });
      const image_id = await stage.control.addImage({ cores: 1 });
      const users = await Promise.all(Array.from({ length: 6 }, () => stage.control.addUser()));
      const launches = users.map(user => stage.control.call('/api/public/request_kasm', { image_id }, user));
      const statuses = (await Promise.all(launches)).map(answer => answer.status).sort();
      expect(statuses).toEqual([200, 200, 200, 409, 409, 409]);
    });
  });

  describe.skipIf(!runs)('an agent that comes back', () => {
    /** The same node on a new connection, as a restarted or reconnecting agent. */
    async function comeBack(
      first: LinkNode,
      state: AgentState,
      onFrame?: (frame: Frame, node: LinkNode) => void,
    ) {
      const credential = first.welcomes[0]?.credential ?? '';
      const given = onFrame === undefined ? {} : { onFrame };
      const node = await stage.link('agent', { token: credential, state: () => agentState(state), ...given });
      expect(node.nodeId).toBe(first.nodeId);
      return node;
    }

    test('is told to stop a desktop nobody asked for', async () => {
      const worker = await stage.agent();
      const stray = crypto.randomUUID();
      const back = await comeBack(worker, { desktops: [running(stray).desktopRunning ?? {}] });
      expect(await back.frame('stopDesktop')).toMatchObject({ sessionId: stray });
    });

    test('keeps the sessions whose desktops still run, and ends those whose desktops vanished', async () => {
      const worker = await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const imageId = await stage.control.addImage();
      const kept = await stage.launchRunning(user, imageId);
      const lost = await stage.launchRunning(user, imageId);
      await worker[Symbol.asyncDispose]();
      expect(await stage.control.statusOf(lost)).toBe('running');
      await comeBack(worker, { desktops: [running(kept).desktopRunning ?? {}] });
      expect(await stage.ended(lost)).toEqual({
        reason: 'vanished',
        message: 'the desktop was gone when its agent came back',
      });
      expect(await stage.control.statusOf(kept)).toBe('running');
    });

    test('ends no session while it has no runtime, for then it cannot know its desktops', async () => {
      const worker = await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      await worker[Symbol.asyncDispose]();
      const back = await comeBack(worker, { runtime: 'none', runtimeProblem: 'docker does not answer' });
      const { db } = stage.control.context;
      const runtime = async () => {
        const rows = await db<
          { runtime: string }[]
        >`select runtime from agent where agent_id = ${back.nodeId}`;
        return rows[0]?.runtime;
      };
      await waitFor('the report without a runtime', async () => (await runtime()) === 'none');
      // Reports are taken one after another: the first is dealt with when the second is.
      back.send(agentState({ desktops: [running(sessionId).desktopRunning] }));
      await waitFor('the report with one', async () => (await runtime()) === 'docker');
      await waitFor('the session to be adopted', async () => {
        const rows = await db`select from session where session_id = ${sessionId} and heard_at > started_at`;
        return rows.length === 1;
      });
      expect(await stage.control.statusOf(sessionId)).toBe('running');
      expect(back.frames.some(frame => frame.stopDesktop)).toBe(false);
    });

    test('is asked again for a desktop it was starting', async () => {
      const worker = await stage.agent();
      const user = await stage.control.addUser();
      const sessionId = await stage.launch(user, await stage.control.addImage());
      await worker.frame('startDesktop');
      await worker[Symbol.asyncDispose]();
      await comeBack(worker, {}, obedient);
      await stage.inStatus(sessionId, 'running');
    });

    test('finishes what was destroyed while it was away', async () => {
      const worker = await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      await worker[Symbol.asyncDispose]();
      await waitFor('the agent to be gone', async () => (await stage.connectedNodes()) === 0);
      const status = await stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
      expect(status.body.operational_message).toContain('is not connected');
      expect(
        (await stage.control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user)).status,
      ).toBe(200);
      await comeBack(worker, { desktops: [running(sessionId).desktopRunning ?? {}] }, obedient);
      expect((await stage.ended(sessionId)).reason).toBe('user_destroyed');
    });

    test('is replaced by its newer connection', async () => {
      const worker = await stage.agent();
      const back = await comeBack(worker, {});
      await waitFor('the older connection to be closed', () => !worker.client.connected);
      await worker[Symbol.asyncDispose]();
      expect(back.client.connected).toBe(true);
    });

    test('cannot speak for sessions of another agent', async () => {
      const worker = await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      const other = await stage.agent({ cores: 0 });
      other.send({ desktopEnded: { sessionId, cause: 'exited', message: 'a lie' } });
      other.send(running(sessionId));
      expect(await other.frame('stopDesktop')).toMatchObject({ sessionId });
      expect(await stage.control.statusOf(sessionId)).toBe('running');
      expect(worker.client.connected).toBe(true);
    });
  });
});
