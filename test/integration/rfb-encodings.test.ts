/** The inspection between a client of ours and a real TigerVNC server: every encoding, and the extended clipboard. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { inflateSync } from 'node:zlib';
import { encodings, pseudoRectangles } from '../../gateway/rfb/numbers.ts';
import { WriteCursor } from '../../gateway/wire/write-cursor.ts';
import { bytesOf, joined, setEncodingsOf } from '../conformance/rfb-bytes.ts';
import { RfbStream } from '../conformance/rfb-stream.ts';
import { runToEnd, type StartedProcess, startProcess } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { waitFor } from '../harness/wait-for.ts';
import { startXvnc, type Xvnc } from '../harness/xvnc.ts';

const withDesktop = needs('desktop');
/** A terminal full of text is more than this in every encoding; a blank screen's updates are less. */
const drawnBytesMin = 8_000;
const extendedClipboard = 0xc0a1e5ce | 0;
const fence = -312;
const continuousUpdates = -313;
let server: Xvnc;

beforeAll(async () => {
  if (withDesktop) server = await startXvnc({ width: 800, height: 600 });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

/** A client with the inspection between it and the server. */
class InspectedClient implements Disposable {
  received: Uint8Array = new Uint8Array(0);
  sentByServer = 0;
  error: unknown;
  readonly stream: RfbStream;
  #socket: Bun.Socket | undefined;

  constructor(policy: Record<string, unknown>) {
    this.stream = new RfbStream({ raw: true, policy });
  }

  async open(): Promise<void> {
    this.#socket = await Bun.connect({
      hostname: '127.0.0.1',
      port: server.port,
      socket: { data: (_, chunk) => this.#hear(chunk) },
    });
    this.say(bytesOf('"RFB 003.008" 0a 01 01'));
    await this.wait('ServerInit', () => this.received.length > 12 + 2 + 4 + 24);
  }

  say(bytes: Uint8Array): void {
    this.#deliver(this.stream.say('client', bytes));
  }

  async wait(what: string, condition: () => boolean): Promise<void> {
    await waitFor(what, () => this.error !== undefined || condition());
    if (this.error !== undefined) throw this.error;
  }

  /** What came behind the first `from` bytes, as hexadecimal. */
  hexFrom(from: number): string {
    return Buffer.from(this.received.subarray(from)).toString('hex');
  }

  /** Asks the server to answer with `marker`, and waits until that is the last thing heard. */
  async settle(marker: string): Promise<void> {
    const payload = Buffer.from(marker);
    this.say(new WriteCursor().u8(248).zeros(3).u32(0x80000000).u8(payload.length).raw(payload).finish());
    await this.wait(`the answer ${marker}`, () => this.hexFrom(0).includes(payload.toString('hex')));
  }

  [Symbol.dispose](): void {
    this.#socket?.end();
  }

  #hear(chunk: Uint8Array): void {
    try {
      this.sentByServer += chunk.length;
      this.#deliver(this.stream.say('server', chunk));
    } catch (error) {
      this.error = error;
    }
  }

  #deliver({ client, upstream }: { client: Uint8Array; upstream: Uint8Array }): void {
    this.received = joined([this.received, client]);
    if (upstream.length > 0) this.#socket?.write(upstream);
  }
}

const requestAll = bytesOf('03 00 0000 0000 0320 0258');
const requestChanges = bytesOf('03 01 0000 0000 0320 0258');

async function open(policy: Record<string, unknown>, wanted: readonly number[]): Promise<InspectedClient> {
  const client = new InspectedClient(policy);
  await client.open();
  client.say(setEncodingsOf([...wanted, fence]));
  return client;
}

/** Draws a text in a window, so that there is more than one colour on the screen. */
function drawSomething(): Promise<StartedProcess> {
  const script = 'seq 1 200; printf "\\033[41m red \\033[42m green \\033[0m"; sleep 30';
  return startProcess([
    'xterm',
    '-display',
    server.display,
    '-geometry',
    '100x40+10+10',
    '-e',
    'sh',
    '-c',
    script,
  ]);
}

describe.skipIf(!withDesktop)('a real server is followed', () => {
  test.each([
    ['Raw', [encodings.raw]],
    ['RRE', [encodings.rre]],
    ['Hextile', [encodings.hextile]],
    ['ZRLE', [encodings.zrle]],
    ['Tight, lossless', [encodings.tight]],
    ['Tight with JPEG', [encodings.tight, -23, -247]],
    ['all that noVNC asks for', [1, 50, 7, -260, 16, 21, 5, 2, 6, 0, -26, -254]],
  ])('in %s', async (_, wanted) => {
    using client = await open({}, [...wanted, ...Object.values(pseudoRectangles)]);
    client.say(requestAll);
    await client.settle('first');
    await using _xterm = await drawSomething();
    const blank = client.received.length;
    for (let count = 0; client.received.length < blank + drawnBytesMin; count++) {
      client.say(requestChanges);
      await client.settle(`update ${count}.`);
    }
    client.say(requestAll);
    await client.settle('last');
    expect(client.stream.events).toEqual([]);
    // Version, security types and result are ours; all that came behind them is the server's.
    const handshakeBytes = 12 + 2 + 4;
    expect(client.received.length - handshakeBytes).toBe(client.sentByServer - handshakeBytes);
  });
});

