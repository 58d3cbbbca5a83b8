/** A gateway starts itself anew with the engine's options, before it does anything else. */
import { expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { engineOptions, heapHeadroomVariable } from '../../config/engine-options.ts';
import { startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer, rawUpdate } from '../harness/kasmvnc-server.ts';
import { openStream } from '../harness/stream-client.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';

/** @returns how often the engine collected because of what was allocated, while 96 MiB of pictures passed. */
async function collectionsWhile96MiBPass(env: Readonly<Record<string, string>>): Promise<number> {
  await using server = await KasmvncServer.start({ width: 1024, height: 512 });
  const upstream = `ws://127.0.0.1:${server.port}/`;
  await using gateway = await startGatewayProcess(
    { log: { level: 'info' }, sessions: [{ id: sessionId, token, protocol: 'rfb', upstream }] },
    { env: { ...env, BUN_JSC_logGC: '1' } },
  );
  let received = 0;
  const onPayload = (payload: Uint8Array): void => {
    received += payload.length;
  };
  await using stream = await openStream({ port: gateway.port, sessionId, token, onPayload });
  stream.send(Buffer.from('RFB 003.008\n\u0001\u0001'));
  const desktop = await server.desktop(0);
  await waitFor('ServerInit', () => received >= 12 + 2 + 4 + 24);
  const updates = 48;
  for (let count = 0; count < updates; count++) desktop.send(rawUpdate(1024, 512, count));
  await waitFor('the pictures', () => received >= updates * 1024 * 512 * 4, 30_000);
  return gateway.process.stderr.split('Requesting GC because').length - 1;
}

test('collects less often than the bytes that pass would make it', async () => {
  const withLittleRoom = await collectionsWhile96MiBPass({ [heapHeadroomVariable]: String(4 * 1024 * 1024) });
  expect(withLittleRoom).toBeGreaterThanOrEqual(5);
  expect(await collectionsWhile96MiBPass({})).toBeLessThanOrEqual(1);
}, 60_000);

test('keeps the options that its operator set, and sets the others', async () => {
  await using gateway = await startGatewayProcess(
    { sessions: [{ id: sessionId, token, protocol: 'rfb', upstream: 'tcp://127.0.0.1:1' }] },
    { env: { [heapHeadroomVariable]: '50000000' } },
  );
  const environment = await readFile(`/proc/${gateway.process.pid}/environ`, 'utf8');
  const expected = { ...engineOptions, [heapHeadroomVariable]: '50000000' };
  for (const [name, value] of Object.entries(expected)) {
    expect(environment.split('\0').filter(one => one.startsWith(`${name}=`))).toEqual([`${name}=${value}`]);
  }
});
