import { describe, expect, test } from 'bun:test';
import { afterEnd, afterRefusal, backOffFirstMs, backOffMaxMs, backOffMs } from './reconnect.ts';

const ended = (reason: string, retry: boolean) => ({
  code: 1011,
  message: '',
  event: { reason, message: 'what the gateway says', retry },
});

describe('afterEnd', () => {
  test('a connection that just went away is dialled again', () => {
    for (const code of [1000, 1001, 1005, 1006, 1011, 1012])
      expect(afterEnd({ code, message: '' })).toEqual({ next: 'dial' });
  });

  test('a session that ended and a locked user are not, and the page says why', () => {
    expect(afterEnd(ended('session_ended', false))).toMatchObject({ next: 'stop', title: 'Session ended' });
    expect(afterEnd(ended('user_locked', false))).toMatchObject({ next: 'stop', title: 'Access withdrawn' });
    expect(afterEnd(ended('grant_expired', false))).toMatchObject({ next: 'stop', title: 'Access expired' });
  });

  test('what the gateway calls worth retrying is dialled again, whatever its name', () => {
    expect(afterEnd(ended('upstream_gone', true))).toEqual({ next: 'dial' });
    expect(afterEnd(ended('a_later_reason', true))).toEqual({ next: 'dial' });
  });

  test('a final reason the page does not know shows the gateway’s sentence', () => {
    const after = afterEnd(ended('a_later_reason', false));
    expect(after).toEqual({ next: 'stop', title: 'Disconnected', text: 'What the gateway says.' });
  });

  test('a stream over a limit is dialled again later, and the page says which limit', () => {
    const message = 'there are too many streams of this session at once, the limit is 1';
    expect(afterEnd({ code: 1013, message })).toEqual({
      next: 'dial',
      text: 'There are too many streams of this session at once, the limit is 1.',
    });
    expect(afterEnd({ code: 1013, message: '' })).toEqual({ next: 'dial', text: 'The gateway is busy.' });
  });

  test('a policy close without the event stops too: the code says enough', () => {
    const after = afterEnd({ code: 1008, message: 'the user was locked' });
    expect(after).toEqual({ next: 'stop', title: 'Disconnected', text: 'The user was locked.' });
  });
});

describe('afterRefusal', () => {
  test('no access and no such session stop, with the service’s words where it has some', () => {
    expect(afterRefusal(403, '')).toMatchObject({ next: 'stop', title: 'No access' });
    expect(afterRefusal(401, 'the token has expired')).toMatchObject({ text: 'The token has expired.' });
    expect(afterRefusal(404, 'unknown session')).toMatchObject({
      title: 'No such session',
      text: 'Unknown session.',
    });
  });

  test('a service that is restarting is tried again', () => {
    for (const status of [500, 502]) expect(afterRefusal(status, 'later')).toEqual({ next: 'dial' });
  });

  test('a service that is busy is tried again when it says, and the page says why', () => {
    for (const status of [429, 503])
      expect(afterRefusal(status, 'there are too many streams', 7)).toEqual({
        next: 'dial',
        text: 'There are too many streams.',
        waitMs: 7_000,
      });
    expect(afterRefusal(503, '')).toEqual({ next: 'dial', text: 'The gateway is busy.', waitMs: 0 });
    expect(afterRefusal(503, '', 86_400)).toMatchObject({ waitMs: 60_000 });
  });
});

describe('backOffMs', () => {
  test('doubles up to the maximum', () => {
    const longest = [1, 2, 3, 4, 5, 6, 40].map(attempt => Math.round(backOffMs(attempt, 0.999_999)));
    expect(longest).toEqual([500, 1000, 2000, 4000, 8000, backOffMaxMs, backOffMaxMs]);
  });

  test('never drops below half, so a restarted gateway is not hammered', () => {
    expect(backOffMs(1, 0)).toBe(backOffFirstMs / 2);
    expect(backOffMs(99, 0)).toBe(backOffMaxMs / 2);
  });
});
