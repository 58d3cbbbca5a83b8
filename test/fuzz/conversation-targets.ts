/**
 * Both sides of a stream at once, while the policy changes: standard and KasmVNC clients on desktops of either
 * dialect, translated where they differ. An input is pieces: u16 kind and length, then so many bytes.
 */
import type { RfbProtocol } from '../../gateway/rfb/numbers.ts';
import { WriteCursor } from '../../gateway/wire/write-cursor.ts';
import { takenBy } from '../bypass/desktop-model.ts';
import { FuzzStream } from './fuzz-stream.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { pick, type Random, seeded } from './mutate.ts';
import { clientMessageOf, everyEncoding, serverMessageOf, several } from './rfb-grammar.ts';
import { promiseFollowed, promiseNothingNew, promiseWhole } from './rfb-promises.ts';
import { openPolicy, watchingPolicy } from './rfb-targets.ts';

const kinds = { client: 0, server: 1, policy: 2, time: 3 } as const;
const lengthBits = 0x3fff;

interface Piece {
  readonly kind: number;
  readonly bytes: Uint8Array;
  /** Where its bytes begin in the input. */
  readonly at: number;
}

function* piecesOf(input: Uint8Array): Generator<Piece> {
  for (let at = 0; at + 2 <= input.length; ) {
    const head = (input[at]! << 8) | input[at + 1]!;
    const bytes = input.subarray(at + 2, at + 2 + (head & lengthBits));
    yield { kind: head >> 14, bytes, at: at + 2 };
    at += 2 + bytes.length;
  }
}

function writePiece(out: WriteCursor, kind: number, bytes: Uint8Array): void {
  out.u16((kind << 14) | bytes.length).raw(bytes.subarray(0, lengthBits));
}

function conversationOf(server: RfbProtocol, client: RfbProtocol, random: Random): Uint8Array {
  const out = new WriteCursor();
  for (let left = 1 + random(6); left > 0; left--) {
    const kind = pick(random, [
      kinds.client,
      kinds.client,
      kinds.client,
      kinds.server,
      kinds.server,
      kinds.policy,
      kinds.time,
    ]);
    if (kind === kinds.policy) writePiece(out, kind, Uint8Array.of(random(2)));
    else if (kind === kinds.time) writePiece(out, kind, Uint8Array.of(random(256)));
    else if (kind === kinds.client)
      writePiece(
        out,
        kind,
        several(() => clientMessageOf(client, random), random),
      );
    else
      writePiece(
        out,
        kind,
        several(() => serverMessageOf(server, random, client), random),
      );
  }
  return out.finish();
}

/** Extended mouse buttons make a standard pointer longer, once both sides have named them. */
const mouseButtons = Buffer.from('fffffec4', 'hex');
const namesMouseButtons = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(mouseButtons);

function talk(stream: FuzzStream, input: Uint8Array, cuts: readonly number[], protocol: RfbProtocol): void {
  let tight = false;
  let tightFrom = 0;
  const checkTight = (): void => {
    if (tight && !namesMouseButtons(input)) promiseNothingNew(protocol, stream.upstream.subarray(tightFrom));
  };
  for (const { kind, bytes, at } of piecesOf(input)) {
    if (kind === kinds.policy) {
      checkTight();
      tight = bytes[0] === 1;
      tightFrom = stream.upstream.length;
      stream.inspection.setPolicy(tight ? watchingPolicy : openPolicy);
    } else if (kind === kinds.time) stream.nowMs += bytes[0] ?? 0;
    else {
      const own = cuts.map(cut => cut - at).filter(cut => cut > 0 && cut < bytes.length);
      stream.say(kind === kinds.client ? 'client' : 'server', bytes, own);
    }
  }
  checkTight();
}

function conversation(name: string, server: RfbProtocol, client: RfbProtocol, shown = false): FuzzTarget {
  return {
    name,
    seeds: [1, 2, 3, 4, 5].map(seed => conversationOf(server, client, seeded(seed))),
    generate: random => conversationOf(server, client, random),
    run: (input, cuts) => {
      const stream = new FuzzStream({
        protocol: server,
        form: shown ? undefined : client,
        policy: openPolicy,
        ...(shown ? {} : { encodings: everyEncoding }),
      });
      talk(stream, input, cuts, server);
      // What was held until the client had shown its dialect ends the stream in other words than what comes later.
      const words = server === client ? stream.outcome : stream.outcomeUp;
      const outcome = shown && stream.end !== '' ? 'ended' : words;
      if (namesMouseButtons(input)) return outcome;
      promiseWhole(server, stream.upstream);
      const changesPixels = takenBy(server, stream.upstream).some(({ type }) => type === 0);
      if (!changesPixels && !shown) promiseFollowed(client, server, stream.client);
      return outcome;
    },
  };
}

/** What a server says to a client of the other dialect. */
function translatedDown(name: string, server: RfbProtocol, client: RfbProtocol): FuzzTarget {
  return {
    name,
    seeds: [1, 2, 3].map(seed => several(() => serverMessageOf(server, seeded(seed), client), seeded(seed))),
    generate: random => several(() => serverMessageOf(server, random, client), random),
    run: (input, cuts) => {
      const options = { protocol: server, form: client, policy: openPolicy, encodings: everyEncoding };
      const stream = new FuzzStream(options);
      stream.say('server', input, cuts);
      promiseFollowed(client, server, stream.client);
      return stream.outcome;
    },
  };
}

export const conversationTargets: readonly FuzzTarget[] = [
  translatedDown('translated-to-standard-client', 'kasmvnc', 'rfb'),
  translatedDown('translated-to-kasm-client', 'rfb', 'kasmvnc'),
  conversation('conversation-rfb', 'rfb', 'rfb'),
  conversation('conversation-kasmvnc', 'kasmvnc', 'kasmvnc'),
  conversation('conversation-standard-client', 'kasmvnc', 'rfb'),
  conversation('conversation-kasm-client', 'rfb', 'kasmvnc'),
  conversation('conversation-shown-on-rfb', 'rfb', 'kasmvnc', true),
  conversation('conversation-shown-on-kasmvnc', 'kasmvnc', 'rfb', true),
];
