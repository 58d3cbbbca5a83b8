/**
 * How fast the server splitter and the whole inspection follow a stream, beside a plain copy of the same bytes,
 * and how much the heap grows meanwhile. Read the ratios, not the rates: run it before and after a change, on one
 * quiet core.
 *
 *     bun bench/splitter.bench.ts [--seconds N, of each figure (1)] [--record]
 *
 * Synthetic streams of equal messages, which are all one JPEG rectangle, and the server's side of every recording in
 * test/corpus. `heap growth` is what is left after a garbage collection, per MB followed: it has to be about 0.
 */
import { heapStats } from 'bun:jsc';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parsePolicy } from '../config/policy.ts';
import { createRfbInspection } from '../gateway/relay/rfb-inspection.ts';
import { EncodingSet } from '../gateway/rfb/encoding-set.ts';
import { encodings } from '../gateway/rfb/numbers.ts';
import { decodePixelSizes } from '../gateway/rfb/pixel-format.ts';
import { ServerSplitter } from '../gateway/rfb/server-splitter.ts';
import { WriteCursor } from '../gateway/wire/write-cursor.ts';
import { askedEverything } from '../test/conformance/asked-everything.ts';
import { readFrames, readIndex } from '../test/conformance/recording.ts';
import { print, report } from './report/history.ts';
import { originOfRun } from './report/machine.ts';
import { round } from './report/statistics.ts';

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '1' }, record: { type: 'boolean', default: false } },
});
const chunkBytes = 256 * 1024;
const rounds = 5;
const jpegControl = 0x90;
const pixels = { pixel: 4, tightPixel: 3, compressedPixel: 3 };

interface Stream {
  readonly name: string;
  readonly bytes: number;
  readonly messages: number;
  readonly copy: () => void;
  readonly passes: Readonly<Record<string, () => void>>;
}

/** One update with one JPEG rectangle, `size` bytes in all. */
function update(size: number): Uint8Array {
  const jpegBytes = size - 4 - 12 - 1 - 3;
  const message = new WriteCursor().u8(0).u8(0).u16(1).u16(0).u16(0).u16(64).u16(64).u32(encodings.tight);
  message.u8(jpegControl).u8((jpegBytes & 0x7f) | 0x80);
  message.u8(((jpegBytes >> 7) & 0x7f) | 0x80).u8(jpegBytes >> 14);
  return message.zeros(jpegBytes).finish();
}

/** Whole messages until at least `chunkBytes` are full, so that the same chunk can be given again and again. */
function synthetic(messageBytes: number): Stream {
  const one = update(messageBytes);
  const messages = Math.ceil(chunkBytes / messageBytes);
  const chunk = new Uint8Array(messages * messageBytes);
  for (let at = 0; at < chunk.length; at += messageBytes) chunk.set(one, at);
  const target = new Uint8Array(chunk.length);
  return {
    name: `${messageBytes} B messages`,
    bytes: chunk.length,
    messages,
    copy: () => target.set(chunk),
    passes: { splitter: splitterPass(chunk), inspection: inspectionPass(chunk) },
  };
}

function splitterPass(chunk: Uint8Array): () => void {
  const allowed = new EncodingSet();
  allowed.add(encodings.tight);
  const splitter = new ServerSplitter('kasmvnc', pixels, allowed);
  return () => {
    splitter.push(chunk, 0, chunk.length);
    if (splitter.next()) throw new Error('no message of the bench is judged');
  };
}

function inspectionPass(chunk: Uint8Array): () => void {
  const inspection = createRfbInspection({
    protocol: 'rfb',
    policy: parsePolicy({ access: 'full' }),
    upstreamPassword: undefined,
    now: () => 0,
    onEvent: () => {},
  });
  const serverInit = new WriteCursor().u16(64).u16(64).u8(32).u8(24).u8(0).u8(1).u16(255).u16(255).u16(255);
  serverInit.u8(0).u8(8).u8(16).zeros(3).u32(0);
  const say = (side: 'fromClient' | 'fromUpstream', bytes: Uint8Array): void => {
    inspection[side](bytes, 0, bytes.length);
  };
  const version = new TextEncoder().encode('RFB 003.008\n');
  say('fromUpstream', version);
  say('fromUpstream', Uint8Array.of(1, 1, 0, 0, 0, 0));
  say('fromClient', version);
  say('fromClient', Uint8Array.of(1, 1));
  say('fromUpstream', serverInit.finish());
  say('fromClient', new WriteCursor().u8(2).u8(0).u16(1).u32(encodings.tight).finish());
  inspection.toClient.clear();
  inspection.toUpstream.clear();
  return () => {
    if (!inspection.fromUpstream(chunk, 0, chunk.length)) throw new Error('the bench must pass unchanged');
  };
}

