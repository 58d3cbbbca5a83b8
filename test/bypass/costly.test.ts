/** Bytes that cost the gateway far more than their sender, while thousands of other streams wait. */
import { expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { createSessionLedger } from '../../gateway/policy/policy-state.ts';
import { encodeProvide } from '../../gateway/rfb/clipboard-provide.ts';
import { clipboardFormats } from '../../gateway/rfb/numbers.ts';
import { encodePng } from '../../gateway/rfb/png-encode.ts';
import { Attack, copyOf } from './attack.ts';
import { takenBy } from './desktop-model.ts';

const clientCutText = 6;
const largestSide = Math.sqrt(limits.clipboardPicturePixelsMax / 2);
/** How long it takes until a session may spend all of its work again. */
const wholeWaitMs = (1000 * limits.clipboardWorkBytesMax) / limits.clipboardWorkBytesPerSecond;

const provideOf = (...items: readonly (readonly [number, Uint8Array])[]): Uint8Array =>
  encodeProvide(
    clientCutText,
    items.map(([format, content]) => ({ format, content })),
  );

/** The largest picture there is, of two colours: 1 MB of zeros, a kilobyte when packed. */
function largestDib(): Uint8Array {
  const rows = (2 * largestSide * largestSide) >> 3;
  const dib = Buffer.alloc(40 + 8 + rows);
  dib.writeUInt32LE(40, 0);
  dib.writeInt32LE(2 * largestSide, 4);
  dib.writeInt32LE(largestSide, 8);
  dib.writeUInt16LE(1, 12);
  dib.writeUInt16LE(1, 14);
  return new Uint8Array(dib);
}

const mimetypesOf = (attack: Attack): (readonly string[])[] =>
  takenBy('kasmvnc', attack.upstream).flatMap(({ mimetypes }) =>
    mimetypes === undefined ? [] : [mimetypes],
  );

test('small messages that inflate to megabytes are unpacked as far as the work of the session goes, and later again', () => {
  const bytes = limits.extendedClipboardBytesMax - limits.clipboardOperationWorkBytes - 4;
  const bomb = provideOf([clipboardFormats.text, new Uint8Array(bytes)]);
  const attack = new Attack({ protocol: 'rfb' });
  for (let copy = 0; copy < 6; copy++) attack.say('client', bomb);
  expect(attack.acted).toEqual([clientCutText, clientCutText]);
  expect(attack.events).toMatchObject([{ direction: 'up', reason: 'rate', waitMs: expect.any(Number) }]);
  expect(attack.end).toBe('');
  attack.nowMs += wholeWaitMs;
  attack.say('client', bomb);
  expect(attack.acted.length).toBe(3);
});

test('copies without number are looked at as far as the work of the session goes, in all its streams together', () => {
  const ledger = createSessionLedger();
  const streams = [new Attack({ ledger }), new Attack({ ledger })];
  const most = limits.clipboardWorkBytesMax / limits.clipboardOperationWorkBytes;
  for (let copy = 0; copy < most + 100; copy++) streams[copy % 2]!.fromClient(copyOf('text/plain', 'x'));
  expect(streams.flatMap(stream => stream.acted).length).toBe(most);
  expect(streams.flatMap(stream => stream.events.map(({ reason }) => reason))).toEqual(['rate', 'rate']);
});

test('copies that may not pass are told of as far as the work of the session goes', () => {
  const attack = new Attack({ prevention: { clipboard: { client_to_server: { enabled: false } } } });
  const most = limits.clipboardWorkBytesMax / limits.clipboardOperationWorkBytes;
  for (let copy = 0; copy < most + 100; copy++) attack.fromClient(copyOf('text/plain', 'x'));
  const told = (wanted: string): number => attack.events.filter(({ reason }) => reason === wanted).length;
  expect([attack.acted.length, told('disabled'), told('rate')]).toEqual([0, most, 1]);
});

test('a desktop that copies without end leaves its client the work for the other direction', () => {
  const ledger = createSessionLedger();
  const attack = new Attack({ ledger });
  const most = limits.clipboardWorkBytesMax / limits.clipboardOperationWorkBytes;
  const copy = 'b4 01 00000007 0a "text/plain" 00000001 "x"';
  for (let sent = 0; sent < most + 1; sent++) attack.fromServer(copy);
  attack.fromClient(copyOf('text/plain', 'x'));
  expect(attack.events).toMatchObject([{ direction: 'down', reason: 'rate' }]);
  expect(attack.acted).toEqual([180]);
});

test('one picture after another for KasmVNC: the next ones fall, the text beside it arrives', () => {
  const attack = new Attack({ form: 'rfb' });
  const copy = (letter: string): Uint8Array => {
    const dib = largestDib();
    dib[dib.length - 1] = letter.charCodeAt(0);
    return provideOf([clipboardFormats.text, new TextEncoder().encode(letter)], [clipboardFormats.dib, dib]);
  };
  for (const letter of ['a', 'b', 'c']) attack.say('client', copy(letter));
  const withText = ['text/plain', 'image/png'];
  expect(mimetypesOf(attack)).toEqual([withText, ['text/plain'], ['text/plain']]);
  attack.nowMs += wholeWaitMs;
  attack.say('client', copy('d'));
  expect(mimetypesOf(attack).at(-1)).toEqual(withText);
  expect(attack.events.every(({ reason }) => reason === 'rate')).toBe(true);
});

test('a client that asks for the picture of a desktop again and again gets it as often as the work of the session goes', () => {
  const attack = new Attack({ form: 'rfb' });
  const pixels = new Uint8Array(8 * largestSide * largestSide);
  const png = encodePng({ width: 2 * largestSide, height: largestSide, hasAlpha: false, pixels });
  const bytes = Buffer.from(png).toString('hex');
  const length = png.length.toString(16).padStart(8, '0');
  attack.fromServer(`b4 01 00000007 09 "image/png" ${length} ${bytes}`);
  const before = attack.client.length;
  attack.fromClient('06 000000 fffffffc 02000008');
  const provided = attack.client.length - before;
  expect(provided).toBeGreaterThan(1_000);
  for (let asked = 0; asked < 3; asked++) attack.fromClient('06 000000 fffffffc 02000008');
  expect(attack.client.length - before).toBe(provided);
  expect(attack.events).toMatchObject([{ direction: 'down', reason: 'rate', waitMs: expect.any(Number) }]);
});
