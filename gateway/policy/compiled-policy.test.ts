import { expect, test } from 'bun:test';
import { parsePolicy } from '../../config/policy.ts';
import { compilePolicy } from './compile-policy.ts';
import { compiledPolicy } from './compiled-policy.ts';

test('documents that say the same share one policy', () => {
  const section = { keyboard: { rate_limit: 7 } };
  const first = compiledPolicy(parsePolicy({ access: 'full', data_loss_prevention: section }));
  const second = compiledPolicy(parsePolicy({ access: 'full', data_loss_prevention: section }));
  expect(second).toBe(first);
  expect(first).toEqual(compilePolicy(parsePolicy({ access: 'full', data_loss_prevention: section })));
});

test('documents that differ in one value do not', () => {
  for (const access of ['full', 'view_only', 'input_only', 'clipboard_only'] as const) {
    expect(compiledPolicy(parsePolicy({ access }))).toEqual(compilePolicy(parsePolicy({ access })));
  }
  const limited = compiledPolicy(parsePolicy({ access: 'full', settings: { clipboard_up_bytes_max: 5 } }));
  expect(limited.clipboardUp.itemBytesMax).toBe(5);
  expect(compiledPolicy(parsePolicy({ access: 'full' })).clipboardUp.itemBytesMax).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test('a thousand and more other policies do not change what a document means', () => {
  const document = parsePolicy({ access: 'full', settings: { clipboard_up_bytes_max: 1 } });
  compiledPolicy(document);
  for (let bytes = 2; bytes < 1100; bytes++) {
    const other = parsePolicy({ access: 'full', settings: { clipboard_up_bytes_max: bytes } });
    expect(compiledPolicy(other).clipboardUp.itemBytesMax).toBe(bytes);
  }
  expect(compiledPolicy({ ...document }).clipboardUp.itemBytesMax).toBe(1);
});
