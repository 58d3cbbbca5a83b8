/** Well-formed messages that try to get past what the policy says. See docs/bypasses.md. */
import { expect, test } from 'bun:test';
import { deflateSync } from 'node:zlib';
import { limits } from '../../config/limits.ts';
import { createSessionLedger } from '../../gateway/policy/policy-state.ts';
import { encodeDib } from '../../gateway/rfb/dib.ts';
import { encodePng } from '../../gateway/rfb/png-encode.ts';
import { WriteCursor } from '../../gateway/wire/write-cursor.ts';
import { bytesOf } from '../conformance/rfb-bytes.ts';
import { policyOf } from '../conformance/rfb-stream.ts';
import { Attack, copyOf, hex, hexOf, keyA, noCopies, noKeys, updateRequest } from './attack.ts';
import { takenBy } from './desktop-model.ts';

/** An extended clipboard's `provide` of a text. */
function provideOf(type: 3 | 6, plain: Uint8Array): Uint8Array {
  const packed = deflateSync(new WriteCursor().u32(plain.length).raw(plain).finish());
  const head = new WriteCursor().u8(type).zeros(3);
  return head
    .u32(-4 - packed.length)
    .u32(0x1000_0001)
    .raw(packed)
    .finish();
}

const everyAction = [
  keyA,
  'ff 00 0001 00000061 0000001e ff 00 0000 00000061 0000001e',
  '05 0001 0001 0001 0000 0000',
  '05 0000 0001 0001 0000 0078',
  'bc 01 0001 0001 0000 0000',
  'bc 00 0000 0000 0001 0000',
  copyOf('text/plain', 'secret'),
  'b4 00',
  '06 000000 00000006 "secret"',
  'b5 0003 "sdp"',
  'b6 07 "printer"',
  'b7 07 "printer" 00000002 "ab"',
  'fb 00 0400 0300 01 00 00000000 0000 0000 0400 0300 00000000',
  'fc 0400 0300',
];

test('one who may only watch gets nothing through in any form of key, pointer, scroll, clipboard, relay or resize', () => {
  for (const action of everyAction) {
    const attack = new Attack({ access: 'view_only' });
    attack.fromClient(`${action} ${updateRequest}`);
    expect([action, attack.acted, attack.end]).toEqual([action, [3], '']);
  }
});

test('one who may only watch a standard desktop can neither shut it down nor use its long pointer', () => {
  const attack = new Attack({ protocol: 'rfb', access: 'view_only' });
  attack.fromClient(`fa 00 01 02 05 01 0001 0001 ${updateRequest}`);
  expect(attack.acted).toEqual([3]);
});

test('one who may only watch cannot change the picture for everyone through KasmVNC’s wishes in SetEncodings', () => {
  const attack = new Attack({ access: 'view_only' });
  attack.fromClient('02 00 0003 00000007 fffff830 ffffffe0');
  expect(Buffer.from(attack.upstream).toString('hex')).toBe('02000001' + '00000007');
});

test('an invitation to UDP, where nobody would inspect pixels or keys, is dropped from either side', () => {
  const attack = new Attack();
  attack.fromClient(`b5 0003 "sdp" ${updateRequest}`);
  attack.fromServer('b5 0003 "sdp" 02');
  expect(attack.acted).toEqual([3]);
  expect([...attack.client]).toEqual([2]);
  const told = { type: 'udp', verdict: 'drop' };
  expect(attack.events).toMatchObject([
    { ...told, direction: 'up' },
    { ...told, direction: 'down' },
  ]);
});

test('encodings and extensions that cannot be followed are taken out of SetEncodings, however often it is said', () => {
  const attack = new Attack();
  // QEMU audio, an extension nobody knows, KasmVideo's codec outside its range, and Tight, which may stay.
  const wishes = '02 00 0004 fffffefd 12345678 fffffbff 00000007';
  for (let time = 0; time < 3; time++) attack.fromClient(wishes);
  const told = takenBy('kasmvnc', attack.upstream).map(({ start, end }) =>
    Buffer.from(attack.upstream.subarray(start + 4, end)).toString('hex'),
  );
  expect(told.every(list => !list.includes('fffffefd') && !list.includes('12345678'))).toBe(true);
  expect(told.every(list => list.includes('00000007'))).toBe(true);
});

