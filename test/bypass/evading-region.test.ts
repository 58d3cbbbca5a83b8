/** Clicks and scrolls outside the visible region that seem to be inside. See docs/bypasses.md. */
import { expect, test } from 'bun:test';
import { bytesOf } from '../conformance/rfb-bytes.ts';
import { Attack, hex } from './attack.ts';

const region = { visible_region: { left: 0, top: 0, right: 32, bottom: 24 } };
const concealed_region = { allow_click_release: true };
const rightHalf = { visible_region: { left: '50%', top: '0%', right: '0%', bottom: '0%', concealed_region } };

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const plain = (notation: string): string => notation.replaceAll(' ', '');

/** KasmVNC's pointer event. */
const kasm = (mask: number, x: number, y: number, down = 0): string =>
  `05 ${hex(mask, 2)} ${hex(x, 2)} ${hex(y, 2)} 0000 ${hex(down, 2)}`;
/** The standard one. */
const standard = (mask: number, x: number, y: number): string =>
  `05 ${hex(mask, 1)} ${hex(x, 2)} ${hex(y, 2)}`;

test('a scroll that names another place than the pointer’s turns the wheel where it was judged, on a standard desktop too', () => {
  const attack = new Attack({ protocol: 'rfb', form: 'kasmvnc', prevention: region });
  attack.fromClient(`${kasm(0, 16, 16)} ${kasm(0, 48, 48, 100)}`);
  const turn = `${standard(16, 16, 16)} ${standard(0, 16, 16)}`;
  expect(hexOf(attack.upstream)).toBe(plain(`${standard(0, 16, 16)} ${turn} ${turn}`));
});

test('a scroll after another stream moved the pointer outside turns the wheel where this stream had it', () => {
  const attack = new Attack({ prevention: region });
  attack.fromClient(kasm(0x101, 16, 16));
  attack.forget();
  attack.fromClient(kasm(0, 48, 48, 100));
  expect(hexOf(attack.upstream)).toBe(plain(`${kasm(0x101, 16, 16)} ${kasm(0, 48, 48, 100)}`));
  const free = new Attack();
  free.fromClient(kasm(0, 48, 48, 100));
  expect(hexOf(free.upstream)).toBe(plain(kasm(0, 48, 48, 100)));
});

test('the last place of a pointer that is switched off is where it was let go, not where it was before', () => {
  const attack = new Attack({ prevention: region });
  attack.fromClient(kasm(1, 16, 16));
  attack.setPrevention({ ...region, pointer: { enabled: false } });
  attack.fromClient(kasm(0, 48, 48));
  attack.setPrevention(region);
  attack.forget();
  attack.fromClient(kasm(0, 16, 16, 100));
  expect(hexOf(attack.upstream)).toBe('');
});

/** SetDesktopSize with one screen. */
const resize = (width: number, height: number): string =>
  `fb 00 ${hex(width, 2)} ${hex(height, 2)} 01 00 00000000 0000 0000 ${hex(width, 2)} ${hex(height, 2)} 00000000`;
/** The answer to it: ExtendedDesktopSize for reason 1. */
const resized = (width: number, height: number, result = 0): string =>
  `00 00 0001 0001 ${hex(result, 2)} ${hex(width, 2)} ${hex(height, 2)} fffffecc
   01 000000 00000000 0000 0000 ${hex(width, 2)} ${hex(height, 2)} 00000000`;

for (const protocol of ['rfb', 'kasmvnc'] as const) {
  const press = (x: number): string => (protocol === 'rfb' ? standard(1, x, 1) : kasm(1, x, 1));
  const lift = protocol === 'rfb' ? standard(0, 1, 1) : kasm(0, 1, 1);

  /** Whether a press at this column arrives. */
  const clicks = (attack: Attack, x: number): boolean => {
    attack.forget();
    attack.fromClient(press(x));
    const passed = hexOf(attack.upstream) === plain(press(x));
    attack.fromClient(lift);
    return passed;
  };

  test(`a click right behind a resize must be inside before and after it: ${protocol}`, () => {
    const attack = new Attack({ protocol, prevention: rightHalf });
    attack.fromServer(resized(1000, 100));
    expect([450, 600, 900].map(x => clicks(attack, x))).toEqual([false, true, true]);
    attack.fromClient(resize(1200, 100));
    expect([450, 550, 700, 900, 1100].map(x => clicks(attack, x))).toEqual([false, false, true, true, false]);
    attack.fromServer(resized(1200, 100));
    expect([550, 700, 1100].map(x => clicks(attack, x))).toEqual([false, true, true]);
  });

  test(`several resizes count until all are answered, refused ones too: ${protocol}`, () => {
    const attack = new Attack({ protocol, prevention: rightHalf });
    attack.fromServer(resized(1000, 100));
    expect(clicks(attack, 700)).toBe(true);
    attack.fromClient(`${resize(1200, 100)} ${resize(1600, 100)} ${resize(1000, 100)}`);
    expect(clicks(attack, 700)).toBe(false);
    attack.fromServer(resized(1200, 100));
    expect(clicks(attack, 700)).toBe(false);
    attack.fromServer(`${resized(1600, 100, 1)} 00 00 0001 0000 0000 03e8 0064 ffffff21`);
    expect(clicks(attack, 700)).toBe(false);
    attack.fromServer(resized(1000, 100));
    expect(clicks(attack, 700)).toBe(true);
  });

  test(`more resizes than can be remembered leave no place inside until all are answered: ${protocol}`, () => {
    const attack = new Attack({ protocol, prevention: region });
    for (let width = 100; width < 120; width++) attack.fromClient(resize(width, 100));
    expect(clicks(attack, 1)).toBe(false);
    for (let width = 100; width < 119; width++) attack.fromServer(resized(width, 100));
    expect(clicks(attack, 1)).toBe(false);
    attack.fromServer(resized(119, 100));
    expect(clicks(attack, 1)).toBe(true);
  });
}

