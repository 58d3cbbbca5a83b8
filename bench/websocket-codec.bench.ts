/**
 * What the WebSocket codec costs, beside a plain copy of the same bytes. Read the ratios, not the figures: run it
 * before and after a change, on one quiet core.
 *
 *     bun bench/websocket-codec.bench.ts [seconds per figure, default 1]
 *
 * - read: upstream frames are read, nothing is done with the payload
 * - forward: upstream frames are read and put out for the browser, as the relay does
 * - forward, cut: likewise, with chunks that end inside frames
 * - read + unmask: browser frames are read and unmasked in place
 * - mask: payload is written as masked frames for the upstream
 */
import { FrameOutput } from '../gateway/websocket/frame-output.ts';
import { FrameReader, FrameStep } from '../gateway/websocket/frame-reader.ts';
import { encodeFrame, encodeMaskedFrames } from '../gateway/websocket/frame-writer.ts';

const seconds = Number(process.argv[2] ?? 1);
const chunkBytes = 256 * 1024;
const frameBytesMax = 1 << 20;
const rounds = 3;

interface Figure {
  readonly gigabytesPerSecond: number;
  readonly nanosecondsPerFrame: number;
}

/**
 * Runs `pass` over `bytes` bytes with `frames` frames for a while; the best of some rounds.
 * @param prepare runs before each pass and is not counted.
 */
function measure(bytes: number, frames: number, pass: () => void, prepare?: () => void): Figure {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const end = Bun.nanoseconds() + (seconds * 1e9) / rounds;
    let spent = 0;
    let passes = 0;
    while (Bun.nanoseconds() < end) {
      prepare?.();
      const repeats = prepare === undefined ? 16 : 1;
      const begun = Bun.nanoseconds();
      for (let index = 0; index < repeats; index++) pass();
      spent += Bun.nanoseconds() - begun;
      passes += repeats;
    }
    best = Math.min(best, spent / passes);
  }
  return { gigabytesPerSecond: bytes / best, nanosecondsPerFrame: best / frames };
}

function readAll(reader: FrameReader, chunk: Uint8Array): number {
  let payloadBytes = 0;
  reader.push(chunk);
  for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
    if (step === FrameStep.payload) payloadBytes += reader.payloadEnd - reader.payloadStart;
  }
  return payloadBytes;
}

function forwardAll(reader: FrameReader, output: FrameOutput, chunk: Uint8Array): number {
  output.clear();
  reader.push(chunk);
  for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
    if (step === FrameStep.payload) output.forward(reader);
  }
  return output.spans.length;
}

/** A stream of equal frames that begins and ends at a frame, in chunks that do not: it can be read again and again. */
function cutChunks(frame: Uint8Array, frames: number): Uint8Array[] {
  const stream = new Uint8Array(Buffer.concat(Array.from({ length: frames }, () => frame)));
  const size = Math.floor(stream.length / 3) + 7;
  return [stream.slice(0, size), stream.slice(size, 2 * size), stream.slice(2 * size)];
}

function benchFrames(payloadBytes: number): void {
  const payload = { spans: [new Uint8Array(payloadBytes).fill(0x5a)], byteLength: payloadBytes };
  const frame = encodeFrame(payload);
  const frames = Math.floor(chunkBytes / frame.length);
  const bytes = frames * payloadBytes;
  const chunk = new Uint8Array(Buffer.concat(Array.from({ length: frames }, () => frame)));
  const scratch = new Uint8Array(chunk.length);
  const fromUpstream = new FrameReader({ from: 'upstream', frameBytesMax });
  const output = new FrameOutput();

  const copy = measure(bytes, frames, () => scratch.set(chunk));
  const report = (name: string, figure: Figure): void => {
    const ratio = figure.nanosecondsPerFrame / copy.nanosecondsPerFrame;
    const cells = [
      `${payloadBytes} B`.padStart(8),
      `  ${name}`.padEnd(16),
      `${figure.nanosecondsPerFrame.toFixed(1)} ns/frame`.padStart(18),
      `${figure.gigabytesPerSecond.toFixed(2)} GB/s`.padStart(14),
      `${ratio.toFixed(2)} x copy`.padStart(14),
    ];
    process.stdout.write(`${cells.join('')}\n`);
  };
  report('copy', copy);
  report(
    'read',
    measure(bytes, frames, () => readAll(fromUpstream, chunk)),
  );
  report(
    'forward',
    measure(bytes, frames, () => forwardAll(fromUpstream, output, chunk)),
  );
  const cut = cutChunks(frame, frames);
  const fresh = cut.map(piece => piece.slice());
  const forwardCut = (): void => {
    for (const piece of fresh) forwardAll(fromUpstream, output, piece);
  };
  // Forwarding rewrites headers in the chunks, so they are copied anew each time.
  const renew = (): void => {
    for (let index = 0; index < cut.length; index++) fresh[index]!.set(cut[index]!);
  };
  report('forward, cut', measure(bytes, frames, forwardCut, renew));
  benchMasked(payload.spans[0]!, frames, report);
}

function benchMasked(
  payload: Uint8Array,
  frames: number,
  report: (name: string, figure: Figure) => void,
): void {
  const bytes = frames * payload.length;
  const all = new Uint8Array(bytes);
  const whole = { spans: [all], byteLength: bytes };
  const maskKey = (): number => 0x5ca1ab1e;
  // Unmasking in place twice gives the masked bytes again, so every other pass reads what the peer sent.
  const chunk = encodeMaskedFrames(whole, payload.length, maskKey);
  const fromBrowser = new FrameReader({ from: 'browser', frameBytesMax });
  report(
    'read + unmask',
    measure(bytes, frames, () => readAll(fromBrowser, chunk)),
  );
  report(
    'mask',
    measure(bytes, frames, () => encodeMaskedFrames(whole, payload.length, maskKey)),
  );
}

for (const payloadBytes of [16 * 1024, 400]) benchFrames(payloadBytes);
