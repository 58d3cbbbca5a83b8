import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { silentLog } from '../../config/log.ts';
import { agentState } from '../../test/harness/link-node.ts';
import { canStartPostgres } from '../../test/harness/postgres.ts';
import { obedient, SessionStage } from '../../test/harness/session-stage.ts';
import { serverStartTimeMs } from '../../test/harness/test-control.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import { SignalBus } from '../link/signal-bus.ts';
import { SessionLife } from './session-life.ts';
import { SessionStore } from './session-store.ts';
import { endAbandonedSessions, sweepSessions } from './session-sweep.ts';

describe.skipIf(!canStartPostgres('embedded'))('looking after sessions', () => {
  let stage: SessionStage;

  beforeAll(async () => {
    stage = await SessionStage.start('embedded');
  }, serverStartTimeMs);
  afterEach(() => stage?.clear());
  afterAll(() => stage?.[Symbol.asyncDispose](), serverStartTimeMs);

  /** One round, as of a moment so far ahead. */
  async function sweepAfter(sessionId: string, seconds: number): Promise<void> {
    const { db } = stage.control.context;
    await db`
      update session set heard_at = heard_at - ${seconds} * interval '1 second',
        deleting_at = deleting_at - ${seconds} * interval '1 second'
      where session_id = ${sessionId}`;
    const sessions = new SessionStore(db);
    const life = new SessionLife({ db, sessions, signals: new SignalBus(db, silentLog), log: silentLog });
    await sweepSessions({ sessions, life, log: silentLog, startTimeoutMs: 60_000 });
  }

  test('a launch whose agent says nothing for the limit fails, saying so, and is stopped', async () => {
    const worker = await stage.agent();
    const user = await stage.control.addUser();
    const sessionId = await stage.launch(user, await stage.control.addImage());
    await worker.frame('startDesktop');
    await sweepAfter(sessionId, 50);
    expect(await stage.control.statusOf(sessionId)).toBe('starting');
    await sweepAfter(sessionId, 20);
    expect(await stage.control.statusOf(sessionId)).toBe('deleting');
    await worker.frame('stopDesktop', one => one.sessionId === sessionId);
    worker.send({ desktopEnded: { sessionId, cause: 'stopped' } });
    const end = await stage.ended(sessionId);
    expect(end.reason).toBe('start_timeout');
    expect(end.message).toContain('said nothing for 60 s');
  });

  test('progress keeps a slow launch alive', async () => {
    const worker = await stage.agent();
    const user = await stage.control.addUser();
    const sessionId = await stage.launch(user, await stage.control.addImage());
    await worker.frame('startDesktop');
    await sweepAfter(sessionId, 50);
    worker.send({ desktopProgress: { sessionId, phase: 'pulling', message: 'pulling', progress: 10 } });
    const status = () => stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
    await waitFor('the progress to be stored', async () => (await status()).body.operational_progress === 10);
    await sweepAfter(sessionId, 50);
    expect(await stage.control.statusOf(sessionId)).toBe('starting');
  });

  test('a destroyed session whose agent stays away leaves the list', async () => {
    const worker = await stage.agent({}, obedient);
    const user = await stage.control.addUser();
    const sessionId = await stage.launchRunning(user, await stage.control.addImage());
    await worker[Symbol.asyncDispose]();
    await stage.clear();
    await stage.control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user);
    await sweepAfter(sessionId, 10);
    expect(await stage.control.statusOf(sessionId)).toBe('deleting');
    await sweepAfter(sessionId, 30);
    expect((await stage.ended(sessionId)).reason).toBe('user_destroyed');
  });

  test('an agent that is there but did not stop a desktop is asked again', async () => {
    const worker = await stage.agent();
    const user = await stage.control.addUser();
    const sessionId = await stage.launch(user, await stage.control.addImage());
    await stage.control.call('/api/public/destroy_kasm', { kasm_id: sessionId }, user);
    await worker.frame('stopDesktop');
    worker.frames.length = 0;
    await sweepAfter(sessionId, 40);
    await worker.frame('stopDesktop', one => one.sessionId === sessionId);
    expect(await stage.control.statusOf(sessionId)).toBe('deleting');
  });

  describe('a running session whose agent stays away', () => {
    /** One round, as of a moment so far ahead. */
    async function sweepAgentsAfter(seconds: number): Promise<void> {
      const { db } = stage.control.context;
      const earlier = db`${seconds} * interval '1 second'`;
      await db`update node set enrolled_at = enrolled_at - ${earlier}`;
      await db`update node set seen_at = seen_at - ${earlier} where control_id is null`;
      const sessions = new SessionStore(db);
      const life = new SessionLife({ db, sessions, signals: new SignalBus(db, silentLog), log: silentLog });
      await endAbandonedSessions({ sessions, life, log: silentLog, startTimeoutMs: 60_000 });
    }

    async function reported(): Promise<ReadonlySet<string>> {
      const rows = await stage.control.context.db<{ id: string }[]>`select agent_id as id from agent`;
      return new Set(rows.map(row => row.id));
    }

    async function launchAndLoseAgent(name: string): Promise<string> {
      const worker = await stage.link('agent', { name, state: agentState, onFrame: obedient });
      await waitFor('the report to be stored', async () => (await reported()).has(worker.nodeId));
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      await stage.clear();
      return sessionId;
    }

    test('goes on for a day, then it is given up, saying why', async () => {
      const sessionId = await launchAndLoseAgent('host-1');
      await sweepAgentsAfter(23 * 3_600);
      expect(await stage.control.statusOf(sessionId)).toBe('running');
      await sweepAgentsAfter(2 * 3_600);
      expect(await stage.control.statusOf(sessionId)).toBe('deleting');
      await sweepAfter(sessionId, 40);
      const end = await stage.ended(sessionId);
      expect(end.reason).toBe('vanished');
      expect(end.message).toMatch(/its agent host-1 was last heard of at .+, and it did not come back/);
    });

    test('is given up after a minute where another agent has enrolled under its name: it lost its data', async () => {
      const sessionId = await launchAndLoseAgent('host-2');
      await sweepAgentsAfter(120);
      expect(await stage.control.statusOf(sessionId)).toBe('running');
      await stage.link('agent', { name: 'host-3' });
      await sweepAgentsAfter(1);
      expect(await stage.control.statusOf(sessionId)).toBe('running');
      await stage.link('agent', { name: 'host-2' });
      await sweepAgentsAfter(1);
      expect(await stage.control.statusOf(sessionId)).toBe('deleting');
    });

    test('is left alone while its agent is there, whoever else has its name', async () => {
      await stage.agent({}, obedient);
      const user = await stage.control.addUser();
      const sessionId = await stage.launchRunning(user, await stage.control.addImage());
      await stage.link('agent', { name: 'test-agent' });
      await sweepAgentsAfter(3_600);
      expect(await stage.control.statusOf(sessionId)).toBe('running');
    });
  });
});
