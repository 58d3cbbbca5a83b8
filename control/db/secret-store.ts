/** Keys that all control instances on one database share: made at the first need, then always the same. */
import type { ControlSecrets } from '../context.ts';
import type { Db } from './connect.ts';

const keyBytes = 32;

export async function readSecrets(db: Db): Promise<ControlSecrets> {
  return {
    streamTokenKey: await readKey(db, 'stream_token_key'),
    nodeCredentialKey: await readKey(db, 'node_credential_key'),
    loginDeviceKey: await readKey(db, 'login_device_key'),
  };
}

/** Racing instances agree: the first insert wins, everybody reads it. */
async function readKey(db: Db, name: string): Promise<Uint8Array> {
  const fresh = Buffer.from(crypto.getRandomValues(new Uint8Array(keyBytes)));
  await db`insert into secret (name, value) values (${name}, ${fresh}) on conflict do nothing`;
  const rows = await db<{ value: Buffer }[]>`select value from secret where name = ${name}`;
  const value = rows[0]?.value;
  if (value === undefined) throw new Error(`the key ${name} is not in the database`);
  return new Uint8Array(value);
}