test('more encodings than there are, to fill the memory behind them, are refused by their count', () => {
  const attack = new Attack();
  attack.fromClient('02 00 ffff');
  expect(attack.end).toBe('limit number-of-encodings');
});

test('a copy cut in pieces of one byte falls as a whole one does, and what is behind it is read on', () => {
  const attack = new Attack({ prevention: { ...noCopies, ...noKeys } });
  const bytes = bytesOf(`${copyOf('text/plain', 'secret')} ${keyA} ${updateRequest}`);
  attack.say(
    'client',
    bytes,
    Array.from({ length: bytes.length - 1 }, (_, index) => index + 1),
  );
  expect(attack.acted).toEqual([3]);
});

test('the rest of a frame behind a message that fell is judged like any other', () => {
  const attack = new Attack({ prevention: { ...noCopies, ...noKeys } });
  attack.fromClient(
    `${copyOf('text/plain', 'x')} ${keyA} ${updateRequest} ${copyOf('text/html', 'x')} ${keyA}`,
  );
  expect(attack.acted).toEqual([3]);
});

test('a copy under way when the policy is tightened is judged by the tighter policy', () => {
  const attack = new Attack();
  const bytes = bytesOf(copyOf('text/plain', 'secret'));
  attack.say('client', bytes.subarray(0, 20));
  attack.inspection.setPolicy(policyOf({ access: 'view_only' }));
  attack.say('client', bytes.subarray(20));
  attack.fromClient(updateRequest);
  expect(attack.acted).toEqual([3]);
});

test('a copy that was held to be asked for is not given out once the policy is tightened', () => {
  const attack = new Attack({ form: 'rfb', protocol: 'kasmvnc' });
  attack.fromClient(`06 000000 ${hex(-8, 4)} 1f000001 00100000`);
  attack.fromServer('b4 01 00000001 0a "text/plain" 00000006 "secret"');
  attack.inspection.setPolicy(policyOf({ access: 'view_only' }));
  attack.forget();
  attack.fromClient(`06 000000 ${hex(-4, 4)} 02000001`);
  expect(attack.client.length).toBe(0);
});

test('a copy that waits for the end of an update is not sent once the policy is tightened', () => {
  const update = bytesOf(`00 00 0001 0000 0000 0002 0002 00000000 ${'a5'.repeat(16)}`);
  for (const ask of ['02000001', '04000000']) {
    const attack = new Attack({ form: 'rfb', protocol: 'kasmvnc' });
    attack.fromClient(`06 000000 ${hex(-8, 4)} 1f000001 00100000`);
    attack.fromServer('b4 01 00000001 0a "text/plain" 00000006 "secret"');
    attack.forget();
    attack.say('server', update.subarray(0, 20));
    attack.fromClient(`06 000000 ${hex(-4, 4)} ${ask}`);
    attack.inspection.setPolicy(policyOf({ access: 'view_only' }));
    attack.say('server', update.subarray(20));
    expect(attack.client).toEqual(update);
    const told = { type: 'clipboard', direction: 'down', verdict: 'drop', reason: 'withdrawn' };
    expect(attack.events).toMatchObject(ask === '02000001' ? [told] : []);
  }
});

test('a bomb in the extended clipboard falls in either direction, also where no size is limited', () => {
  const bomb = new Uint8Array(limits.extendedClipboardBytesMax + 1);
  const limited = { clipboard: { client_to_server: { size: 100 }, server_to_client: { size: 100 } } };
  const fallen = { reason: 'size', verdict: 'drop', limit: limits.extendedClipboardBytesMax };
  for (const prevention of [limited, {}]) {
    const attack = new Attack({ protocol: 'rfb', prevention });
    attack.say('client', provideOf(6, bomb));
    expect([attack.acted, attack.end]).toEqual([[], '']);
    expect(attack.events).toMatchObject([{ ...fallen, direction: 'up' }]);
    attack.say('server', provideOf(3, bomb));
    expect([attack.client.length, attack.end]).toEqual([0, '']);
    expect(attack.events.at(-1)).toMatchObject({ ...fallen, direction: 'down' });
  }
});

