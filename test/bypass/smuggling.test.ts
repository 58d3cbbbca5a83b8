/** Bytes that a careless reader takes for something else than the desktop's server does. See docs/bypasses.md. */
import { expect, test } from 'bun:test';
import { bytesOf } from '../conformance/rfb-bytes.ts';
import { Attack, copyOf, hex, hexOf, keyA, noKeys, updateRequest } from './attack.ts';
import { takenBy } from './desktop-model.ts';

const keyEvent = 4;
const relay = 183;
const pixelFormat = '20 18 00 01 00ff 00ff 00ff 10 08 00 000000';
/** To a server that skips the name alone: SetPixelFormat and a key. To one that reads on: 24 bytes for a relay. */
const twoMeanings = `00 000018 ${pixelFormat} 04 01 0000 00000061`;

test('a key behind a relay name of 64 bytes, which KasmVNC reads as a message, is stopped by the limit of names', () => {
  const attack = new Attack({ prevention: noKeys });
  attack.fromClient(`b7 40 ${hexOf('r'.repeat(64))} ${twoMeanings}`);
  expect(attack.acted).not.toContain(keyEvent);
  expect(attack.end).toBe('limit relay name length');
});

test('a relay name of 63 bytes, where both readings agree, carries the same bytes as data', () => {
  const attack = new Attack({ prevention: noKeys });
  attack.fromClient(`b7 3f ${hexOf('r'.repeat(63))} ${twoMeanings}`);
  expect(attack.acted).toEqual([relay]);
});

test('a subscription to a relay with a name of 64 bytes is stopped by the same limit', () => {
  const attack = new Attack();
  attack.fromClient(`b6 40 ${hexOf('r'.repeat(64))}`);
  expect(attack.end).toBe('limit relay name length');
});

test('a relay name with a NUL, which KasmVNC reads as “printer”, is stopped because it is not printable', () => {
  const attack = new Attack({ prevention: { allow: { printer: false } } });
  attack.fromClient('b6 09 "printer" 00 78');
  expect(attack.acted).toEqual([]);
  expect(attack.end).toBe('malformed relay name');
});

const noText = { clipboard: { allow_text: false, allow_mimetypes: 'any' } };
const mimetypesOf = (attack: Attack): readonly string[] =>
  takenBy('kasmvnc', attack.upstream).flatMap(({ mimetypes = [] }) => mimetypes);

test('text under a MIME name with a NUL, which KasmVNC reads as text/plain, is stopped because it is not printable', () => {
  const attack = new Attack({ prevention: { clipboard: { allow_mimetypes: ['image/png'] } } });
  attack.fromClient(copyOf('image/png\0secret', 'x'));
  expect(mimetypesOf(attack)).toEqual([]);
  expect(attack.end).toBe('malformed mime');
});

test('a MIME name whose first 31 bytes name another kind, which is all that KasmVNC keeps, is stopped by the limit', () => {
  const kept = 'application/x-forbidden-kind.31';
  const attack = new Attack({ prevention: { clipboard: { allow_mimetypes: [`${kept}x`] } } });
  attack.fromClient(copyOf(`${kept}x`, 'secret'));
  expect(mimetypesOf(attack)).not.toContain(kept);
  expect(attack.end).toBe('limit mime length');
});

test('a MIME name that comes twice, of which KasmVNC takes the first, is refused', () => {
  const attack = new Attack();
  attack.fromClient('b4 02 0a "text/plain" 00000001 "a" 0a "text/plain" 00000001 "b"');
  expect(mimetypesOf(attack)).toEqual([]);
  expect(attack.end).toBe('malformed mime');
});

test('text under a name that only looks different (charset, TEXT, UTF8_STRING) is still text', () => {
  for (const name of ['text/plain;charset=utf-8', 'TEXT', 'STRING', 'UTF8_STRING']) {
    const attack = new Attack({ prevention: noText });
    attack.fromClient(copyOf(name, 'secret'));
    expect(mimetypesOf(attack)).toEqual([]);
  }
});

test('a clipboard item that says it is 4 GiB long is refused before a byte of it is kept', () => {
  const attack = new Attack();
  attack.fromClient(`b4 01 0a "text/plain" ffffffff ${keyA}`);
  expect(attack.acted).toEqual([]);
  expect(attack.end).toBe('limit clipboard item length');
});