test('a resize that falls by policy does not count', () => {
  const attack = new Attack({ prevention: { ...rightHalf, allow: { resize: false } } });
  attack.fromServer(resized(1000, 100));
  attack.fromClient(resize(2000, 100));
  attack.forget();
  attack.fromClient(kasm(1, 900, 1));
  expect(hexOf(attack.upstream)).toBe(plain(kasm(1, 900, 1)));
});

const encodingsOf = (...list: readonly number[]): string =>
  `02 00 ${hex(list.length, 2)} ${list.map(one => hex(one, 4)).join(' ')}`;
/** QEMU's rectangle −257: whether places are places. */
const motion = (absolute: boolean): string =>
  `00 00 0001 ${absolute ? '0001' : '0000'} 0000 0040 0030 fffffeff`;
const emptyUpdate = '00 00 0001 0000 0000 0000 0000 00000000';
const inside = standard(1, 16, 16);
const fallen = standard(0, 16, 16);

function attackOn(
  desktopName: string,
  encodings: readonly number[] | 'none',
  prevention: object = region,
): Attack {
  return new Attack({ protocol: 'rfb', desktopName, encodings, prevention: { ...prevention } });
}

/** What arrives of a click inside. */
function clickInside(attack: Attack): string {
  attack.forget();
  attack.fromClient(`${inside}`);
  attack.fromClient(fallen);
  return hexOf(attack.upstream);
}
const passed = plain(`${inside} ${fallen}`);
const dropped = plain(`${fallen} ${fallen}`);

test('a client that does not list QEMU’s relative pointer, to click where it drifted, is told of it by the gateway', () => {
  const attack = attackOn('QEMU (vm)', []);
  attack.fromClient(`${encodingsOf(0, 7)} ${inside} ${fallen}`);
  expect(hexOf(attack.upstream)).toBe(plain(`${encodingsOf(0, 7, -257)} ${fallen} ${fallen}`));
  attack.fromServer(motion(false));
  expect(clickInside(attack)).not.toContain(plain('05 01'));
  attack.fromServer(motion(true));
  expect(hexOf(attack.client)).toBe(plain(emptyUpdate));
  expect(clickInside(attack)).toBe(passed);
});

test('a server that is not QEMU never answers, and is believed once it was told; until then no click passes', () => {
  const attack = attackOn('desk', 'none');
  expect(clickInside(attack)).toBe(plain(`${fallen} ${encodingsOf(-257)} ${fallen}`));
  expect(clickInside(attack)).toBe(passed);
  attack.fromServer(motion(false));
  expect(clickInside(attack)).not.toContain(plain('05 01'));
});

test('a region that comes while the stream runs waits for QEMU’s word as well', () => {
  const attack = attackOn('QEMU', [7, 0], {});
  expect(clickInside(attack)).toBe(passed);
  attack.setPrevention(region);
  expect(clickInside(attack)).toBe(plain(`${fallen} ${encodingsOf(7, 0, -257)} ${fallen}`));
  attack.fromServer(motion(true));
  expect(clickInside(attack)).toBe(passed);
});

test('a client that lists the relative pointer hears of it, and its places are left alone', () => {
  const attack = attackOn('QEMU', [0, -257]);
  expect(clickInside(attack)).toBe(dropped);
  attack.fromServer(motion(false));
  expect(hexOf(attack.client)).toBe(plain(motion(false)));
  expect(clickInside(attack)).toBe(dropped);
});

