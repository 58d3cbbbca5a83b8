import { expect, test } from 'bun:test';
import { inspect } from 'node:util';
import { type GatewayConfig, gatewaySchema } from '../../config/gateway.ts';
import type { SessionId } from '../../config/ids.ts';
import { StaticDirectory } from './static-directory.ts';

const id = '11111111-1111-4111-8111-111111111111' as SessionId;
const token = 'some-secret-of-16-or-more-characters';

function open(further: object = {}): StaticDirectory {
  const session = { id, token, protocol: 'kasmvnc', upstream: 'ws://127.0.0.1:6901/', ...further };
  const config: GatewayConfig = gatewaySchema.parse({ sessions: [session] });
  return new StaticDirectory(config.sessions ?? [], new Map([['ca.pem', 'PEM']]));
}

const ask = (directory: StaticDirectory, shown: string | undefined, sessionId = id) =>
  directory.authorise({ sessionId, token: shown, channel: 'vnc', address: '192.0.2.1' });

test('the right token gets the grant that the file describes', async () => {
  const directory = open({
    access: 'view_only',
    upstream_authorization: 'Basic dTpw',
    upstream_password: 'vnc-password',
    upstream_tls: { ca: 'ca.pem', verify: false },
    data_loss_prevention: { keyboard: { enabled: false } },
  });
  const answer = await ask(directory, token);
  if (!('grant' in answer)) throw new Error(answer.refusal);
  expect(answer.grant).toMatchObject({ sessionId: id, access: 'view_only', tlsVerify: false, tlsCa: 'PEM' });
  expect(answer.grant.policy).toMatchObject({
    access: 'view_only',
    data_loss_prevention: { keyboard: { enabled: false } },
  });
  expect(answer.grant.upstreamPassword?.reveal()).toBe('vnc-password');
  expect(inspect(answer, { depth: 9 }) + JSON.stringify(answer)).not.toMatch(/vnc-password|dTpw|16-or-more/);
});

test('another token, one that is too long or short, and none at all are refused apart', async () => {
  const directory = open();
  expect(await ask(directory, undefined)).toEqual({ refusal: 'missing_token' });
  for (const wrong of [`${token}x`, token.slice(1), token.toUpperCase(), '', 'x'.repeat(100_000)]) {
    expect(await ask(directory, wrong)).toEqual({ refusal: 'bad_token' });
  }
  const other = '22222222-2222-4222-8222-222222222222' as SessionId;
  expect(await ask(directory, token, other)).toEqual({ refusal: 'unknown_session' });
});

test('a file that is read again cuts and changes what it has to, and nothing else', async () => {
  const told: unknown[] = [];
  const read = (sessions: object[]) =>
    gatewaySchema.parse({
      sessions: sessions.map(session => ({
        token,
        protocol: 'rfb',
        upstream: 'tcp://127.0.0.1:5901',
        ...session,
      })),
    }).sessions ?? [];
  const [gone, another, narrowed, moved] = ['1', '2', '3', '4'].map(
    digit => id.replaceAll('1', digit) as SessionId,
  );
  const before = [{ id: gone }, { id: another }, { id: narrowed }, { id: moved }];
  const directory = new StaticDirectory(read(before), new Map(), {
    streams: {
      setPolicy: ({ sessionId, policy, policyVersion }) =>
        told.push([sessionId, policy.access, policyVersion]),
    },
    onCut: ({ sessionId, cause }) => told.push([sessionId, cause]),
  });
  const after = [
    { id: another, token: 'another-token-4711' },
    { id: narrowed, access: 'view_only' },
    { id: moved, upstream: 'tcp://127.0.0.1:5902' },
  ];
  directory.replace(read(after), new Map());
  expect(told).toEqual([
    [gone, 'session_ended'],
    [another, 'token_revoked'],
    [narrowed, 'view_only', 2],
  ]);
  expect(await ask(directory, token, gone)).toEqual({ refusal: 'unknown_session' });
  expect(await ask(directory, token, another)).toEqual({ refusal: 'bad_token' });
  expect(await ask(directory, token, narrowed)).toMatchObject({
    grant: { access: 'view_only', policyVersion: 2 },
  });
  expect(await ask(directory, token, moved)).toMatchObject({ grant: { upstream: 'tcp://127.0.0.1:5902' } });
  directory.replace(read(after), new Map());
  expect(told).toHaveLength(3);
});

test('a file has nothing to wait for: the answer is there at once', () => {
  expect(ask(open(), token)).toMatchObject({ grant: { sessionId: id } });
});
