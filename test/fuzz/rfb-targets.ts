import { DecodeError } from '../../gateway/wire/decode-error.ts';
import { bytesOf, joined, updateOf } from '../conformance/rfb-bytes.ts';
import { rectangleCases } from '../conformance/rfb-rectangles.ts';
import { RfbStream, type Side, type StreamOptions } from '../conformance/rfb-stream.ts';

export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Everything the input leads to, cut at these places. @throws what no input may cause */
  run(input: Uint8Array, cuts: readonly number[]): string;
}

/** What comes out, the events, and how it ends; a refusal by its kind and field. */
function outcomeOf(options: StreamOptions, side: Side, input: Uint8Array, cuts: readonly number[]): string {
  const stream = new RfbStream(options);
  try {
    const { client, upstream } = stream.sayCut(side, input, cuts);
    const out = [client, upstream].map(bytes => Buffer.from(bytes).toString('hex'));
    return JSON.stringify({ out, events: stream.events, ended: stream.inspection.ended });
  } catch (error) {
    if (error instanceof DecodeError) return `${error.kind} ${error.field}`;
    throw error;
  }
}

function target(name: string, side: Side, seeds: readonly Uint8Array[], options: StreamOptions): FuzzTarget {
  return { name, seeds, run: (input, cuts) => outcomeOf(options, side, input, cuts) };
}

const small = rectangleCases().filter(one => one.payload.length < 1_000);
const everything = small.map(one => one.encoding);
const limited = {
  settings: { clipboard_up_bytes_max: 8, clipboard_down_bytes_max: 8 },
};

const clientSeeds = [
  '00 000000 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 02 00 0002 00000007 fffffec4 03 00 0000 0000 0010 0010',
  '04 01 0000 00000061 05 01 0010 0010 05 81 0010 0010 01 06 000000 00000003 "abc" f8 000000 00000000 01 07',
  '06 000000 fffffffc 08000001 ff 00 0001 00000061 0000001e fa 00 01 02 96 01 0000 0000 0010 0010',
  'fb 00 0400 0300 01 00 00000000 0000 0000 0400 0300 00000000',
].map(bytesOf);

const kasmClientSeeds = [
  ...clientSeeds,
  ...[
    'b4 02 0a "text/plain" 00000005 "hello" 09 "text/html" 0000000a "<b>hello!!" b9 bd 000000 00000001',
    'b5 0003 "sdp" b6 07 "printer" b7 07 "printer" 00000002 "ab" b8 01 fffffbfe fc 0400 0300 bc 00 0001 0001 0000 0000',
  ].map(bytesOf),
];

const serverSeeds = [
  updateOf(small.filter(one => one.kasmvnc !== true)),
  ...small.filter(one => one.kasmvnc !== true).map(one => updateOf([one])),
  ...['01 00 0000 0001 000100020003 02 96', '03 000000 00000003 "abc"', '03 000000 fffffffc 08000001'].map(
    bytesOf,
  ),
  bytesOf('03 000000 ffffffec 10000001 789c 6360 6060 cb48 cdc9 c967 0000 0b0a 021b'),
];

const kasmServerSeeds = [
  ...small.map(one => updateOf([one])),
  ...[
    'b4 02 00000001 0a "text/plain" 00000005 "hello" 00000002 09 "text/html" 0000000a "<b>hello!!"',
    'b2 000000 00000004 "[ 1]" b3 b8 01 fffffbfd 00000000 00000032 02 00000001 00000002 ba 01 000000 00000002 "go"',
    'b5 0003 "sdp" b6 01 00 b7 07 "printer" 00000002 "ab" fd 00000003 "ann" f8 000000 00000000 01 00',
  ].map(bytesOf),
];

const handshakes = [
  '"RFB 003.008" 0a 01 01 00000000 0010 0010 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 00000001 "x"',
  '"RFB 003.008" 0a 01 02 00112233445566778899aabbccddeeff 00000000',
  '"RFB 003.008" 0a 00 00000004 "away"',
  '"RFB 003.003" 0a 00000002 00112233445566778899aabbccddeeff 00000001',
].map(bytesOf);

export const rfbTargets: readonly FuzzTarget[] = [
  target('rfb-server', 'server', serverSeeds, { policy: limited, encodings: everything }),
  target('kasmvnc-server', 'server', kasmServerSeeds, {
    protocol: 'kasmvnc',
    policy: limited,
    encodings: everything,
  }),
  target('rfb-client', 'client', [...clientSeeds, joined(clientSeeds)], { policy: limited }),
  target('kasmvnc-client', 'client', kasmClientSeeds, { protocol: 'kasmvnc', policy: limited }),
  target('upstream-handshake', 'server', handshakes, { raw: true }),
  target('client-handshake', 'client', ['"RFB 003.008" 0a 01 01', '"RFB 003.003" 0a 01'].map(bytesOf), {
    raw: true,
  }),
];
