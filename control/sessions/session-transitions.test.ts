import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  serverStartTimeMs,
  startTestControl,
  type TestControl,
  type TestUser,
} from '../../test/harness/test-control.ts';
import { brokenConstraint } from '../db/connect.ts';

const statuses = ['requested', 'starting', 'running', 'deleting'] as const;
type Status = (typeof statuses)[number];

const legal: Readonly<Record<Status, ReadonlyArray<Status>>> = {
  requested: ['starting', 'deleting'],
  starting: ['running', 'deleting'],
  running: ['deleting'],
  deleting: [],
};

describe('the database lets a session take legal steps only', () => {
  let control: TestControl;
  let user: TestUser;
  let imageId: string;
  let agentId: string;

  beforeAll(async () => {
    control = await startTestControl();
    user = await control.addUser();
    imageId = await control.addImage();
    const rows = await control.context.db<{ agentId: string }[]>`
      insert into node (role, name, version, credential_hash) values ('agent', 'a', '1', ${Buffer.alloc(32, 1)})
      returning node_id as "agentId"`;
    agentId = rows[0]?.agentId ?? '';
  }, serverStartTimeMs);
  afterAll(() => control?.[Symbol.asyncDispose](), serverStartTimeMs);

  /** A row that came to `status` the legal way. */
  async function sessionIn(status: Status): Promise<string> {
    const { db } = control.context;
    const rows = await db<{ id: string }[]>`
      insert into session (user_id, image_id, operational_status, image_name, image_local, protocol, cores,
        memory_bytes, width, height)
      values (${user.userId}, ${imageId}, 'requested', 'a:1', false, 'rfb', 1, 1, 800, 600)
      returning session_id as id`;
    const id = rows[0]?.id ?? '';
    if (status === 'deleting') await step(id, 'deleting');
    if (status === 'starting' || status === 'running') await step(id, 'starting');
    if (status === 'running') await step(id, 'running');
    return id;
  }

  /** Sets whatever the other constraints ask for, so that only the step itself is judged. */
  async function step(id: string, to: Status): Promise<void> {
    const { db } = control.context;
    await db`
      update session set operational_status = ${to}, agent_id = ${agentId}, started_at = now(),
        deleting_at = case when ${to} = 'deleting' then now() end,
        destroy_reason = case when ${to} = 'deleting' then 'user_destroyed' end
      where session_id = ${id}`;
  }

  for (const from of statuses) {
    for (const to of statuses.filter(one => one !== from)) {
      const allowed = legal[from].includes(to);
      test(`${from} to ${to} is ${allowed ? 'taken' : 'refused'}`, async () => {
        const id = await sessionIn(from);
        const broken = await step(id, to).then(() => undefined, brokenConstraint);
        expect(broken).toBe(allowed ? undefined : 'session_legal_step');
        expect(await control.statusOf(id)).toBe(allowed ? to : from);
      });
    }
  }

  test('a session cannot begin in the middle', async () => {
    const { db } = control.context;
    const insert = db`
      insert into session (user_id, image_id, agent_id, operational_status, image_name, image_local, protocol, cores,
        memory_bytes, width, height, started_at)
      values (${user.userId}, ${imageId}, ${agentId}, 'running', 'a:1', false, 'rfb', 1, 1, 800, 600, now())`;
    expect(await insert.then(() => undefined, brokenConstraint)).toBe('session_legal_step');
  });

  test('no statement can claim another past to make a step legal', async () => {
    const { db } = control.context;
    const id = await sessionIn('requested');
    const update = db`
      update session set previous_status = 'starting', operational_status = 'running', agent_id = ${agentId},
        started_at = now() where session_id = ${id}`;
    expect(await update.then(() => undefined, brokenConstraint)).toBe('session_legal_step');
  });

  test('a word that is no status is refused', async () => {
    const { db } = control.context;
    const id = await sessionIn('requested');
    const update = db`update session set operational_status = 'paused', agent_id = ${agentId} where session_id = ${id}`;
    expect(await update.then(() => undefined, brokenConstraint)).toBe('session_legal_step');
    const gone = db`update session set operational_status = 'gone', agent_id = ${agentId} where session_id = ${id}`;
    expect(await gone.then(() => undefined, brokenConstraint)).toBe('session_not_gone');
  });

  test('a row cannot go without its entry in the history', async () => {
    const { db } = control.context;
    const id = await sessionIn('running');
    const broken = await db`delete from session where session_id = ${id}`.then(
      () => undefined,
      brokenConstraint,
    );
    expect(broken).toBe('session_leaves_history');
    expect(await control.statusOf(id)).toBe('running');
  });

  test('an end that nobody asked for must be explained in the history', async () => {
    const { db } = control.context;
    const id = await sessionIn('running');
    const insert = db`
      insert into session_history (session_id, user_id, username, image_id, image_name, last_status, destroy_reason,
        requested_at)
      values (${id}, ${user.userId}, 'u', ${imageId}, 'a:1', 'running', 'exited', now())`;
    expect(await insert.then(() => undefined, brokenConstraint)).toBe('session_history_failure_explained');
  });

  test('a user or an image with sessions cannot be deleted under them', async () => {
    const { db } = control.context;
    await sessionIn('running');
    const deleteUser = db`delete from user_account where user_id = ${user.userId}`;
    expect(await deleteUser.then(() => undefined, brokenConstraint)).toBe('session_user_id_fkey');
    const deleteImage = db`delete from image where image_id = ${imageId}`;
    expect(await deleteImage.then(() => undefined, brokenConstraint)).toBe('session_image_id_fkey');
  });
});
