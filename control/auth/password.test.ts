import { expect, test } from 'bun:test';
import { hashPassword, PasswordChecker } from './password.ts';

test('a hash is argon2id with its parameters, never twice the same', async () => {
  const [one, other] = await Promise.all([hashPassword('Correct-Horse-9'), hashPassword('Correct-Horse-9')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(other);
});

test('only the right password of a user who exists is right', async () => {
  const checker = new PasswordChecker();
  const hash = await hashPassword('Correct-Horse-9');
  expect(await checker.check('Correct-Horse-9', hash)).toBe('right');
  expect(await checker.check('correct-horse-9', hash)).toBe('wrong');
  expect(await checker.check('Correct-Horse-9', undefined)).toBe('wrong');
});

test('many at once wait for their turn, a flood is turned away, and afterwards all is well', async () => {
  const checker = new PasswordChecker();
  const hash = await hashPassword('Correct-Horse-9');
  const answers = await Promise.all(Array.from({ length: 80 }, () => checker.check('Correct-Horse-9', hash)));
  expect(answers.filter(answer => answer === 'right')).toHaveLength(68);
  expect(answers.filter(answer => answer === 'busy')).toHaveLength(12);
  expect(await checker.check('Correct-Horse-9', hash)).toBe('right');
});
