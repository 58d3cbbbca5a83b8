import { expect, test } from 'bun:test';
import type { SessionId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import { parsePolicy } from '../../config/policy.ts';
import type { StreamGrant } from './grant.ts';
import { GrantCache } from './grant-cache.ts';

const grant: StreamGrant = {
  sessionId: '11111111-1111-4111-8111-111111111111' as SessionId,
  userId: 'alice',
  username: 'alice',
  protocol: 'rfb',
  upstream: 'tcp://10.0.0.1:5901',
  upstreamAuthorization: undefined,
  upstreamPassword: undefined,
  tlsVerify: true,
  tlsCa: undefined,
  policy: parsePolicy({ access: 'view_only' }),
  policyVersion: 3,
  policySources: {},
  expiresAtMs: undefined,
  access: 'view_only',
  tokenId: 'token-1',
};

function kept(tokenExpiresAtMs = 0) {
  const clock = { nowMs: 1_000_000, silentMs: 0 };
  const cache = new GrantCache({ now: () => clock.nowMs, controlSilentMs: () => clock.silentMs });
  cache.put('key', grant, tokenExpiresAtMs);
  return { cache, clock };
}

test('a grant is good for as long as control is heard, and a short while beyond', () => {
  const { cache, clock } = kept();
  clock.nowMs += 10 * 3_600_000;
  expect(cache.find('key')).toEqual({ grant });
  clock.silentMs = limits.grantCacheMs;
  expect(cache.find('key')).toEqual({ grant });
  clock.silentMs = limits.grantCacheMs + 1;
  expect(cache.find('key')).toEqual({ refusal: 'control_unreachable' });
});

test('no token opens a stream beyond its time', () => {
  const { cache, clock } = kept(2_000_000);
  clock.nowMs = 1_999_999;
  expect(cache.find('key')).toEqual({ grant });
  clock.nowMs = 2_000_000;
  expect(cache.find('key')).toEqual({ refusal: 'expired_token' });
});

test('a cut takes the grants it covers, and no others', () => {
  const { cache } = kept();
  cache.put('other', { ...grant, tokenId: 'token-2' }, 0);
  cache.cut({ tokenId: 'token-1', cause: 'token_revoked', message: '' });
  expect(cache.find('key')).toEqual({ refusal: 'control_unreachable' });
  expect(cache.find('other')).toMatchObject({ grant: { tokenId: 'token-2' } });
  cache.forgetSession(grant.sessionId);
  expect(cache.size).toBe(0);
});

test('the policy pushed last holds, narrowed to the access of the grant; an older one changes nothing', () => {
  const { cache } = kept();
  const policy = parsePolicy({ access: 'full', settings: { allow_kasm_clipboard_up: true } });
  const { sessionId } = grant;
  cache.renew({ sessionId, policy: parsePolicy({ access: 'full' }), policyVersion: 2 }, {});
  expect(cache.find('key')).toEqual({ grant });
  cache.renew({ sessionId, policy, policyVersion: 4 }, {});
  expect(cache.find('key')).toMatchObject({
    grant: { policyVersion: 4, policy: { ...policy, access: 'view_only' } },
  });
});

test('of more grants than are kept the oldest go', () => {
  const { cache } = kept();
  for (let count = 0; count < 10_000; count += 1) cache.put(`key-${count}`, grant, 0);
  expect(cache.size).toBe(10_000);
  expect(cache.find('key')).toEqual({ refusal: 'control_unreachable' });
  expect(cache.find('key-0')).toEqual({ grant });
});
