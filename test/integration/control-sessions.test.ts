import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { canStartPostgres, postgresKinds } from '../harness/postgres.ts';
import { obedient, running, SessionStage } from '../harness/session-stage.ts';
import { serverStartTimeMs } from '../harness/test-control.ts';
import { waitFor } from '../harness/wait-for.ts';

describe.each(postgresKinds)('sessions, on PostgreSQL %s', kind => {
  const runs = canStartPostgres(kind);
  let stage: SessionStage;

  beforeAll(async () => {
    if (runs) stage = await SessionStage.start(kind);
  }, serverStartTimeMs);
  afterEach(() => stage?.clear());
  afterAll(() => stage?.[Symbol.asyncDispose](), serverStartTimeMs);

  describe.skipIf(!runs)('a session, from request to end', () => {
    test('is started by an agent, shows its progress, runs, and leaves nothing but history', async () => {
      const worker = await stage.agent();
      const user = await stage.control.addUser();
      const sessionId = await stage.launch(user, await stage.control.addImage());
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
      const status = () => stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
      await waitFor('the progress to show', async () => (await status()).body.operational_progress === 43);
      expect((await status()).body).toMatchObject({
        operational_status: 'starting',
        operational_message: 'pulling 3 of 7 layers',
        status: 'starting',
      });
      expect((await status()).body.error_message).toBeUndefined();
      worker.send(running(sessionId));
      await stage.inStatus(sessionId, 'running');
      const { body } = await status();
      expect(body.kasm.port_map).toEqual({ vnc: { port: 443, path: `desktop/${sessionId}/vnc` } });
      expect(body.kasm_url).toBe(`/#/connect/kasm/${sessionId}/${user.userId}/${body.session_token}`);
      const destroy = await stage.control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user);
      expect(destroy).toMatchObject({ status: 200, body: {} });
      expect(Object.keys(destroy.body)).toEqual([]);
      expect(await stage.control.statusOf(sessionId)).toBe('deleting');
      await worker.frame('stopDesktop', one => one.sessionId === sessionId);
      worker.send({ desktopEnded: { sessionId, cause: 'stopped', message: '' } });
      expect(await stage.ended(sessionId)).toEqual({ reason: 'user_destroyed', message: '' });
      expect(await status()).toMatchObject({
        status: 404,
        body: { error_message: 'This session has ended.' },
      });
    });

    test("credentials of the desktop are in no answer of the API, not even an administrator's", async () => {
      await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      const answers = await Promise.all([
        stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user),
        stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, stage.control.admin),
        stage.control.call('/api/public/get_kasms', {}, stage.control.admin),
        stage.control.call('/api/public/get_user_kasms', { user_id: user.userId }, stage.control.admin),
      ]);
      for (const answer of answers) {
        expect(answer.status).toBe(200);
        expect(JSON.stringify(answer.body)).not.toContain('planted-upstream-password');
      }
    });

    test('polling the status gives the same token again, and the first one stays valid', async () => {
      await stage.agent({}, obedient);
      const gateway = await stage.link('gateway');
      const user = await stage.control.addUser();
      const first = await stage.control.call(
        '/api/public/request_kasm',
        { image_id: await stage.control.addImage() },
        user,
      );
      const sessionId = first.body.kasm_id;
      await stage.inStatus(sessionId, 'running');
      const status = await stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
      expect(status.body.session_token).toBe(first.body.session_token);
      expect((await stage.authorise(gateway, sessionId, first.body.session_token)).grant).toBeDefined();
    });

    test('a failed start leaves no row, and its reason is what the status call answers', async () => {
      const worker = await stage.agent();
      const user = await stage.control.addUser();
      const sessionId = await stage.launch(user, await stage.control.addImage());
      await worker.frame('startDesktop');
      worker.send({
        desktopEnded: { sessionId, cause: 'start_failed', message: 'no such image: test/none:1' },
      });
      expect(await stage.ended(sessionId)).toEqual({
        reason: 'start_failed',
        message: 'no such image: test/none:1',
      });
      expect(
        await stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user),
      ).toMatchObject({
        status: 409,
        body: { error_message: 'Unable to create session: no such image: test/none:1' },
      });
      const other = await stage.control.addUser();
      expect(
        await stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, other),
      ).toMatchObject({
        status: 404,
        body: { error_message: 'Invalid kasm_id' },
      });
    });

    test('a desktop that no gateway could reach is stopped and its launch fails', async () => {
      const worker = await stage.agent();
      const user = await stage.control.addUser();
      const sessionId = await stage.launch(user, await stage.control.addImage());
      await worker.frame('startDesktop');
      worker.send({ desktopRunning: { sessionId, upstream: 'gopher://nowhere', protocol: 'rfb' } });
      await worker.frame('stopDesktop', one => one.sessionId === sessionId);
      worker.send({ desktopEnded: { sessionId, cause: 'stopped' } });
      expect(await stage.ended(sessionId)).toMatchObject({ reason: 'start_failed' });
    });

    test('a desktop that dies while running ends its session with the reason', async () => {
      const worker = await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      worker.send({ desktopEnded: { sessionId, cause: 'exited', message: 'killed: out of memory\0\n' } });
      expect(await stage.ended(sessionId)).toEqual({ reason: 'exited', message: 'killed: out of memory' });
    });
  });

  describe.skipIf(!runs)('ending a session in each state', () => {
    test('while it starts: the agent is told to stop, and a late "running" does not revive it', async () => {
      const worker = await stage.agent();
      const user = await stage.control.addUser();
      const sessionId = await stage.launch(user, await stage.control.addImage());
      await worker.frame('startDesktop');
      expect(
        (await stage.control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user)).status,
      ).toBe(200);
      await worker.frame('stopDesktop');
      worker.send(running(sessionId));
      await waitFor(
        'the stop to be asked again',
        () => worker.frames.filter(one => one.stopDesktop).length >= 2,
      );
      expect(await stage.control.statusOf(sessionId)).toBe('deleting');
      worker.send({ desktopEnded: { sessionId, cause: 'stopped' } });
      expect((await stage.ended(sessionId)).reason).toBe('user_destroyed');
    });

    test('while it is being deleted already: that is no error', async () => {
      const worker = await stage.agent();
      const user = await stage.control.addUser();
      const sessionId = await stage.launch(user, await stage.control.addImage());
      const destroy = () => stage.control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user);
      expect((await destroy()).status).toBe(200);
      expect((await destroy()).status).toBe(200);
      await worker.frame('stopDesktop');
      worker.send({ desktopEnded: { sessionId, cause: 'stopped' } });
      await stage.ended(sessionId);
      expect((await destroy()).status).toBe(404);
    });

    test('by an administrator: the history says so', async () => {
      await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      const destroy = await stage.control.call(
        '/api/public/destroy_kasm',
        { kasm_id: sessionId },
        stage.control.admin,
      );
      expect(destroy.status).toBe(200);
      expect((await stage.ended(sessionId)).reason).toBe('admin_destroyed');
    });

    test('not by deleting its image: that is refused while it runs', async () => {
      await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const image_id = await stage.control.addImage();
      await stage.launchRunning(user, image_id);
      const target = { target_image: { image_id } };
      expect(await stage.control.call('/api/public/delete_image', target, stage.control.admin)).toMatchObject(
        {
          status: 409,
          body: { error_message: 'the image has sessions: end them first, or disable it' },
        },
      );
    });

    test('by another user: refused, without a word on whether it exists', async () => {
      await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const other = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      const calls = ['destroy_kasm', 'get_kasm_status'] as const;
      for (const name of calls) {
        expect(await stage.control.call(`/api/public/${name}`, { kasm_id: sessionId }, other)).toMatchObject({
          status: 404,
          body: { error_message: 'Invalid kasm_id' },
        });
        const acting = { kasm_id: sessionId, user_id: user.userId };
        expect(await stage.control.call(`/api/public/${name}`, acting, other)).toMatchObject({
          status: 403,
          body: { error_message: 'Unauthorized' },
        });
      }
      expect((await stage.control.call('/api/public/get_kasms', {}, other)).body.kasms).toEqual([]);
      expect((await stage.control.call('/api/public/get_kasms', {}, user)).body.kasms).toHaveLength(1);
      expect(await stage.control.statusOf(sessionId)).toBe('running');
    });
  });
});
