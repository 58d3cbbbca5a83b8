import { expect, test } from 'bun:test';
import { recipeKey } from './recipe.ts';

const input = { release: 'bookworm', architecture: 'x64', files: ['one', 'two'] };

test('a recipe keeps its key until something in it changes', () => {
  expect(recipeKey(input)).toMatch(/^[0-9a-f]{16}$/);
  expect(recipeKey({ ...input })).toBe(recipeKey(input));
  for (const changed of [{ release: 'trixie' }, { architecture: 'arm64' }, { files: ['one', 'three'] }]) {
    expect(recipeKey({ ...input, ...changed })).not.toBe(recipeKey(input));
  }
});