test('a copy behind or between the packed blocks of a small one does not travel with it where sizes count', () => {
  const attack = new Attack({
    protocol: 'rfb',
    prevention: { clipboard: { client_to_server: { size: 10 } } },
  });
  const good = provideOf(6, new TextEncoder().encode('small'));
  const more = Buffer.from('secret '.repeat(1000));
  const message = Buffer.concat([good, more]);
  message.writeInt32BE(8 - message.length, 4);
  attack.say('client', message);
  expect(attack.upstream.length).toBeLessThan(50);
  expect(Buffer.from(attack.upstream).includes('secret')).toBe(false);
});

test('what is hidden in the chunks of a picture, or behind the rows of one, does not travel where it changes its form', () => {
  const pixel = { width: 1, height: 1, hasAlpha: false, pixels: Uint8Array.of(1, 2, 3, 255) };
  const secret = Buffer.from('secret '.repeat(2_000));
  const png = encodePng(pixel);
  const chunk = new WriteCursor().u32(secret.length).ascii('tEXt').raw(secret).u32(0).finish();
  const stuffed = Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33), secret]);
  const limited = { clipboard: { client_to_server: { size: 100 } } };
  const kasm = new Attack({ form: 'kasmvnc', protocol: 'rfb', prevention: limited });
  kasm.say(
    'client',
    new WriteCursor().u8(180).u8(1).u8(9).ascii('image/png').u32(stuffed.length).raw(stuffed).finish(),
  );
  kasm.fromServer(`03 000000 ${hex(-4, 4)} 02000008`);
  expect([kasm.upstream.length < 150, kasm.acted, kasm.end]).toEqual([true, [6, 6], '']);
  const standard = new Attack({ form: 'rfb', protocol: 'kasmvnc', prevention: limited });
  const dib = Buffer.concat([encodeDib(pixel), secret]);
  const packed = deflateSync(new WriteCursor().u32(dib.length).raw(dib).finish());
  const head = new WriteCursor()
    .u8(6)
    .zeros(3)
    .u32(-4 - packed.length)
    .u32(0x1000_0008);
  standard.say('client', head.raw(packed).finish());
  expect([standard.upstream.length < 150, standard.acted, standard.end]).toEqual([true, [180], '']);
});

test('a provide that nobody asked for, after its offer fell, falls as well', () => {
  const attack = new Attack({ protocol: 'rfb', prevention: noCopies });
  attack.fromClient(`06 000000 ${hex(-4, 4)} 08000001`);
  attack.say('client', provideOf(6, new TextEncoder().encode('secret')));
  expect(attack.acted).toEqual([]);
});

test('a legacy cut text, when only the extended form was watched for, is judged by the same rule', () => {
  const attack = new Attack({ protocol: 'rfb', prevention: noCopies });
  attack.fromClient('06 000000 00000006 "secret"');
  attack.fromServer('03 000000 00000006 "secret"');
  expect([attack.acted, attack.client.length]).toEqual([[], 0]);
});

test('one copy in many items, each below the size, is held to the total', () => {
  const attack = new Attack({
    prevention: { clipboard: { client_to_server: { size: 4, total_size: 6 } } },
  });
  attack.fromClient('b4 02 0a "text/plain" 00000004 "abcd" 09 "text/html" 00000004 "efgh"');
  const [message] = takenBy('kasmvnc', attack.upstream);
  expect(message?.mimetypes).toEqual(['text/plain']);
});

const nothingUp = { clipboard: { client_to_server: { size: 'nothing' } } };
const nothingDown = { clipboard: { server_to_client: { size: 'nothing' } } };

test('an item of no bytes carries nothing in its name where nothing may pass, nor does the emptied clipboard', () => {
  const items = [copyOf('text/plain;AAAAAAAAAAAAAAAAAAAA', ''), copyOf('text/plain', ''), 'b4 00'];
  for (const item of items) {
    for (const prevention of [nothingUp, { clipboard: { client_to_server: { total_size: 'nothing' } } }]) {
      const attack = new Attack({ prevention });
      attack.fromClient(`${item} 06 000000 00000000 ${updateRequest}`);
      expect([item, attack.acted]).toEqual([item, [3]]);
    }
  }
  const standard = new Attack({ protocol: 'rfb', prevention: nothingUp });
  standard.fromClient(`06 000000 00000000 06 000000 ${hex(-4, 4)} 08000001 ${updateRequest}`);
  standard.say('client', provideOf(6, new Uint8Array(0)));
  expect(standard.acted).toEqual([3]);
});

