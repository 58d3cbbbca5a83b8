import { expect, test } from 'bun:test';
import type { PolicyEvent } from '../relay/stream-inspection.ts';
import { SessionEvents } from './session-events.ts';

const drop: PolicyEvent = { type: 'keyboard', direction: 'up', verdict: 'drop', reason: 'disabled' };

function listen(events: SessionEvents, sessionId: string, tokenId: string, userId = '') {
  const heard: unknown[] = [];
  const stop = events.subscribe(sessionId, {
    tokenId,
    userId,
    onEvent: event => heard.push(event),
    close: () => heard.push('closed'),
  });
  return { heard, stop };
}

test('an event reaches the listeners of its session until they leave', () => {
  const events = new SessionEvents();
  const mine = listen(events, 'office', 't1');
  const other = listen(events, 'lab', 't2');
  events.publish('office', drop);
  mine.stop();
  mine.stop();
  events.publish('office', drop);
  expect(mine.heard).toEqual([drop]);
  expect(other.heard).toEqual([]);
});

test('whoever loses the access to a session hears no more of it', () => {
  const events = new SessionEvents();
  const revoked = listen(events, 'office', 't1', 'alice');
  const kept = listen(events, 'office', 't2', 'bob');
  events.cut({ tokenId: 't1', cause: 'token_revoked', message: '' });
  expect(revoked.heard).toEqual(['closed']);
  expect(kept.heard).toEqual([]);
});

test('the first viewer of a session and the last one are told of; events from elsewhere reach them, and go no further', () => {
  const told: unknown[] = [];
  const events = new SessionEvents(
    sessionId => told.push(['event', sessionId]),
    (sessionId, listening) => told.push([sessionId, listening]),
  );
  const [one, two] = [listen(events, 'office', 't1'), listen(events, 'office', 't2')];
  expect(told).toEqual([['office', true]]);
  events.deliver('office', drop);
  expect([one.heard, two.heard]).toEqual([[drop], [drop]]);
  one.stop();
  one.stop();
  two.stop();
  expect(told).toEqual([
    ['office', true],
    ['office', false],
  ]);
});
