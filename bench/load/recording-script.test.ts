import { describe, expect, test } from 'bun:test';
import { parsePolicy } from '../../config/policy.ts';
import { createRfbInspection } from '../../gateway/relay/rfb-inspection.ts';
import { Playback, parseScript, readScript, type Script } from './recording-script.ts';

const line = (value: object): string => `${JSON.stringify(value)}\n`;
const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString('base64');

const text =
  line({ k: 'server-init', b: base64(9) }) +
  line({ k: 'setup', b: base64(2) }) +
  line({ t: 30, d: 'c2s', b: base64(5) }) +
  line({ t: 10, d: 's2c', b: base64(1, 2) }) +
  line({ k: 'end', t: 100 });

describe('a recording', () => {
  test('becomes steps in the order of their times', () => {
    const script = parseScript(text);
    expect(script.turnMs).toBe(100);
    expect(script.setup).toEqual([Uint8Array.of(2)]);
    expect(script.serverInit).toEqual(Uint8Array.of(9));
    expect(script.steps).toEqual([
      { atMs: 10, fromServer: true, bytes: Uint8Array.of(1, 2) },
      { atMs: 30, fromServer: false, bytes: Uint8Array.of(5) },
    ]);
  });

  test('without an end has no pace and is refused', () => {
    expect(() => parseScript(line({ k: 'server-init', b: '' }))).toThrow('no server-init or no end');
  });

  test('with a step behind its end is refused', () => {
    const late =
      line({ k: 'server-init', b: '' }) + line({ t: 9, d: 's2c', b: '' }) + line({ k: 'end', t: 5 });
    expect(() => parseScript(late)).toThrow('a step at 9 ms lies behind the end at 5 ms');
  });
});

/** When each step comes, up to a time. */
function timesOf(playback: Playback, untilMs: number): [number, number][] {
  const times: [number, number][] = [];
  while (playback.dueMs !== undefined && playback.dueMs <= untilMs) {
    const dueMs = playback.dueMs;
    times.push([dueMs, playback.take().bytes.length]);
  }
  return times;
}

describe('a playback', () => {
  const script = parseScript(text);

  test('keeps the recorded pace, turn after turn', () => {
    expect(timesOf(new Playback(script, 1000, 0), 1215)).toEqual([
      [1010, 2],
      [1030, 1],
      [1110, 2],
      [1130, 1],
      [1210, 2],
    ]);
  });

  test('begins later by its phase', () => {
    expect(timesOf(new Playback(script, 1000, 0.25), 1060)).toEqual([
      [1035, 2],
      [1055, 1],
    ]);
  });

  test('of nothing is never due', () => {
    expect(new Playback({ ...script, steps: [] }, 0, 0).dueMs).toBeUndefined();
  });
});

describe.each(['video', 'typing'] as const)('the recording of %s', name => {
  /** What the gateway makes of some turns of it. */
  function inspectTurns(script: Script, turns: number): { readonly bytes: number; readonly ended: unknown } {
    const policy = parsePolicy({ access: 'full' });
    const inspection = createRfbInspection({
      protocol: 'kasmvnc',
      clientForm: 'kasmvnc',
      policy,
      upstreamPassword: undefined,
      now: () => 0,
      onEvent() {},
    });
    let bytes = 0;
    const server = (chunk: Uint8Array): void => {
      inspection.toClient.clear();
      const isWhole = inspection.fromUpstream(chunk.slice(), 0, chunk.length);
      bytes += isWhole ? chunk.length : inspection.toClient.byteLength;
    };
    const client = (chunk: Uint8Array): void => {
      inspection.toUpstream.clear();
      inspection.fromClient(chunk.slice(), 0, chunk.length);
    };
    const version = Buffer.from('RFB 003.008\n');
    server(version);
    client(version);
    server(Uint8Array.of(1, 1));
    client(Uint8Array.of(1));
    server(new Uint8Array(4));
    client(Uint8Array.of(1));
    server(script.serverInit);
    for (const message of script.setup) client(message);
    bytes = 0;
    for (let turn = 0; turn < turns; turn++) {
      for (const step of script.steps) (step.fromServer ? server : client)(step.bytes);
    }
    return { bytes, ended: inspection.ended };
  }

  test('passes the gateway whole, over and over', async () => {
    const script = await readScript(name);
    const own = script.steps
      .filter(step => step.fromServer)
      .reduce((sum, step) => sum + step.bytes.length, 0);
    expect(own).toBeGreaterThan(1000);
    expect(inspectTurns(script, 3)).toEqual({ bytes: 3 * own, ended: undefined });
  });
});