test('what such a server says to a client that did not ask is taken out, wherever it is cut, and what is around it stays', () => {
  const raw = '0001 0002 0001 0001 00000000 01020304';
  const rectangle = motion(true).replace('00 00 0001', '');
  const update = bytesOf(`02 00 00 0003 ${raw} ${rectangle} ${raw} ${motion(false)} 02`);
  const expected = plain(
    `02 00 00 0003 ${raw} 0000 0000 0000 0000 00000000 ${raw} ${emptyUpdate} 02`.replaceAll('"', ''),
  );
  for (let cut = 1; cut < update.length; cut++) {
    const attack = attackOn('QEMU', [0]);
    attack.say('server', update, [cut]);
    expect([cut, hexOf(attack.client), attack.end]).toEqual([cut, expected, '']);
  }
  const bytewise = attackOn('QEMU', [0]);
  bytewise.say('server', update, [...update.keys()].slice(1));
  expect(hexOf(bytewise.client)).toBe(expected);
});

test('a client that did not ask still moves a relative pointer: its places go on as motion', () => {
  const attack = attackOn('QEMU', [0], {
    visible_region: { ...region.visible_region, concealed_region: { allow_click_down: true } },
  });
  attack.fromServer(motion(false));
  attack.forget();
  attack.fromClient(`${standard(0, 10, 10)} ${standard(1, 13, 6)} ${standard(1, 13, 6)}`);
  expect(hexOf(attack.upstream)).toBe(
    plain(`${standard(0, 0x7fff, 0x7fff)} ${standard(1, 0x8002, 0x7ffb)} ${standard(1, 0x7fff, 0x7fff)}`),
  );
});

test('KasmVNC’s client on such a desktop gets no further, and scrolls without moving', () => {
  const options = { protocol: 'rfb', form: 'kasmvnc', desktopName: 'QEMU', encodings: [0] } as const;
  const attack = new Attack({ ...options, prevention: region });
  const click = `${kasm(0, 16, 16)} ${kasm(1, 16, 16)} ${kasm(0, 16, 16, 50)} ${kasm(0, 16, 16)}`;
  attack.fromClient(click);
  expect(hexOf(attack.upstream)).toBe(plain(`${fallen} ${fallen} ${fallen}`));
  attack.fromServer(motion(true));
  attack.forget();
  attack.fromClient(click);
  const turn = `${standard(17, 16, 16)} ${standard(1, 16, 16)}`;
  expect(hexOf(attack.upstream)).toBe(plain(`${fallen} ${inside} ${turn} ${fallen}`));
  attack.setPrevention({});
  attack.fromServer(motion(false));
  expect(hexOf(attack.client)).toBe(plain(emptyUpdate));
  attack.forget();
  attack.fromClient(`${kasm(0, 10, 10)} ${kasm(0, 12, 10)} ${kasm(0, 12, 10, 50)}`);
  const still = (mask: number): string => standard(mask, 0x7fff, 0x7fff);
  expect(hexOf(attack.upstream)).toBe(
    plain(`${still(0)} ${standard(0, 0x8001, 0x7fff)} ${still(16)} ${still(0)}`),
  );
});

test('a client that no longer lists the relative pointer gets nothing by it once a region comes', () => {
  const attack = attackOn('QEMU', [0, -257], {});
  attack.fromServer(motion(true));
  attack.fromClient(encodingsOf(0));
  attack.fromServer(motion(true));
  attack.setPrevention(region);
  expect(clickInside(attack)).toBe(plain(`${fallen} ${encodingsOf(0, -257)} ${fallen}`));
});

test('what is lifted is asked no more: without a region the client’s list goes on as it is', () => {
  const attack = attackOn('QEMU', [0]);
  attack.fromServer(motion(false));
  attack.setPrevention({});
  attack.forget();
  attack.fromClient(`${encodingsOf(0)} ${standard(1, 10, 10)}`);
  expect(hexOf(attack.upstream)).toBe(plain(`${encodingsOf(0)} ${standard(1, 10, 10)}`));
  attack.fromServer(motion(false));
  expect(hexOf(attack.client)).toBe(plain(emptyUpdate));
});

test('a scroll of KasmVNC’s client says nothing of buttons: one that is down comes up though the pointer was switched off', () => {
  const attack = new Attack({ protocol: 'rfb', form: 'kasmvnc', encodings: [0] });
  attack.fromClient(`${kasm(1, 16, 16)} ${kasm(0, 16, 16, 50)}`);
  attack.setPrevention({ pointer: { enabled: false } });
  attack.forget();
  attack.fromClient(`${kasm(0, 16, 16)} ${kasm(0, 17, 16)}`);
  expect(hexOf(attack.upstream)).toBe(plain(standard(0, 16, 16)));
});
