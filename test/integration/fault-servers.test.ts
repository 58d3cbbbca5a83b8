/** The database and the cache of an operator's own are killed while streams run, and one control of two. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import type { LinkNode } from '../harness/link-node.ts';
import { findFreePort } from '../harness/ports.ts';
import { startTestPostgres, type TestPostgres } from '../harness/postgres.ts';
import {
  ProgramStack,
  type StackSession,
  stackEnrolmentToken,
  stackStartTimeMs,
  stackUsers,
} from '../harness/program-stack.ts';
import { startTestRedis, type TestRedis } from '../harness/redis.ts';
import { needs } from '../harness/requirements.ts';
import { linkSequenceAgent, SequenceDesktop, SequenceViewer } from '../harness/sequence-desktop.ts';
import { waitFor } from '../harness/wait-for.ts';

const recoveryTimeMs = 40_000;

describe.skipIf(!needs('postgres', 'redis'))('while streams run', () => {
  const parts = new AsyncDisposableStack();
  let database: TestPostgres;
  let redis: TestRedis;
  let stack: ProgramStack;
  let agent: LinkNode;
  let session: StackSession;

  beforeAll(async () => {
    database = parts.use(await startTestPostgres('server'));
    redis = parts.use(await startTestRedis());
    const address = await database.createDatabase();
    if (address.kind !== 'url') throw new Error("Debian's server is reached by an address");
    stack = parts.use(
      await ProgramStack.start({
        agent: false,
        databaseUrl: address.url.reveal(),
        cacheUrl: redis.url.reveal(),
      }),
    );
    const desktop = parts.use(await SequenceDesktop.start());
    agent = parts.use(linkSequenceAgent(stack.controlUrl, stackEnrolmentToken, desktop));
    await agent.welcomed();
    session = await waitFor('the agent to be usable', () => stack.launch());
  }, stackStartTimeMs);

  afterAll(() => parts.disposeAsync(), stackStartTimeMs);

  const view = async (of: StackSession = session): Promise<SequenceViewer> =>
    SequenceViewer.open(await stack.open(of));

  const expectRecovered = async (viewer: SequenceViewer): Promise<void> => {
    const other = await waitFor('a launch to work again', () => stack.launch(), recoveryTimeMs);
    await using fresh = await view(other);
    await fresh.goesOn();
    await stack.call('destroy_kasm', { kasm_id: other.sessionId });
    expect((await fresh.stream.ended()).reason).toBe('the session has ended');
    await viewer.goesOn();
    expect(viewer.stream.closed).toBe(false);
  };

  test(
    'a killed PostgreSQL ends no stream; the API says that it is away, and works again once it is back',
    async () => {
      await using viewer = await view();
      await database.crash();
      await viewer.goesOn();
      const refused = await stack.call('get_images', {});
      expect([refused.status, refused.body.error_message]).toEqual([
        503,
        expect.stringContaining('database'),
      ]);
      // As with control away: who had a stream comes back in, nobody else does.
      await using again = await view();
      await again.goesOn();
      await expect(stack.open({ ...session, token: `${session.token}x` })).rejects.toThrow('answered 503');
      await database.restart();
      await waitFor(
        'the API to work',
        async () => (await stack.call('get_images', {})).status === 200,
        recoveryTimeMs,
      );
      await expectRecovered(viewer);
    },
    stackStartTimeMs,
  );

  test(
    'a killed Redis ends no stream, and users can log in without it and after it',
    async () => {
      await using viewer = await view();
      await redis.crash();
      await viewer.goesOn();
      const credentials = { username: stackUsers.user, password: stack.passwords[stackUsers.user] };
      const logIn = async (): Promise<number> => (await stack.call('login', credentials, '')).status;
      expect(await logIn()).toBe(200);
      await stack.logged(
        'control',
        'the cache server is away, this control counts by itself until it is back',
      );
      await expectRecovered(viewer);
      await redis.restart();
      const isBack = (): boolean => countOf('control', 'the cache server is back') > 0;
      await waitFor(
        'Redis to be used again',
        async () => (await logIn()) === 200 && isBack(),
        recoveryTimeMs,
      );
    },
    stackStartTimeMs,
  );

  test(
    'what another control ended while this one was away is cut as soon as it is back, also where the cache let it in',
    async () => {
      const file = stack.folder.file('control.yaml');
      const port = await findFreePort();
      const config = { ...parse(await readFile(file, 'utf8')), listen: { host: '127.0.0.1', port } };
      await writeFile(stack.folder.file('control-2.yaml'), stringify(config));
      await stack.startProgram('control', 'control-2.yaml');
      const [first, second] = stack.runs.control;
      const doomed = await stack.launch();
      await using other = await view();
      await using viewer = await view(doomed);
      first?.kill('SIGKILL');
      await first?.exited();
      await waitFor('the link to be lost', () => countOf('gateway', 'link lost') > 0);
      const ended = await stack.call(
        'destroy_kasm',
        { kasm_id: doomed.sessionId },
        undefined,
        `http://127.0.0.1:${port}`,
      );
      expect(ended.body.error_message).toBeUndefined();
      await using returning = await view(doomed);
      await viewer.goesOn();
      await returning.goesOn();
      await stack.startProgram('control');
      expect((await viewer.stream.ended(recoveryTimeMs)).reason).toBe('the session has ended');
      expect((await returning.stream.ended(recoveryTimeMs)).reason).toBe('the session has ended');
      expect([viewer.damage, returning.damage]).toEqual([undefined, undefined]);
      await expect(stack.open(doomed)).rejects.toThrow(/the gateway answered (404|503)/);
      await second?.[Symbol.asyncDispose]();
      await expectRecovered(other);
    },
    stackStartTimeMs,
  );

  const countOf = (name: 'control' | 'gateway', message: string): number =>
    stack.logLines(name).filter(line => line.message === message).length;
});
