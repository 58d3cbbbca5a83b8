import { describe, expect, test } from 'bun:test';
import { parseSettingValue } from './setting-value.ts';

describe('a group setting', () => {
  test.each([
    ['allow_kasm_clipboard_up', 'True', 'True'],
    ['allow_kasm_clipboard_up', 'true', 'True'],
    ['allow_kasm_clipboard_up', false, 'False'],
    ['clipboard_up_bytes_max', '10000', '10000'],
    ['clipboard_up_bytes_max', 10_000, '10000'],
    ['data_loss_prevention', '{"keyboard": {"enabled": false}}', '{"keyboard":{"enabled":false}}'],
  ] as const)('%s = %p is kept as %p', (name, raw, value) => {
    expect(parseSettingValue(name, raw)).toEqual({ ok: true, name, value });
  });

  test.each([
    ['allow_kasm_clipboard_up', 'yes', 'allow_kasm_clipboard_up must be True or False'],
    ['allow_kasm_clipboard_up', 1, 'allow_kasm_clipboard_up must be True or False'],
    ['clipboard_up_bytes_max', '-1', 'clipboard_up_bytes_max must be a whole number'],
    ['clipboard_up_bytes_max', '1.5', 'clipboard_up_bytes_max must be a whole number'],
    ['data_loss_prevention', 'not JSON', 'data_loss_prevention must be'],
    ['data_loss_prevention', '{"watermark": {"tint": "256,0,0,0"}}', 'watermark'],
    ['allow_everything', 'True', 'unknown setting allow_everything; known are allow_kasm_clipboard_up,'],
    ['__proto__', 'True', 'unknown setting __proto__'],
  ])('%s = %p is refused', (name, raw, problem) => {
    const parsed = parseSettingValue(name, raw);
    expect(parsed.ok ? '' : parsed.problem).toContain(problem);
  });
});
