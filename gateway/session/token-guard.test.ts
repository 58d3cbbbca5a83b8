import { expect, test } from 'bun:test';
import { gatewaySchema } from '../../config/gateway.ts';
import type { SessionId } from '../../config/ids.ts';
import { silentLog } from '../../config/log.ts';
import { AdmissionRecord } from '../admission/admission-record.ts';
import { RateLimits } from '../admission/rate-limits.ts';
import { StaticDirectory } from './static-directory.ts';
import { TokenGuard } from './token-guard.ts';

const id = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';

function stage() {
  const config = gatewaySchema.parse({
    sessions: [{ id, token, protocol: 'rfb', upstream: 'tcp://10.0.0.1:5901' }],
    rate_limits: { address: { wrong_tokens: { per_second: 1, burst: 2 } } },
  });
  let nowMs = 0;
  const rates = new RateLimits({
    rates: config.rate_limits,
    isUnlimited: address => address === '10.9.9.9',
    workers: 1,
    record: new AdmissionRecord(silentLog, () => nowMs),
    now: () => nowMs,
  });
  const guard = new TokenGuard(new StaticDirectory(config.sessions ?? [], new Map()), rates);
  const show = async (shown: string, address: string, session = id): Promise<string> => {
    const request = { sessionId: session as SessionId, token: shown, channel: 'vnc', address } as const;
    const answer = await guard.authorise(request);
    return 'refusal' in answer ? answer.refusal : 'granted';
  };
  return {
    show,
    guard,
    wait: (ms: number): void => {
      nowMs += ms;
    },
  };
}

async function guess(
  show: (token: string, address: string) => Promise<string>,
  address: string,
  times: number,
) {
  const answers: string[] = [];
  for (let count = 0; count < times; count++)
    answers.push(await show(`wrong-token-number-${count}`, address));
  return answers;
}

test('an address that shows too many wrong tokens is not listened to for a while, and others are', async () => {
  const { show, wait } = stage();
  expect(await guess(show, '192.0.2.1', 6)).toEqual([
    ...Array.from({ length: 4 }, () => 'bad_token'),
    ...Array.from({ length: 2 }, () => 'too_many_tokens'),
  ]);
  expect(await show(token, '192.0.2.1')).toBe('too_many_tokens');
  expect(await show(token, '192.0.2.2')).toBe('granted');
  wait(1_000);
  expect(await show(token, '192.0.2.1')).toBe('granted');
});

test('an address that is not listened to is told for how many seconds', async () => {
  const { show, guard } = stage();
  await guess(show, '192.0.2.1', 4);
  const asked = { sessionId: id as SessionId, token, channel: 'pages', address: '192.0.2.1' } as const;
  expect(await guard.authorise(asked)).toEqual({ refusal: 'too_many_tokens', retryAfterS: 1 });
  await show('wrong', '192.0.2.2');
  expect(await guard.authorise({ ...asked, address: '192.0.2.2', token: 'no' })).toEqual({
    refusal: 'bad_token',
  });
});

test('right tokens never count, and guesses at sessions do', async () => {
  const { show } = stage();
  for (let count = 0; count < 20; count++) expect(await show(token, '192.0.2.1')).toBe('granted');
  for (let count = 0; count < 5; count++) {
    await show(token, '192.0.2.1', `22222222-2222-4222-8222-22222222222${count}`);
  }
  expect(await show(token, '192.0.2.1')).toBe('too_many_tokens');
});

test('addresses of one IPv6 network count together, and those without limits not at all', async () => {
  const { show } = stage();
  await guess(show, '2001:db8::1', 4);
  expect(await show(token, '2001:db8::2')).toBe('too_many_tokens');
  expect(await guess(show, '10.9.9.9', 8)).not.toContain('too_many_tokens');
});
