/** What an image forbids its desktops, and links with less than full access: from the API to a gateway's grant. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { accessKinds, parsePolicy } from '../../config/policy.ts';
import { parsePolicySources } from '../../config/policy-sources.ts';
import { obedient, SessionStage } from '../harness/session-stage.ts';
import { serverStartTimeMs } from '../harness/test-control.ts';
import { pushedMs } from '../harness/wait-for.ts';

let stage: SessionStage;

beforeAll(async () => {
  stage = await SessionStage.start('embedded');
}, serverStartTimeMs);
afterAll(() => stage[Symbol.asyncDispose](), serverStartTimeMs);

const noPaste = { clipboard: { client_to_server: { enabled: false } } };

async function openSession() {
  await stage.agent({}, obedient);
  const gateway = await stage.link('gateway');
  const user = await stage.control.addUser();
  const imageId = await stage.control.addImage();
  const sessionId = await stage.launchRunning(user, imageId);
  return { gateway, user, imageId, sessionId };
}

function updateImage(imageId: string, data_loss_prevention: unknown) {
  const target_image = { image_id: imageId, data_loss_prevention };
  return stage.control.call('/api/public/update_image', { target_image }, stage.control.admin);
}

test("an image's document reaches running streams at once, named as the source of what it says", async () => {
  const { gateway, imageId, sessionId } = await openSession();
  const { status, body } = await updateImage(imageId, noPaste);
  expect(status).toBe(200);
  expect(body).toMatchObject({ image: { data_loss_prevention: noPaste } });
  const changed = await gateway.frame('policyChanged', one => one.sessionId === sessionId, pushedMs);
  expect(parsePolicy(JSON.parse(changed.policyJson ?? ''))).toMatchObject({
    data_loss_prevention: noPaste,
    settings: { allow_kasm_clipboard_up: true },
  });
  expect(parsePolicySources(changed.policySourcesJson)).toMatchObject({
    'data_loss_prevention.clipboard.client_to_server.enabled': { from: 'image' },
    'settings.allow_kasm_clipboard_up': { from: 'group' },
  });
});

test("an agent is told what of a session's policy only KasmVNC can do, and who its user is", async () => {
  await stage.clear();
  const worker = await stage.agent({}, obedient);
  const user = await stage.control.addUser();
  const launch = async (changes: Parameters<typeof stage.control.addImage>[0]): Promise<unknown> => {
    const imageId = await stage.control.addImage(changes);
    const sessionId = await stage.launchRunning(user, imageId);
    const order = await worker.frame('startDesktop', one => one.sessionId === sessionId);
    return order.kasmvncSectionJson === '' ? '' : JSON.parse(order.kasmvncSectionJson ?? '');
  };
  const watermark = { text: { template: '${USER} %H:%M' } };
  const data_loss_prevention = { ...noPaste, watermark };
  expect(await launch({ protocol: 'kasmvnc', data_loss_prevention })).toEqual({
    watermark: { text: { template: `${user.username} %H:%M` }, tint: '255,255,255,255' },
  });
  expect(await launch({ protocol: 'kasmvnc', data_loss_prevention: noPaste })).toBe('');
  expect(await launch({ protocol: 'rfb', data_loss_prevention })).toBe('');
});

test('an agent is told nothing for images that administrators keep from being told', async () => {
  await stage.clear();
  const worker = await stage.agent({}, obedient);
  const user = await stage.control.addUser();
  const data_loss_prevention = { watermark: { text: { template: 'a' } } };
  const imageId = await stage.control.addImage({ protocol: 'kasmvnc', data_loss_prevention });
  const told = async (): Promise<boolean> => {
    const sessionId = await stage.launchRunning(user, imageId);
    const order = await worker.frame('startDesktop', one => one.sessionId === sessionId);
    return order.kasmvncSectionJson !== '';
  };
  const update = (tell_kasmvnc: unknown) => {
    const target_image = { image_id: imageId, tell_kasmvnc };
    return stage.control.call('/api/public/update_image', { target_image }, stage.control.admin);
  };
  expect(await told()).toBeTrue();
  expect(await update(false)).toMatchObject({ status: 200, body: { image: { tell_kasmvnc: false } } });
  expect(await told()).toBeFalse();
  expect(await update(true)).toMatchObject({ status: 200, body: { image: { tell_kasmvnc: true } } });
  expect(await told()).toBeTrue();
  expect((await update('no')).status).toBe(400);
});

test('an image that says nothing is the source of nothing', async () => {
  const { gateway, user, sessionId } = await openSession();
  const { body } = await stage.control.call('/api/public/get_kasm_status', { kasm_id: sessionId }, user);
  const { grant } = await stage.authorise(gateway, sessionId, body.session_token);
  const sources = Object.values(parsePolicySources(grant?.policySourcesJson));
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.filter(source => source.from === 'image')).toEqual([]);
});

test('a document that no gateway could enforce is refused with its problem, and the old one stays', async () => {
  const { imageId } = await openSession();
  await updateImage(imageId, JSON.stringify(noPaste));
  const { status, body } = await updateImage(imageId, { keyboard: { rate_limit: 'x' } });
  expect(status).toBe(400);
  expect(body.error_message).toContain('data_loss_prevention');
  expect(body.error_message).toContain('rate_limit');
  expect((await updateImage(imageId, 'no json')).status).toBe(400);
  expect((await stage.control.context.images.find(imageId))?.dataLossPrevention).toEqual(noPaste);
});

test('a link carries the access it was asked for, and no other', async () => {
  const { gateway, user, sessionId } = await openSession();
  for (const access of accessKinds) {
    const asked = { kasm_id: sessionId, access };
    const { body } = await stage.control.call('/api/public/get_stream_token', asked, user);
    expect(body.kasm_url).toEndWith(body.session_token);
    const { grant } = await stage.authorise(gateway, sessionId, body.session_token);
    expect(grant?.access).toBe(access);
    expect(parsePolicy(JSON.parse(grant?.policyJson ?? '')).access).toBe(access);
    const bent = body.session_token.replace(/^[a-z_]+/, access === 'full' ? 'input_only' : 'full');
    expect((await stage.authorise(gateway, sessionId, bent)).refusal).toBe('bad_token');
  }
});

test("nobody gets a link to another user's session", async () => {
  const { sessionId } = await openSession();
  const stranger = await stage.control.addUser();
  const asked = { kasm_id: sessionId, access: 'view_only' };
  expect((await stage.control.call('/api/public/get_stream_token', asked, stranger)).status).toBe(404);
});
