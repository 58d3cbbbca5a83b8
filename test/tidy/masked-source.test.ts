import { expect, test } from 'bun:test';
import { maskSource } from './masked-source.ts';

test('comments and the insides of strings are no code', () => {
  const { code, comments } = maskSource("const a = 'any'; // any\n/* any */ let b;");
  expect(code).not.toContain('any');
  expect(code).toContain("const a = '   ';");
  expect(code).toContain('let b;');
  expect(comments.match(/any/g)).toHaveLength(2);
});

test('what a template inserts is code, also with braces and templates of its own', () => {
  const { code } = maskSource('const a = `x ${f({ b: `y ${c}` })} z`; const d = 1;');
  expect(code).toContain('f({ b: `  ${c}` })');
  expect(code).toContain('const d = 1;');
  expect(code).not.toMatch(/[xyz]/);
});

test('a slash after a value divides, elsewhere it begins a regular expression', () => {
  const { code } = maskSource("const a = b / c; const d = /'[/]any/.test(e) / 2; // f");
  expect(code).toContain('b / c');
  expect(code).toContain('.test(e) / 2;');
  expect(code).not.toContain('any');
});

test('the masked text keeps every line and column', () => {
  const source = "a\n'b\\'c'\n`d\ne`\n// f\ng";
  const { code, comments } = maskSource(source);
  expect(code).toHaveLength(source.length);
  expect(comments).toHaveLength(source.length);
  expect(code.split('\n')).toHaveLength(source.split('\n').length);
});
