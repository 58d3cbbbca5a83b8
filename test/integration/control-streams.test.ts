import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { parsePolicy } from '../../config/policy.ts';
import { parsePolicySources } from '../../config/policy-sources.ts';
import { canStartPostgres, postgresKinds } from '../harness/postgres.ts';
import { obedient, SessionStage } from '../harness/session-stage.ts';
import { serverStartTimeMs } from '../harness/test-control.ts';
import { pushedMs, waitFor } from '../harness/wait-for.ts';

describe.each(postgresKinds)('streams, on PostgreSQL %s', kind => {
  const runs = canStartPostgres(kind);
  let stage: SessionStage;

  beforeAll(async () => {
    if (runs) stage = await SessionStage.start(kind);
  }, serverStartTimeMs);
  afterEach(() => stage?.clear());
  afterAll(() => stage?.[Symbol.asyncDispose](), serverStartTimeMs);

  describe.skipIf(!runs)('who may open a stream', () => {
    async function openSession() {
      await stage.agent({}, obedient);
      const gateway = await stage.link('gateway');
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      const { body } = await stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
      return {
        gateway,
        user,
        sessionId,
        token: body.session_token,
        viewOnlyToken: body.kasm.view_only_token,
      };
    }

    test('the holder of the token, under the policy of the session, with the upstream and its credentials', async () => {
      const { gateway, user, sessionId, token } = await openSession();
      const { grant } = await stage.authorise(gateway, sessionId, token);
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
      const { gateway, sessionId, viewOnlyToken } = await openSession();
      const { grant } = await stage.authorise(gateway, sessionId, viewOnlyToken);
      expect(grant?.access).toBe('view_only');
      expect(parsePolicy(JSON.parse(grant?.policyJson ?? '')).access).toBe('view_only');
    });

    test('nobody else', async () => {
      const { gateway, user, sessionId, token } = await openSession();
      const refusal = async (id: string, shown: string) =>
        (await stage.authorise(gateway, id, shown)).refusal;
      expect(await refusal(sessionId, 'nonsense')).toBe('bad_token');
      expect(await refusal(sessionId, '')).toBe('bad_token');
      expect(await refusal('not-an-id', token)).toBe('unknown_session');
      expect(await refusal(crypto.randomUUID(), token)).toBe('unknown_session');
      const another = await stage.launchRunning(user, await stage.control.addImage());
      expect(await refusal(another, token)).toBe('bad_token');
    });

    test('nobody while the session is not running', async () => {
      const worker = await stage.agent();
      const gateway = await stage.link('gateway');
      const user = await stage.control.addUser();
      const { body } = await stage.control.call(
        '/api/public/request_kasm',
        { image_id: await stage.control.addImage() },
        user,
      );
      await worker.frame('startDesktop');
      expect((await stage.authorise(gateway, body.kasm_id, body.session_token)).refusal).toBe('not_running');
    });

    test('nobody after the expiry', async () => {
      const { gateway, sessionId, token } = await openSession();
      const { clock } = stage.control.context;
      const real = clock.now;
      try {
        clock.now = () => real() + 2 * 86_400_000;
        expect((await stage.authorise(gateway, sessionId, token)).refusal).toBe('expired_token');
      } finally {
        clock.now = real;
      }
    });

    test('not with a policy that cannot be enforced', async () => {
      const { gateway, user, sessionId, token } = await openSession();
      await stage.control.setSettings(user, { data_loss_prevention: '{"keyboard":{"rate_limit":"x"}}' });
      expect(await gateway.frame('streamsCut', one => one.sessionId === sessionId)).toMatchObject({
        message: 'the policy of this session cannot be enforced',
      });
      expect((await stage.authorise(gateway, sessionId, token)).refusal).toBe('busy');
    });

    test('ending the session cuts its streams at once', async () => {
      const { gateway, user, sessionId } = await openSession();
      await stage.control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user);
      const cut = await gateway.frame('streamsCut', one => one.sessionId === sessionId, pushedMs);
      expect(cut).toMatchObject({ cause: 'session_ended', userId: '', message: 'the session has ended' });
    });

    test('locking the user cuts all their streams at once, and voids their tokens for good', async () => {
      const { gateway, user, sessionId, token } = await openSession();
      const target = { target_user: { user_id: user.userId, locked: true } };
      expect((await stage.control.call('/api/public/update_user', target, stage.control.admin)).status).toBe(
        200,
      );
      const cut = await gateway.frame('streamsCut', one => one.userId === user.userId, pushedMs);
      expect(cut).toMatchObject({ cause: 'user_locked', message: 'the user is locked', sessionId: '' });
      expect((await stage.authorise(gateway, sessionId, token)).refusal).toBe('bad_token');
      const current = await stage.control.call(
        '/api/public/get_kasm_status',
        { kasm_id: sessionId },
        stage.control.admin,
      );
      expect((await stage.authorise(gateway, sessionId, current.body.session_token)).refusal).toBe('locked');
      const unlock = { target_user: { user_id: user.userId, locked: false } };
      expect((await stage.control.call('/api/public/update_user', unlock, stage.control.admin)).status).toBe(
        200,
      );
      expect((await stage.authorise(gateway, sessionId, token)).refusal).toBe('bad_token');
      expect((await stage.authorise(gateway, sessionId, current.body.session_token)).grant).toBeDefined();
    });

    test('a changed setting reaches the running streams of those concerned, with a higher version', async () => {
      const { gateway, user, sessionId, token } = await openSession();
      const bystander = await stage.control.addUser();
      const other = await stage.launchRunning(bystander, await stage.control.addImage());
      const before = (await stage.authorise(gateway, sessionId, token)).grant?.policyVersion ?? 0;
      await stage.control.setSettings(user, { allow_kasm_clipboard_up: 'False' });
      const changed = await gateway.frame('policyChanged', one => one.sessionId === sessionId, pushedMs);
      expect(changed.policyVersion).toBeGreaterThan(before);
      expect(parsePolicy(JSON.parse(changed.policyJson ?? '')).settings.allow_kasm_clipboard_up).toBe(false);
      expect(gateway.frames.some(frame => frame.policyChanged?.sessionId === other)).toBe(false);
    });

    test('every value of a policy comes with the group that said it, in grants, pushes and for administrators', async () => {
      const { gateway, user, sessionId, token } = await openSession();
      await stage.control.setSettings(user, { allow_kasm_clipboard_up: 'False' });
      const changed = await gateway.frame('policyChanged', one => one.sessionId === sessionId, pushedMs);
      const { grant } = await stage.authorise(gateway, sessionId, token);
      const granted = parsePolicySources(grant?.policySourcesJson);
      const up = granted['settings.allow_kasm_clipboard_up'];
      expect(up).toMatchObject({ from: 'group', name: expect.any(String), priority: expect.any(Number) });
      expect(granted['settings.allow_kasm_clipboard_down']).toEqual({
        from: 'group',
        name: 'All Users',
        priority: 1000,
      });
      expect(granted.access).toEqual({ from: 'token' });
      const { access: _, ...settings } = granted;
      expect(parsePolicySources(changed.policySourcesJson)).toEqual(settings);
      const ask = (by: typeof stage.control.admin, kasm_id = sessionId) =>
        stage.control.call('/api/public/get_session_policy', { kasm_id }, by);
      const { status, body } = await ask(stage.control.admin);
      expect(status).toBe(200);
      expect(body).toMatchObject({ kasm_id: sessionId, user_id: user.userId, username: user.username });
      const { rules } = body as unknown as { rules: unknown[] };
      expect(rules).toContainEqual({ key: 'settings.allow_kasm_clipboard_up', value: false, ...up });
      expect(rules).toContainEqual({ key: 'settings.allow_keyboard', value: true, from: 'default' });
      expect((await ask(user)).status).toBe(403);
      expect((await ask(stage.control.admin, crypto.randomUUID())).status).toBe(404);
    });

    test('deleting a user is refused while sessions exist, and ends them when forced', async () => {
      const { gateway, user, sessionId } = await openSession();
      const target_user = { user_id: user.userId };
      expect(
        await stage.control.call('/api/public/delete_user', { target_user }, stage.control.admin),
      ).toMatchObject({
        status: 409,
        body: { error_message: 'the user has 1 sessions: end them first, or delete with force' },
      });
      const forced = await stage.control.call(
        '/api/public/delete_user',
        { target_user, force: true },
        stage.control.admin,
      );
      expect(forced).toMatchObject({ status: 200, body: {} });
      await gateway.frame('streamsCut', one => one.sessionId === sessionId, pushedMs);
      expect((await stage.ended(sessionId)).reason).toBe('user_deleted');
      const worker = stage.nodes.find(node =>
        node.frames.some(frame => frame.startDesktop?.sessionId === sessionId),
      );
      await worker?.frame('stopDesktop', one => one.sessionId === sessionId);
    });
  });

  describe.skipIf(!runs)('a gateway that comes back', () => {
    test('is told which of its streams may not stay, and the current policy of the others', async () => {
      await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const alive = await stage.launchRunning(user, await stage.control.addImage());
      const dead = crypto.randomUUID();
      const stream = (sessionId: string) => ({
        connectionId: crypto.randomUUID(),
        sessionId,
        userId: user.userId,
      });
      const state = () => ({ gatewayState: { streams: [stream(alive), stream(dead)] } });
      const gateway = await stage.link('gateway', { state });
      expect(await gateway.frame('streamsCut')).toMatchObject({ sessionId: dead, cause: 'session_ended' });
      expect(await gateway.frame('policyChanged')).toMatchObject({ sessionId: alive });
      const { body } = await stage.control.call('/api/admin/get_streams', {}, stage.control.admin);
      expect(body.streams.map(one => one.kasm_id).sort()).toEqual([alive, dead].sort());
    });

    test('has its streams shown to administrators, from opening to closing', async () => {
      const gateway = await stage.link('gateway');
      const connectionId = crypto.randomUUID();
      const shown = async () => {
        const { body } = await stage.control.call('/api/admin/get_streams', {}, stage.control.admin);
        return body.streams.some(one => one.connection_id === connectionId);
      };
      const sessionId = crypto.randomUUID();
      gateway.send({ streamOpened: { connectionId, sessionId, channel: 'vnc', openedAtMs: Date.now() } });
      await waitFor('the stream to be shown', shown);
      gateway.send({ streamClosed: { connectionId, sessionId, closeReason: 'client_left' } });
      await waitFor('the stream to be gone', async () => !(await shown()));
    });
  });
});
