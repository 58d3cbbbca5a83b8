import { describe, expect, test } from 'bun:test';
import { parsePolicy } from '../../config/policy.ts';
import { kasmvncSection } from './kasmvnc-section.ts';

/** @param image the document of the image @param group that of the user's groups */
function sectionOf(image: object, group?: object): unknown {
  const settings = group === undefined ? {} : { data_loss_prevention: group };
  return kasmvncSection(parsePolicy({ access: 'full', settings, data_loss_prevention: image }), 'alice@x');
}

const templateOf = (template: string): string =>
  (sectionOf({ watermark: { text: { template } } }) as { watermark: { text: { template: string } } })
    .watermark.text.template;
const textOf = (watermark: object): unknown => sectionOf({ watermark });

test('what a gateway carries out is not told to KasmVNC', () => {
  const clipboard = { server_to_client: { enabled: false, size: 9 }, delay_between_operations: 9 };
  expect(
    sectionOf({ clipboard, keyboard: { enabled: false }, logging: { level: 'verbose' } }),
  ).toBeUndefined();
  expect(sectionOf({ watermark: null, visible_region: {} }, {})).toBeUndefined();
});

describe('a watermark', () => {
  test('is the one that our own viewer draws: of the image, else of the groups', () => {
    const image = { watermark: { text: { template: 'image' } } };
    const group = { watermark: { text: { template: 'group' } } };
    const own = (template: string) => ({ watermark: { text: { template }, tint: '255,255,255,255' } });
    expect(sectionOf(image, group)).toEqual(own('image'));
    expect(sectionOf({ watermark: { tint: '1,2,3,4' } }, group)).toEqual(own('group'));
    expect(sectionOf({}, group)).toEqual(own('group'));
  });

  test('has the user in it, who is not the one that KasmVNC would name', () => {
    expect(textOf({ text: { template: '${USER} %H:%M ${USER} ${HOSTNAME}' } })).toMatchObject({
      watermark: { text: { template: 'alice@x %H:%M alice@x ${HOSTNAME}' } },
    });
  });

  test('has nothing in it that KasmVNC would refuse to start with', () => {
    const text = {
      template: 'a',
      font: 'auto',
      font_size: 'auto',
      timezone_name: 'Nowhere/Nothing',
      angle: 0,
    };
    const tint = ' 1, 2 ,3,4 ';
    expect(textOf({ text, tint, location: '-10,10' })).toEqual({
      watermark: { text: { template: 'a' }, tint: '1,2,3,4' },
    });
    // It takes a place or repetitions, not both.
    expect(textOf({ text: { template: 'a' }, location: '10,10', repeat_spacing: 7 })).toEqual({
      watermark: { text: { template: 'a' }, tint: '255,255,255,255', repeat_spacing: 7 },
    });
  });

  test.each([
    ['a'.repeat(256), 256],
    ['ä€😀'.repeat(100), 'ä€😀'.repeat(85).length + 'ä'.length],
    [`${'a'.repeat(224)}%H:%M`, 226],
    [`${'a'.repeat(225)}%H`, 225],
    ['%c'.repeat(100), 16],
    [`%_99H${'a'.repeat(300)}`, 5 + 157],
  ])('has no more text than KasmVNC has room for: %s', (template, length) => {
    const told = templateOf(template);
    expect(told).toHaveLength(length);
    expect(template).toStartWith(told);
  });

  test('is none where KasmVNC has no room for any of its text', () => {
    expect(textOf({ text: { template: '%999H' } })).toBeUndefined();
  });

  test.each(['Nowhere/Nothing', '+01:00', "x'"])('has no time zone %p, but that of the desktop', name => {
    expect(textOf({ text: { template: 'a', timezone_name: name } })).toEqual({
      watermark: { text: { template: 'a' }, tint: '255,255,255,255' },
    });
  });

  test('has no apostrophe and no control character: its words go through a shell', () => {
    expect(textOf({ text: { template: "o'clock'; id '\n\0x", font: "/f'onts/a.ttf" } })).toMatchObject({
      watermark: { text: { template: 'o’clock’; id ’ x', font: '/f’onts/a.ttf' } },
    });
  });

  test('has the rest as it was said', () => {
    const text = { template: 'a', font: '/f.ttf', font_size: 9, timezone_name: 'Europe/Vienna', angle: -45 };
    expect(textOf({ text, location: ' 10 , 20 ' })).toEqual({
      watermark: { text, tint: '255,255,255,255', location: '10,20' },
    });
    expect(textOf({ image: '/etc/logo.png', tint: '9,9,9,9' })).toEqual({
      watermark: { image: '/etc/logo.png', tint: '9,9,9,9' },
    });
  });
});

describe('a visible region', () => {
  const concealed = { allow_click_down: false, allow_click_release: false };

  test('is told with what may be clicked outside of it', () => {
    const edges = { left: 1, top: -2, right: -3, bottom: 0 };
    const visible_region = { ...edges, concealed_region: { allow_click_down: true } };
    expect(sectionOf({ visible_region })).toEqual({
      visible_region: {
        ...edges,
        top: 2,
        concealed_region: { allow_click_down: true, allow_click_release: false },
      },
    });
    expect(sectionOf({ visible_region: { left: '1%', top: '-2%', right: '3%', bottom: '0%' } })).toEqual({
      visible_region: { left: '1%', top: '2%', right: '3%', bottom: '0%', concealed_region: concealed },
    });
  });

  test('is what two of them have in common', () => {
    const region = (edges: readonly (number | string)[], clicks = false) => {
      const [left, top, right, bottom] = edges;
      return { left, top, right, bottom, concealed_region: { allow_click_down: clicks } };
    };
    const common = (one: readonly (number | string)[], other: readonly (number | string)[]) =>
      sectionOf({ visible_region: region(one, true) }, { visible_region: region(other) });
    const told = (edges: readonly (number | string)[]) => ({
      visible_region: { ...region(edges), concealed_region: concealed },
    });
    expect(common([1, 20, 300, -4], [10, 2, 400, -5])).toEqual(told([10, 20, 300, -5]));
    expect(common([0, 0, 0, 400], [0, 0, -7, 0])).toEqual(told([0, 0, -7, 400]));
    expect(common(['1%', '20%', '3%', '40%'], ['2%', '10%', '4%', '30%'])).toEqual(
      told(['2%', '20%', '4%', '40%']),
    );
    // Which is the narrower one shows with the size of the screen only: the image's.
    expect(common([1, 1, 300, 300], [2, 2, -300, 200])).toEqual(told([2, 2, 300, 200]));
    expect(common([1, 1, 300, 300], ['2%', '2%', '2%', '2%'])).toEqual(told([1, 1, 300, 300]));
  });
});

test('the PRIMARY selection is sent when all who speak of it say so', () => {
  const primary = (primary_clipboard_enabled: boolean) => ({
    clipboard: { server_to_client: { primary_clipboard_enabled } },
  });
  expect(sectionOf(primary(true), {})).toEqual(primary(true));
  expect(sectionOf({}, primary(true))).toEqual(primary(true));
  expect(sectionOf(primary(true), primary(false))).toEqual(primary(false));
  expect(sectionOf(primary(false))).toEqual(primary(false));
});
