import { expect, test } from 'bun:test';
import { parsePolicy } from '../../config/policy.ts';
import { type LiveStream, StreamRegistry } from './registry.ts';

class FakeStream implements LiveStream {
  readonly channel = 'vnc';
  readonly address = '192.0.2.1';
  readonly openedAtMs = 0;
  policyVersion = 1;
  readonly happened: string[] = [];
  readonly connectionId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly tokenId: string;

  constructor(connectionId: string, sessionId: string, userId: string, tokenId: string) {
    this.connectionId = connectionId;
    this.sessionId = sessionId;
    this.userId = userId;
    this.tokenId = tokenId;
  }

  cut(reason: string, message: string): void {
    this.happened.push(`${reason}: ${message}`);
  }

  setPolicy(): void {
    this.happened.push('policy');
  }

  bytes() {
    return { toClient: 0, toUpstream: 0 };
  }
}

function fill() {
  const registry = new StreamRegistry();
  const first = new FakeStream('c1', 'office', 'alice', 't1');
  const second = new FakeStream('c2', 'office', 'bob', 't2');
  const third = new FakeStream('c3', 'lab', 'alice', 't3');
  for (const stream of [first, second, third]) registry.add(stream);
  return { registry, first, second, third };
}

test('a cut reaches the streams of the session, the user or the token it names', () => {
  const { registry, first, second, third } = fill();
  expect(registry.cut({ sessionId: 'office', cause: 'session_ended', message: 'bye' })).toBe(2);
  expect(
    registry.cut({ sessionId: '', userId: 'alice', tokenId: '', cause: 'user_locked', message: '' }),
  ).toBe(2);
  expect(registry.cut({ tokenId: 't3', cause: 'token_revoked', message: '' })).toBe(1);
  expect(registry.cut({ sessionId: 'lab', userId: 'bob', cause: 'user_locked', message: '' })).toBe(0);
  expect(first.happened).toEqual(['session_ended: bye', 'user_locked: ']);
  expect(second.happened).toEqual(['session_ended: bye']);
  expect(third.happened).toEqual(['user_locked: ', 'token_revoked: ']);
});

test('a cut that names nothing cuts nothing', () => {
  const { registry } = fill();
  expect(registry.cut({ sessionId: '', userId: '', tokenId: '', cause: 'session_ended', message: '' })).toBe(
    0,
  );
});

test('a policy goes to the streams of its session only', () => {
  const { registry, first, third } = fill();
  const policy = parsePolicy({ access: 'full' });
  expect(registry.setPolicy({ sessionId: 'lab', policy, policyVersion: 2 })).toBe(1);
  expect(first.happened).toEqual([]);
  expect(third.happened).toEqual(['policy']);
});

test('a policy older than the one in force is ignored; the same one again is taken', () => {
  const { registry, third } = fill();
  const policy = parsePolicy({ access: 'full' });
  const push = (policyVersion: number) => registry.setPolicy({ sessionId: 'lab', policy, policyVersion });
  expect([push(4), push(3), push(4), push(5), push(4)]).toEqual([1, 0, 1, 1, 0]);
  expect(third.happened).toHaveLength(3);
});

test('draining ends every stream and waits for the last, but not for ever', async () => {
  const { registry, first, second, third } = fill();
  const drained = registry.drain(60_000);
  for (const { connectionId, happened } of [first, second, third]) {
    expect(happened).toEqual(['going_away: ']);
    registry.remove(connectionId, 'going_away');
  }
  await drained;
  expect(registry.size).toBe(0);
  registry.add(first);
  await registry.drain(1);
  expect(registry.size).toBe(1);
});

test('the watcher hears of each stream once as it comes and once as it goes', () => {
  const { registry, first } = fill();
  const heard: string[] = [];
  registry.watch({
    added: stream => heard.push(`+${stream.connectionId}`),
    removed: (stream, reason) => heard.push(`-${stream.connectionId} ${reason}`),
  });
  registry.add(new FakeStream('c4', 'lab', '', ''));
  registry.remove(first.connectionId, 'client_closed');
  registry.remove(first.connectionId, 'client_closed');
  expect(heard).toEqual(['+c4', '-c1 client_closed']);
});
