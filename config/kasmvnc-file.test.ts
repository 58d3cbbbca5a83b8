import { describe, expect, test } from 'bun:test';
import { parse } from 'yaml';
import { mergeKasmvncFile, parseKasmvncSection } from './kasmvnc-file.ts';
import { limits } from './limits.ts';

const watermark = { watermark: { text: { template: 'alice %H:%M' }, tint: '255,20,20,128' } };

describe('a kasmvnc.yaml that is given a part of a policy', () => {
  test('keeps what it says of other things, to the letter', () => {
    const text = `---
# for our screens
network:
  websocket_port: 08443
  ratio: 1.10
  use_ipv6: off
  ssl:
    pem_key: "/etc/key.pem"
server:
  http:
    headers:
      - A=1
`;
    expect(mergeKasmvncFile(text, watermark)).toStartWith(text);
  });

  test('gets its own form of each value: numbers and truth bare, texts quoted, and a line end at the end', () => {
    const section = {
      visible_region: { left: 10, right: -20, top: '5%', concealed_region: { allow_click_down: true } },
      watermark: { text: { template: '${USER} "x" \\ %H:%M: # ü' } },
    };
    expect(mergeKasmvncFile('', section)).toBe(`data_loss_prevention:
  visible_region:
    left: 10
    right: -20
    top: "5%"
    concealed_region:
      allow_click_down: true
  watermark:
    text:
      template: "\${USER} \\"x\\" \\\\ %H:%M: # ü"
`);
  });

  test('writes a text of any length in one line, for its reader knows no others', () => {
    const template = 'word '.repeat(200).trim();
    expect(mergeKasmvncFile('', { watermark: { text: { template } } })).toContain(
      `template: "${template}"\n`,
    );
  });

  test('keeps its other rules beside ours, and its value where we have none', () => {
    const text = `data_loss_prevention:
  keyboard: { }
  clipboard:
    server_to_client:
      size: 10000
      primary_clipboard_enabled: true
`;
    const section = { clipboard: { server_to_client: { primary_clipboard_enabled: false } } };
    expect(parse(mergeKasmvncFile(text, section))).toEqual({
      data_loss_prevention: {
        keyboard: {},
        clipboard: { server_to_client: { size: 10000, primary_clipboard_enabled: false } },
      },
    });
  });

  test('loses its own watermark as a whole: a picture and a text together would keep KasmVNC from starting', () => {
    const text = 'data_loss_prevention:\n  watermark:\n    image: /logo.png\n    repeat_spacing: 9\n';
    expect(parse(mergeKasmvncFile(text, watermark)).data_loss_prevention).toEqual(watermark);
  });

  test.each([
    ['nothing', ''],
    ['only a comment', '# nothing yet\n'],
    ['an empty section', 'data_loss_prevention:\n'],
    ['an empty part of the section', 'data_loss_prevention:\n  watermark: ~\n'],
    ['a section in braces', 'data_loss_prevention: {}\n'],
    ['braces', '{}\n'],
  ])('may hold %s', (_, text) => {
    const merged = mergeKasmvncFile(text, watermark);
    expect(parse(merged)).toEqual({ data_loss_prevention: watermark });
    // Its reader knows no braces with something in them.
    expect(merged).not.toContain('{');
  });

  test.each([
    ['an open quote', 'a: "b\n', 'is no YAML'],
    ['a key that stands twice', 'a: 1\na: 2\n', 'is no YAML'],
    ['several documents', '---\na: 1\n---\nb: 1\n', 'is no YAML'],
    ['a list', '- a\n', 'holds no sections'],
    ['a text', 'a\n', 'holds no sections'],
    ['another value for a section', 'data_loss_prevention: on\n', 'data_loss_prevention is no section'],
    ['a section by reference', 'a: &x {}\ndata_loss_prevention: *x\n', 'data_loss_prevention is no section'],
    ['too many brackets', '['.repeat(100_000), 'is no YAML'],
  ])('is not touched when it holds %s', (_, text, problem) => {
    expect(() => mergeKasmvncFile(text, watermark)).toThrow(problem);
  });
});

describe('a part of a policy in an order', () => {
  test('is read as it was written', () => {
    expect(parseKasmvncSection(JSON.stringify(watermark))).toEqual(watermark);
  });

  test.each([
    ['no JSON', 'no json'],
    ['a list', '[]'],
    ['a part without a value', '{"watermark":null}'],
    ['a part with a list', '{"watermark":["a"]}'],
    ['a key that KasmVNC cannot have', '{"Water mark":1}'],
    ['longer than its limit', `{"a":"${'x'.repeat(limits.kasmvncSectionCharsMax)}"}`],
  ])('is refused when it is %s', (_, json) => {
    expect(parseKasmvncSection(json)).toBeUndefined();
  });
});
