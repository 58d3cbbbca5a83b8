import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer, rawUpdate } from '../harness/kasmvnc-server.ts';
import { enrolmentToken, LinkControl } from '../harness/link-control.ts';
import { runToEnd } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { openStream } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';
const connections = 300;
const updateSide = 32;

interface Attack {
  /** As `slowhttptest` ended it. */
  readonly available: boolean;
  /** Why it ended: of its connections some are open until its time is over, or none. */
  readonly end: string;
}

describe.skipIf(!needs('slowhttptest'))('while an attacker is slow', () => {
  let folder: TempFolder;
  let desktop: KasmvncServer;
  let control: LinkControl;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    folder = await makeTempFolder('slow-clients');
    await writeFile(folder.file('token'), enrolmentToken);
    desktop = await KasmvncServer.start({ width: updateSide, height: updateSide });
    control = LinkControl.start();
    control.large = new Uint8Array(4 * 1024 * 1024);
    control.answers.set(token, {
      grant: {
        sessionId,
        userId: 'u',
        username: 'u',
        protocol: 'kasmvnc',
        upstream: `ws://127.0.0.1:${desktop.port}/websockify`,
        upstreamTlsVerify: true,
        policyJson: JSON.stringify({ access: 'full', data_loss_prevention: {}, settings: {} }),
        policyVersion: 1,
        access: 'full',
        tokenId: 't',
      },
    });
    gateway = await startGatewayProcess({
      log: { level: 'info' },
      control: { url: control.url, enrolment_token_file: folder.file('token') },
      http: { limits: { head_time_s: 2, request_time_s: 3 } },
    });
    await waitFor('the link', () => control.connected);
  });

  afterAll(async () => {
    for (const each of [gateway, control, desktop, folder]) await each?.[Symbol.asyncDispose]();
  });

  /** Bounded by its own option `-l`, in seconds. */
  async function attack(seconds: number, ...options: string[]): Promise<Attack> {
    const common = ['-c', String(connections), '-r', String(connections), '-l', String(seconds), '-p', '3'];
    const { stdout, stderr } = await runToEnd(['slowhttptest', ...options, ...common]);
    const text = stripVTControlCharacters(stdout + stderr);
    const end = /Exit status: +(.+)/.exec(text)?.[1]?.trim();
    if (end === undefined) throw new Error(`slowhttptest did not end: ${text.slice(-2000)}`);
    return { available: !/service available: +NO/.test(text), end };
  }

  /** Relays updates for as long as the attack takes, and asks for a page now and then. */
  async function streamDuring<Outcome>(work: Promise<Outcome>): Promise<Outcome> {
    const wanted = createHash('sha256');
    const got = createHash('sha256');
    let received = Buffer.alloc(0);
    let counted = 0;
    let counting = false;
    const index = desktop.desktops.length;
    await using stream = await openStream({
      port: gateway.port,
      sessionId,
      token,
      onPayload: payload => {
        if (!counting) received = Buffer.concat([received, payload]);
        else {
          got.update(payload);
          counted += payload.length;
        }
      },
    });
    stream.send(Buffer.from('RFB 003.008\n\u0001\u0001'));
    const screen = await desktop.desktop(index);
    await waitFor('ServerInit', () => received.includes('kasm'));
    counting = true;
    let isOver = false;
    const outcome = work.finally(() => {
      isOver = true;
    });
    let sent = 0;
    let pages = 0;
    for (let value = 0; !isOver || pages === 0; value++) {
      const update = rawUpdate(updateSide, updateSide, value & 255);
      wanted.update(update);
      sent += update.length;
      screen.send(update);
      await waitFor('the update', () => counted >= sent);
      if (value % 50 !== 0) continue;
      const page = await fetch(`https://127.0.0.1:${gateway.port}/`, { tls: { rejectUnauthorized: false } });
      expect(page.status).toBe(200);
      pages += 1;
    }
    expect(counted).toBe(sent);
    expect(got.digest('hex')).toBe(wanted.digest('hex'));
    expect(stream.closeFrame).toBeUndefined();
    return outcome;
  }

  const address = (path: string): string[] => ['-u', `https://127.0.0.1:${gateway.port}${path}`];

  test('with its heads, streams lose no byte, pages are served, and its connections end with their time', async () => {
    const outcome = await streamDuring(attack(10, '-H', '-i', '1', ...address('/')));
    expect(outcome).toEqual({ available: true, end: 'No open connections left' });
  }, 60_000);

  test('with its bodies, likewise', async () => {
    const outcome = await streamDuring(
      attack(12, '-B', '-i', '1', '-s', '8192', ...address('/api/public/login')),
    );
    expect(outcome).toEqual({ available: true, end: 'No open connections left' });
  }, 60_000);

  test('with its reading, streams lose no byte and pages are served', async () => {
    const options = ['-X', '-w', '512', '-y', '1024', '-n', '1', '-z', '32', '-k', '1'];
    const outcome = await streamDuring(attack(5, ...options, ...address('/large')));
    expect(outcome.available).toBe(true);
  }, 60_000);
});
