import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CertificateAuthority } from '../../test/harness/certificate-authority.ts';
import { needs } from '../../test/harness/requirements.ts';
import { createRecheck } from './client-recheck.ts';
import { readValues } from './der-reader.ts';
import { createSelfSigned } from './self-signed.ts';

const read = (file: string): Promise<string> => readFile(file, 'utf8');

describe.skipIf(!needs('tls-tools'))('certificates of open connections', () => {
  let ours: CertificateAuthority;
  let theirs: CertificateAuthority;
  let authorities: string;
  let anna: Uint8Array;
  let bob: Uint8Array;
  /** With nobody of ours on it, with bob, and with both. */
  let lists: string[];

  beforeAll(async () => {
    ours = await CertificateAuthority.create();
    theirs = await CertificateAuthority.create();
    const pairs = [await ours.issue('anna'), await ours.issue('bob'), await ours.issue('carol')];
    const [annaPair, bobPair, carolPair] = pairs as [(typeof pairs)[0], (typeof pairs)[0], (typeof pairs)[0]];
    const der = async (file: string) => new X509Certificate(await read(file)).raw;
    [anna, bob] = [await der(annaPair.certificate), await der(bobPair.certificate)];
    lists = [];
    for (const pair of [carolPair, bobPair, annaPair]) lists.push(await read(await ours.revoke(pair)));
    authorities = await read(ours.certificateFile);
  });

  afterAll(async () => {
    await ours[Symbol.asyncDispose]();
    await theirs[Symbol.asyncDispose]();
  });

  const clients = (list?: string, text = authorities) => ({ authorities: text, revocationList: list });

  test('who is on the new list is believed no more, the others are', () => {
    const recheck = createRecheck(clients(lists[0]), clients(lists[1]));
    expect([recheck?.(bob), recheck?.(anna)]).toEqual(['revoked', undefined]);
    const later = createRecheck(clients(lists[1]), clients(lists[2]));
    expect([later?.(bob), later?.(anna)]).toEqual(['revoked', 'revoked']);
    const fewer = createRecheck(clients(lists[2]), clients());
    expect(fewer?.(anna)).toBeUndefined();
  });

  test('of several lists each holds for its own authority', async () => {
    const stranger = await theirs.revoke(await theirs.issue('anna'));
    const recheck = createRecheck(clients(), clients(`${await read(stranger)}${lists[1]}`));
    expect([recheck?.(bob), recheck?.(anna)]).toEqual(['revoked', undefined]);
  });

  test('who belongs to an authority that is gone is believed no more', async () => {
    const other = await read(theirs.certificateFile);
    expect(createRecheck(clients(), clients(undefined, other))?.(anna)).toBe('untrusted');
    expect(createRecheck(clients(), clients(undefined, other + authorities))?.(anna)).toBeUndefined();
    const own = new X509Certificate(createSelfSigned(['anna'], Date.now()).certificate).raw;
    expect(createRecheck(clients(), clients(undefined, other))?.(own)).toBe('untrusted');
  });

  test('nothing is asked where nothing changed, or no certificate is asked for any more', () => {
    expect(createRecheck(clients(lists[0]), clients(lists[0]))).toBeUndefined();
    expect(createRecheck(clients(), undefined)).toBeUndefined();
  });

  test('what is no certificate is not believed', () => {
    expect(createRecheck(clients(), clients(lists[0]))?.(Buffer.from('nonsense'))).toBe('untrusted');
  });
});

test('a value that goes beyond the end is told, wherever it is cut', () => {
  const whole = Buffer.from([0x30, 0x82, 0x00, 0x03, 0x02, 0x01, 0x05]);
  expect(readValues(whole)).toEqual([{ tag: 0x30, content: whole.subarray(4) }]);
  for (let end = 1; end < whole.length; end++)
    expect(() => readValues(whole.subarray(0, end)), String(end)).toThrow(RangeError);
  expect(() => readValues(Buffer.from([0x30, 0x80]))).toThrow(RangeError);
  expect(() => readValues(Buffer.from([0x30, 0x85, 1, 1, 1, 1, 1]))).toThrow(RangeError);
});
