/** Reads recordings of real servers: the frames of both directions, and the messages an independent parser found. */
import { gunzipSync } from 'node:zlib';

export interface RecordedFrame {
  readonly fromServer: boolean;
  readonly bytes: Uint8Array;
}

export interface RecordedMessage {
  readonly type: string;
  readonly fromServer: boolean;
  /** Offsets in that direction's stream, handshake included. */
  readonly start: number;
  readonly end: number;
}

async function readLines(file: string): Promise<Record<string, unknown>[]> {
  const packed = new Uint8Array(await Bun.file(file).arrayBuffer());
  const lines = new TextDecoder().decode(gunzipSync(packed)).split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as Record<string, unknown>);
}

/** @param base path without `.jsonl.gz` */
export async function readFrames(base: string): Promise<RecordedFrame[]> {
  const frames: RecordedFrame[] = [];
  for (const line of await readLines(`${base}.jsonl.gz`)) {
    if (typeof line.b !== 'string') continue;
    frames.push({ fromServer: line.d === 's2c', bytes: new Uint8Array(Buffer.from(line.b, 'base64')) });
  }
  return frames;
}

export async function readIndex(base: string): Promise<RecordedMessage[]> {
  return (await readLines(`${base}.index.jsonl.gz`))
    .filter(line => typeof line.start === 'number' && typeof line.end === 'number')
    .map(line => ({
      type: String(line.type),
      fromServer: line.d === 's2c',
      start: Number(line.start),
      end: Number(line.end),
    }));
}
