import { describe, expect, test } from 'bun:test';
import { gatewaySchema } from '../../config/gateway.ts';
import type { SessionId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import { Secret } from '../../config/secret.ts';
import type { StreamGrant } from '../session/grant.ts';
import { decodeGrant, encodeGrant, type GrantText } from './grant-text.ts';
import { encodeMessage, MessageError, parseToParent, parseToWorker } from './message.ts';

describe('a message', () => {
  test('comes out as it went in', () => {
    const cut = { kind: 'cut', cut: { sessionId: 'a', cause: 'session_ended', message: 'gone' } } as const;
    expect(parseToWorker(encodeMessage(cut))).toEqual(cut);
    const listens = { kind: 'listens', sessionId: 'a', listening: true } as const;
    expect(parseToParent(encodeMessage(listens))).toEqual(listens);
  });

  test('that is no text, no JSON, of no known kind or for the other end is refused', () => {
    const wrong = [
      undefined,
      7,
      '',
      '{',
      '[]',
      'null',
      '{}',
      '{"kind":7}',
      '{"kind":"toString"}',
      '{"kind":"bye"}',
    ];
    for (const text of wrong) expect(() => parseToWorker(text)).toThrow(MessageError);
    expect(() => parseToParent('{"kind":"stop"}')).toThrow(MessageError);
  });

  test('over the limit is refused at both ends, without a word of what is in it', () => {
    const message = 'planted '.repeat(limits.workerMessageCharsMax / 8);
    expect(() => encodeMessage({ kind: 'failed', message, mendable: true })).toThrow(
      /^a message failed has \d+ characters, the limit is \d+$/,
    );
    expect(() => parseToParent(`"${message}"`)).toThrow(/^a message has \d+ characters, the limit is \d+$/);
  });
});

test('a configuration comes out as it went in: it is plain data, whatever keys it has', () => {
  const config = gatewaySchema.parse({
    listen: { workers: 'auto', drain_time_s: 0 },
    tls: {
      certificate: '/c.pem',
      private_key: '/k.pem',
      certificates: [{ certificate: '/d.pem', private_key: '/e.pem' }],
    },
    limits: { connections: 'unlimited', streams_per_user: 3 },
    rate_limits: {
      stream: { bytes: { per_second: 1e6, burst: 1e6 } },
      redis: { url: 'redis://127.0.0.1:6379' },
    },
    trusted_proxies: ['10.0.0.0/8'],
    metrics: {},
    control: { url: 'http://127.0.0.1:8080', enrolment_token_file: '/token' },
  });
  const message = parseToWorker(encodeMessage({ kind: 'reload', config }));
  expect(message.kind === 'reload' ? message.config : undefined).toEqual(config);
});

test('a grant keeps its secrets, and shows them to nobody on either side', () => {
  const grant: StreamGrant = {
    sessionId: '11111111-1111-4111-8111-111111111111' as SessionId,
    userId: 'u',
    username: 'alice',
    protocol: 'rfb',
    upstream: 'tcp://10.0.0.1:5901',
    upstreamAuthorization: undefined,
    upstreamPassword: new Secret('planted'),
    tlsVerify: true,
    tlsCa: undefined,
    policy: { access: 'full', data_loss_prevention: {}, settings: {} } as unknown as StreamGrant['policy'],
    policyVersion: 3,
    policySources: {},
    expiresAtMs: undefined,
    access: 'full',
    tokenId: 't',
  };
  const message = { kind: 'authorised', id: 1, answer: { grant: encodeGrant(grant) } } as const;
  const parsed = parseToWorker(encodeMessage(message)) as unknown as { answer: { grant: GrantText } };
  const decoded = decodeGrant(parsed.answer.grant);
  expect(decoded.upstreamPassword?.reveal()).toBe('planted');
  expect(JSON.stringify(decoded)).not.toContain('planted');
  // Compiled policies are found by the document: one for all streams of the same policy.
  expect(decodeGrant(JSON.parse(JSON.stringify(encodeGrant(grant)))).policy).toBe(decoded.policy);
  expect({ ...decoded, upstreamPassword: undefined }).toEqual({ ...grant, upstreamPassword: undefined });
});
