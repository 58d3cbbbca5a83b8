import { expect, test } from 'bun:test';
import type { ConnectionId, SessionId } from '../../config/ids.ts';
import type { Authorisation, AuthorisationRequest, StreamGrant } from '../session/grant.ts';
import { StreamSeats } from './stream-seats.ts';

const sessionId = '11111111-1111-4111-8111-111111111111' as SessionId;
const other = '22222222-2222-4222-8222-222222222222' as SessionId;

/** Grants everything to one user, at once or when it is told to. */
class Directory {
  readonly waiting: (() => void)[] = [];
  holds = false;

  async authorise({ sessionId: id }: AuthorisationRequest): Promise<Authorisation> {
    if (this.holds) await new Promise<void>(resolve => this.waiting.push(resolve));
    return { grant: { sessionId: id, userId: 'ada' } as StreamGrant };
  }
}

function stage(limits = { perSession: 1, perUser: 2 }) {
  const seats = new StreamSeats<string>(limits);
  const directory = new Directory();
  let count = 0;
  const ask = async (worker: string, id = sessionId): Promise<string> => {
    count += 1;
    const connectionId = `c${count}` as ConnectionId;
    const request: AuthorisationRequest = {
      sessionId: id,
      token: 't',
      channel: 'vnc',
      address: '',
      connectionId,
    };
    const answer = await seats.authorise(request, worker, directory);
    return 'refusal' in answer ? answer.refusal : connectionId;
  };
  return { seats, directory, ask };
}

test('a limit of one is one over all workers, and a place that was given back is free', async () => {
  const { seats, ask } = stage();
  expect(await ask('one')).toBe('c1');
  expect(await ask('two')).toBe('too_many_streams');
  seats.leave('c1');
  seats.leave('c1');
  expect(await ask('two')).toBe('c3');
  expect(await ask('one')).toBe('too_many_streams');
  expect(seats.size).toBe(1);
});

test('a user has their limit over sessions', async () => {
  const { ask } = stage({ perSession: 9, perUser: 2 });
  expect([await ask('one'), await ask('two', other), await ask('one', other)]).toEqual([
    'c1',
    'c2',
    'too_many_streams',
  ]);
});

test('of two that ask in the same moment one gets the last place', async () => {
  const { directory, ask } = stage();
  directory.holds = true;
  const answers = [ask('one'), ask('two')];
  for (const resolve of directory.waiting) resolve();
  expect((await Promise.all(answers)).toSorted()).toEqual(['c1', 'too_many_streams']);
});

test('what a worker had is free once it is gone, also what it was still waiting for', async () => {
  const { seats, directory, ask } = stage();
  await ask('one');
  directory.holds = true;
  const late = ask('one', other);
  seats.lost('one');
  expect(seats.size).toBe(0);
  for (const resolve of directory.waiting) resolve();
  expect(await late).toBe('busy');
  directory.holds = false;
  expect([await ask('two'), await ask('two', other)]).toEqual(['c3', 'c4']);
});

test('who gave up before the answer came holds nothing', async () => {
  const { seats, directory, ask } = stage();
  directory.holds = true;
  const late = ask('one');
  seats.leave('c1');
  for (const resolve of directory.waiting) resolve();
  expect([await late, seats.size]).toEqual(['busy', 0]);
});

test('a question that opens no stream, and one that is refused, hold nothing', async () => {
  const { seats, directory } = stage();
  const request: AuthorisationRequest = { sessionId, token: 't', channel: 'pages', address: '' };
  for (let count = 0; count < 3; count++)
    expect(await seats.authorise(request, 'one', directory)).toHaveProperty('grant');
  const refusing = { authorise: async (): Promise<Authorisation> => ({ refusal: 'bad_token' }) };
  const failing = { authorise: () => Promise.reject(new Error('planted')) };
  const asked = { ...request, connectionId: 'c9' as ConnectionId };
  expect(await seats.authorise(asked, 'one', refusing)).toEqual({ refusal: 'bad_token' });
  await expect(seats.authorise(asked, 'one', failing)).rejects.toThrow('planted');
  expect(seats.size).toBe(0);
});

test('another limit holds for what is open already', async () => {
  const { seats, ask } = stage({ perSession: Number.POSITIVE_INFINITY, perUser: Number.POSITIVE_INFINITY });
  for (let count = 0; count < 3; count++) await ask('one');
  seats.setLimits({ perSession: 3, perUser: 9 });
  expect([await ask('two'), await ask('two', other)]).toEqual(['too_many_streams', 'c5']);
});
