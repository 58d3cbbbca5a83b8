import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { UserId } from '../../config/ids.ts';
import { generatePassword } from '../first-start.ts';
import {
  kasmDate,
  normaliseUsername,
  passwordProblem,
  type User,
  usernameProblem,
  userView,
} from './user.ts';

describe('the password rule', () => {
  test.each([['Abcdef1!'], ['Ünïcödé-9X'], ['correct Horse battery 9 staple!'], ['A1!aaaaa'.repeat(128)]])(
    '%p will do',
    password => {
      expect(passwordProblem(password)).toBeUndefined();
    },
  );

  test.each([
    [
      '',
      'the password needs at least 8 characters, an upper-case letter, a lower-case letter, a digit, a special character',
    ],
    ['Abcde1!', 'the password needs at least 8 characters'],
    ['abcdef1!', 'the password needs an upper-case letter'],
    ['ABCDEF1!', 'the password needs a lower-case letter'],
    ['Abcdefg!', 'the password needs a digit'],
    ['Abcdefg1', 'the password needs a special character'],
    ['Abcdef 1', 'the password needs a special character'],
  ])('%p is refused with everything it lacks', (password, problem) => {
    expect(passwordProblem(password)).toBe(problem);
  });

  test('one over the limit is refused without being looked at', () => {
    expect(passwordProblem(`Aa1!${'x'.repeat(1021)}`)).toBe(
      'a password of 1025 characters is over the limit of 1024',
    );
  });

  test('generated passwords keep the rule and differ', () => {
    const passwords = Array.from({ length: 200 }, generatePassword);
    expect(passwords.filter(password => passwordProblem(password) !== undefined)).toEqual([]);
    expect(new Set(passwords).size).toBe(200);
  });
});

describe('usernames', () => {
  test('are the same in either case and without blanks around', () => {
    expect(normaliseUsername('  Ada@Example.COM ')).toBe('ada@example.com');
  });

  test.each(['ada', 'ada@example.com', 'ada.l+test_1-2', 'Ångström'])('%p will do', name => {
    expect(usernameProblem(normaliseUsername(name))).toBeUndefined();
  });

  test.each(['a b', 'a/b', '<script>', 'a\0b', 'a\nb', 'a:b', "a'b"])('%p is refused', name => {
    expect(usernameProblem(name)).toBe('a username holds letters, digits and . _ @ + - only');
  });

  test('the empty one and the too long one are refused', () => {
    expect(usernameProblem('')).toBe('a username must not be empty');
    expect(usernameProblem('a'.repeat(256))).toBe('a username of 256 characters is over the limit of 255');
    expect(usernameProblem('a'.repeat(255))).toBeUndefined();
  });

  test('a name that passes stays the same when normalised again', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const name = normaliseUsername(text);
        return normaliseUsername(name) === name || usernameProblem(name) !== undefined;
      }),
    );
  });
});

test('dates are written as Kasm writes them, in UTC', () => {
  expect(kasmDate(new Date('2026-11-21T23:04:05.678Z'))).toBe('2026-11-21 23:04:05.678000');
  expect(kasmDate(null)).toBeNull();
});

test('the API sees no password hash', () => {
  const user: User = {
    userId: '11111111-1111-4111-8111-111111111111' as UserId,
    username: 'ada',
    firstName: 'Ada',
    lastName: '',
    email: '',
    phone: '',
    organization: '',
    notes: '',
    locked: false,
    disabled: false,
    passwordSetAt: new Date(0),
    lastSessionAt: null,
    createdAt: new Date(0),
    groups: [],
  };
  const view = userView(user, []);
  expect(view).toMatchObject({ user_id: user.userId, username: 'ada', realm: 'local', last_session: null });
  expect(Object.keys(view).filter(key => /password/.test(key))).toEqual(['password_set_date']);
});
