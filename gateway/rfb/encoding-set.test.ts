import { describe, expect, test } from 'bun:test';
import { EncodingSet, isFollowed } from './encoding-set.ts';

describe('what a server may be told of', () => {
  // The list of noVNC 1.7, in its order.
  const noVnc = [1, 50, 7, -260, 16, 21, 5, 2, 6, 0, -26, -254, -223, -224, -258, -261, -308, -309, -312];
  const noVncMore = [-313, -307, 0xc0a1e5ce | 0, -316, 0x574d5664, -239];

  test('is all that noVNC asks for but JPEG, whose rectangles have no length', () => {
    const lost = [...noVnc, ...noVncMore].filter(encoding => !isFollowed(encoding, 'rfb'));
    expect(lost).toEqual([21]);
  });

  // The list that Kasm's own web client sends, read from a recording.
  const kasm = [1, 7, -260, 5, 2, 0, -26, -254, -223, -224, -258, -308, -309, -312, -313, -307, -1063131698];
  const kasmMore = [-1885, -1884, -1024, -1886, -1018, -1008, -996, -988, -972, -907, -865, -1984, -1994];
  const kasmLast = [-2034, -1997, -1141, -1061, -1025, -992, 1464686180, -239, 1464686182];

  test("is all that Kasm's client asks KasmVNC for", () => {
    const lost = [...kasm, ...kasmMore, ...kasmLast].filter(encoding => !isFollowed(encoding, 'kasmvnc'));
    expect(lost).toEqual([]);
  });

  test.each([
    [-305, 'general input'],
    [-259, 'QEMU sound'],
    [8, 'zlib hex'],
    [-1, 'nothing'],
    [-2049, 'nothing of KasmVNC'],
  ])('is not %d (%s)', encoding => {
    expect([isFollowed(encoding, 'rfb'), isFollowed(encoding, 'kasmvnc')]).toEqual([false, false]);
  });

  test('is not extended mouse buttons in KasmVNC, whose pointer message has its own form', () => {
    expect([isFollowed(-316, 'rfb'), isFollowed(-316, 'kasmvnc')]).toEqual([true, false]);
  });
});

describe('what a server may send', () => {
  test('is raw from the start, and what was asked for from then on', () => {
    const allowed = new EncodingSet();
    expect([allowed.has(0), allowed.has(7)]).toEqual([true, false]);
    allowed.add(7);
    expect(allowed.has(7)).toBe(true);
  });

  test('is video once a streaming codec was asked for', () => {
    const allowed = new EncodingSet();
    allowed.add(-1025);
    expect(allowed.has(17)).toBe(false);
    allowed.add(-1026);
    expect(allowed.has(17)).toBe(true);
  });
});
