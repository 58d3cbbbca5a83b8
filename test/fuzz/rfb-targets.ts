import { limits } from '../../config/limits.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import { decodeDib, encodeDib } from '../../gateway/rfb/dib.ts';
import type { RfbProtocol } from '../../gateway/rfb/numbers.ts';
import { decodePng } from '../../gateway/rfb/png-decode.ts';
import { encodePng } from '../../gateway/rfb/png-encode.ts';
import { bytesOf, joined, updateOf } from '../conformance/rfb-bytes.ts';
import { rectangleCases } from '../conformance/rfb-rectangles.ts';
import { policyOf } from '../conformance/rfb-stream.ts';
import { FuzzStream, type FuzzStreamOptions } from './fuzz-stream.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { type Random, seeded } from './mutate.ts';
import {
  clientMessageOf,
  everyEncoding,
  extendedClipboardOf,
  pictureOf,
  serverMessageOf,
  several,
} from './rfb-grammar.ts';
import {
  promiseFollowed,
  promiseOnlyWatching,
  promiseUnchangedDown,
  promiseUnchangedUp,
  promiseWhole,
} from './rfb-promises.ts';

export const openPolicy = policyOf({
  data_loss_prevention: { clipboard: { allow_mimetypes: 'any' } },
});
const limitedPolicy = policyOf({
  settings: { clipboard_up_bytes_max: 8, clipboard_down_bytes_max: 8 },
  data_loss_prevention: {
    clipboard: { over_size: 'truncate', server_to_client: { total_size: 12 } },
    keyboard: { blocked_combinations: ['Control+p', 'Print'], rate_limit: 20 },
    visible_region: { left: '10%', top: '10%', right: '10%', bottom: '10%' },
    allow: { printer: false },
    logging: { level: 'verbose' },
  },
});
export const watchingPolicy = policyOf({
  access: 'view_only',
  data_loss_prevention: {
    clipboard: { server_to_client: { enabled: false }, client_to_server: { enabled: false } },
  },
});

const small = rectangleCases().filter(one => one.payload.length < 1_000);

const clientSeeds = [
  '00 000000 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 02 00 0002 00000007 fffffec4 03 00 0000 0000 0010 0010',
  '04 01 0000 00000061 01 06',
  '06 000000 00000003 "abc" f8 000000 00000000 01 07 06 000000 fffffffc 08000001',
  'ff 00 0001 00000061 0000001e 96 01 0000 0000 0010 0010 fb 00 0400 0300 01 00 00000000 0000 0000 0400 0300 00000000',
  'b4 02 0a "text/plain" 00000005 "hello" 09 "text/html" 0000000a "<b>hello!!" b9 bd 000000 00000001',
  'b5 0003 "sdp" b6 07 "printer" b7 07 "printer" 00000002 "ab" b8 01 fffffbfe fc 0400 0300 bc 00 0001 0001 0000 0000',
].map(bytesOf);

const serverSeeds = [
  ...small.map(one => updateOf([one])),
  ...[
    '01 00 0000 0001 000100020003 02 96',
    '03 000000 00000003 "abc" 03 000000 fffffffc 08000001',
    '03 000000 ffffffec 10000001 789c 6360 6060 cb48 cdc9 c967 0000 0b0a 021b',
    'b4 02 00000001 0a "text/plain" 00000005 "hello" 00000002 09 "text/html" 0000000a "<b>hello!!"',
    'b2 000000 00000004 "[ 1]" b3 b8 01 fffffbfd 00000000 00000032 02 00000001 00000002 ba 01 000000 00000002 "go"',
    'b5 0003 "sdp" b6 01 00 b7 07 "printer" 00000002 "ab" fd 00000003 "ann" f8 000000 00000000 01 00',
  ].map(bytesOf),
];

interface Direction {
  readonly side: 'client' | 'server';
  readonly policy: PolicyDocument;
  readonly promise: (stream: FuzzStream, input: Uint8Array, protocol: RfbProtocol) => void;
}

const directions: Readonly<Record<string, Direction>> = {
  'client-open': {
    side: 'client',
    policy: openPolicy,
    promise: (stream, input, protocol) =>
      promiseUnchangedUp(protocol, input, stream.upstream, stream.end !== ''),
  },
  'client-limited': {
    side: 'client',
    policy: limitedPolicy,
    promise: (stream, _, protocol) => promiseWhole(protocol, stream.upstream),
  },
  'client-watching': {
    side: 'client',
    policy: watchingPolicy,
    promise: (stream, _, protocol) => {
      promiseWhole(protocol, stream.upstream);
      promiseOnlyWatching(protocol, stream.upstream);
    },
  },
  'server-open': {
    side: 'server',
    policy: openPolicy,
    promise: (stream, input) => promiseUnchangedDown(input, stream.client, stream.end !== ''),
  },
  'server-limited': {
    side: 'server',
    policy: limitedPolicy,
    promise: (stream, _, protocol) => promiseFollowed(protocol, protocol, stream.client),
  },
  'server-watching': {
    side: 'server',
    policy: watchingPolicy,
    promise: (stream, _, protocol) => promiseFollowed(protocol, protocol, stream.client, false),
  },
};

