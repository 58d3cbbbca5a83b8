/** KasmVNC's dialect before a plain VNC desktop: a client written from the protocol, a real gateway, a real Xvnc. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncClient } from '../harness/kasmvnc-client.ts';
import { runToEnd, type StartedProcess, startProcess } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { handshakeRfb } from '../harness/rfb-viewer.ts';
import { openStream, requestStream, StreamClient } from '../harness/stream-client.ts';
import { copyOn, pastedOn } from '../harness/vnc-servers-desktop.ts';
import { waitFor } from '../harness/wait-for.ts';
import { startXvnc, type Xvnc } from '../harness/xvnc.ts';

const withDesktop = needs('desktop', 'vnc-servers');
const token = 'a-token-of-some-length';
const openId = '11111111-1111-4111-8111-111111111111';
const limitedId = '22222222-2222-4222-8222-222222222222';
const loginId = '33333333-3333-4333-8333-333333333333';
let xvnc: Xvnc;
let gateway: GatewayProcess;
let events: StartedProcess;

beforeAll(async () => {
  if (!withDesktop) return;
  xvnc = await startXvnc();
  const session = { token, protocol: 'rfb', access: 'full', upstream: `tcp://127.0.0.1:${xvnc.port}` };
  gateway = await startGatewayProcess({
    sessions: [
      { ...session, id: openId },
      { ...session, id: limitedId, settings: { clipboard_up_bytes_max: 5, clipboard_down_bytes_max: 5 } },
      { ...session, id: loginId, upstream_authorization: `Basic ${btoa('ann:secret')}` },
    ],
  });
  events = await startProcess(['xev', '-geometry', '400x300+100+100', '-event', 'mouse'], {
    env: { DISPLAY: xvnc.display },
  });
  await events.printed(/Outer window is/);
});

afterAll(async () => {
  for (const each of [events, gateway, xvnc]) await each?.[Symbol.asyncDispose]();
});

interface OpenedClient extends AsyncDisposable {
  readonly client: KasmvncClient;
  readonly stream: StreamClient;
}

/** Opens the desktop as KasmVNC's web client does and waits for the first picture. */
async function openDesktop(sessionId = openId, query = ''): Promise<OpenedClient> {
  const path = `/desktop/${sessionId}/vnc/websockify${query}`;
  const stream = await openStream({ port: gateway.port, sessionId, token, path });
  const { width, height } = await handshakeRfb(stream);
  const client = new KasmvncClient(stream, width, height);
  await waitFor('the first picture', () => {
    if (client.failure !== undefined) throw new Error(client.failure);
    return client.updates > 0;
  });
  return { client, stream, [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose]() };
}

async function pointerIsAt(x: number, y: number): Promise<void> {
  await waitFor(`the pointer at ${x}, ${y}`, async () => {
    const { stdout } = await runToEnd(['xdotool', 'getmouselocation'], { env: { DISPLAY: xvnc.display } });
    return stdout.startsWith(`x:${x} y:${y} `);
  });
}

const pressed = (button: number): number =>
  [...events.stdout.matchAll(/ButtonPress event.*\n.*\n.*button (\d+),/g)].filter(
    ([, seen]) => seen === String(button),
  ).length;

test.skipIf(!withDesktop)('the pointer moves, clicks and scrolls', async () => {
  await using opened = await openDesktop();
  const { client } = opened;
  client.point(210, 220);
  await pointerIsAt(210, 220);
  client.point(215, 221, 1);
  client.point(215, 221, 0);
  await waitFor('the click', () => pressed(1) === 1);
  client.point(215, 221, 0, 0, 100);
  await waitFor('two steps down', () => pressed(5) === 2);
  client.point(215, 221, 0, 0, -50);
  await waitFor('one step up', () => pressed(4) === 1);
  client.point(215, 221, 0, 50, 0);
  await waitFor('one step to the right', () => pressed(7) === 1);
  await pointerIsAt(215, 221);
});

test.skipIf(!withDesktop)('what only KasmVNC understands never reaches the desktop', async () => {
  await using opened = await openDesktop();
  const { client, stream } = opened;
  await waitFor('both relays to be refused', () => client.relays.length === 2);
  expect(client.relays[0]).toEqual({ ok: false, text: 'this desktop has no such relay' });
  client.chatter();
  client.point(300, 120);
  await pointerIsAt(300, 120);
  expect(stream.closed).toBe(false);
  expect(xvnc.log).not.toContain('unknown message');
});

test.skipIf(!withDesktop)('the clipboard goes both ways, in any script', async () => {
  await using opened = await openDesktop();
  const { client } = opened;
  {
    await using _owner = await copyOn(xvnc.display, 'Grüße – 漢字\nzweite Zeile');
    await client.copied('Grüße – 漢字\nzweite Zeile');
  }
  client.paste({ 'text/plain': 'из браузера, 5 €', 'text/html': '<b>5 €</b>' });
  await pastedOn(xvnc.display, 'из браузера, 5 €');
  client.paste({ 'text/plain': 'x'.repeat(200_000) });
  await pastedOn(xvnc.display, 'x'.repeat(200_000));
  expect(client.ids).toEqual([...client.ids].sort((one, other) => one - other));
});

test.skipIf(!withDesktop)('limits hold as they do for a standard client, and are told', async () => {
  await using opened = await openDesktop(limitedId, '?client=kasmvnc');
  const { client } = opened;
  client.paste({ 'text/plain': 'right' });
  await pastedOn(xvnc.display, 'right');
  client.paste({ 'text/plain': 'too long' });
  await waitFor('the gateway to tell', () =>
    gateway.logLines().some(line => line.sessionId === limitedId && line.limit === 5),
  );
  await pastedOn(xvnc.display, 'right');
  expect(client.failure).toBeUndefined();
});

test.skipIf(!withDesktop)('a dialect nobody speaks is refused before the upgrade', async () => {
  const path = `/desktop/${openId}/vnc/websockify?client=vnc`;
  const answer = await requestStream({ port: gateway.port, sessionId: openId, token, path });
  if (answer instanceof StreamClient) throw new Error('the gateway let us in');
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('neither rfb nor kasmvnc');
});

test.skipIf(!withDesktop)('a login does not hinder a desktop that asks for none', async () => {
  await using opened = await openDesktop(loginId);
  opened.client.point(17, 18);
  await pointerIsAt(17, 18);
});
