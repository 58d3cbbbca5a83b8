import { expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import type { ToParent } from './message.ts';
import { Outbox } from './outbox.ts';

const drop = { type: 'keyboard', direction: 'up', verdict: 'drop', reason: 'disabled' } as const;

test('what happens in a short time goes out together, spends of a session as one', async () => {
  const posted: ToParent[] = [];
  const outbox = new Outbox(message => posted.push(message));
  for (let at = 0; at < 100; at++) outbox.spent('a', 'up', 10);
  outbox.spent('a', 'keys', 1);
  outbox.event('a', drop);
  expect(posted).toEqual([]);
  await waitFor('both messages', () => posted.length === 2);
  expect(posted).toEqual([
    {
      kind: 'spent',
      spent: [
        { sessionId: 'a', kind: 'up', amount: 1_000, ageMs: 0 },
        { sessionId: 'a', kind: 'keys', amount: 1, ageMs: 0 },
      ],
    },
    { kind: 'events', events: [{ sessionId: 'a', event: drop }], lost: 0 },
  ]);
});

test('events over the limit are lost and counted', () => {
  const posted: ToParent[] = [];
  const outbox = new Outbox(message => posted.push(message));
  for (let at = 0; at < limits.workerEventsQueuedMax + 3; at++) outbox.event('a', drop);
  outbox.flush();
  const [message] = posted;
  expect(message?.kind === 'events' ? [message.events.length, message.lost] : []).toEqual([
    limits.workerEventsQueuedMax,
    3,
  ]);
});

test('events that go out with another message make none of their own; what was spent is told before it', () => {
  const posted: ToParent[] = [];
  const outbox = new Outbox(message => posted.push(message));
  outbox.event('a', drop);
  expect(outbox.flushInto()).toEqual({ events: [{ sessionId: 'a', event: drop }], lost: 0 });
  expect(outbox.flushInto()).toEqual({ events: [], lost: 0 });
  outbox.spent('a', 'up', 7);
  outbox.event('a', drop);
  expect(outbox.flushInto().events.length).toBe(1);
  outbox.flush();
  expect(posted).toEqual([{ kind: 'spent', spent: [{ sessionId: 'a', kind: 'up', amount: 7, ageMs: 0 }] }]);
});
