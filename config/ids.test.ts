import { expect, test } from 'bun:test';
import { createId, parseId } from './ids.ts';

test('an id is read with dashes, without, and in capitals, always to the same form', () => {
  const id = '898813d7-aaaa-4bbb-8ccc-0123456789ab';
  expect(parseId<never>(id)).toBe(id as never);
  expect(parseId<never>(id.replaceAll('-', ''))).toBe(id as never);
  expect(parseId<never>(id.toUpperCase())).toBe(id as never);
});

test('what is no UUID is no id: wrong length, wrong letters, dashes elsewhere, no text at all', () => {
  for (const text of [
    '',
    'x',
    '898813d7',
    '898813d7-aaaa-4bbb-8ccc-0123456789ag',
    `${createId<never>()}0`,
    7,
    null,
  ]) {
    expect(parseId(text)).toBeUndefined();
  }
});
