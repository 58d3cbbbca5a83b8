import { describe, expect, test } from 'bun:test';
import { loginProblemText, problemText, waitText } from './api-problem.ts';

describe('loginProblemText', () => {
  test('a wrong pair, a locked account and too many attempts are told apart', () => {
    const wrong = { kind: 'signed_out', message: 'wrong username or password' } as const;
    expect(loginProblemText(wrong)).toBe('The user name or the password is wrong.');
    const locked = { kind: 'refused', message: 'this account is locked, ask an administrator' } as const;
    expect(loginProblemText(locked)).toBe('This account is locked. Ask an administrator to unlock it.');
    const many = { kind: 'too_many', message: 'too many failed logins', retryAfterSeconds: 42 } as const;
    expect(loginProblemText(many)).toBe('Too many attempts. Try again in 42 seconds.');
  });

  test('a server that is away is not the user’s mistake', () => {
    expect(loginProblemText({ kind: 'unreachable', message: '' })).toContain('does not answer');
    expect(loginProblemText({ kind: 'unavailable', message: 'wrong gateway' })).toContain('unavailable');
  });
});

describe('problemText', () => {
  test('a refusal is the service’s own sentence: it names the limit', () => {
    const message = 'ada has 5 sessions, the limit max_kasms_per_user is 5';
    expect(problemText({ kind: 'refused', message })).toBe(
      'Ada has 5 sessions, the limit max_kasms_per_user is 5.',
    );
    expect(problemText({ kind: 'refused', message: 'This session has ended.' })).toBe(
      'This session has ended.',
    );
  });

  test('a failure names the request, so that its log line can be found', () => {
    expect(problemText({ kind: 'broken', message: 'x', requestId: 'r-1' })).toContain('(request r-1)');
  });
});

test('waits are in seconds while short, in minutes when long', () => {
  expect(waitText(1)).toBe('Try again in 1 second.');
  expect(waitText(89)).toBe('Try again in 89 seconds.');
  expect(waitText(91)).toBe('Try again in 2 minutes.');
  expect(waitText(undefined)).toBe('Wait a little and try again.');
});
