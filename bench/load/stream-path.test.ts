import { expect, test } from 'bun:test';
import { fillPath, firstFree, sessionsMax } from './stream-path.ts';

test('a stream has its number in the path, and the number of its session in hexadecimal', () => {
  expect(fillPath('/{index}', 17)).toBe('/17');
  expect(fillPath('/desktop/1-{session12}/x', 26)).toBe('/desktop/1-00000000001a/x');
});

test('streams beyond the sessions share them, and each finds the number of its own', () => {
  const claimed = new Set<number>();
  for (const index of [0, 7, sessionsMax + 7, 2 * sessionsMax + 7]) {
    const session = Number.parseInt(fillPath('{session12}', index), 16);
    expect(firstFree(session, claimed)).toBe(index);
    claimed.add(index);
  }
});
