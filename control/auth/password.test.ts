import { expect, test } from 'bun:test';
import { type Asker, hashPassword, PasswordChecker } from './password.ts';

const ada: Asker = { isKnown: true, party: 'ada' };
const from = (network: string): Asker => ({ isKnown: false, party: network });

test('a hash is argon2id with its parameters, never twice the same', async () => {
  const [one, other] = await Promise.all([hashPassword('Correct-Horse-9'), hashPassword('Correct-Horse-9')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(other);
});

test('only the right password of a user who exists is right', async () => {
  const checker = new PasswordChecker();
  const hash = await hashPassword('Correct-Horse-9');
  expect(await checker.check('Correct-Horse-9', hash, ada)).toBe('right');
  expect(await checker.check('correct-horse-9', hash, ada)).toBe('wrong');
  expect(await checker.check('Correct-Horse-9', undefined, ada)).toBe('wrong');
});

test('many at once wait for their turn, a flood is turned away, and afterwards all is well', async () => {
  const checker = new PasswordChecker();
  const hash = await hashPassword('Correct-Horse-9');
  const answers = await Promise.all(
    Array.from({ length: 80 }, () => checker.check('Correct-Horse-9', hash, from('192.0.2.0/24'))),
  );
  expect(answers.filter(answer => answer === 'right')).toHaveLength(52);
  expect(answers.filter(answer => answer === 'busy')).toHaveLength(28);
  expect(await checker.check('Correct-Horse-9', hash, ada)).toBe('right');
});

test('strangers who keep every place busy keep nobody out who is known, nor strangers of other networks', async () => {
  const checker = new PasswordChecker();
  const hash = await hashPassword('Correct-Horse-9');
  const ended: string[] = [];
  const check = async (name: string, asker: Asker, known: string | undefined): Promise<void> => {
    ended.push(`${name} ${await checker.check('Correct-Horse-9', known, asker)}`);
  };
  const flood = Array.from({ length: 200 }, () => check('flood', from('2001:db8:1::/48'), undefined));
  const others = [
    check('stranger', from('203.0.113.0/24'), hash),
    ...Array.from({ length: 3 }, () => check('ada', ada, hash)),
  ];
  await Promise.all([...flood, ...others]);
  for (const name of ['stranger', 'ada']) expect(ended).toContain(`${name} right`);
  expect(ended).not.toContain('ada busy');
  // Of the flood, at most what ran already and every other turn came before them.
  const served = ended.filter(line => !line.endsWith('busy'));
  expect(served.lastIndexOf('ada right')).toBeLessThan(14);
  expect(served.indexOf('stranger right')).toBeLessThan(14);
});

test('an account that is flooded by whoever owns it keeps nobody else out', async () => {
  const checker = new PasswordChecker();
  const hash = await hashPassword('Correct-Horse-9');
  const flood = Array.from({ length: 100 }, () => checker.check('x', hash, ada));
  const bob = checker.check('Correct-Horse-9', hash, { isKnown: true, party: 'bob' });
  const stranger = checker.check('Correct-Horse-9', hash, from('192.0.2.0/24'));
  expect([await bob, await stranger]).toEqual(['right', 'right']);
  expect((await Promise.all(flood)).filter(answer => answer === 'wrong').length).toBeGreaterThan(4);
});
