import { expect, test } from 'bun:test';
import { answerChallenge } from './vnc-auth.ts';

const answer = (challenge: string, password: string): string =>
  Buffer.from(answerChallenge(new Uint8Array(Buffer.from(challenge, 'hex')), password)).toString('hex');

test('answers the challenge of a recorded server with the empty password', () => {
  expect(answer('9fbe82d70b6e39aa5881d2d839b1fb26', '')).toBe('3418529cb3b3e64a732bb3f7190633ad');
});

test('is DES: the known answer of a key whose bits are mirrored into the password', () => {
  // Key 133457799bbcdff1, plain text 0123456789abcdef; DES ignores the lowest bit of each key byte.
  const password = 'H,j\x1eY={\x0f';
  expect(answer('0123456789abcdef0123456789abcdef', password)).toBe('85e813540f0ab40585e813540f0ab405');
});

test('only the first eight bytes of a password count', () => {
  const challenge = '00112233445566778899aabbccddeeff';
  expect(answer(challenge, 'password and more')).toBe(answer(challenge, 'password'));
  expect(answer(challenge, 'passwore')).not.toBe(answer(challenge, 'password'));
});
