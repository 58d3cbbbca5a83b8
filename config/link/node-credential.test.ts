import { afterEach, describe, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../log.ts';
import { NodeCredential } from './node-credential.ts';
import { writeNodeIdentity } from './node-identity.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function stage(parts: { credential?: string; enrolment?: string }) {
  const dataDir = await mkdtemp(join(tmpdir(), 'node-credential-'));
  folders.push(dataDir);
  const enrolmentTokenFile = join(dataDir, 'enrolment');
  if (parts.enrolment !== undefined) await writeFile(enrolmentTokenFile, `${parts.enrolment}\n`);
  if (parts.credential !== undefined) {
    await writeNodeIdentity(dataDir, { node_id: 'n', credential: parts.credential });
  }
  return { dataDir, open: () => NodeCredential.open({ dataDir, enrolmentTokenFile, log: silentLog }) };
}

const own = 'credential-of-the-node';

describe('a node', () => {
  test('shows the enrolment token until control gives it a credential, then that one, also after a restart', async () => {
    const { dataDir, open } = await stage({ enrolment: 'enrolment-token' });
    const credential = await open();
    expect(credential.token()).toBe('enrolment-token');
    credential.welcomed({ nodeId: 'n', credential: own });
    expect(credential.token()).toBe(own);
    const file = join(dataDir, 'node.json');
    while (!(await Bun.file(file).exists())) await new Promise(resolve => setImmediate(resolve));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ node_id: 'n', credential: own });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await open()).token()).toBe(own);
  });

  test('keeps its credential in no file that a link leads to, and takes none from there', async () => {
    const { dataDir, open } = await stage({ enrolment: 'enrolment-token', credential: own });
    const foreign = join(dataDir, 'foreign');
    const lured = await stage({ enrolment: 'enrolment-token' });
    await writeFile(foreign, 'foreign');
    await symlink(join(dataDir, 'node.json'), join(lured.dataDir, 'node.json'));
    expect((await lured.open()).token()).toBe('enrolment-token');
    await symlink(foreign, join(dataDir, 'node.json.new'));
    await writeNodeIdentity(dataDir, { node_id: 'n', credential: `another-${own}` });
    expect(await readFile(foreign, 'utf8')).toBe('foreign');
    expect((await open()).token()).toBe(`another-${own}`);
  });

  test('whose credential is refused enrols anew, and tries its credential again if that is refused too', async () => {
    const { open } = await stage({ enrolment: 'enrolment-token', credential: own });
    const credential = await open();
    expect(credential.token()).toBe(own);
    credential.refused();
    expect(credential.token()).toBe('enrolment-token');
    credential.refused();
    expect(credential.token()).toBe(own);
  });

  test('with a credential needs no enrolment token, and keeps showing what it has', async () => {
    const { open } = await stage({ credential: own });
    const credential = await open();
    credential.refused();
    expect(credential.token()).toBe(own);
  });

  test('without both does not start, and says which file is missing', async () => {
    const { open } = await stage({});
    expect(open()).rejects.toThrow(/enrolment token file .*enrolment can't be read/);
  });

  test('with a damaged identity does not start, and says how to enrol anew', async () => {
    const { dataDir, open } = await stage({ enrolment: 'enrolment-token' });
    await writeFile(join(dataDir, 'node.json'), '{"node_id":1}');
    expect(open()).rejects.toThrow('delete it to enrol this node anew');
  });
});
