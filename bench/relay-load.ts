/**
 * Both ends of the relay bench in one process, to be pinned to a core of its own: the upstream (WebSocket and RFB)
 * and the viewers (TLS). It talks with the bench in lines of JSON:
 *
 *     → {"upstreamPort": n}      at start
 *     ← {"target": port, "path": "/…", "shape": "16 KiB messages", "streams": 4, "bytes": 1e9}
 *     → {"ready": "TLS_AES_…"}   all streams are past their handshakes and warm
 *     ← {"go": true}
 *     → {"bytes": n, "seconds": s}
 *
 * With `"bytes": 0` nothing is sent once the streams are up: each further line `{"more": n}` opens n more, answered
 * with `{"open": n}` for all that are open.
 */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Socket, TCPSocketListener } from 'bun';
import { encodeBatch, encodeClientFrame, encodeFrame, shapes } from './rfb-shapes.ts';

interface Task {
  readonly target: number;
  readonly path: string;
  readonly shape: string;
  readonly streams: number;
  readonly bytes: number;
}

const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Handshake of the upstream by what it received so far: request head, version, choice, ClientInit. */
interface Upstream {
  head: string;
  received: number;
  pending: number;
  left: number;
}

const rfbVersion = 'RFB 003.008\n';

/** Compiled code, grown buffers and windows: what a running relay has. */
const warmUpBytes = 2e8;

const clientHandshake = [Buffer.from(rfbVersion), Uint8Array.of(1), Uint8Array.of(1)];
const desktopName = 'bench';
const sending: Socket<Upstream>[] = [];
let batch = encodeBatch(shapes[0]!);

function serverInit(): Buffer {
  const init = Buffer.alloc(24 + desktopName.length);
  init.set([0x07, 0x80, 0x04, 0x38, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0]);
  init.writeUInt32BE(desktopName.length, 20);
  init.write(desktopName, 24);
  return init;
}

function startUpstream(): TCPSocketListener<Upstream> {
  return Bun.listen<Upstream>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        socket.data = { head: '', received: 0, pending: 0, left: 0 };
      },
      data(socket, chunk) {
        const state = socket.data;
        if (!state.head.includes('\r\n\r\n')) {
          state.head += chunk.toString('latin1');
          if (state.head.includes('\r\n\r\n')) greet(socket);
          return;
        }
        answer(socket, chunk);
      },
      drain: pump,
      error() {},
    },
  });
}

function greet(socket: Socket<Upstream>): void {
  const key = /sec-websocket-key: *(\S+)/i.exec(socket.data.head)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: binary\r\n\r\n`,
  );
  socket.write(encodeFrame(Buffer.from(rfbVersion)));
}

/** Every client message of the handshake is one frame of less than 126 bytes: count the payload only. */
function answer(socket: Socket<Upstream>, chunk: Buffer): void {
  const state = socket.data;
  for (let at = 0; at + 6 <= chunk.length; at += 6 + (chunk[at + 1]! & 0x7f)) {
    const before = state.received;
    state.received += chunk[at + 1]! & 0x7f;
    const reached = (count: number): boolean => before < count && state.received >= count;
    if (reached(12)) socket.write(encodeFrame(Uint8Array.of(1, 1)));
    if (reached(13)) socket.write(encodeFrame(new Uint8Array(4)));
    if (reached(14)) {
      socket.write(encodeFrame(serverInit()));
      sending.push(socket);
    }
  }
}

/** Sends batches until the socket holds back or all is sent. */
function pump(socket: Socket<Upstream>): void {
  const state = socket.data;
  while (state.left > 0) {
    const taken = socket.write(batch.bytes.subarray(state.pending));
    if (taken <= 0) return;
    state.pending += taken;
    if (state.pending < batch.bytes.length) return;
    state.pending = 0;
    state.left -= 1;
  }
}

interface Viewer {
  text: string;
  step: number;
  counting: boolean;
}

/** Connects the viewers; resolves when all have seen ServerInit. */
async function connectViewers(task: Task, count: (bytes: number) => void): Promise<Socket<Viewer>[]> {
  const viewers: Socket<Viewer>[] = [];
  for (let index = 0; index < task.streams; index++) viewers.push(await connectViewer(task, count));
  return viewers;
}

function connectViewer(task: Task, count: (bytes: number) => void): Promise<Socket<Viewer>> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket<Viewer>>();
  const expected = ['\r\n\r\n', rfbVersion, '\u0001\u0001', '\0\0\0\0', desktopName];
  const request =
    `GET ${task.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://127.0.0.1\r\n' +
    'Sec-WebSocket-Protocol: binary\r\n\r\n';
  Bun.connect<Viewer>({
    hostname: '127.0.0.1',
    port: task.target,
    tls: { rejectUnauthorized: false },
    data: { text: '', step: 0, counting: false },
    socket: {
      handshake(socket) {
        socket.write(request);
      },
      data(socket, chunk) {
        const state = socket.data;
        if (state.counting) return count(chunk.length);
        state.text += chunk.toString('latin1');
        for (;;) {
          const at = state.text.indexOf(expected[state.step]!);
          if (at < 0) return;
          state.text = state.text.slice(at + expected[state.step]!.length);
          const message = clientHandshake[state.step - 1];
          if (message !== undefined) socket.write(encodeClientFrame(message));
          state.step += 1;
          if (state.step < expected.length) continue;
          state.counting = true;
          return resolve(socket);
        }
      },
      close: () => reject(new Error('the relay closed a stream')),
      error: (_, error) => reject(error),
    },
  }).catch(reject);
  return promise;
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async <T>(): Promise<T> => JSON.parse((await lines.next()).value ?? 'null') as T;

const upstream = startUpstream();
say({ upstreamPort: upstream.port });
const task = await read<Task>();
batch = encodeBatch(shapes.find(shape => shape.name === task.shape)!);
let received = 0;
let onReceived = (): void => {};
const viewers = await connectViewers(task, bytes => {
  received += bytes;
  onReceived();
});

/** Sends at least so many payload bytes, spread over the streams, and waits until the viewers have them. */
async function transmit(bytes: number): Promise<number> {
  const batches = Math.ceil(bytes / task.streams / batch.payloadBytes);
  const expected = batches * task.streams * batch.payloadBytes;
  const { promise, resolve } = Promise.withResolvers<void>();
  received = 0;
  onReceived = () => {
    if (received >= batches * task.streams * batch.bytes.length) resolve();
  };
  for (const socket of sending) {
    socket.data.left = batches;
    pump(socket);
  }
  await promise;
  return expected;
}

/** Streams that do nothing, until the bench ends this process. */
async function holdIdle(): Promise<never> {
  say({ open: viewers.length });
  for (;;) {
    const { more } = await read<{ more: number }>();
    viewers.push(...(await connectViewers({ ...task, streams: more }, () => {})));
    say({ open: viewers.length });
  }
}

if (task.bytes === 0) await holdIdle();
await transmit(warmUpBytes);
say({ ready: viewers[0]?.getCipher?.()?.name ?? '' });
await read();
const startedMs = performance.now();
const sent = await transmit(task.bytes);
say({ bytes: sent, seconds: (performance.now() - startedMs) / 1000 });
process.exit(0);
