/**
 * How fast the server splitter and the whole inspection follow a stream, beside a plain copy of the same
 * bytes. Read the ratios, not the figures: run it before and after a change, on one quiet core.
 *
 *     bun bench/rfb-splitter.bench.ts [seconds per figure, default 1]
 */
import { parsePolicy } from '../config/policy.ts';
import { createRfbInspection } from '../gateway/relay/rfb-inspection.ts';
import { EncodingSet } from '../gateway/rfb/encoding-set.ts';
import { encodings } from '../gateway/rfb/numbers.ts';
import { ServerSplitter } from '../gateway/rfb/server-splitter.ts';
import { WriteCursor } from '../gateway/wire/write-cursor.ts';

const seconds = Number(process.argv[2] ?? 1);
const chunkBytes = 256 * 1024;
const jpegControl = 0x90;
const pixels = { pixel: 4, tightPixel: 3, compressedPixel: 3 };

/** One update with one JPEG rectangle, `size` bytes in all. */
function update(size: number): Uint8Array {
  const jpegBytes = size - 4 - 12 - 1 - 3;
  const message = new WriteCursor().u8(0).u8(0).u16(1).u16(0).u16(0).u16(64).u16(64).u32(encodings.tight);
  message.u8(jpegControl).u8((jpegBytes & 0x7f) | 0x80);
  message.u8(((jpegBytes >> 7) & 0x7f) | 0x80).u8(jpegBytes >> 14);
  return message.zeros(jpegBytes).finish();
}

/** Whole messages until at least `chunkBytes` are full, so that the same chunk can be given again and again. */
function chunkOf(messageBytes: number): Uint8Array {
  const one = update(messageBytes);
  const chunk = new Uint8Array(Math.ceil(chunkBytes / messageBytes) * messageBytes);
  for (let at = 0; at < chunk.length; at += messageBytes) chunk.set(one, at);
  return chunk;
}

/** GB per CPU second of `pass` over chunks of `bytes`, best of five: other programs on the core cost wall time only. */
function measure(bytes: number, pass: () => void): number {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const until = performance.now() + (seconds * 1000) / 5;
    const begun = process.cpuUsage().user;
    let passes = 0;
    while (performance.now() < until) {
      for (let repeat = 0; repeat < 16; repeat++) pass();
      passes += 16;
    }
    best = Math.max(best, (passes * bytes) / ((process.cpuUsage().user - begun) * 1e3));
  }
  return best;
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

for (const messageBytes of [16 * 1024, 400]) {
  const chunk = chunkOf(messageBytes);
  const target = new Uint8Array(chunk.length);
  const copy = measure(chunk.length, () => target.set(chunk));
  const rows: [string, number][] = [
    ['splitter', measure(chunk.length, splitterPass(chunk))],
    ['inspection', measure(chunk.length, inspectionPass(chunk))],
  ];
  process.stdout.write(`${messageBytes} B messages: copy ${copy.toFixed(1)} GB/s\n`);
  for (const [name, rate] of rows) {
    const nanoseconds = messageBytes / rate;
    const ratio = (rate / copy).toFixed(2);
    process.stdout.write(
      `  ${name}: ${rate.toFixed(1)} GB/s, ${ratio} of copy, ${nanoseconds.toFixed(0)} ns a message\n`,
    );
  }
}
