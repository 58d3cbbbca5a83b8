/** What is read before and around RFB: HTTP heads, WebSocket frames, and the pump that joins all of it. */
import { limits } from '../../config/limits.ts';
import { RequestHeadParser } from '../../gateway/http/request-head.ts';
import { ResponseHeadParser } from '../../gateway/http/response-head.ts';
import { HalfPipe } from '../../gateway/relay/half-pipe.ts';
import { StreamPump } from '../../gateway/relay/stream-pump.ts';
import { FrameError } from '../../gateway/websocket/frame-error.ts';
import { FrameReader, FrameStep } from '../../gateway/websocket/frame-reader.ts';
import {
  encodeControlFrame,
  encodeFrame,
  encodeMaskedControlFrame,
  encodeMaskedFrames,
} from '../../gateway/websocket/frame-writer.ts';
import { checkUpgradeRequest } from '../../gateway/websocket/handshake.ts';
import { checkUpgradeResponse } from '../../gateway/websocket/upstream-handshake.ts';
import { DecodeError } from '../../gateway/wire/decode-error.ts';
import { joined } from '../conformance/rfb-bytes.ts';
import { FuzzStream } from './fuzz-stream.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { pick, type Random, seeded } from './mutate.ts';
import { clientMessageOf, everyEncoding, several } from './rfb-grammar.ts';
import { promiseOnlyWatching, promiseWhole } from './rfb-promises.ts';
import { watchingPolicy } from './rfb-targets.ts';

const latin = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

function piecesOf(input: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const edges = [0, ...cuts, input.length];
  return edges.slice(1).map((edge, index) => input.slice(edges[index], edge));
}

const methods = ['GET', 'POST', 'G\tET', 'get', 'OPTIONS'];
const targets = ['/', '/desktop/1/vnc/websockify?token=abc', '/a%2fb', '*', 'http://h/', '/a b', '/#f'];
const fields = [
  'Host: example.com',
  'Host: [::1]:80',
  'Host: a b',
  'Upgrade: websocket',
  'Connection: keep-alive, Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: binary',
  'Content-Length: 5',
  'Content-Length: +5',
  'Content-Length: 5, 5',
  'Transfer-Encoding: chunked',
  ' folded',
  'Transfer-Encoding : chunked',
  'X: \u00ff',
  'Cookie: session_token=abc',
  'Origin: null',
  ':',
  'A:',
];

function requestOf(random: Random): Uint8Array {
  const lines = [
    `${pick(random, methods)} ${pick(random, targets)} ${pick(random, ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0'])}`,
  ];
  for (let left = random(9); left > 0; left--) lines.push(pick(random, fields));
  return latin(`${lines.join(random(12) === 0 ? '\n' : '\r\n')}\r\n\r\n${random(3) === 0 ? 'body' : ''}`);
}

const goodRequest = latin(
  `GET /desktop/1/vnc/websockify?x=1 HTTP/1.1\r\n${[fields[0], ...fields.slice(3, 8)].join('\r\n')}\r\n\r\n`,
);
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const goodResponse = latin(
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: binary\r\n\r\n',
);

function runRequest(input: Uint8Array, cuts: readonly number[]): string {
  const parser = new RequestHeadParser(limits);
  for (const piece of piecesOf(input, cuts)) {
    const step = parser.push(piece);
    if (step.kind === 'need') continue;
    if (step.kind === 'refused') return `refused ${step.reason}`;
    const { method, target, version, headBytes, headers } = step;
    // A head is what the other parser behind us reads too: exactly up to its first empty line.
    const text = Buffer.from(input).toString('latin1');
    if (text.indexOf('\r\n\r\n') + 4 !== headBytes) throw new Error(`the head has ${headBytes} bytes`);
    const both = headers.has('content-length') && headers.has('transfer-encoding');
    if (both || headers.getAll('host').length > 1) throw new Error('an ambiguous head passed');
    return JSON.stringify([method, target, version, headBytes, checkUpgradeRequest(step).kind]);
  }
  return 'need';
}

function runResponse(input: Uint8Array, cuts: readonly number[]): string {
  const parser = new ResponseHeadParser(limits);
  for (const piece of piecesOf(input, cuts)) {
    const step = parser.push(piece);
    if (step.kind === 'need') continue;
    if (step.kind === 'broken') return `broken ${step.reason}`;
    return JSON.stringify([step.status, step.headBytes, checkUpgradeResponse(step, key)]);
  }
  return 'need';
}

const maskKey = (): number => 0x1234_5678;

