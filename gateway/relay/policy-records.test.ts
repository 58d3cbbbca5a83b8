import { describe, expect, test } from 'bun:test';
import { createHmac } from 'node:crypto';
import { bytesOf, joined, serverInitOf } from '../../test/conformance/rfb-bytes.ts';
import { policyOf } from '../../test/conformance/rfb-stream.ts';
import { createSessionLedger, type SessionLedger } from '../policy/policy-state.ts';
import type { RfbProtocol } from '../rfb/numbers.ts';
import { type PolicyRecord, recordedContentBytesMax } from './policy-record.ts';
import { createRfbInspection } from './rfb-inspection.ts';
import type { PolicyEvent, StreamInspection } from './stream-inspection.ts';

const hashKey = new TextEncoder().encode('a key of this gateway');
const hashOf = (text: string): string => createHmac('sha256', hashKey).update(text).digest('base64url');

interface Recorded {
  readonly inspection: StreamInspection;
  readonly records: PolicyRecord[];
  readonly events: PolicyEvent[];
  readonly clock: { nowMs: number };
  client(notation: string | Uint8Array): Uint8Array;
  server(notation: string | Uint8Array): Uint8Array;
}

function open(
  section: object,
  { protocol = 'rfb', ledger }: { protocol?: RfbProtocol; ledger?: SessionLedger } = {},
): Recorded {
  const clock = { nowMs: 0 };
  const records: PolicyRecord[] = [];
  const events: PolicyEvent[] = [];
  const inspection = createRfbInspection({
    protocol,
    clientForm: protocol,
    policy: policyOf({ data_loss_prevention: section }),
    upstreamPassword: undefined,
    now: () => clock.nowMs,
    onEvent: event => events.push(event),
    onRecord: record => records.push(record),
    hashKey,
    ledger,
  });
  const say = (side: 'client' | 'server', notation: string | Uint8Array): Uint8Array => {
    const bytes = typeof notation === 'string' ? bytesOf(notation) : notation;
    const up = side === 'client';
    const same = up
      ? inspection.fromClient(bytes, 0, bytes.length)
      : inspection.fromUpstream(bytes, 0, bytes.length);
    const output = up ? inspection.toUpstream : inspection.toClient;
    const out = same ? bytes : joined(output.spans);
    inspection.toUpstream.clear();
    inspection.toClient.clear();
    return out;
  };
  const recorded: Recorded = {
    ...{ inspection, records, events, clock },
    client: notation => say('client', notation),
    server: notation => say('server', notation),
  };
  recorded.client('"RFB 003.008" 0a 01 01');
  recorded.server('"RFB 003.008" 0a 01 01 00000000');
  recorded.server(serverInitOf());
  return recorded;
}

const info = { logging: { level: 'info' } };
const verbose = { logging: { level: 'verbose' } };
const hello = '06 000000 00000005 "hello"';

describe('records of the clipboard', () => {
  test('are not made at off, and tell lengths, types, verdicts and a hash at info', () => {
    const off = open({});
    off.client(hello);
    expect(off.records).toEqual([]);
    const on = open({ ...info, clipboard: { server_to_client: { size: 4 } } });
    on.client(hello);
    on.server('03 000000 00000005 "hello"');
    const item = { type: 'clipboard', mimetype: 'text/plain', bytes: 5, hash: hashOf('hello') } as const;
    expect(on.records).toEqual([
      { ...item, direction: 'up', verdict: 'pass', operation: 1 },
      { ...item, direction: 'down', verdict: 'drop', reason: 'size', operation: 2 },
    ]);
  });

  test('have one line for each item of a copy', () => {
    const stream = open(
      { ...info, clipboard: { over_size: 'truncate', client_to_server: { size: 3 } } },
      { protocol: 'kasmvnc' },
    );
    stream.client(
      'b4 03 0a "text/plain" 00000005 "hello" 09 "text/html" 00000002 "<>" 03 "x/y" 00000001 "z"',
    );
    expect(stream.records).toEqual([
      {
        ...{ type: 'clipboard', direction: 'up', verdict: 'truncate', reason: 'size', operation: 1 },
        ...{ mimetype: 'text/plain', bytes: 5, passedBytes: 3, hash: hashOf('hello') },
      },
      {
        ...{ type: 'clipboard', direction: 'up', verdict: 'pass', operation: 1 },
        ...{ mimetype: 'text/html', bytes: 2, hash: hashOf('<>') },
      },
      {
        ...{ type: 'clipboard', direction: 'up', verdict: 'drop', reason: 'mimetype', operation: 1 },
        ...{ mimetype: 'other', bytes: 1, hash: hashOf('z') },
      },
    ]);
  });

  test('have content at verbose, of text only, and not without end', () => {
    const stream = open({ ...verbose, clipboard: { allow_mimetypes: 'any' } }, { protocol: 'kasmvnc' });
    stream.client('b4 02 0a "text/plain" 00000005 "hello" 09 "image/png" 00000002 "12"');
    expect(stream.records.map(({ content }) => content)).toEqual(['hello', undefined]);
    const long = joined([bytesOf('06 000000 00010000'), new Uint8Array(0x10000).fill(0x61)]);
    stream.client(long);
    expect(stream.records.at(-1)?.content?.length).toBe(recordedContentBytesMax);
  });

  test('never have content at info, whatever happens', () => {
    const stream = open({
      ...info,
      keyboard: { rate_limit: 1 },
      clipboard: { client_to_server: { size: 3 } },
    });
    stream.client('04 01 0000 00000061 04 01 0000 00000061');
    stream.client(hello);
    stream.client('06 000000 00000002 "ab"');
    const text = JSON.stringify([stream.records, stream.events]);
    expect(text).not.toContain('hello');
    expect(text).not.toContain('keys');
    expect(text).not.toContain('content');
    expect(stream.records.length).toBe(3);
  });
});

