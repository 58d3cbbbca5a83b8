import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { askedEverything } from '../../test/conformance/asked-everything.ts';
import {
  type RecordedFrame,
  type RecordedMessage,
  readFrames,
  readIndex,
} from '../../test/conformance/recording.ts';
import { joined } from '../../test/conformance/rfb-bytes.ts';
import { RfbStream, type Side } from '../../test/conformance/rfb-stream.ts';
import { ClientMessageMeasure } from '../rfb/client-message.ts';
import { ClientSplitter } from '../rfb/client-splitter.ts';
import { decodePixelSizes } from '../rfb/pixel-format.ts';
import { ServerSplitter } from '../rfb/server-splitter.ts';

const corpus = join(import.meta.dir, '../../test/corpus');

interface Recording {
  readonly frames: readonly RecordedFrame[];
  readonly index: readonly RecordedMessage[];
}

async function readRecording(name: string): Promise<Recording> {
  const base = join(corpus, name);
  const frames = await readFrames(base);
  const total = (server: boolean): number =>
    frames.reduce((sum, frame) => sum + (frame.fromServer === server ? frame.bytes.length : 0), 0);
  // An index may go on where the recording was cut.
  const index = (await readIndex(base)).filter(message => message.end <= total(message.fromServer));
  return { frames, index };
}

const bytesFrom = (recording: Recording, server: boolean): Uint8Array =>
  joined(recording.frames.filter(frame => frame.fromServer === server).map(frame => frame.bytes));

const messagesFrom = (recording: Recording, server: boolean): readonly RecordedMessage[] =>
  recording.index.filter(message => message.fromServer === server);

const find = (recording: Recording, type: string): RecordedMessage =>
  recording.index.find(message => message.type === type)!;

/** KasmVNC's defaults let through some MIME types only. */
const allPass = { data_loss_prevention: { clipboard: { allow_mimetypes: 'any' } } };

/** Plays both directions as they were recorded, behind handshakes of our own. */
function replay(recording: Recording, pieceBytes: number): { client: Uint8Array; upstream: Uint8Array } {
  const clientFrom = find(recording, 'ClientInit').end;
  const stream = new RfbStream({ protocol: 'kasmvnc', raw: true, policy: allPass });
  const client: Uint8Array[] = [];
  const upstream: Uint8Array[] = [];
  const say = (side: Side, bytes: Uint8Array): void => {
    const outcome = stream.say(side, bytes, Math.min(pieceBytes, Math.max(1, bytes.length)));
    client.push(outcome.client);
    upstream.push(outcome.upstream);
  };
  say('client', new TextEncoder().encode('RFB 003.008\n\x01\x01'));
  let clientAt = 0;
  for (const { fromServer, bytes } of recording.frames) {
    if (fromServer) say('server', bytes);
    else {
      say('client', bytes.subarray(Math.min(bytes.length, Math.max(0, clientFrom - clientAt))));
      clientAt += bytes.length;
    }
  }
  expect(stream.events).toEqual([]);
  return { client: joined(client), upstream: joined(upstream) };
}

/** Handshake bytes that the gateway says itself, before what it passes on. */
const clientGreetingBytes = 12 + 2 + 4;

const names = readdirSync(corpus)
  .filter(name => name.endsWith('.index.jsonl.gz'))
  .map(name => name.replace('.index.jsonl.gz', ''));

describe.each(names)('%s', name => {
  test.each([100_000, 1_000, 7])('passes byte for byte in pieces of %d', async pieceBytes => {
    const recording = await readRecording(name);
    const { client, upstream } = replay(recording, pieceBytes);
    const sent = bytesFrom(recording, true).subarray(find(recording, 'ServerInit').start);
    expect(Buffer.compare(client.subarray(clientGreetingBytes), sent)).toBe(0);
    // The client's last message may be cut by the end of the recording: it is held, all others came out.
    const said = bytesFrom(recording, false);
    const ends = messagesFrom(recording, false).map(message => message.end);
    const whole = said.subarray(find(recording, 'ClientInit').end, Math.max(...ends));
    expect(Buffer.compare(upstream.subarray(upstream.length - whole.length), whole)).toBe(0);
  });

  test('server messages end where the other parser found them to', async () => {
    const recording = await readRecording(name);
    const bytes = bytesFrom(recording, true);
    const splitter = openServerSplitter(recording, bytes);
    let count = 0;
    for (const { start, end } of messagesFrom(recording, true)) {
      if (start < find(recording, 'ServerInit').end) continue;
      // The last byte by itself: the message must not have ended before it.
      for (const [from, to] of [
        [start, end - 1],
        [end - 1, end],
      ] as const) {
        expect(splitter.messages).toBe(count);
        splitter.push(bytes, from, to);
        while (splitter.next());
      }
      expect(splitter.atBoundary).toBe(true);
      expect(splitter.messages).toBe(++count);
    }
    expect(count).toBeGreaterThan(0);
  });

  test('client messages end where the other parser found them to', async () => {
    const recording = await readRecording(name);
    const from = find(recording, 'ClientInit').end;
    const bytes = bytesFrom(recording, false);
    const splitter = new ClientSplitter(new ClientMessageMeasure('kasmvnc'));
    splitter.push(bytes, from, bytes.length);
    const found: [number, number][] = [];
    while (splitter.next()) found.push([splitter.message.start, splitter.message.end]);
    const expected = messagesFrom(recording, false).filter(message => message.start >= from);
    expect(found).toEqual(expected.map(({ start, end }) => [start, end]));
  });
});

/** All encodings allowed, and the pixel format that the recorded client set. */
function openServerSplitter(recording: Recording, bytes: Uint8Array): ServerSplitter {
  const init = find(recording, 'ServerInit');
  return new ServerSplitter('kasmvnc', decodePixelSizes(bytes, init.start + 4), askedEverything());
}
