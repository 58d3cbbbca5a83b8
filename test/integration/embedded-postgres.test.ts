import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../config/command-line.ts';
import { silentLog } from '../../config/log.ts';
import { openDb } from '../../control/db/connect.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../control/db/embedded-postgres.ts';
import { findPostgresProgram } from '../../control/db/postgres-program.ts';
import { bunPath, runToEnd, startProcess } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

// Setting up a database cluster takes seconds where other work keeps the disk busy.
setDefaultTimeout(60_000);

/** A dead process that nobody has collected has no program any more. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}

/** Runs statements on a cluster and closes the connection, whatever happens. */
async function query(server: EmbeddedPostgres, text: string): Promise<readonly Record<string, unknown>[]> {
  const db = openDb(server.address, silentLog, 1);
  try {
    return await db.unsafe(text);
  } finally {
    await db.end({ timeout: 1 });
  }
}

/** A process of its own that starts the cluster and prints the server's process id: something to kill. */
async function startElsewhere(folder: string) {
  const source = join(import.meta.dir, '../../control/db/embedded-postgres.ts');
  const log = join(import.meta.dir, '../../config/log.ts');
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(source)});
    const { silentLog } = await import(${JSON.stringify(log)});
    const server = await startEmbeddedPostgres(${JSON.stringify(folder)}, silentLog);
    process.stdout.write('server ' + server.pid + '\\n');
    setInterval(() => {}, 1000);`;
  const control = await startProcess([bunPath, '-e', script]);
  const [, pid] = await control.printed(/server (\d+)/, 20_000);
  return { control, serverPid: Number(pid) };
}

describe.skipIf(!needs('embedded-postgres'))('the embedded PostgreSQL', () => {
  test('keeps its data over a clean stop, and leaves no process', async () => {
    await using folder = await makeTempFolder('embedded');
    const first = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    const pid = first.pid as number;
    await query(first, "create table kept (word text); insert into kept values ('still here')");
    await first[Symbol.asyncDispose]();
    expect(isRunning(pid)).toBe(false);
    await using second = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    expect(await query(second, 'select word from kept')).toEqual([{ word: 'still here' }]);
  });

  test('listens on no TCP port, and only its owner can reach the socket', async () => {
    await using folder = await makeTempFolder('embedded');
    await using server = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    expect(await query(server, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
    expect((await stat(folder.file('pg', 'run'))).mode & 0o777).toBe(0o700);
    const rules = await readFile(folder.file('pg', 'data', 'pg_hba.conf'), 'utf8');
    expect(rules.split('\n').filter(line => line.startsWith('host'))).toSatisfy(lines =>
      lines.every((line: string) => line.endsWith('reject')),
    );
  });

  test('a second control on the same folder is refused while the first one runs', async () => {
    await using folder = await makeTempFolder('embedded');
    await using server = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    await expect(startEmbeddedPostgres(folder.file('pg'), silentLog)).rejects.toThrow(
      /another control runs on/,
    );
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a server that a killed control left running is replaced, with its data', async () => {
    await using folder = await makeTempFolder('embedded');
    const { control, serverPid } = await startElsewhere(folder.file('pg'));
    control.kill('SIGKILL');
    await control.exited();
    expect(isRunning(serverPid)).toBe(true);
    await using server = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    expect(isRunning(serverPid)).toBe(false);
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('after control and server were both killed it starts again, for all that postmaster.pid says', async () => {
    await using folder = await makeTempFolder('embedded');
    const { control, serverPid } = await startElsewhere(folder.file('pg'));
    control.kill('SIGKILL');
    process.kill(serverPid, 'SIGKILL');
    await control.exited();
    await waitFor('the server to be gone', () => !isRunning(serverPid));
    expect(existsSync(folder.file('pg', 'data', 'postmaster.pid'))).toBe(true);
    await using server = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a server that dies by itself is started again', async () => {
    await using folder = await makeTempFolder('embedded');
    await using server = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    const first = server.pid as number;
    process.kill(first, 'SIGQUIT');
    await waitFor('another server', () => server.pid !== first && server.pid !== undefined);
    const rows = await waitFor('an answer', () => query(server, 'select 1 as one'));
    expect(rows).toEqual([{ one: 1 }]);
  });

  test('a start that was killed half-way leaves nothing that hinders the next', async () => {
    await using folder = await makeTempFolder('embedded');
    await mkdir(folder.file('pg', 'data.new', 'base'), { recursive: true });
    await writeFile(folder.file('pg', 'data.new', 'PG_VERSION'), '18\n');
    await using server = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(folder.file('pg'))).not.toContain('data.new');
  });

  test('a folder whose path is too long for a socket works, with the socket elsewhere', async () => {
    await using folder = await makeTempFolder('embedded');
    const deep = folder.file('a-long-name-'.repeat(10), 'pg');
    const server = await startEmbeddedPostgres(deep, silentLog);
    const socketFolder = server.address.kind === 'socket' ? server.address.folder : '';
    expect(socketFolder.startsWith(deep)).toBe(false);
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server[Symbol.asyncDispose]();
    expect(existsSync(socketFolder)).toBe(false);
  });

  test('data of another major version is refused, untouched, with the ways out', async () => {
    await using folder = await makeTempFolder('embedded');
    await mkdir(folder.file('pg', 'data'), { recursive: true });
    await writeFile(folder.file('pg', 'data', 'PG_VERSION'), '15\n');
    await expect(startEmbeddedPostgres(folder.file('pg'), silentLog)).rejects.toThrow(
      /was written by PostgreSQL 15, this program brings 18: move its content with pg_dump, or set database.url/,
    );
    expect(await readFile(folder.file('pg', 'data', 'PG_VERSION'), 'utf8')).toBe('15\n');
  });

  test('a cluster that cannot start says why', async () => {
    await using folder = await makeTempFolder('embedded');
    const first = await startEmbeddedPostgres(folder.file('pg'), silentLog);
    await first[Symbol.asyncDispose]();
    await writeFile(folder.file('pg', 'data', 'postgresql.conf'), 'no_such_setting = 1\n');
    const failure = await startEmbeddedPostgres(folder.file('pg'), silentLog).catch(error => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toMatch(/did not start.*no_such_setting/);
  });

  describe.skipIf(!needs('root'))('started by root', () => {
    test('works below a folder that only root may enter', async () => {
      await using folder = await makeTempFolder('embedded');
      await mkdir(folder.file('private'), { mode: 0o700 });
      await chmod(folder.file('private'), 0o700);
      await using server = await startEmbeddedPostgres(folder.file('private', 'pg'), silentLog);
      expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
      const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
      expect(status).toMatch(/^Uid:\t[1-9]/m);
      // CAP_DAC_READ_SEARCH alone: walk and read, not write.
      expect(status).toMatch(/^CapEff:\t0{15}4$/m);
    });

    test('takes a copy of the programs where its account cannot reach the package, once', async () => {
      await using folder = await makeTempFolder('embedded');
      const search = {
        linkFolder: folder.file('lib'),
        copyFolder: folder.file('copies'),
        isReachable: async () => false,
      };
      const program = await findPostgresProgram(search);
      const nobody = { uid: 65_534, gid: 65_534, cwd: '/', env: { LD_LIBRARY_PATH: program.libraryPath } };
      expect((await runToEnd([program.postgres, '--version'], nobody)).stdout).toStartWith(
        'postgres (PostgreSQL) 18',
      );
      expect((await runToEnd([program.initdb, '--version'], nobody)).stdout).toStartWith(
        'initdb (PostgreSQL) 18',
      );
      const madeAt = (await stat(program.postgres)).ctimeMs;
      expect(await findPostgresProgram(search)).toEqual(program);
      expect((await stat(program.postgres)).ctimeMs).toBe(madeAt);
      expect(await readdir(folder.file('copies'))).toHaveLength(1);
    });

    test('runs without any capability where its account can reach the folders', async () => {
      await using folder = await makeTempFolder('embedded');
      await using server = await startEmbeddedPostgres(folder.file('pg'), silentLog);
      const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
      expect(status).toMatch(/^Uid:\t[1-9]/m);
      expect(status).toMatch(/^CapEff:\t0{16}$/m);
    });

    test('works for an ordinary user as well', async () => {
      await using folder = await makeTempFolder('embedded');
      const nobody = 65_534;
      await mkdir(folder.file('own'));
      await runToEnd(['chown', `${nobody}:${nobody}`, folder.file('own')]);
      const source = join(import.meta.dir, '../../control/db');
      const script = `
        const { startEmbeddedPostgres } = await import(${JSON.stringify(join(source, 'embedded-postgres.ts'))});
        const { openDb } = await import(${JSON.stringify(join(source, 'connect.ts'))});
        const { silentLog } = await import(${JSON.stringify(join(source, '../../config/log.ts'))});
        await using server = await startEmbeddedPostgres(${JSON.stringify(folder.file('own', 'pg'))}, silentLog);
        const db = openDb(server.address, silentLog);
        process.stdout.write('user ' + (await db\`select current_user as name\`)[0].name + '\\n');
        await db.end();`;
      const options = { uid: nobody, gid: nobody, cwd: '/', env: { HOME: '/nonexistent' } };
      const result = await runToEnd([bunPath, '-e', script], options);
      expect(result.stdout).toBe('user sluice\n');
      expect(result.exitCode).toBe(0);
    });
  });
});
