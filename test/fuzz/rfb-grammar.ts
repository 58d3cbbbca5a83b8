/** Good RFB messages of both dialects with random fields, by the tables of their specifications. */
import { deflateSync } from 'node:zlib';
import { encodeDib } from '../../gateway/rfb/dib.ts';
import {
  announcements,
  clipboardActions,
  clipboardFormats,
  pseudoRectangles,
  type RfbProtocol,
} from '../../gateway/rfb/numbers.ts';
import type { Picture } from '../../gateway/rfb/picture.ts';
import { encodePng } from '../../gateway/rfb/png-encode.ts';
import { WriteCursor } from '../../gateway/wire/write-cursor.ts';
import { askedRelays } from '../conformance/asked-everything.ts';
import { joined, pixelFormatBytesOf, trueColour32, updateOf } from '../conformance/rfb-bytes.ts';
import { rectangleCases } from '../conformance/rfb-rectangles.ts';
import { pick, type Random } from './mutate.ts';

/** Numbers at which readers of lengths and coordinates go wrong. */
const tellingNumbers = [0, 1, 2, 31, 32, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff];
const keysyms = [0x20, 0x61, 0x41, 0xff0d, 0xffe1, 0xffe3, 0xff61, 0xffe5, 0x0100_20ac, 0, 0xffff_ffff];
const mimes = ['text/plain', 'text/html', 'image/png', 'chromium/x-web-custom-data', 'a', 'x'.repeat(31)];

const rectangles = rectangleCases().filter(one => one.payload.length < 1_000);
const standardRectangles = rectangles.filter(one => one.kasmvnc !== true);
/** All that a server may send when the client has asked for everything. */
export const everyEncoding: readonly number[] = [
  ...new Set([
    ...rectangles.map(one => one.encoding),
    pseudoRectangles.lastRect,
    ...Object.values(announcements),
  ]),
];

const kasmWishes = [-1024, -1885, -1884, -1886, -1030, -1018, -872, -2000, -26, -250];
const standardWishes = [-26, -250, announcements.fence, announcements.continuousUpdates];

const number16 = (random: Random): number =>
  random(2) === 0 ? pick(random, tellingNumbers) : random(65_536);

/** Letters, or anything at all. */
export function textOf(random: Random, most = 40): Uint8Array {
  const bytes = new Uint8Array(random(most + 1));
  const plain = random(3) > 0;
  for (let at = 0; at < bytes.length; at++) bytes[at] = plain ? 0x61 + random(26) : random(256);
  return bytes;
}

/** Of a format of the extended clipboard: text, or a picture where one belongs, mostly. */
function contentOf(format: number, random: Random): Uint8Array {
  return format === clipboardFormats.dib && random(4) > 0 ? encodeDib(pictureOf(random)) : textOf(random, 60);
}

/** A picture of a few pixels. */
export function pictureOf(random: Random): Picture {
  const width = 1 + random(5);
  const height = 1 + random(5);
  const pixels = Uint8Array.from({ length: 4 * width * height }, () => random(256));
  return { width, height, hasAlpha: random(2) === 0, pixels };
}

/** An extended clipboard message of either side (6 from a client, 3 from a server). */
export function extendedClipboardOf(type: 3 | 6, random: Random): Uint8Array {
  const { caps, request, peek, notify, provide } = clipboardActions;
  const formats = random(4) === 0 ? random(65_536) : pick(random, [0, 1, 1, 5, 4, 8, 15]);
  const action = pick(random, [caps, request, peek, notify, provide, provide, provide]);
  if (action !== provide) {
    const sizes = new Uint8Array(action === caps ? 4 * bitsOf(formats) : 0);
    return extended(type, action | formats, sizes);
  }
  const plain = new WriteCursor();
  for (let bit = 0; bit < 16; bit++) {
    if ((formats & (1 << bit)) === 0) continue;
    const content = random(200) === 0 ? new Uint8Array(1 << 20) : contentOf(1 << bit, random);
    plain.u32(content.length).raw(content);
  }
  return extended(type, provide | formats, deflateSync(plain.finish()));
}