function oneDirection(protocol: RfbProtocol, kind: string, direction: Direction): FuzzTarget {
  const { side, policy, promise } = direction;
  const message = side === 'client' ? clientMessageOf : serverMessageOf;
  return {
    name: `${protocol}-${kind}`,
    seeds: side === 'client' ? clientSeeds : serverSeeds,
    generate: random => several(() => message(protocol, random), random),
    run: (input, cuts) => {
      const stream = new FuzzStream({ protocol, form: protocol, policy, encodings: everyEncoding });
      stream.say(side, input, cuts);
      if (cuts.length === 0 || stream.end !== '') promise(stream, input, protocol);
      return stream.outcome;
    },
  };
}

function handshake(
  name: string,
  side: 'client' | 'server',
  seeds: readonly Uint8Array[],
  options: Partial<FuzzStreamOptions>,
  before: readonly Uint8Array[] = [],
): FuzzTarget {
  return {
    name,
    seeds,
    run: (input, cuts) => {
      const stream = new FuzzStream({ protocol: 'rfb', policy: openPolicy, raw: true, ...options });
      for (const bytes of before) stream.say(side === 'client' ? 'server' : 'client', bytes);
      stream.say(side, input, cuts);
      // A server must wait for ClientInit, which we send as soon as its own words let us: cut, it has waited.
      return stream.end === 'out_of_order ServerInit' ? undefined : stream.outcome;
    },
  };
}

const init = '0010 0010 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 00000001 "x"';
const upstreamHandshakes = [
  `"RFB 003.008" 0a 01 01 00000000 ${init}`,
  `"RFB 003.008" 0a 02 13 02 0002 00 01 00000100 00000000 ${init}`,
  `"RFB 003.008" 0a 01 02 00112233445566778899aabbccddeeff 00000000 ${init}`,
  '"RFB 003.008" 0a 01 02 00112233445566778899aabbccddeeff 00000001 00000003 "no!"',
  '"RFB 003.008" 0a 00 00000004 "away"',
  `"RFB 003.007" 0a 01 01 ${init}`,
  `"RFB 003.003" 0a 00000001 ${init}`,
  '"RFB 003.003" 0a 00000002 00112233445566778899aabbccddeeff 00000001',
].map(bytesOf);
const clientHandshakes = ['"RFB 003.008" 0a 01 01', '"RFB 003.007" 0a 01 00', '"RFB 003.003" 0a 01'].map(
  bytesOf,
);
const clientSpoken = [joined([bytesOf('"RFB 003.008" 0a 01 01')])];
const letIn = [bytesOf(`"RFB 003.008" 0a 01 01 00000000`)];

function clipboard(side: 'client' | 'server'): FuzzTarget {
  const type = side === 'client' ? 6 : 3;
  const generate = (random: Random): Uint8Array => several(() => extendedClipboardOf(type, random), random);
  return {
    name: `extended-clipboard-${side}`,
    seeds: [bytesOf(`0${type} 000000 ffffffec 10000001 789c 6360 6060 cb48 cdc9 c967 0000 0b0a 021b`)],
    generate,
    run: (input, cuts) => {
      const stream = new FuzzStream({
        protocol: 'rfb',
        form: 'rfb',
        policy: limitedPolicy,
        encodings: everyEncoding,
      });
      stream.say(side, input, cuts);
      if (side === 'client') promiseWhole('rfb', stream.upstream);
      else promiseFollowed('rfb', 'rfb', stream.client);
      return stream.outcome;
    },
  };
}

/** What somebody calls a picture is one, within its limits, or none; one that is read comes back as it was. */
const pictures: FuzzTarget = {
  name: 'pictures',
  seeds: [1, 2, 3, 4].map(seed => encodePng(pictureOf(seeded(seed)))),
  generate: random => (random(2) === 0 ? encodePng : encodeDib)(pictureOf(random)),
  run: input => {
    for (const [decode, encode] of [
      [decodePng, encodePng],
      [decodeDib, encodeDib],
    ] as const) {
      const picture = decode(input);
      if (picture === undefined) continue;
      const { width, height, pixels } = picture;
      if (pixels.length !== 4 * width * height || width * height > limits.clipboardPicturePixelsMax) {
        throw new Error(`${pixels.length} bytes for ${width} × ${height} pixels`);
      }
      const again = decode(encode(picture));
      // Alpha that is 0 all over is taken for none.
      const isClear = picture.hasAlpha && again?.hasAlpha === false;
      if (!isClear && Buffer.compare(again?.pixels ?? new Uint8Array(0), pixels) !== 0) {
        throw new Error('the picture does not come back');
      }
    }
    return '';
  },
};

const login = { username: 'ann', password: 'secret' };

export const rfbTargets: readonly FuzzTarget[] = [
  ...(['rfb', 'kasmvnc'] as const).flatMap(protocol =>
    Object.entries(directions).map(([kind, direction]) => oneDirection(protocol, kind, direction)),
  ),
  pictures,
  clipboard('client'),
  clipboard('server'),
  handshake('upstream-handshake', 'server', upstreamHandshakes, { password: 'x' }, clientSpoken),
  handshake('upstream-handshake-login', 'server', upstreamHandshakes, { login }, clientSpoken),
  handshake('client-handshake', 'client', clientHandshakes, {}, letIn),
  handshake('client-handshake-waiting', 'client', clientHandshakes, {}),
];
