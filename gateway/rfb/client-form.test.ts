import { describe, expect, test } from 'bun:test';
import { bytesOf, joined, setEncodingsOf } from '../../test/conformance/rfb-bytes.ts';
import { shownClientForm } from './client-form.ts';

const format = bytesOf('00 000000 20 18 00 01 00ff 00ff 00ff 10 08 00 000000');
const shown = (bytes: Uint8Array, fallback: 'rfb' | 'kasmvnc' = 'rfb') =>
  shownClientForm(bytes, bytes.length, fallback);

/** What viewers list. */
const novnc = [1, 7, -260, 5, 2, 0, -26, -254, -223, -224, -258, -261, -308, -309, -312, -313, -307];
const tigervnc = [7, 1, 16, 5, 2, -239, -314, -223, -308, -224, -412, -763, -247, 0xc0a1e5ce | 0, 50];

describe('encodings', () => {
  test.each([{ list: novnc }, { list: tigervnc }, { list: [] }, { list: [-769, -2049] }])(
    'of a standard viewer show one: $list',
    ({ list }) => expect(shown(setEncodingsOf(list), 'kasmvnc')).toBe('rfb'),
  );

  test.each([-770, -872, -1018, -1885, -2048])("%d is only in the list of KasmVNC's client", encoding => {
    expect(shown(setEncodingsOf([...novnc, encoding]))).toBe('kasmvnc');
  });

  test('that are not all there tell nothing yet, unless one of them already does', () => {
    const list = setEncodingsOf([7, -1885, 0]);
    for (let length = 0; length < 12; length++) expect(shownClientForm(list, length, 'rfb')).toBeUndefined();
    for (let length = 12; length <= list.length; length++) {
      expect(shownClientForm(list, length, 'rfb')).toBe('kasmvnc');
    }
    const standard = setEncodingsOf(novnc);
    expect(shownClientForm(standard, standard.length - 1, 'kasmvnc')).toBeUndefined();
  });
});

test('pixel formats tell nothing, however many and wherever they are cut', () => {
  const three = joined([format, format, format]);
  for (let length = 0; length <= three.length; length++) {
    expect(shownClientForm(three, length, 'kasmvnc')).toBeUndefined();
  }
  expect(shown(joined([three, setEncodingsOf([-1885])]))).toBe('kasmvnc');
});

test.each([178, 179, 180, 181, 182, 183, 184, 185, 188, 189, 190, 191, 252])(
  "message %d is KasmVNC's alone",
  type => expect(shown(joined([format, Uint8Array.of(type)]))).toBe('kasmvnc'),
);

test.each([3, 4, 5, 6, 150, 248, 251, 255, 99])('message %d shows nothing: the desktop decides', type => {
  expect(shown(Uint8Array.of(type), 'kasmvnc')).toBe('kasmvnc');
  expect(shown(Uint8Array.of(type), 'rfb')).toBe('rfb');
});
