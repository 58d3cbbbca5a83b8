/** A desktop taken over by its user speaks for itself: what it says must be followed, or the stream ends. */
import { expect, test } from 'bun:test';
import { bytesOf, filler, joined, updateOf } from '../conformance/rfb-bytes.ts';
import { Attack, hex, noCopies, updateRequest } from './attack.ts';

const copy = 'b4 01 00000001 0a "text/plain" 00000006 "secret"';
const cutText = '03 000000 00000006 "secret"';
const raw = { encoding: 0, width: 2, height: 2, payload: filler(16) };
const leaks = (attack: Attack): boolean => Buffer.from(attack.client).includes('secret');

test('a rectangle in an encoding that the client did not ask for ends the stream', () => {
  for (const encoding of [5, 7, 16, 17, -239, -307, 50, 999]) {
    const attack = new Attack({ encodings: [0, 1] });
    attack.say('server', updateOf([{ encoding, width: 0, height: 0, payload: new Uint8Array(0) }]));
    // KasmVNC's watermark is a Tight rectangle that comes unasked; its kind shows with the next byte.
    if (encoding === 7) attack.fromServer('90');
    expect([encoding, attack.end]).toEqual([encoding, 'out_of_order encoding']);
  }
});

test('an image of a kind that the client did not name ends the stream, whole in a chunk or not', () => {
  for (const [control, own] of [
    [0xb0, -1024],
    [0xc0, -1886],
  ] as const) {
    const payload = joined([Uint8Array.of(control, 6), bytesOf('"secret"')]);
    const image = updateOf([{ encoding: 7, width: 8, height: 8, payload }]);
    for (const cuts of [[], [20]]) {
      const others = [-1024, -1886].filter(encoding => encoding !== own);
      const attack = new Attack({ encodings: [7, ...others] });
      attack.say('server', image, cuts);
      expect([control, leaks(attack), attack.end]).toEqual([control, false, 'out_of_order encoding']);
      const asked = new Attack({ encodings: [7, own] });
      asked.say('server', image, cuts);
      expect([control, leaks(asked), asked.end]).toEqual([control, true, '']);
    }
  }
});

test('messages that need an announcement or a question end the stream where there was none', () => {
  for (const [protocol, notation] of [
    ['rfb', '96'],
    ['rfb', 'f8 000000 00000000 06 "secret"'],
    ['rfb', 'fa 00 01 01'],
    ['rfb', '01 00 0000 0001 "secret"'],
    ['kasmvnc', 'b2 000000 00000006 "secret"'],
    ['kasmvnc', 'b6 01 06 "secret"'],
    ['kasmvnc', 'b8 00'],
    ['kasmvnc', 'ba 01 000000 00000006 "secret"'],
    ['kasmvnc', 'bd 000000 00000001'],
    ['kasmvnc', 'be 000000 00000006 "secret"'],
    ['kasmvnc', 'bf 000000 00000006 "secret"'],
  ] as const) {
    const attack = new Attack({ protocol, encodings: [0] });
    attack.fromServer(notation);
    expect([notation, leaks(attack), attack.end]).toEqual([notation, false, 'out_of_order message-type']);
  }
});

test('data to a relay that nobody subscribed to ends the stream, and so does more of them than KasmVNC has', () => {
  const attack = new Attack({ encodings: [0] });
  attack.fromServer('b7 07 "printer" 00000006 "secret"');
  expect([leaks(attack), attack.end]).toEqual([false, 'out_of_order relay name']);
  const many = new Attack({ encodings: [0] });
  for (let count = 0; count < 17; count++) many.fromClient(`b6 01 ${hex(0x61 + count, 1)}`);
  expect(many.end).toBe('limit relays');
});

test('the extended clipboard of a server falls where the client has not announced it', () => {
  const attack = new Attack({ protocol: 'rfb', encodings: [0] });
  attack.fromServer(`03 000000 ${hex(-10, 4)} 10000001 "secret" 02`);
  expect([leaks(attack), attack.client.at(-1), attack.end]).toEqual([false, 2, '']);
});

test('an update without an end, whose LastRect was not asked for, hides no message: rectangles are all it holds', () => {
  const attack = new Attack({ prevention: noCopies, encodings: [0, 1] });
  attack.say('server', updateOf([raw], 0xffff));
  attack.fromServer(copy);
  expect(attack.end).toBe('out_of_order encoding');
  const last = new Attack({ prevention: noCopies, encodings: [0, 1] });
  last.say(
    'server',
    updateOf([raw, { encoding: -224, width: 0, height: 0, payload: new Uint8Array(0) }], 0xffff),
  );
  expect(last.end).toBe('out_of_order encoding');
});

test('behind LastRect the next message is read as one, however many rectangles were announced', () => {
  const attack = new Attack({ prevention: noCopies });
  attack.say(
    'server',
    updateOf([raw, { encoding: -224, width: 0, height: 0, payload: new Uint8Array(0) }], 0xffff),
  );
  attack.fromServer(`${copy} 02`);
  expect([leaks(attack), attack.client.at(-1), attack.end]).toEqual([false, 2, '']);
});

test('the third byte of a compact length has eight bits: a copy behind the image is a message, and falls', () => {
  const attack = new Attack({ prevention: noCopies });
  const length = 127 + (127 << 7) + (0x81 << 14);
  const payload = joined([bytesOf('90 ff ff 81'), filler(length)]);
  attack.say('server', updateOf([{ encoding: 7, width: 64, height: 64, payload }]));
  attack.fromServer(`${copy} 02`);
  expect([leaks(attack), attack.client.at(-1), attack.end]).toEqual([false, 2, '']);
});

