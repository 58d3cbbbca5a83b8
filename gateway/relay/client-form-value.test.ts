import { expect, test } from 'bun:test';
import { parseClientForm } from './client-form-value.ts';

test('a client may say which dialect it speaks, or nothing', () => {
  expect(parseClientForm('rfb')).toBe('rfb');
  expect(parseClientForm('kasmvnc')).toBe('kasmvnc');
  expect(parseClientForm(undefined)).toBeUndefined();
});

test('what is no dialect is told apart from saying nothing', () => {
  for (const value of ['vnc', 'RFB', 'rfb ', 'rfb\0']) expect(parseClientForm(value)).toBe('unknown');
});
