import { describe, expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { bytesOf, joined } from '../../test/conformance/rfb-bytes.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { ClientMessageMeasure } from './client-message.ts';
import { ClientSplitter } from './client-splitter.ts';
import type { RfbProtocol } from './numbers.ts';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function feed(splitter: ClientSplitter, bytes: Uint8Array): string[] {
  const found: string[] = [];
  splitter.push(bytes, 0, bytes.length);
  while (splitter.next()) {
    found.push(hexOf(splitter.message.bytes.subarray(splitter.message.start, splitter.message.end)));
  }
  return found;
}

const open = (protocol: RfbProtocol): ClientSplitter =>
  new ClientSplitter(new ClientMessageMeasure(protocol));

const standard = [
  ['SetPixelFormat', '00 000000 20 18 00 01 00ff 00ff 00ff 10 08 00 000000'],
  ['SetEncodings of two', '02 00 0002 00000007 ffffff21'],
  ['SetEncodings of none', '02 00 0000'],
  ['FramebufferUpdateRequest', '03 00 0000 0000 0400 0300'],
  ['KeyEvent', '04 01 0000 00000061'],
  ['PointerEvent', '05 01 0010 0020'],
  ['ClientCutText', '06 000000 00000003 "abc"'],
  ['ClientCutText, extended', '06 000000 fffffffc 08000001'],
  ['EnableContinuousUpdates', '96 01 0000 0000 0400 0300'],
  ['ClientFence', 'f8 000000 00000001 02 abcd'],
  ['xvp', 'fa 00 01 03'],
  ['SetDesktopSize', 'fb 00 0400 0300 01 00 00000000 0000 0000 0400 0300 00000000'],
  ['QEMU key event', 'ff 00 0001 00000061 0000001e'],
] as const;

const kasmvnc = [
  ...standard.filter(([name]) => name !== 'PointerEvent' && name !== 'xvp'),
  ['PointerEvent with scrolling', '05 0001 0010 0020 0000 ffff'],
  ['RequestStats', 'b2 000000'],
  ['FrameStats', 'b3 000000 00000001 00000002'],
  ['BinaryClipboard of none', 'b4 00'],
  ['BinaryClipboard of two', 'b4 02 0a "text/plain" 00000002 "ab" 09 "text/html" 00000000'],
  ['UpgradeToUdp', 'b5 0003 "sdp"'],
  ['SubscribeUnixRelay', 'b6 07 "printer"'],
  ['UnixRelay', 'b7 07 "printer" 00000002 "ab"'],
  ['VideoEncoders', 'b8 02 fffffbfe fffffbf9'],
  ['KeepAlive', 'b9'],
  ['DirectMouse', 'bc 01 0001 0001 0000 0000'],
  ['LatencyMeasurement', 'bd 000000 00000007'],
  ['NetworkStats', 'be 000000'],
  ['SystemStats', 'bf 000000'],
  ['SetMaxVideoResolution', 'fc 0400 0300'],
] as const;

describe.each([
  ['rfb', standard],
  ['kasmvnc', kasmvnc],
] as const)('client messages of %s', (protocol, table) => {
  test.each(table as readonly (readonly [string, string])[])('%s', (_, notation) => {
    const message = bytesOf(notation);
    // Followed by the beginning of another, so that one byte too many would show.
    const follower = bytesOf('03 00 0000');
    const bytes = joined([message, follower]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const splitter = open(protocol);
      const before = feed(splitter, bytes.subarray(0, cut));
      expect(before.length).toBe(cut < message.length ? 0 : 1);
      expect([...before, ...feed(splitter, bytes.subarray(cut))]).toEqual([hexOf(message)]);
    }
  });

  test('all of them in one chunk, and byte by byte', () => {
    const messages = table.map(([, notation]) => bytesOf(notation));
    const all = joined(messages);
    expect(feed(open(protocol), all)).toEqual(messages.map(hexOf));
    const splitter = open(protocol);
    const found: string[] = [];
    for (let at = 0; at < all.length; at++) found.push(...feed(splitter, all.subarray(at, at + 1)));
    expect(found).toEqual(messages.map(hexOf));
    expect(splitter.offset).toBe(all.length);
  });

  test('one wrong byte is a step or a refusal', () => {
    const all = joined(table.map(([, notation]) => bytesOf(notation)));
    for (let at = 0; at < all.length; at++) {
      for (const wrong of [0, 1, 0x7f, 0x80, 0xff]) {
        const broken = all.slice();
        broken[at] = wrong;
        try {
          feed(open(protocol), broken);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }
    }
  });
});

describe('lengths over their limit are refused as soon as they are read', () => {
  test.each([
    ['rfb', '02 00 0401', `number-of-encodings is 1025, the limit is ${limits.encodingsCountMax}`],
    ['rfb', '06 000000 40000000', 'cut text length is 1073741824, the limit is 1073741816'],
    ['rfb', '06 000000 80000000', 'cut text length is 2147483648, the limit is 1073741816'],
    ['kasmvnc', 'b4 21', `clipboard items is 33, the limit is ${limits.clipboardItemsMax}`],
    ['kasmvnc', 'b4 01 20', `mime length is 32, the limit is ${limits.clipboardMimeBytesMax}`],
    ['kasmvnc', 'b4 01 00 ffffffff', 'clipboard item length is 4294967295, the limit is 1073741824'],
    ['kasmvnc', 'b7 40', 'relay name length is 64, the limit is 63'],
    ['kasmvnc', 'b7 01 "p" 01000000', 'relay length is 16777216, the limit is 16777209'],
  ] as const)('%s %s', (protocol, notation, message) => {
    expect(() => feed(open(protocol), bytesOf(notation))).toThrow(message);
  });

  test('many items whose sum is over it, too', () => {
    const splitter = open('kasmvnc');
    feed(splitter, bytesOf('b4 02 01 "a" 30000000'));
    const piece = new Uint8Array(0x1000000);
    for (let sent = 0; sent < 0x30000000; sent += piece.length) feed(splitter, piece);
    expect(() => feed(splitter, bytesOf('01 "b" 30000000'))).toThrow('clipboard message is');
  });
});

test('every type that is not in the table is refused', () => {
  for (const [protocol, table] of [
    ['rfb', standard],
    ['kasmvnc', kasmvnc],
  ] as const) {
    const known = new Set<number>(table.map(([, notation]) => bytesOf(notation)[0]!));
    for (let type = 0; type < 256; type++) {
      if (known.has(type)) continue;
      expect(() => feed(open(protocol), Uint8Array.of(type))).toThrow(`client message ${type} is unknown`);
    }
  }
});

test('a refusal says where in the stream it stood', () => {
  const splitter = open('rfb');
  feed(splitter, bytesOf('03 00 0000 0000 0400 0300 03 00'));
  expect(() => feed(splitter, bytesOf('0000 0000 0400 0300 01'))).toThrow(
    expect.objectContaining({ offset: 20, field: 'message-type' }),
  );
});