test('a copy among pixels that only look like one passes as pixels, and one behind them falls', () => {
  const attack = new Attack({ prevention: noCopies });
  const pixels = joined([bytesOf(copy), filler(64 - bytesOf(copy).length)]);
  attack.say('server', updateOf([{ encoding: 0, width: 4, height: 4, payload: pixels }]));
  const before = attack.client.length;
  attack.fromServer(copy);
  expect([before, attack.client.length]).toEqual([16 + 64, 16 + 64]);
});

test('smaller pixels, asked for while larger ones are on their way, end the stream of a server without fences', () => {
  const attack = new Attack({ protocol: 'rfb', prevention: noCopies });
  attack.fromClient(`${updateRequest} 00 000000 08 08 00 01 0007 0007 0003 00 03 06 000000`);
  expect(attack.end).toBe('unsupported pixel-format');
});

test('smaller pixels, asked for before any update but behind a wish for cursors, which come unasked, end the stream', () => {
  for (const encoding of [-239, -240, -314, 0x574d5664]) {
    const attack = new Attack({ protocol: 'rfb', prevention: noCopies, encodings: [0, encoding] });
    attack.fromClient('00 000000 08 08 00 01 0007 0007 0003 00 03 06 000000');
    // What QEMU sent when it read the wish: a cursor of 4 bytes a pixel, which its guest chose. Read as 1 byte a
    // pixel, the rest of it is an update of one large rectangle, in which copies are pixels.
    const forged = bytesOf('00 00 0001 0000 0000 0040 0040 00000000');
    const cursor = joined([filler(20), forged, filler(32)]);
    attack.say('server', updateOf([{ encoding: -239, width: 4, height: 4, payload: cursor }]));
    attack.fromServer(cutText);
    expect([encoding, leaks(attack), attack.end]).toEqual([encoding, false, 'unsupported pixel-format']);
  }
});

test('pixels of no size that servers know are refused, so that no length follows from them', () => {
  for (const bits of ['00', '01', '18', '40', 'ff']) {
    const attack = new Attack({ protocol: 'rfb' });
    attack.fromClient(`00 000000 ${bits} 18 00 01 00ff 00ff 00ff 10 08 00 000000`);
    expect(attack.end).toBe('malformed bits-per-pixel');
  }
});

test('lengths over their limits are refused when they are read, not when the memory is full', () => {
  const rectangle = (encoding: number, payload: string): string =>
    `00 00 0001 0000 0000 0001 0001 ${hex(encoding, 4)} ${payload}`;
  for (const [notation, field] of [
    ['03 000000 7fffffff', 'cut text length'],
    ['03 000000 80000000', 'cut text length'],
    ['b4 01 00000001 0a "text/plain" ffffffff', 'clipboard item length'],
    ['b4 21', 'clipboard items'],
    ['b7 40', 'relay name length'],
    ['b7 01 61 ffffffff', 'relay length'],
    ['b2 000000 ffffffff', 'text length'],
    ['fd ffffffff', 'text length'],
    ['f8 000000 00000000 ff', 'fence length'],
    [rectangle(-307, 'ffffffff'), 'desktop name length'],
  ] as const) {
    const attack = new Attack();
    attack.fromServer(notation);
    expect([notation, attack.end]).toEqual([notation, `limit ${field}`]);
  }
});

test('rectangles that say they hold gigabytes are refused', () => {
  for (const [encoding, payload] of [
    [2, 'ffffffff'],
    [16, 'ffffffff'],
    [6, 'ffffffff'],
    [50, 'ffffffff 00000000'],
  ] as const) {
    const attack = new Attack({ protocol: 'rfb' });
    attack.fromServer(`00 00 0001 0000 0000 ffff ffff ${hex(encoding, 4)} ${payload}`);
    expect([encoding, attack.end.split(' ')[0]]).toEqual([encoding, 'limit']);
  }
});

test('a message that no server sends ends the stream', () => {
  for (const type of [4, 5, 6, 100, 185, 188, 192, 249, 251, 252, 255]) {
    const attack = new Attack();
    attack.fromServer(`${hex(type, 1)} ${cutText}`);
    expect([type, leaks(attack), attack.end]).toEqual([type, false, 'unsupported message-type']);
  }
});

test('KasmVNC’s clipboard from a server that is to be a standard one, and its old cut text from KasmVNC, are both judged', () => {
  const standard = new Attack({ protocol: 'rfb', prevention: noCopies });
  standard.fromServer(copy);
  expect([leaks(standard), standard.end]).toEqual([false, 'unsupported message-type']);
  const kasm = new Attack({ prevention: noCopies });
  kasm.fromServer(cutText);
  expect([leaks(kasm), kasm.end]).toEqual([false, '']);
});

test('a copy that comes cut at every byte falls as a whole one does', () => {
  for (const notation of [copy, cutText]) {
    const attack = new Attack({ prevention: noCopies });
    const bytes = bytesOf(`02 ${notation} 02`);
    attack.say(
      'server',
      bytes,
      Array.from({ length: bytes.length - 1 }, (_, index) => index + 1),
    );
    expect([...attack.client]).toEqual([2, 2]);
  }
});

test('a server that speaks before it let us in, or offers only what it must not have, is not followed', () => {
  const attack = new Attack({ protocol: 'rfb', raw: true });
  attack.fromServer('"RFB 003.008" 0a 01 01 00000000 03 000000 00000006 "secret"');
  expect([leaks(attack), attack.end]).toEqual([false, 'out_of_order ServerInit']);
});
