import { expect, test } from 'bun:test';
import { desktopEnvironment, environmentSchema } from './environment.ts';

test("the request's variables win over the image's", () => {
  expect(desktopEnvironment({ environment: { A: 'image', B: 'image' } }, { B: 'request' })).toEqual({
    A: 'image',
    B: 'request',
  });
});

test('an environment of the image that is none counts for nothing', () => {
  expect(desktopEnvironment({ environment: 'A=1' }, { B: '2' })).toEqual({ B: '2' });
  expect(desktopEnvironment({}, {})).toEqual({});
});

test('names that a shell could not hold, and values a process could not, are refused', () => {
  expect(environmentSchema.safeParse({ 'A B': '1' }).success).toBe(false);
  expect(environmentSchema.safeParse({ 'A=B': '1' }).success).toBe(false);
  expect(environmentSchema.safeParse({ A: 'x\0y' }).success).toBe(false);
  expect(environmentSchema.safeParse({ A: 'x'.repeat(4_097) }).success).toBe(false);
  expect(environmentSchema.safeParse({ A: 'x'.repeat(4_096) }).success).toBe(true);
});

test('at most 64 variables are taken', () => {
  const variables = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`V${at}`, '1']));
  expect(environmentSchema.safeParse(variables(64)).success).toBe(true);
  expect(environmentSchema.safeParse(variables(65)).success).toBe(false);
});