describe.skipIf(!withDesktop)('a real server that changes its pixel format while it draws', () => {
  const formats = [
    bytesOf('00 000000 08 08 00 01 0007 0007 0003 00 03 06 000000'),
    bytesOf('00 000000 10 10 00 01 001f 003f 001f 0b 05 00 000000'),
    bytesOf('00 000000 20 18 00 01 00ff 00ff 00ff 10 08 00 000000'),
  ];
  const changes = 60;

  test.each([
    ['Raw', encodings.raw],
    ['Hextile', encodings.hextile],
    ['Tight', encodings.tight],
  ])('is followed in %s, and hides only the answers to fences of ours', async (_, encoding) => {
    using client = await open({}, [encoding, pseudoRectangles.cursor, continuousUpdates]);
    client.say(requestAll);
    await client.settle('first');
    client.say(bytesOf('96 01 0000 0000 0320 0258'));
    await using _xterm = await drawSomething();
    let answersBytes = 0;
    for (let count = 1; count <= changes; count++) {
      client.say(requestAll);
      client.say(formats[count % formats.length]!);
      answersBytes += 2 * (9 + `sluice${count}`.length) + 1;
      // Some change while the one before is still on its way.
      if (count % 3 === 0) await client.settle(`change ${count}.`);
    }
    client.say(requestAll);
    await client.settle('last');
    expect(client.sentByServer - client.received.length).toBe(answersBytes);
  });
});

describe.skipIf(!withDesktop)('the extended clipboard of a real server', () => {
  /** Its line end is one byte to the user, two in the protocol, which adds a NUL besides. */
  const text = 'clipboard of a desktop\n';
  const caps = bytesOf('06 000000 fffffff8 1f000001 00000000');
  const requestText = bytesOf('06 000000 fffffffc 02000001');

  async function copyInside(content: string): Promise<StartedProcess> {
    const script = `exec xclip -selection clipboard -loops 10 -quiet 2>/dev/null <<'END'\n${content}END`;
    return startProcess(['sh', '-c', script], { env: { DISPLAY: server.display } });
  }

  /** Text of the first provide message behind `from`; undefined when there is none. */
  function providedText(client: InspectedClient, from: number): string | undefined {
    const bytes = Buffer.from(client.received.subarray(from));
    const at = bytes.indexOf(Buffer.from('10000001', 'hex'));
    if (at < 0) return undefined;
    const plain = inflateSync(bytes.subarray(at + 4), { finishFlush: 2 });
    return plain.subarray(4, 4 + plain.readUInt32BE(0) - 1).toString();
  }

  async function openWithClipboard(policy: Record<string, unknown>): Promise<InspectedClient> {
    const client = await open(policy, [0, extendedClipboard]);
    // The server speaks of it first: what comes before that it could not understand.
    await client.settle('shown');
    client.say(caps);
    await client.settle('ready');
    return client;
  }

  test('reaches the client when nothing forbids it', async () => {
    using client = await openWithClipboard({ settings: { clipboard_down_bytes_max: text.length } });
    const from = client.received.length;
    await using _owner = await copyInside(text);
    await client.wait('the offer', () => client.hexFrom(from).includes('08000001'));
    client.say(requestText);
    await client.wait('the text', () => providedText(client, from) !== undefined);
    expect(providedText(client, from)).toBe(text.replace('\n', '\r\n'));
  });

  test('falls when it is over the limit by one byte', async () => {
    using client = await openWithClipboard({ settings: { clipboard_down_bytes_max: text.length - 1 } });
    const from = client.received.length;
    await using _owner = await copyInside(text);
    await client.wait('the offer', () => client.hexFrom(from).includes('08000001'));
    client.say(requestText);
    await client.wait('the event', () => client.stream.events.length > 0);
    const sizes = { bytes: text.length, limit: text.length - 1 };
    const drop = { type: 'clipboard', direction: 'down', verdict: 'drop', reason: 'size', ...sizes };
    expect(client.stream.events).toEqual([drop as never]);
    await client.settle('after');
    expect(providedText(client, from)).toBeUndefined();
  });

  test('is not even offered when the direction is off', async () => {
    using client = await openWithClipboard({ settings: { allow_kasm_clipboard_down: false } });
    const from = client.received.length;
    await using _owner = await copyInside(text);
    await client.wait('the event', () => client.stream.events.length > 0);
    await client.settle('after');
    expect(client.hexFrom(from)).not.toContain('08000001');
  });

  test('takes plain text into the desktop, or not', async () => {
    const paste = async (): Promise<string> => {
      const command = ['timeout', '2', 'xclip', '-o', '-selection', 'clipboard', '-display', server.display];
      return (await runToEnd(command)).stdout;
    };
    using client = await open({ settings: { clipboard_up_bytes_max: 5 } }, [0]);
    client.say(bytesOf('06 000000 00000005 "fives"'));
    await client.settle('pasted');
    expect(await paste()).toBe('fives');
    client.say(bytesOf('06 000000 00000006 "sixsix"'));
    await client.settle('refused');
    expect(await paste()).toBe('fives');
    expect(client.stream.events.length).toBe(1);
  });
});