const bitsOf = (formats: number): number => formats.toString(2).replaceAll('0', '').length;

function extended(type: number, flags: number, payload: Uint8Array): Uint8Array {
  const head = new WriteCursor().u8(type).zeros(3);
  return head
    .u32(-4 - payload.length)
    .u32(flags)
    .raw(payload)
    .finish();
}

function cutText(type: number, random: Random): Uint8Array {
  const text = textOf(random);
  return new WriteCursor().u8(type).zeros(3).u32(text.length).raw(text).finish();
}

/** @param idBytes 4 from a server. */
function binaryClipboard(idBytes: 0 | 4, random: Random): Uint8Array {
  const items = random(4);
  const out = new WriteCursor().u8(180).u8(items);
  for (let item = 0; item < items; item++) {
    const mime = idBytes === 4 || random(8) === 0 ? pick(random, mimes) : (mimes[item] ?? 'b');
    const isPicture = mime === 'image/png' && random(4) > 0;
    const content = isPicture ? encodePng(pictureOf(random)) : textOf(random);
    out.zeros(idBytes).u8(mime.length).ascii(mime).u32(content.length).raw(content);
  }
  return out.finish();
}

function relay(random: Random): Uint8Array {
  const name = pick(random, random(16) === 0 ? ['never'] : askedRelays);
  const bytes = textOf(random);
  return new WriteCursor().u8(183).u8(name.length).ascii(name).u32(bytes.length).raw(bytes).finish();
}

type Maker = (random: Random) => Uint8Array;

const fixed = (type: number, bytes: number): Maker => {
  return random => {
    const out = new WriteCursor().u8(type);
    while (out.length < bytes) out.u8(random(3) === 0 ? random(256) : 0);
    return out.finish();
  };
};

const setEncodings = (wishes: readonly number[]): Maker => {
  return random => {
    const count = random(12);
    const out = new WriteCursor().u8(2).u8(0).u16(count);
    for (let left = count; left > 0; left--) out.u32(pick(random, [...everyEncoding, ...wishes]));
    return out.finish();
  };
};

const pixelFormat: Maker = random => {
  const bits = pick(random, [32, 32, 32, 16, 8]);
  const format = bits === 32 ? trueColour32 : { bits, depth: bits, max: 7, shifts: [0, 3, 5] as const };
  return new WriteCursor().u8(0).zeros(3).raw(pixelFormatBytesOf(format)).finish();
};

const bothClient: readonly Maker[] = [
  random =>
    new WriteCursor().u8(3).u8(random(2)).u16(0).u16(0).u16(number16(random)).u16(number16(random)).finish(),
  random => new WriteCursor().u8(4).u8(random(2)).zeros(2).u32(pick(random, keysyms)).finish(),
  random =>
    new WriteCursor().u8(255).u8(0).u16(random(2)).u32(pick(random, keysyms)).u32(random(128)).finish(),
  random => cutText(6, random),
  random => extendedClipboardOf(6, random),
  fixed(150, 10),
  random => {
    const payload = textOf(random, 64);
    return new WriteCursor().u8(248).zeros(3).u32(random(4)).u8(payload.length).raw(payload).finish();
  },
  random => {
    const screens = random(3);
    const head = new WriteCursor().u8(251).u8(0).u16(number16(random)).u16(number16(random));
    return head
      .u8(screens)
      .u8(0)
      .zeros(16 * screens)
      .finish();
  },
  pixelFormat,
];

