import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { findAccount } from '../../config/privileges.ts';
import { mainFile, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { bunPath, runToEnd, startProcess } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { handshakeRfb } from '../harness/rfb-viewer.ts';
import { openStream } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const secrets = {
  token: 'planted-session-token-of-some-length',
  upstream_authorization: `Basic ${Buffer.from('kasm_user:planted-upstream-secret').toString('base64')}`,
  upstream_password: 'planted-vnc-password',
};

let folder: TempFolder;
let desktop: KasmvncServer;

beforeAll(async () => {
  folder = await makeTempFolder('privileges');
  // Another account has to walk through it.
  await chmod(folder.path, 0o755);
  desktop = await KasmvncServer.start({ credentials: 'kasm_user:planted-upstream-secret' });
});

afterAll(async () => {
  for (const each of [desktop, folder]) await each?.[Symbol.asyncDispose]();
});

const configOf = (further: object): Record<string, unknown> => ({
  listen: { host: '127.0.0.1', port: 0 },
  metrics: { host: '127.0.0.1', port: 0 },
  log: { level: 'debug' },
  sessions: [
    {
      id: sessionId,
      protocol: 'kasmvnc',
      upstream: `ws://127.0.0.1:${desktop.port}/websockify`,
      ...secrets,
    },
  ],
  ...further,
});

async function writeConfig(name: string, further: object): Promise<string> {
  const file = folder.file(`${name}.yaml`);
  await writeFile(file, stringify(configOf(further)));
  return file;
}

/** The user id of every thread, real and effective. */
function userIdsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map(thread => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    return (/^Uid:\t(\d+)\t(\d+)\t(\d+)\t(\d+)$/m.exec(status) ?? []).slice(1).join(' ');
  });
}

describe.skipIf(!needs('root'))('a gateway that root starts', () => {
  test('says so when nobody allowed it, and names the keys that decide', async () => {
    await using gateway = await startGatewayProcess(configOf({}));
    const line = gateway.logLines().find(one => String(one.message).startsWith('running as root'));
    expect(line).toMatchObject({ level: 'warn' });
    expect(String(line?.hint)).toContain('run_as');
    expect(String(line?.hint)).toContain('allow_root: true');
  });

  test('does not start where allow_root is false', async () => {
    const file = await writeConfig('refused', { allow_root: false, data_dir: folder.file('a') });
    const { exitCode, stderr } = await runToEnd([bunPath, mainFile, '--config', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('allow_root is false, and this process is root');
    expect(stderr).toContain('run_as');
  });

  test('goes on as run_as once it is bound, with every thread and for good, and writes its data folder', async () => {
    const nobody = await findAccount('nobody');
    await using gateway = await startGatewayProcess({ ...configOf({}), run_as: 'nobody' });
    const all = Array.from({ length: 4 }, () => String(nobody.uid)).join(' ');
    expect(new Set(userIdsOf(gateway.process.pid))).toEqual(new Set([all]));
    const status = await readFile(`/proc/${gateway.process.pid}/status`, 'utf8');
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^Groups:\t(65534 )?$/m);
    await chmod(gateway.folder, 0o755);
    await using stream = await openStream({ port: gateway.port, sessionId, token: secrets.token });
    expect(await handshakeRfb(stream)).toMatchObject({ name: 'kasm' });
    const trail = await stat(`${gateway.folder}/data/audit.ndjson`);
    expect(trail.uid).toBe(nobody.uid);
    expect(await readFile(`${gateway.folder}/data/audit.ndjson`, 'utf8')).toContain('stream_opened');
  });

  test('does not start for an account that is not there', async () => {
    const file = await writeConfig('nobody', { run_as: 'no-such-account', data_dir: folder.file('b') });
    const { exitCode, stderr } = await runToEnd([bunPath, mainFile, '--config', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there is no account no-such-account');
  });

  test('writes nothing but its data folder: all else may be read-only', async () => {
    const data = folder.file('writable');
    await mkdir(data);
    const file = await writeConfig('read-only', { data_dir: data });
    // A mount namespace of its own: everything is mounted read-only there, the data folder alone is not.
    const script = [
      'set -e',
      'mount --make-rprivate /',
      `mount --bind "$DATA" "$DATA"`,
      `awk '{print $5}' /proc/self/mountinfo | sort -r | while read -r point; do`,
      '  case "$point" in "$DATA"|/proc|/proc/*|/dev|/dev/*|/sys|/sys/*) continue;; esac',
      '  mount -o remount,bind,ro "$point" 2>/dev/null || true',
      'done',
      'if touch "$OUTSIDE" 2>/dev/null; then echo "outside can be written"; exit 9; fi',
      'exec "$@"',
    ].join('\n');
    await using child = await startProcess(
      ['unshare', '--mount', 'sh', '-c', script, 'sh', bunPath, mainFile, '--config', file],
      { env: { DATA: data, OUTSIDE: folder.file('outside') } },
    );
    const [, port = ''] = await child.printed(/"gateway listens"[^\n]*"port":(\d+)/);
    await using stream = await openStream({ port: Number(port), sessionId, token: secrets.token });
    expect(await handshakeRfb(stream)).toMatchObject({ name: 'kasm' });
    expect(readdirSync(data)).toContain('audit.ndjson');
  });
});

test('secrets are in no argument, no log line, no metric and no answer', async () => {
  await using gateway = await startGatewayProcess(configOf({}));
  const { port, process: child } = gateway;
  await using stream = await openStream({ port, sessionId, token: secrets.token });
  await handshakeRfb(stream);
  const { token } = secrets;
  const path = `/desktop/${sessionId}/vnc/websockify?token=${token}`;
  const answers: string[] = [];
  for (const target of [path, `/desktop/${sessionId}/policy?token=${token}`, `/nothing?token=${token}`]) {
    const answer = await fetch(`https://127.0.0.1:${port}${target}`, { tls: { rejectUnauthorized: false } });
    answers.push(await answer.text());
  }
  const metricsAddress = `http://127.0.0.1:${gateway.metricsPort}`;
  for (const page of ['/metrics', '/healthz'])
    answers.push(await (await fetch(metricsAddress + page)).text());
  const argv = await readFile(`/proc/${child.pid}/cmdline`, 'utf8');
  const trail = await readFile(`${gateway.folder}/data/audit.ndjson`, 'utf8');
  const seen = [argv, child.stdout, child.stderr, trail, ...answers].join('\n');
  expect(seen).toContain('stream opened');
  for (const secret of [
    token,
    'planted-upstream-secret',
    secrets.upstream_authorization.slice(6),
    secrets.upstream_password,
  ])
    expect(seen).not.toContain(secret);
});
