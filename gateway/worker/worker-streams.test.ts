import { expect, test } from 'bun:test';
import { WorkerStreams } from './worker-streams.ts';

const entry = (connectionId: string, sessionId = 'office') => ({
  connectionId,
  sessionId,
  userId: 'alice',
  channel: 'vnc',
  address: '192.0.2.1',
  openedAtMs: 1_000,
});

function watched() {
  const heard: string[] = [];
  const streams = new WorkerStreams<string>(({ sessionId, policyVersion }) =>
    heard.push(`policy ${sessionId} ${policyVersion}`),
  );
  streams.watch({
    added: stream => heard.push(`added ${stream.connectionId}`),
    removed: (stream, reason) =>
      heard.push(`removed ${stream.connectionId} ${reason} ${stream.bytes().toClient}`),
  });
  return { streams, heard };
}

test('streams come and go by what workers say', () => {
  const { streams, heard } = watched();
  streams.opened(entry('c1'), 'one');
  streams.opened(entry('c2'), 'two');
  const end = { kind: 'closed', connectionId: 'c1', toClient: 70, toUpstream: 7 } as const;
  streams.closed({ ...end, reason: 'client_closed' });
  streams.closed({ ...end, reason: 'client_closed' });
  expect(heard).toEqual(['added c1', 'added c2', 'removed c1 client_closed 70']);
  expect([...streams].map(stream => stream.connectionId)).toEqual(['c2']);
  expect([streams.countOf('one'), streams.countOf('two')]).toEqual([0, 1]);
});

test('a reason that nobody knows counts as a fault of ours', () => {
  const { streams, heard } = watched();
  streams.opened(entry('c1'), 'one');
  streams.closed({ kind: 'closed', connectionId: 'c1', reason: 'toString', toClient: 0, toUpstream: 0 });
  expect(heard.at(-1)).toBe('removed c1 internal_error 0');
});

test('a worker that is gone ends its streams, each with a summary', () => {
  const { streams, heard } = watched();
  for (const id of ['c1', 'c2']) streams.opened(entry(id), 'one');
  streams.opened(entry('c3'), 'two');
  const summaries = streams.lost('one', 9_000);
  expect(summaries.map(({ connectionId, reason, closedAtMs }) => [connectionId, reason, closedAtMs])).toEqual(
    [
      ['c1', 'worker_lost', 9_000],
      ['c2', 'worker_lost', 9_000],
    ],
  );
  expect(heard.slice(3)).toEqual(['removed c1 worker_lost 0', 'removed c2 worker_lost 0']);
  expect(streams.size).toBe(1);
});

test('a policy goes to the workers, whichever have streams of the session', () => {
  const { streams, heard } = watched();
  streams.opened(entry('c1'), 'one');
  const policy = {} as Parameters<typeof streams.setPolicy>[0]['policy'];
  expect(streams.setPolicy({ sessionId: 'office', policy, policyVersion: 2 })).toBe(1);
  expect(streams.setPolicy({ sessionId: 'other', policy, policyVersion: 1 })).toBe(0);
  expect(heard.slice(1)).toEqual(['policy office 2', 'policy other 1']);
});
