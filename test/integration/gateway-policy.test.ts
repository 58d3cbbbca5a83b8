/** What a user is told of the policy that holds: at a gateway that runs alone, and behind control. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { enrolmentToken, LinkControl } from '../harness/link-control.ts';
import { clientCutText, handshakeRfb, keyEvent } from '../harness/rfb-viewer.ts';
import { openStream } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const watchedId = '22222222-2222-4222-8222-222222222222';
const token = 'only-for-the-gateway-4711';

let desktop: KasmvncServer;
let folder: TempFolder;
let control: LinkControl;
let alone: GatewayProcess;
let governed: GatewayProcess;

beforeAll(async () => {
  desktop = await KasmvncServer.start();
  folder = await makeTempFolder('policy');
  control = LinkControl.start();
  await writeFile(folder.file('token'), `${enrolmentToken}\n`);
  const session = { token, protocol: 'kasmvnc', upstream: `ws://127.0.0.1:${desktop.port}/websockify` };
  alone = await startGatewayProcess({
    sessions: [
      {
        ...session,
        id: sessionId,
        settings: { clipboard_up_bytes_max: 20, allow_keyboard: false },
        data_loss_prevention: {
          watermark: { text: { template: '${USER} %H:%M', angle: 20 }, tint: '1,2,3,40', repeat_spacing: 50 },
        },
      },
      { ...session, id: watchedId, access: 'view_only' },
    ],
  });
  governed = await startGatewayProcess({
    control: { url: control.url, enrolment_token_file: folder.file('token') },
  });
  await control.heard('gatewayState');
});

afterAll(async () => {
  for (const each of [alone, governed, control, desktop, folder]) await each?.[Symbol.asyncDispose]();
});

interface Explained {
  readonly access: string;
  readonly username: string;
  readonly policy_version: number;
  readonly rules: readonly { readonly key: string }[];
  readonly watermark: Record<string, unknown> | null;
  readonly decisions: readonly Record<string, unknown>[];
}

function ask(gateway: GatewayProcess, { id = sessionId, shown = token, method = 'GET' } = {}) {
  return fetch(`https://127.0.0.1:${gateway.port}/desktop/${id}/policy`, {
    method,
    headers: { Authorization: `Bearer ${shown}` },
    tls: { rejectUnauthorized: false },
  });
}

const explain = async (gateway: GatewayProcess, id = sessionId): Promise<Explained> =>
  (await (await ask(gateway, { id })).json()) as Explained;

const ruleOf = ({ rules }: Explained, key: string) => rules.find(rule => rule.key === key);

test('each value that holds is told, and whether the file or the default says it', async () => {
  const answer = await ask(alone);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const explained = (await answer.json()) as Explained;
  expect(explained).toMatchObject({ access: 'full', policy_version: 1, decisions: [] });
  expect(ruleOf(explained, 'settings.clipboard_up_bytes_max')).toMatchObject({ value: 20, from: 'file' });
  expect(ruleOf(explained, 'access')).toMatchObject({ value: 'full', from: 'default' });
  expect(ruleOf(explained, 'data_loss_prevention.keyboard.enabled')).toMatchObject({ from: 'default' });
  expect(explained.watermark).toMatchObject({
    text: '${USER} %H:%M',
    angle: 20,
    tint: { red: 1, green: 2, blue: 3, alpha: 40 },
    repeatSpacing: 50,
  });
  const watched = await explain(alone, watchedId);
  expect(watched).toMatchObject({ access: 'view_only', watermark: null });
  expect(ruleOf(watched, 'access')).toMatchObject({ value: 'view_only', from: 'file' });
});

test('what policy dropped is told with its numbers, never with its content', async () => {
  await using stream = await openStream({ port: alone.port, sessionId, token });
  await handshakeRfb(stream);
  stream.send(clientCutText('planted text, much too long for the limit'));
  stream.send(keyEvent(0x61, true));
  const { decisions } = await waitFor('the decisions', async () => {
    const explained = await explain(alone);
    return explained.decisions.length === 2 ? explained : undefined;
  });
  expect(decisions[0]).toMatchObject({
    type: 'keyboard',
    direction: 'up',
    verdict: 'drop',
    reason: 'disabled',
  });
  expect(decisions[1]).toMatchObject({ type: 'clipboard', reason: 'size', limit: 20, count: 1 });
  expect(Math.abs(Date.parse(String(decisions[1]?.time)) - Date.now())).toBeLessThan(60_000);
  expect(JSON.stringify(decisions)).not.toContain('planted');
});

test('it takes the token of the session, and is only read', async () => {
  expect((await ask(alone, { shown: 'somebody-elses-token' })).status).toBe(401);
  expect((await ask(alone, { id: crypto.randomUUID() })).status).toBe(404);
  expect((await ask(alone, { method: 'POST' })).status).toBe(405);
  const { status } = await fetch(`https://127.0.0.1:${alone.port}/desktop/${sessionId}/policy`, {
    tls: { rejectUnauthorized: false },
  });
  expect(status).toBe(401);
});

test('behind control the groups are named, also of a policy that was pushed while control is away', async () => {
  const policy = (up: boolean): string =>
    JSON.stringify({ access: 'full', settings: { allow_kasm_clipboard_up: up } });
  const sources = (name: string): string =>
    JSON.stringify({ 'settings.allow_kasm_clipboard_up': { from: 'group', name, priority: 7 } });
  const upstream = `ws://127.0.0.1:${desktop.port}/websockify`;
  const grant = {
    sessionId,
    username: 'alice',
    protocol: 'kasmvnc',
    upstream,
    policyJson: policy(true),
    policySourcesJson: sources('All Users'),
    policyVersion: 3,
    access: 'view_only',
  };
  control.answers.set(token, { grant });
  const before = await explain(governed);
  expect(before).toMatchObject({ username: 'alice', access: 'view_only', policy_version: 3 });
  const key = 'settings.allow_kasm_clipboard_up';
  expect(ruleOf(before, key)).toMatchObject({ value: true, from: 'group', name: 'All Users', priority: 7 });
  const push = (up: boolean, name: string, policyVersion: number): void =>
    control.push({
      policyChanged: { sessionId, policyJson: policy(up), policySourcesJson: sources(name), policyVersion },
    });
  push(false, 'Contractors', 5);
  push(true, 'Older', 4);
  await control.stop();
  const after = await waitFor('the pushed policy', async () => {
    const explained = await explain(governed);
    return explained.policy_version === 5 ? explained : undefined;
  });
  expect(ruleOf(after, key)).toMatchObject({ value: false, from: 'group', name: 'Contractors' });
  expect(ruleOf(after, 'access')).toMatchObject({ value: 'view_only', from: 'token' });
});
