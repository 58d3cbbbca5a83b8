import { describe, expect, test } from 'bun:test';
import { parse } from 'yaml';
import { parsePolicy, watermarkOf } from './policy.ts';

/** The section of a kasmvnc.yaml with every key it can have, as its own defaults file writes them. */
const movedOver = `
data_loss_prevention:
  visible_region:
    top: 10
    left: 10
    right: -40
    bottom: 40
    concealed_region:
      allow_click_down: false
      allow_click_release: true
  clipboard:
    delay_between_operations: 250
    allow_mimetypes:
      - chromium/x-web-custom-data
      - text/html
      - image/png
    server_to_client:
      enabled: true
      size: 10000
      primary_clipboard_enabled: false
    client_to_server:
      enabled: false
      size: unlimited
  keyboard:
    enabled: true
    rate_limit: unlimited
  watermark:
    # image: /etc/kasmvnc/picture.png
    location: 10,10
    tint: 255,20,20,128
    repeat_spacing: 10
    text:
      template: "\${USER} %H:%M"
      font: auto
      font_size: auto
      timezone_name: Australia/Adelaide
      angle: -90
  logging:
    level: off
`;

/** As it stands in a file where nothing was chosen: sections without anything in them. */
const untouched = `
data_loss_prevention:
  visible_region:
    concealed_region:
      allow_click_down: false
      allow_click_release: false
  clipboard:
    delay_between_operations: none
    allow_mimetypes:
    server_to_client:
    client_to_server:
  keyboard:
  watermark:
  logging:
    level: off
`;

const sectionOf = (text: string): unknown => (parse(text) as Record<string, unknown>).data_loss_prevention;

const read = (section: unknown): ReturnType<typeof parsePolicy> =>
  parsePolicy({ access: 'full', data_loss_prevention: section });

describe('a kasmvnc.yaml', () => {
  test('moves over with all its keys', () => {
    const section = read(sectionOf(movedOver)).data_loss_prevention;
    expect(section).toMatchObject({
      visible_region: {
        ...{ left: 10, top: 10, right: -40, bottom: 40 },
        concealed_region: { allow_click_down: false, allow_click_release: true },
      },
      clipboard: {
        delay_between_operations: 250,
        server_to_client: { enabled: true, size: 10_000, primary_clipboard_enabled: false },
        client_to_server: { enabled: false, size: 'unlimited' },
      },
      keyboard: { enabled: true, rate_limit: 'unlimited', rate_limit_rule: 'token_bucket' },
      logging: { level: 'off' },
    });
  });

  test('may leave everything empty, which is as good as nothing at all', () => {
    const { visible_region, watermark, ...section } = read(sectionOf(untouched)).data_loss_prevention;
    const { clipboard, ...nothing } = read({}).data_loss_prevention;
    expect(section).toEqual({ ...nothing, clipboard: { ...clipboard, allow_mimetypes: null } });
    expect([visible_region?.left, watermark]).toEqual([undefined, null]);
  });

  test('means the same when it is written down again as read', () => {
    const once = read(sectionOf(movedOver));
    expect(parsePolicy(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  test('that a reader of YAML 1.1 has been through has false for off', () => {
    expect(read({ logging: { level: false } }).data_loss_prevention.logging.level).toBe('off');
    expect(() => read({ logging: { level: true } })).toThrow('must be off, info or verbose');
  });
});

test.each<[string, unknown, string]>([
  ['a size below 0', { clipboard: { client_to_server: { size: -1 } } }, 'expected number to be >=0'],
  [
    'a size as text',
    { clipboard: { client_to_server: { size: '10k' } } },
    'unlimited, nothing or a whole number',
  ],
  ['a total size of 0', { clipboard: { client_to_server: { total_size: 0 } } }, 'expected number to be >=1'],
  ['half a budget', { clipboard: { client_to_server: { budget: { burst: 1 } } } }, 'per_hour'],
  [
    'a delay in words',
    { clipboard: { delay_between_operations: '2s' } },
    'none or a whole number of milliseconds',
  ],
  ['a MIME type with a NUL', { clipboard: { allow_mimetypes: ['text/html\0'] } }, 'printable ASCII'],
  [
    'an unknown key of a combination',
    { keyboard: { blocked_combinations: ['Control+Enter'] } },
    'such as Print',
  ],
  [
    'a region with three edges',
    { visible_region: { left: 1, top: 1, right: 1 } },
    'needs left, top, right and bottom',
  ],
  [
    'a region in two units',
    { visible_region: { left: '1%', top: 1, right: 1, bottom: 1 } },
    'all four must be of one kind',
  ],
  [
    'a region of 101 %',
    { visible_region: { left: '101%', top: '1%', right: '1%', bottom: '1%' } },
    'a percentage over 100',
  ],
  [
    'a watermark of both kinds',
    { watermark: { image: 'x', text: { template: 'x' } } },
    'an image or a text, not both',
  ],
  ['a tint over 255', { watermark: { tint: '256,0,0,0' } }, 'four numbers of 0 to 255'],
  ['a key that is not known', { clipboard: { sizes: 1 } }, 'sizes'],
])('%s is refused', (_, section, sentence) => {
  expect(() => read(section)).toThrow(sentence);
});

describe('the watermark', () => {
  test('comes to viewers in numbers', () => {
    expect(watermarkOf(read(sectionOf(movedOver)))).toEqual({
      image: undefined,
      text: '${USER} %H:%M',
      font: undefined,
      fontSize: undefined,
      timezoneName: 'Australia/Adelaide',
      angle: -90,
      location: { x: 10, y: 10 },
      tint: { red: 255, green: 20, blue: 20, alpha: 128 },
      repeatSpacing: 10,
    });
  });

  test('may come from the group, and is none where nothing is to be drawn', () => {
    const watermark = { text: { template: 'secret', font_size: 20 } };
    const settings = { data_loss_prevention: { watermark } };
    expect(watermarkOf(parsePolicy({ access: 'full', settings }))).toMatchObject({
      text: 'secret',
      fontSize: 20,
    });
    expect(watermarkOf(read({}))).toBeUndefined();
    expect(watermarkOf(read({ watermark: { tint: '1,2,3,4' } }))).toBeUndefined();
  });
});