const clientMakers: Readonly<Record<RfbProtocol, readonly Maker[]>> = {
  rfb: [
    ...bothClient,
    setEncodings(standardWishes),
    random => new WriteCursor().u8(5).u8(random(128)).u16(number16(random)).u16(number16(random)).finish(),
    fixed(250, 4),
  ],
  kasmvnc: [
    ...bothClient,
    setEncodings(kasmWishes),
    random => {
      const head = new WriteCursor().u8(5).u16(random(512)).u16(number16(random)).u16(number16(random));
      return head
        .u16(random(3) === 0 ? number16(random) : 0)
        .u16(0)
        .finish();
    },
    random => binaryClipboard(0, random),
    random => binaryClipboard(0, random),
    relay,
    random => {
      const name = pick(random, random(16) === 0 ? ['never'] : askedRelays);
      return new WriteCursor().u8(182).u8(name.length).ascii(name).finish();
    },
    random => {
      const offer = textOf(random);
      return new WriteCursor().u8(181).u16(offer.length).raw(offer).finish();
    },
    random => {
      const count = random(4);
      return new WriteCursor()
        .u8(184)
        .u8(count)
        .zeros(4 * count)
        .finish();
    },
    ...(
      [
        [178, 4],
        [179, 12],
        [185, 1],
        [188, 10],
        [189, 8],
        [190, 4],
        [191, 4],
        [252, 5],
      ] as const
    ).map(([type, bytes]) => fixed(type, bytes)),
  ],
};

const text = (type: number, headerBytes: number): Maker => {
  return random => {
    const words = textOf(random);
    return new WriteCursor().u8(type).zeros(headerBytes).u32(words.length).raw(words).finish();
  };
};

const updates = (of: readonly (typeof rectangles)[number][]): Maker => {
  return random => {
    const chosen = Array.from({ length: random(4) }, () => pick(random, of));
    if (random(6) > 0) return updateOf(chosen);
    const last = { encoding: pseudoRectangles.lastRect, width: 0, height: 0, payload: new Uint8Array(0) };
    return updateOf([...chosen, last], 0xffff);
  };
};

const bothServer: readonly Maker[] = [
  fixed(2, 1),
  random => cutText(3, random),
  random => extendedClipboardOf(3, random),
  random => {
    const colours = random(5);
    return new WriteCursor()
      .u8(1)
      .u8(0)
      .u16(0)
      .u16(colours)
      .zeros(6 * colours)
      .finish();
  },
  fixed(150, 1),
  random => {
    const payload = textOf(random, 64);
    return new WriteCursor().u8(248).zeros(3).u32(random(4)).u8(payload.length).raw(payload).finish();
  },
];

/** What only KasmVNC's own client asks for. */
const kasmAnswers: readonly Maker[] = [
  relay,
  random => {
    const words = textOf(random);
    return new WriteCursor().u8(182).u8(random(2)).u8(words.length).raw(words).finish();
  },
  random => {
    const out = new WriteCursor().u8(184).u8(2);
    for (const count of [random(3), random(3)])
      out
        .zeros(12)
        .u8(count)
        .zeros(4 * count);
    return out.finish();
  },
  text(178, 3),
  text(186, 4),
  text(190, 3),
  text(191, 3),
  fixed(189, 8),
];

const serverMakers: Readonly<Record<RfbProtocol, readonly Maker[]>> = {
  rfb: [...bothServer, fixed(250, 4), updates(standardRectangles), updates(standardRectangles)],
  kasmvnc: [
    ...bothServer,
    updates(rectangles),
    updates(rectangles),
    random => binaryClipboard(4, random),
    random => binaryClipboard(4, random),
    random => {
      const answer = textOf(random);
      return new WriteCursor().u8(181).u16(answer.length).raw(answer).finish();
    },
    text(253, 0),
    text(254, 0),
    fixed(179, 1),
    fixed(187, 1),
  ],
};

export function clientMessageOf(protocol: RfbProtocol, random: Random): Uint8Array {
  return pick(random, clientMakers[protocol])(random);
}

/** @param form the client's dialect: a standard one gets no answers of KasmVNC, or hardly ever. */
export function serverMessageOf(protocol: RfbProtocol, random: Random, form = protocol): Uint8Array {
  const mayAnswer = protocol === 'kasmvnc' && (form === 'kasmvnc' || random(32) === 0);
  const makers = serverMakers[protocol];
  return pick(random, mayAnswer ? [...makers, ...kasmAnswers] : makers)(random);
}

/** Up to eight messages in a row. */
export function several(one: Maker, random: Random): Uint8Array {
  return joined(Array.from({ length: 1 + random(8) }, () => one(random)));
}