test('a name that holds more than the kind of its item goes on, and is told, as the kind alone', () => {
  const attack = new Attack({ prevention: { clipboard: { client_to_server: { size: 10 } } } });
  attack.fromClient(
    `b4 02 1e ${hexOf('text/plain;SECRETSECRETSECRETS')} 00000001 "a" 0b ${hexOf('UTF8_STRING')} 00000001 "b"`,
  );
  expect(takenBy('kasmvnc', attack.upstream).map(({ mimetypes }) => mimetypes)).toEqual([['text/plain']]);
  expect(Buffer.from(attack.upstream).includes('SECRET')).toBe(false);
  attack.fromClient(copyOf('SECRETSECRETSECRETSECRET', 'x'));
  attack.fromServer('b4 01 00000001 18 "SECRETSECRETSECRETSECRET" 00000001 "x"');
  expect(attack.events.map(({ reason, mimetype }) => [reason, mimetype])).toEqual([
    ['mimetype', 'other'],
    ['mimetype', 'other'],
  ]);
});

test('names that a policy lets have anything are counted with their items', () => {
  const attack = new Attack({
    prevention: {
      clipboard: { allow_mimetypes: 'any', client_to_server: { budget: { burst: 50, per_hour: 0 } } },
    },
  });
  for (const name of 'abcdefghij') attack.fromClient(copyOf(name.repeat(20), ''));
  expect(attack.acted).toEqual([180, 180]);
});

test('the numbers in front of a desktop’s items carry nothing where copies are limited: they are counted anew', () => {
  for (const prevention of [
    { clipboard: { server_to_client: { size: 100 } } },
    { clipboard: { delay_between_operations: 1 } },
  ]) {
    const attack = new Attack({ prevention });
    attack.fromServer(`b4 02 00"sec" 0a "text/plain" 00000000 00"ret" 09 "text/html" 00000000`);
    attack.fromServer('b4 01 00"sec" 0a "text/plain" 00000000');
    expect(attack.client).toEqual(
      bytesOf(
        `b4 02 00000001 0a "text/plain" 00000000 00000002 09 "text/html" 00000000
         b4 01 00000003 0a "text/plain" 00000000`,
      ),
    );
  }
  const nothing = new Attack({ prevention: nothingDown });
  nothing.fromServer('b4 01 00"sec" 0a "text/plain" 00000000 b4 00');
  expect(nothing.client.length).toBe(0);
});

test('numbers go on from the desktop’s where a limit comes while the stream runs', () => {
  const attack = new Attack();
  attack.fromServer('b4 01 00000007 0a "text/plain" 00000001 "a"');
  attack.inspection.setPolicy(
    policyOf({ data_loss_prevention: { clipboard: { server_to_client: { size: 5 } } } }),
  );
  attack.forget();
  attack.fromServer('b4 01 00000063 0a "text/plain" 00000001 "b"');
  expect(attack.client).toEqual(bytesOf('b4 01 00000008 0a "text/plain" 00000001 "b"'));
});

test('the release of a key whose press fell tells the desktop nothing, nor does one that was never pressed', () => {
  const attack = new Attack({ prevention: noKeys });
  attack.fromClient(`${keyA} 04 00 0000 00000062 ff 00 0000 00000063 0000002e ${updateRequest}`);
  expect(attack.acted).toEqual([3]);
});

test('keys without end are not remembered without end', () => {
  const attack = new Attack();
  for (let key = 0; key < 400; key++) attack.fromClient(`04 01 0000 ${hex(0x1000 + key, 4)}`);
  expect(attack.acted.length).toBe(256);
});

