/**
 * Runs the cases in this folder's Markdown files. A case is a second-level heading, a sentence that says why,
 * and a fenced block marked `frames`:
 *
 *     limit 1000                 bytes of one data frame; default 100000
 *     from browser               only from that side; default both
 *     frame 82 03 "abc"          one frame, written without a mask; it is masked where it comes from a browser
 *     bytes 82 83 00             bytes as they stand
 *     > payload "abc"            what the reader tells, in order; neighbouring payload is one
 *     > ping "x"                 pong likewise
 *     > close 1000 "reason"
 *     > error malformed 1002     refused: kind and close code; nothing may follow
 *     > open                     the stream ends inside a frame or a message
 *
 * `fill(n)` is n bytes. Each case runs whole, byte by byte, and cut once at every place.
 */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FrameError } from '../../../gateway/websocket/frame-error.ts';
import { FrameReader, type FrameReaderOptions, FrameStep } from '../../../gateway/websocket/frame-reader.ts';
import { maskInPlace, readMaskKey } from '../../../gateway/websocket/mask.ts';
import { bytesOf } from '../rfb-bytes.ts';

type From = FrameReaderOptions['from'];

interface Case {
  readonly title: string;
  readonly from: readonly From[];
  readonly limit: number;
  readonly sent: readonly { readonly framed: boolean; readonly bytes: Uint8Array }[];
  readonly told: readonly string[];
}

const maskKeyBytes = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
/** Longer streams are cut at a choice of places, to stay quick. */
const cutsMax = 150;

function parseBytes(notation: string): Uint8Array {
  return bytesOf(notation.replace(/fill\((\d+)\)/g, (_, count: string) => 'a5'.repeat(Number(count))));
}

const hexOf = (notation: string): string => Buffer.from(parseBytes(notation)).toString('hex');

function parseTold(line: string): string {
  const [, kind = '', rest = ''] = /^(\w+) ?(.*)$/.exec(line) ?? [];
  if (kind === 'payload' || kind === 'ping' || kind === 'pong') return `${kind} ${hexOf(rest)}`;
  if (kind === 'close' || kind === 'error' || kind === 'open') return line;
  throw new Error(`not understood: > ${line}`);
}

function parseCase(title: string, block: string): Case {
  let from: readonly From[] = ['browser', 'upstream'];
  let limit = 100_000;
  const sent: { framed: boolean; bytes: Uint8Array }[] = [];
  const told: string[] = [];
  for (const line of block.split('\n').map(text => text.trim())) {
    if (line === '') continue;
    const [, word, rest = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    if (word === '>') told.push(parseTold(rest));
    else if (word === 'frame' || word === 'bytes')
      sent.push({ framed: word === 'frame', bytes: parseBytes(rest) });
    else if (word === 'limit') limit = Number(rest);
    else if (word === 'from') from = [rest as From];
    else throw new Error(`not understood: ${line}`);
  }
  return { title, from, limit, sent, told };
}

function parseFile(markdown: string): Case[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map(section => {
      const title = section.slice(0, section.indexOf('\n')).trim();
      const block = /^```frames\n([\s\S]*?)^```/m.exec(section);
      if (block === null) throw new Error(`no frames block under "${title}"`);
      return parseCase(title, block[1]!);
    });
}

/** The frame as a browser sends it: mask bit set, key after the length, payload masked. */
function masked(frame: Uint8Array): Uint8Array {
  const length = frame[1]! & 0x7f;
  const headerSize = length === 126 ? 4 : length === 127 ? 10 : 2;
  const out = new Uint8Array(frame.length + 4);
  out.set(frame.subarray(0, headerSize));
  out[1] = frame[1]! | 0x80;
  out.set(maskKeyBytes, headerSize);
  out.set(frame.subarray(headerSize), headerSize + 4);
  maskInPlace(out, headerSize + 4, out.length, readMaskKey(maskKeyBytes, 0));
  return out;
}

class Listener {
  readonly told: string[] = [];
  readonly #reader: FrameReader;

  constructor(options: FrameReaderOptions) {
    this.#reader = new FrameReader(options);
  }

  hear(bytes: Uint8Array): void {
    const reader = this.#reader;
    const chunk = bytes.slice();
    reader.push(chunk);
    for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
      if (step === FrameStep.payload) this.#payload(chunk.subarray(reader.payloadStart, reader.payloadEnd));
      else if (step === FrameStep.close) this.told.push(`close ${reader.closeCode} "${reader.closeReason}"`);
      else this.told.push(`${step === FrameStep.ping ? 'ping' : 'pong'} ${reader.controlPayload().toHex()}`);
    }
  }

  end(): void {
    if (!this.#reader.betweenMessages) this.told.push('open');
  }

  #payload(bytes: Uint8Array): void {
    const last = this.told.at(-1);
    if (last?.startsWith('payload ')) this.told[this.told.length - 1] = last + bytes.toHex();
    else this.told.push(`payload ${bytes.toHex()}`);
  }
}

function run(one: Case, from: From, pieces: readonly Uint8Array[]): string[] {
  const listener = new Listener({ from, frameBytesMax: one.limit });
  try {
    for (const piece of pieces) listener.hear(piece);
    listener.end();
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    listener.told.push(`error ${error.kind} ${error.closeCode}`);
  }
  return listener.told;
}

for (const file of readdirSync(import.meta.dir).filter(name => name.endsWith('.md'))) {
  describe(`websocket/${file}`, () => {
    for (const one of parseFile(readFileSync(join(import.meta.dir, file), 'utf8'))) {
      for (const from of one.from) {
        test(`${one.title}, from ${from === 'browser' ? 'a browser' : 'an upstream'}`, () => {
          const parts = one.sent.map(({ framed, bytes }) =>
            framed && from === 'browser' ? masked(bytes) : bytes,
          );
          const stream = new Uint8Array(Buffer.concat(parts));
          expect(run(one, from, [stream])).toEqual([...one.told]);
          const step = Math.ceil(stream.length / cutsMax);
          for (let cut = 1; cut < stream.length; cut += step) {
            expect(run(one, from, [stream.subarray(0, cut), stream.subarray(cut)])).toEqual([...one.told]);
          }
          expect(
            run(
              one,
              from,
              Array.from(stream, byte => Uint8Array.of(byte)),
            ),
          ).toEqual([...one.told]);
        });
      }
    }
  });
}