/** Every recording's server side from ServerInit on, each WebSocket frame a chunk, as one stream after the other. */
async function recorded(): Promise<Stream> {
  const folder = new URL('../test/corpus/', import.meta.url).pathname;
  const suffix = '.index.jsonl.gz';
  const names = readdirSync(folder).filter(name => name.endsWith(suffix));
  const plays = await Promise.all(names.map(name => openRecording(folder + name.replace(suffix, ''))));
  const frames = plays.flatMap(play => play.frames);
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  const target = new Uint8Array(Math.max(...frames.map(frame => frame.length)));
  return {
    name: `${names.length} recordings`,
    bytes,
    messages: plays.reduce((sum, play) => sum + play.messages, 0),
    copy: () => {
      for (const frame of frames) target.set(frame);
    },
    passes: {
      splitter: () => {
        for (const play of plays) play.run();
      },
    },
  };
}

interface Play {
  readonly frames: readonly Uint8Array[];
  readonly messages: number;
  /** Follows the whole of it with a fresh splitter. */
  readonly run: () => number;
}

async function openRecording(base: string): Promise<Play> {
  const init = (await readIndex(base)).find(message => message.type === 'ServerInit')!;
  const sent = (await readFrames(base)).filter(frame => frame.fromServer).map(frame => frame.bytes);
  const all = new Uint8Array(Buffer.concat(sent));
  const sizes = decodePixelSizes(all, init.start + 4);
  const allowed = askedEverything();
  const frames: Uint8Array[] = [];
  let at = 0;
  for (const frame of sent) {
    if (at + frame.length > init.end) frames.push(frame.slice(Math.max(0, init.end - at)));
    at += frame.length;
  }
  const run = (): number => {
    const splitter = new ServerSplitter('kasmvnc', sizes, allowed);
    for (const frame of frames) {
      splitter.push(frame, 0, frame.length);
      while (splitter.next());
    }
    return splitter.messages;
  };
  return { frames, messages: run(), run };
}

function heapBytes(): number {
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
}

interface Figure {
  /** Best of some rounds, by user time: other programs on the core cost wall time only. */
  readonly megabytesPerSecond: number;
  readonly heapBytesPerMegabyte: number;
}

function measure(bytes: number, pass: () => void): Figure {
  for (let warmUp = 0; warmUp < 32; warmUp++) pass();
  const heapBefore = heapBytes();
  let best = 0;
  let total = 0;
  for (let index = 0; index < rounds; index++) {
    const until = performance.now() + (Number(options.seconds) * 1000) / rounds;
    const begun = process.cpuUsage().user;
    let done = 0;
    while (performance.now() < until) {
      for (let repeat = 0; repeat < 4; repeat++) pass();
      done += 4 * bytes;
    }
    best = Math.max(best, done / (process.cpuUsage().user - begun));
    total += done;
  }
  return { megabytesPerSecond: best, heapBytesPerMegabyte: ((heapBytes() - heapBefore) / total) * 1e6 };
}

const origin = await originOfRun();
for (const stream of [synthetic(16 * 1024), synthetic(400), await recorded()]) {
  const copy = measure(stream.bytes, stream.copy).megabytesPerSecond;
  for (const [name, pass] of Object.entries(stream.passes)) {
    const { megabytesPerSecond, heapBytesPerMegabyte } = measure(stream.bytes, pass);
    const nanoseconds = (stream.bytes / stream.messages / megabytesPerSecond) * 1e3;
    print(
      `${stream.name} · ${name}: ${megabytesPerSecond.toFixed(0)} MB/s, ${nanoseconds.toFixed(0)} ns a message, ` +
        `heap growth ${heapBytesPerMegabyte.toFixed(1)} B/MB`,
    );
    await report(
      {
        ...origin,
        bench: 'splitter',
        stream: stream.name,
        part: name,
        mb_per_s: Math.round(megabytesPerSecond),
        ns_per_message: Math.round(nanoseconds),
        of_copy: round(megabytesPerSecond / copy),
        heap_bytes_per_mb: round(heapBytesPerMegabyte),
      },
      options.record,
    );
  }
}