test('two streams of one session type no faster than one, by either rule', () => {
  const press = (key: number): string => `04 01 0000 ${hex(key, 4)}`;
  for (const [rule, passing] of [
    ['token_bucket', 4],
    ['kasmvnc', 1],
  ] as const) {
    const prevention = { keyboard: { rate_limit: 4, rate_limit_rule: rule } };
    const ledger = createSessionLedger();
    const streams = [new Attack({ prevention, ledger }), new Attack({ prevention, ledger })];
    for (const stream of streams) stream.nowMs = 1_000;
    for (let key = 0x61; key < 0x71; key++) streams[key % 2]!.fromClient(press(key));
    expect(streams.flatMap(stream => stream.acted)).toEqual(Array.from({ length: passing }, () => 4));
  }
});

test('a blocked combination under the other name of its key, the place instead of the symbol, is still blocked', () => {
  const attack = new Attack({ prevention: { keyboard: { blocked_combinations: ['Control+p'] } } });
  attack.fromClient('ff 00 0001 0000ffe3 0000001d ff 00 0001 00000000 00000019');
  attack.fromClient('04 01 0000 00000050');
  expect(attack.acted).toEqual([255]);
});

test('a press or scroll outside the visible region, in any pointer message, does not arrive', () => {
  const region = { left: 16, top: 16, right: 32, bottom: 32 };
  for (const action of [
    '05 0001 0001 0001 0000 0000',
    '05 0000 0001 0001 0000 0078',
    'bc 01 0000 0000 0000 0000',
  ]) {
    const attack = new Attack({ prevention: { visible_region: region } });
    attack.fromClient(action);
    const pressed = takenBy('kasmvnc', attack.upstream).some(({ type, start }) => {
      const { upstream } = attack;
      const scroll = upstream.subarray(start + (type === 5 ? 7 : 6), start + (type === 5 ? 11 : 10));
      return (
        (type === 5 ? upstream[start + 2] : upstream[start + 1]) !== 0 || scroll.some(byte => byte !== 0)
      );
    });
    expect([action, pressed]).toEqual([action, false]);
  }
});

test('requests without end pass one by one and nothing of them is kept', () => {
  const attack = new Attack();
  const flood = bytesOf(Array.from({ length: 700 }, () => updateRequest).join(' '));
  const chunk = flood.slice();
  for (let time = 0; time < 50; time++) {
    expect(attack.inspection.fromClient(chunk, 0, chunk.length)).toBe(true);
    expect(attack.inspection.toUpstream.byteLength + attack.inspection.toClient.byteLength).toBe(0);
  }
});

test('a copy to another relay than the one that is allowed stays out, whatever its name begins with', () => {
  const attack = new Attack({ prevention: { allow: { other_relays: false, smart_card: false } } });
  attack.fromClient(
    `b7 08 "printer2" 00000006 "secret" b7 07 "Printer" 00000006 "secret" b6 00 ${hexOf('')}`,
  );
  expect(attack.acted).toEqual([]);
});

test('a client of the other dialect gets no further, for what it says is judged before it is translated', () => {
  const prevention = { ...noCopies, ...noKeys, pointer: { enabled: false } };
  const standard = new Attack({ form: 'rfb', protocol: 'kasmvnc', prevention });
  standard.fromClient(`${keyA} 05 01 0001 0001 06 000000 00000006 "secret" fa 00 01 02 ${updateRequest}`);
  standard.say('client', provideOf(6, new TextEncoder().encode('secret')));
  expect([standard.acted, standard.end]).toEqual([[3], '']);
  const kasm = new Attack({ form: 'kasmvnc', protocol: 'rfb', prevention });
  kasm.fromClient(`${keyA} 05 0001 0001 0001 0000 0078 bc 01 0001 0001 0000 0000 ${updateRequest}`);
  kasm.fromClient(`${copyOf('text/plain', 'secret')} b5 0003 "sdp" b7 07 "printer" 00000002 "ab"`);
  kasm.fromServer(`03 000000 ${hex(-8, 4)} 1f000001 00100000 03 000000 ${hex(-4, 4)} 02000001`);
  const copies = takenBy('rfb', kasm.upstream).filter(
    ({ type, start }) =>
      type === 6 &&
      ((kasm.upstream[start + 8] ?? 0) & 0x10) !== 0 &&
      (kasm.upstream[start + 8] ?? 0) !== 0x1f,
  );
  expect([kasm.acted.filter(type => type !== 6), copies, kasm.end]).toEqual([[3], [], '']);
});