describe('records of keys', () => {
  const type = (stream: Recorded, keysyms: readonly number[]): void => {
    for (const keysym of keysyms) {
      const hex = keysym.toString(16).padStart(8, '0');
      stream.client(`04 01 0000 ${hex} 04 00 0000 ${hex}`);
    }
  };
  const keysOf = ({ records }: Recorded): (string | undefined)[] => records.map(({ keys }) => keys);

  test('are lines up to Return, with names for what is no character', () => {
    const stream = open(verbose);
    type(stream, [0xffe1, 0x48, 0x69, 0x0100_20ac, 0xff1b, 0x1234, 0xff0d, 0x78]);
    expect(keysOf(stream)).toEqual(['Hi€<Escape><0x1234><Return>']);
    stream.inspection.finish?.();
    expect(keysOf(stream).at(-1)).toBe('x');
  });

  test('end after 100 keys, and after a pause', () => {
    const stream = open(verbose);
    type(stream, Array(100).fill(0x61));
    expect(keysOf(stream)).toEqual(['a'.repeat(100)]);
    type(stream, [0x62]);
    stream.clock.nowMs = 60_000;
    type(stream, [0x63]);
    expect(keysOf(stream).at(-1)).toBe('b');
  });

  test('end with the level, and hold nothing that fell', () => {
    const stream = open({ ...verbose, keyboard: { blocked_combinations: ['p'] } });
    type(stream, [0x61, 0x70, 0x62]);
    stream.inspection.setPolicy(policyOf({ data_loss_prevention: info }));
    type(stream, [0x63]);
    expect(keysOf(stream).filter(keys => keys !== undefined)).toEqual(['ab']);
  });
});

describe('drops', () => {
  test('of every kind are counted by the stream, wishes and questions of the client and held relay data too', () => {
    const closed = {
      allow: { quality: false, statistics: false, printer: false, smart_card: false, other_relays: false },
    };
    const stream = open({ ...closed, keyboard: { enabled: false } }, { protocol: 'kasmvnc' });
    stream.client('b2 000000 be 000000 fc 0400 0300 02 00 0002 00000007 fffff830');
    stream.client('04 01 0000 00000061 04 00 0000 00000061 04 01 0000 00000062');
    stream.server('b7 07 "printer" 00000002 "ab" b5 0003 "sdp"');
    expect(stream.inspection.policyDrops).toBe(8);
    expect(stream.events.map(({ type }) => type)).toEqual(['keyboard', 'relay', 'udp']);
    expect(stream.records.map(({ type }) => type)).toEqual(['udp']);
  });

  test('of copies that nobody has looked at are counted as well', () => {
    const stream = open({ clipboard: { client_to_server: { enabled: false } } }, { protocol: 'kasmvnc' });
    stream.client('b4 00');
    for (let copy = 0; copy < 200; copy++) stream.client('b4 01 0a "text/plain" 00000001 "a"');
    expect(stream.inspection.policyDrops).toBe(201);
  });
});

describe('a live change', () => {
  test('judges what a client said before the desktop answered', () => {
    const events: PolicyEvent[] = [];
    const inspection = createRfbInspection({
      protocol: 'rfb',
      clientForm: 'rfb',
      policy: policyOf(),
      upstreamPassword: undefined,
      now: () => 0,
      onEvent: event => events.push(event),
    });
    const early = bytesOf(`"RFB 003.008" 0a 01 01 ${hello} 03 00 0000 0000 0010 0010`);
    inspection.fromClient(early, 0, early.length);
    inspection.toUpstream.clear();
    inspection.setPolicy(policyOf({ settings: { allow_kasm_clipboard_up: false } }));
    const greeting = bytesOf('"RFB 003.008" 0a 01 01 00000000');
    inspection.fromUpstream(greeting, 0, greeting.length);
    inspection.toUpstream.clear();
    const init = serverInitOf();
    inspection.fromUpstream(init, 0, init.length);
    expect(joined(inspection.toUpstream.spans)).toEqual(bytesOf('03 00 0000 0000 0010 0010'));
    expect(events.map(({ reason }) => reason)).toEqual(['disabled']);
  });

  test('that tightens a budget holds for the next copy; one that loosens it gives nothing back', () => {
    const budget = (burst: number): object => ({
      clipboard: { client_to_server: { budget: { burst, per_hour: 0 } } },
    });
    const stream = open(budget(9));
    expect(stream.client(hello).length).toBe(13);
    stream.inspection.setPolicy(policyOf({ data_loss_prevention: budget(3) }));
    expect(stream.client(hello).length).toBe(0);
    stream.inspection.setPolicy(policyOf({ data_loss_prevention: budget(100) }));
    expect(stream.client(hello).length).toBe(0);
  });
});

test('two streams of a session have one budget', () => {
  const section = { clipboard: { server_to_client: { budget: { burst: 8, per_hour: 0 } } } };
  const ledger = createSessionLedger();
  const text = '03 000000 00000005 "hello"';
  const first = open(section, { ledger });
  const second = open(section, { ledger });
  expect(first.server(text).length).toBe(13);
  expect(second.server(text).length).toBe(0);
  expect(second.events.map(({ reason }) => reason)).toEqual(['budget']);
  expect(open(section).server(text).length).toBe(13);
});