test('more clipboard items than anyone copies are refused by their count alone', () => {
  const attack = new Attack();
  attack.fromClient('b4 ff');
  expect(attack.end).toBe('limit clipboard items');
});

test('a cut text of the most negative length, whose negation is negative again, is refused by its limit', () => {
  const attack = new Attack({ protocol: 'rfb', prevention: noKeys });
  attack.fromClient(`06 000000 80000000 ${keyA}`);
  expect(attack.acted).toEqual([]);
  expect(attack.end).toBe('limit cut text length');
});

test('a negative cut text length is read as KasmVNC reads it, so that the key behind it is judged', () => {
  const attack = new Attack({ prevention: noKeys });
  attack.fromClient(`06 000000 ${hex(-4, 4)} 01000000 ${keyA} ${updateRequest}`);
  expect(attack.acted).toEqual([3]);
});

test('a negative cut text length to a standard server that never showed the extended clipboard falls', () => {
  const attack = new Attack({ protocol: 'rfb', encodings: [0] });
  attack.fromClient(`06 000000 ${hex(-4, 4)} 02000001 ${updateRequest}`);
  expect([attack.acted, attack.events.map(({ reason }) => reason)]).toEqual([[3], ['form']]);
});

test('an extended clipboard message of two actions, which readers take for either, is refused', () => {
  const attack = new Attack({ protocol: 'rfb' });
  attack.fromClient(`06 000000 ${hex(-4, 4)} 18000001`);
  expect(attack.acted).toEqual([]);
  expect(attack.end).toBe('malformed flags');
});

test('message types that no server knows, and QEMU messages that are no key, end the stream with nothing sent on', () => {
  const unknown = [1, 7, 100, 149, 151, 177, 186, 187, 192, 247, 249, 250, 253, 254];
  for (const notation of [...unknown.map(type => hex(type, 1)), 'ff 01 0000', 'ff 02']) {
    const attack = new Attack({ prevention: noKeys });
    attack.fromClient(`${notation} ${keyA}`);
    expect(attack.acted).toEqual([]);
    expect(attack.end).toStartWith('unsupported');
  }
});

test('a fence with more bytes than the protocol allows, which servers skip in ways of their own, is refused', () => {
  const attack = new Attack();
  attack.fromClient(`f8 000000 00000000 41 ${hexOf('f'.repeat(65))} ${keyA}`);
  expect(attack.acted).toEqual([]);
  expect(attack.end).toBe('limit fence length');
});

test('a pointer event of KasmVNC’s 11 bytes on a standard desktop is read as its server reads it', () => {
  const attack = new Attack({ protocol: 'rfb', prevention: noKeys });
  // The last five bytes would be a key's first ones to a server that takes six.
  attack.fromClient('05 0000 0000 00 04 01 0000 00 000061 03 01 0000 0000 0010 0010');
  expect(attack.acted).not.toContain(keyEvent);
});

test('a seventh pointer byte, before both sides have agreed on it, is the next message and is judged as one', () => {
  const attack = new Attack({ protocol: 'rfb', prevention: noKeys });
  attack.fromClient(`05 80 0000 0000 ${keyA} ${updateRequest}`);
  expect(attack.acted).toEqual([5, 3]);
});

test('what the client says before ServerInit waits, and is judged like everything else', () => {
  const early = new Attack({
    raw: true,
    prevention: { ...noKeys, clipboard: { client_to_server: { enabled: false } } },
  });
  early.fromClient(`"RFB 003.008" 0a 01 01 ${copyOf('text/plain', 'secret')} ${keyA} ${updateRequest}`);
  early.fromServer('"RFB 003.008" 0a');
  early.fromServer('01 01');
  early.fromServer('00000000');
  early.fromServer(`0010 0010 ${pixelFormat} 00000001 "x"`);
  expect(Buffer.from(early.upstream).toString('latin1')).toBe(
    Buffer.from(bytesOf(`"RFB 003.008" 0a 01 01 ${updateRequest}`)).toString('latin1'),
  );
});
