/**
 * Runs the tables in this folder's Markdown files against the TLS port of a gateway: a row is a connection. What is
 * sent, in words that are separated by spaces (`_` stands for one):
 *
 *     binary:n  text:n  cont:n  opK:n     a frame of n payload bytes; of the stream's RFB, for binary and cont
 *     ping:P  pong:P  close:CODE[:P]      P is text, `#` and hexadecimal, or `~n` for n bytes
 *     closeraw:HEX  raw:HEX               a close with any payload; bytes as they stand
 *     fragments:n:k  messages:c:n         n bytes in frames of k; c messages of n bytes
 *     +                                   behind a name: FIN is not set
 *     rsvK/  unmasked/  zeromask/         before a frame
 *     chop:n  together                    everything is written in pieces of n bytes; in one write
 *     wait                                the client leaves hanging up to the gateway
 *     offer:EXT                           the handshake offers extensions
 *
 * What comes of it: `pong:P` and `close:CODE` in order, and `carried`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GatewayProcess, startGatewayProcess } from '../../harness/gateway-process.ts';
import { testEnvironment } from '../../harness/requirements.ts';
import { EndpointClient, encodeClientFrame, type FrameTraits } from './endpoint-client.ts';
import { RfbSink } from './rfb-sink.ts';

interface Case {
  readonly name: string;
  readonly sent: string;
  readonly expected: string;
}

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';
const opcodes: Readonly<Record<string, number>> = {
  cont: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
};

function readCases(file: string): Case[] {
  const rows = readFileSync(join(import.meta.dir, file), 'utf8').matchAll(
    /^\| (\d[\d.]*) \| (.*) \| `(.*)` \| `(.*)` \|$/gm,
  );
  return [...rows].map(([, id = '', what = '', sent = '', expected = '']) => {
    return { name: `${id} ${what}`, sent, expected };
  });
}

function payloadOf(notation: string): Buffer {
  if (notation.startsWith('#')) return Buffer.from(notation.slice(1), 'hex');
  if (notation.startsWith('~')) return Buffer.alloc(Number(notation.slice(1)), '*');
  return Buffer.from(notation.replaceAll('_', ' '));
}

/** Endless key events, of which each frame takes the next bytes. */
class RfbSource {
  static readonly #pattern = Buffer.from(
    '0401000000000061040000000000006104010000000000620400000000000062',
    'hex',
  );
  #taken = 0;
  readonly digest = createHash('sha256');

  get taken(): number {
    return this.#taken;
  }

  take(count: number): Buffer {
    const pattern = RfbSource.#pattern;
    const start = this.#taken % pattern.length;
    const repeated = Buffer.alloc(start + count, pattern).subarray(start);
    this.#taken += count;
    this.digest.update(repeated);
    return repeated;
  }

  /** What completes the last message. */
  rest(): Buffer {
    return this.take((8 - (this.#taken % 8)) % 8);
  }
}

/** One word of a row as the bytes of its frames. */
function encodeWord(word: string, source: RfbSource): Buffer[] {
  const [, flags = '', name = '', plus = '', argument = ''] =
    /^((?:\w+\/)*)([a-z]+\d*)(\+?):?(.*)$/.exec(word) ?? [];
  const traits: FrameTraits = {
    fin: plus === '',
    reserved: Number(/rsv(\d)/.exec(flags)?.[1] ?? 0),
    mask: flags.includes('unmasked') ? 'none' : flags.includes('zeromask') ? 'zeros' : 'random',
  };
  const [first = '', second = ''] = argument.split(':');
  const frame = (opcode: number, payload: Buffer): Buffer => encodeClientFrame(opcode, payload, traits);
  if (name === 'raw') return [Buffer.from(first, 'hex')];
  if (name === 'fragments') return encodeFragments(Number(first), Number(second), source);
  if (name === 'messages') {
    return Array.from({ length: Number(first) }, () => frame(2, source.take(Number(second))));
  }
  if (name === 'closeraw') return [frame(8, Buffer.from(first, 'hex'))];
  if (name === 'close') {
    if (first === '') return [frame(8, Buffer.alloc(0))];
    const code = Buffer.alloc(2);
    code.writeUInt16BE(Number(first));
    return [frame(8, Buffer.concat([code, payloadOf(second)]))];
  }
  if (name === 'ping' || name === 'pong') return [frame(opcodes[name] ?? 0, payloadOf(argument))];
  const opcode = opcodes[name] ?? Number(/^op(\d+)$/.exec(name)?.[1] ?? Number.NaN);
  if (Number.isNaN(opcode)) throw new Error(`not understood: ${word}`);
  const isCarried = name === 'binary' || name === 'cont';
  return [frame(opcode, isCarried ? source.take(Number(first)) : Buffer.alloc(Number(first), 'a'))];
}

function encodeFragments(total: number, each: number, source: RfbSource): Buffer[] {
  const frames: Buffer[] = [];
  for (let left = total; left > 0; left -= each) {
    const opcode = left === total ? 2 : 0;
    const traits: FrameTraits = { fin: left <= each, reserved: 0, mask: 'random' };
    frames.push(encodeClientFrame(opcode, source.take(Math.min(each, left)), traits));
  }
  return frames;
}

let desktop: RfbSink;
let gateway: GatewayProcess;

beforeAll(async () => {
  desktop = await RfbSink.start();
  gateway = await startGatewayProcess({
    log: { level: 'info' },
    sessions: [{ id: sessionId, token, protocol: 'rfb', upstream: `tcp://127.0.0.1:${desktop.port}` }],
  });
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await desktop?.[Symbol.asyncDispose]();
});

async function run({ sent, expected }: Case): Promise<void> {
  const words = sent.split(' ');
  const offer = words
    .find(word => word.startsWith('offer:'))
    ?.slice(6)
    .replaceAll('_', ' ');
  const index = desktop.viewers.length;
  await using client = await EndpointClient.open({
    port: gateway.port,
    sessionId,
    token,
    offer,
    waits: words.includes('wait'),
  });
  await client.handshakeRfb();
  const viewer = await desktop.viewer(index);
  const chop = Number(words.find(word => word.startsWith('chop:'))?.slice(5) ?? 0);
  const source = new RfbSource();
  const frames = words
    .filter(word => !/^(chop:|offer:|together$|wait$)/.test(word))
    .flatMap(word => encodeWord(word, source));
  const bytes = Buffer.concat(frames);
  if (chop > 0) for (let at = 0; at < bytes.length; at += chop) client.write(bytes.subarray(at, at + chop));
  else if (words.includes('together')) client.write(bytes);
  else for (const frame of frames) client.write(frame);
  const heard = expected.split(' ').filter(word => word !== 'carried');
  if (!expected.includes('close:')) {
    const rest = source.rest();
    if (rest.length > 0) client.write(encodeClientFrame(2, rest, { fin: true, reserved: 0, mask: 'random' }));
    await viewer.received(source.taken);
    expect(viewer.digest.digest('hex')).toBe(source.digest.digest('hex'));
    client.write(encodeWord('close:1000', source)[0] ?? Buffer.alloc(0));
    heard.push('close:1000');
  }
  await client.ended();
  const wanted = heard.map(word => {
    const [kind = '', argument = ''] = word.split(':');
    return kind === 'pong' ? `pong:${payloadOf(argument).toString('hex')}` : word;
  });
  expect(client.heard).toEqual(wanted);
  expect(client.problems).toEqual([]);
}

for (const file of readdirSync(import.meta.dir).filter(name => /^\d.*\.md$/.test(name))) {
  // Some hundred megabytes: not in a quick run.
  describe.skipIf(testEnvironment.quick && file.startsWith('09'))(`stream-endpoint/${file}`, () => {
    const cases = readCases(file);
    test('has rows', () => {
      expect(cases.length).toBeGreaterThan(3);
    });
    for (const one of cases) test(one.name, () => run(one), 30_000);
  });
}
