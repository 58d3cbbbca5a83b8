import { afterEach, describe, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { gatewaySchema } from '../../config/gateway.ts';
import { createLog, type Log } from '../../config/log.ts';
import { Door } from '../../gateway/admission/door.ts';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { findFreePort } from '../harness/ports.ts';
import { startProcess } from '../harness/processes.ts';
import { startTestRedis } from '../harness/redis.ts';
import { findProgram, needs } from '../harness/requirements.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const address = '203.0.113.9';
const started: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

function keep<T extends AsyncDisposable>(each: T): T {
  started.push(each);
  return each;
}

/** The front door of one gateway, with what it logged. */
async function openDoor(redis: object, workers = 1): Promise<{ door: Door; lines: string[] }> {
  const lines: string[] = [];
  const log: Log = createLog({
    program: 'gateway',
    level: 'info',
    now: () => 0,
    write: line => lines.push(line),
  });
  const config = gatewaySchema.parse({
    sessions: [],
    limits: { unlimited_addresses: [] },
    rate_limits: { address: { requests: { per_second: 0.01, burst: 9 } }, redis },
  });
  return { door: keep(await Door.open(config, log, { workers })), lines };
}

const ask = (door: Door, from = address): boolean => door.rates.request(from, 'GET', '/') === undefined;

function count(door: Door, tries: number): number {
  let passed = 0;
  for (let index = 0; index < tries; index++) if (ask(door)) passed += 1;
  return passed;
}

const isShared = (door: Door): boolean =>
  door.metrics.some(metric => /^sluice_rates_shared 1$/m.test(metric.render()));

describe.skipIf(!needs('redis'))('gateways with one Redis', () => {
  test('share a rate: what one let through the other has no room for', async () => {
    const redis = keep(await startTestRedis());
    const [first, second] = [
      await openDoor({ url: redis.url.reveal() }),
      await openDoor({ url: redis.url.reveal() }),
    ];
    expect(count(first.door, 4)).toBe(4);
    expect(ask(second.door)).toBeTrue();
    // Told in the background: soon the second knows of all five, and five are left for both.
    let passed = 5;
    await waitFor('the rate to be used up', () => {
      if (!ask(second.door)) return true;
      passed += 1;
      return false;
    });
    expect(passed).toBeWithin(9, 12);
    await waitFor('the first to hear of it', () => !ask(first.door));
    expect(ask(first.door, '203.0.113.10')).toBeTrue();
  });

  test('share what they know of wrong tokens', async () => {
    const redis = keep(await startTestRedis());
    const [first, second] = [
      await openDoor({ url: redis.url.reveal() }),
      await openDoor({ url: redis.url.reveal() }),
    ];
    expect(second.door.rates.tokenWaitMs(address)).toBe(0);
    for (let count = 0; count < 150; count++) first.door.rates.wrongToken(address);
    await waitFor('the second to hear of it', () => second.door.rates.tokenWaitMs(address) > 0);
    expect(second.door.rates.tokenWaitMs('203.0.113.10')).toBe(0);
  });

  test('go on by themselves when it goes, say so once, and share again when it is back', async () => {
    const redis = keep(await startTestRedis());
    const { door, lines } = await openDoor({ url: redis.url.reveal() });
    await waitFor('rates to be shared', () => isShared(door));
    await redis.crash();
    await waitFor('the loss to be noticed', () => !isShared(door));
    expect(count(door, 30)).toBe(10);
    await redis.restart();
    await waitFor('rates to be shared again', () => isShared(door));
    const messages = lines.map(line => (JSON.parse(line) as { message: string }).message);
    expect(messages.filter(message => message !== 'admission refused')).toEqual([
      'rates are shared with the other gateways',
      'rates are counted by this gateway alone: redis does not answer',
      'rates are shared with the other gateways',
    ]);
  });

  test('have workers that keep the rate together: the whole one each with it, a share each when it goes', async () => {
    const redis = keep(await startTestRedis());
    const { door } = await openDoor({ url: redis.url.reveal() }, 5);
    await waitFor('rates to be shared', () => isShared(door));
    expect(count(door, 30)).toBe(10);
    await redis.crash();
    await waitFor('the loss to be noticed', () => !isShared(door));
    const from = '203.0.113.20';
    expect([ask(door, from), ask(door, from), ask(door, from)]).toEqual([true, true, false]);
    await redis.restart();
    await waitFor('rates to be shared again', () => isShared(door));
    expect(ask(door, from)).toBeTrue();
  });

  test('start without it, and never wait for it', async () => {
    const { door, lines } = await openDoor({ url: `redis://127.0.0.1:${await findFreePort()}` });
    expect(count(door, 30)).toBe(10);
    await waitFor('the loss to be logged', () => lines.some(line => line.includes('redis does not answer')));
    expect(isShared(door)).toBeFalse();
  });

  test('reach it over TLS, with a password from a file', async () => {
    const folder = keep(await makeTempFolder('redis-tls'));
    const pair = createSelfSigned(['localhost', '127.0.0.1'], Date.now());
    await writeFile(folder.file('redis.pem'), pair.certificate);
    await writeFile(folder.file('redis.key'), pair.privateKey);
    await writeFile(folder.file('password'), 'a p@ss/word: with % signs\n');
    await writeFile(folder.file('redis.conf'), 'requirepass "a p@ss/word: with % signs"\n');
    const port = await findFreePort();
    const options = ['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--save', ''];
    const files = ['--tls-cert-file', folder.file('redis.pem'), '--tls-key-file', folder.file('redis.key')];
    const program = findProgram('redis-server') ?? 'redis-server';
    const command = [program, folder.file('redis.conf'), ...options, ...files, '--tls-auth-clients', 'no'];
    const server = keep(await startProcess(command, { cwd: '/' }));
    await server.printed('Ready to accept connections');
    const url = `rediss://localhost:${port}/2`;
    const trusted = { url, password_file: folder.file('password'), ca: folder.file('redis.pem') };
    const { door } = await openDoor(trusted);
    await waitFor('rates to be shared', () => isShared(door));
    const stranger = await openDoor({ url, password_file: folder.file('password') });
    await waitFor('the unknown certificate to be refused', () => stranger.lines.length > 0);
    expect(isShared(stranger.door)).toBeFalse();
    expect(stranger.lines.join()).not.toContain('p@ss');
    const other = await openDoor({ url, ca: folder.file('redis.pem') });
    await waitFor('the missing password to be refused', () => other.lines.length > 0);
    count(other.door, 1);
    await waitFor('it to be told', () => other.lines.some(line => line.includes('redis does not answer')));
  });
});