function framesOf(
  from: 'browser' | 'upstream',
  payload: (random: Random) => Uint8Array,
  random: Random,
): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let left = 1 + random(5); left > 0; left--) {
    const bytes = payload(random);
    const spans = { spans: [bytes], byteLength: bytes.length };
    const data = from === 'browser' ? encodeMaskedFrames(spans, 65_527, maskKey) : encodeFrame(spans);
    // A message in fragments: the first frame without FIN, the last a continuation.
    if (random(5) === 0 && data.length > 0) {
      data[0] = 0x02;
      const rest = from === 'browser' ? encodeMaskedFrames(spans, 65_527, maskKey) : encodeFrame(spans);
      rest[0] = 0x80;
      frames.push(data, rest);
    } else frames.push(data);
    const control = bytes.subarray(0, random(100));
    const opcode = pick(random, [9, 10, 8]);
    if (random(4) > 0) continue;
    const body = opcode === 8 ? Uint8Array.of(3, 232) : control;
    frames.push(
      from === 'browser'
        ? encodeMaskedControlFrame(opcode, body, maskKey())
        : encodeControlFrame(opcode, body),
    );
  }
  return joined(frames);
}

const anything = (random: Random): Uint8Array =>
  new Uint8Array(random(8) === 0 ? 1 + random(400) : 1 + random(40)).fill(random(256));

function frames(from: 'browser' | 'upstream'): FuzzTarget {
  return {
    name: `websocket-${from}`,
    seeds: [1, 2, 3].map(seed => framesOf(from, anything, seeded(seed))),
    generate: random => framesOf(from, anything, random),
    run: (input, cuts) => {
      const reader = new FrameReader({ from, frameBytesMax: 100_000 });
      let payload = '';
      const told: string[] = [];
      try {
        for (const piece of piecesOf(input, cuts)) {
          reader.push(piece);
          for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
            if (step === FrameStep.payload) {
              const { chunk, payloadStart, payloadEnd } = reader;
              if (payloadEnd <= payloadStart) throw new Error('a step has no payload');
              payload += Buffer.from(chunk.subarray(payloadStart, payloadEnd)).toString('latin1');
            } else
              told.push(
                `${payload.length} ${step} ${Buffer.from(reader.controlPayload()).toString('latin1')}`,
              );
          }
        }
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        told.push(`${error.closeCode} ${error.kind} ${error.field} ${error.offset}`);
      }
      if (payload.length > input.length) throw new Error('more payload than there were bytes');
      return `${told.join('; ')} ${payload}`;
    },
  };
}

/** Frames of a client through the pump and the inspection, for one who may only watch, to a framed upstream. */
function pump(): FuzzTarget {
  const messages = (random: Random): Uint8Array => several(() => clientMessageOf('kasmvnc', random), random);
  return {
    name: 'stream-pump',
    seeds: [1, 2, 3].map(seed => framesOf('browser', messages, seeded(seed))),
    generate: random => framesOf('browser', messages, random),
    run: (input, cuts) => {
      const { inspection } = new FuzzStream({
        ...{ protocol: 'kasmvnc', form: 'kasmvnc', policy: watchingPolicy, encodings: everyEncoding },
      });
      const upstreamWrites: Uint8Array[] = [];
      const source = { pause() {}, resume() {} };
      const sink = (writes: Uint8Array[]) => ({
        write: (bytes: Uint8Array) => writes.push(bytes.slice()) && bytes.length,
      });
      const relay = new StreamPump({
        ...{ inspection, framed: true, maskKey },
        clientReader: new FrameReader({ from: 'browser', frameBytesMax: limits.clientFrameBytesMax }),
        toClient: new HalfPipe(sink([]), source),
        toUpstream: new HalfPipe(sink(upstreamWrites), source),
      });
      let end = '';
      try {
        for (const piece of piecesOf(input, cuts)) relay.fromClient(piece);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        end = `${error.kind} ${error.field}`;
      }
      const payload = payloadForKasmvnc(joined(upstreamWrites));
      promiseWhole('kasmvnc', payload);
      promiseOnlyWatching('kasmvnc', payload);
      return end === '' ? Buffer.from(payload).toString('latin1') : end;
    },
  };
}

/** As KasmVNC reads frames: whole, masked, binary, at most 65527 bytes; anything else would end or break the stream. */
function payloadForKasmvnc(bytes: Uint8Array): Uint8Array {
  const payload: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1]! & 0x7f;
    const header = short === 126 ? 8 : 6;
    const length = short === 126 ? (bytes[at + 2]! << 8) | bytes[at + 3]! : short;
    const isWrong = bytes[at] !== 0x82 || (bytes[at + 1]! & 0x80) === 0 || short === 127 || length > 65_527;
    if (isWrong || at + header + length > bytes.length)
      throw new Error(`a frame at ${at} is not for KasmVNC`);
    const masked = bytes.slice(at + header, at + header + length);
    for (let index = 0; index < length; index++) masked[index]! ^= bytes[at + header - 4 + (index & 3)]!;
    payload.push(masked);
    at += header + length;
  }
  return joined(payload);
}

export const wireTargets: readonly FuzzTarget[] = [
  { name: 'request-head', seeds: [goodRequest], generate: requestOf, run: runRequest },
  { name: 'response-head', seeds: [goodResponse], run: runResponse },
  frames('browser'),
  frames('upstream'),
  pump(),
];
