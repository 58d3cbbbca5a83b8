/** Ten thousand connections come and go: streams, refusals, HTTP requests. Nothing of them may stay. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdir } from 'node:fs/promises';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import type { HeapContent } from '../harness/heap-probe.ts';
import { SequenceDesktop } from '../harness/sequence-desktop.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'only-for-the-gateway-4711';
const MiB = 1024 * 1024;
/** Tables fill, code is compiled, the allocator finds its size. */
const warmUpCycles = 5_000;
const cycles = 10_000;
const atOnce = 32;
const timeMs = 120_000;
/** Code that was compiled and thrown away again; half an object a connection would be 5,000. */
const objectGrowthMax = 5_000;
/** What the runtime's allocator moves by itself; a leak of 2 KiB a connection would be 20 MiB. */
const residentGrowthMax = 16 * MiB;
/** Memory that has not fallen for so long has settled. */
const settleMs = 1_500;

type Kind = 'stream' | 'refused' | 'page';

const kinds: readonly Kind[] = ['stream', 'stream', 'refused', 'page'];

interface Held {
  readonly residentBytes: number;
  readonly descriptors: number;
  readonly heap: HeapContent;
  readonly gauges: Readonly<Record<string, number>>;
}

describe('a gateway after ten thousand connections', () => {
  let desktop: SequenceDesktop;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    desktop = await SequenceDesktop.start();
    gateway = await startGatewayProcess(
      {
        log: { level: 'info' },
        sessions: [{ id: sessionId, token, protocol: 'rfb', upstream: `tcp://127.0.0.1:${desktop.port}` }],
      },
      { heapProbe: true },
    );
  });

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    await desktop?.[Symbol.asyncDispose]();
  });

  /** One connection from its TLS handshake to its end. @returns what was wrong with it, if anything */
  function cycle(kind: Kind): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const seen: Buffer[] = [];
    let isDone = false;
    void Bun.connect({
      hostname: '127.0.0.1',
      port: gateway.port,
      tls: { rejectUnauthorized: false },
      socket: {
        open: socket => void socket.write(requestOf(kind)),
        data(socket, chunk) {
          seen.push(chunk);
          if (isDone || !isComplete(kind, Buffer.concat(seen).toString('latin1'))) return;
          isDone = true;
          // A close frame, masked with zeros; the others were answered with `Connection: close`.
          if (kind === 'stream') socket.write(Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8));
        },
        close: () => resolve(isDone ? undefined : `${kind}: ${Buffer.concat(seen).toString('latin1')}`),
        error: () => {},
      },
    }).catch(error => resolve(String(error)));
    return promise;
  }

  async function run(count: number): Promise<void> {
    let begun = 0;
    const problems: string[] = [];
    const worker = async (): Promise<void> => {
      while (begun < count && problems.length === 0) {
        const problem = await cycle(kinds[begun++ % kinds.length]!);
        if (problem !== undefined) problems.push(problem);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    expect(problems).toEqual([]);
  }

  /** What the gateway holds once everybody has gone. */
  async function held(): Promise<Held> {
    const gauges = await waitFor('the gateway to be empty', async () => {
      const now = await readGauges();
      return now.sluice_streams === 0 && now.sluice_connections === 0 ? now : undefined;
    });
    const descriptors = (await readdir(`/proc/${gateway.process.pid}/fd`)).length;
    const heap = await gateway.heapContent();
    return { residentBytes: await settledResidentBytes(), descriptors, heap, gauges };
  }

  /** Resident memory once it has stopped falling: garbage is collected, and pages given back, some time later. */
  async function settledResidentBytes(): Promise<number> {
    let lowest = Number.POSITIVE_INFINITY;
    let lowestAtMs = 0;
    await waitFor(
      'resident memory to stop falling',
      async () => {
        const now = await gateway.residentBytes();
        if (now < lowest) [lowest, lowestAtMs] = [now, performance.now()];
        return performance.now() - lowestAtMs > settleMs;
      },
      10 * settleMs,
    );
    return lowest;
  }

  async function readGauges(): Promise<Record<string, number>> {
    const response = await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`, { keepalive: false });
    const lines = (await response.text())
      .split('\n')
      .filter(line => /^sluice_(streams|connections|kept)/.test(line));
    const counts = lines.filter(line => !/_total/.test(line)).map(line => line.split(/ (?=\S+$)/));
    return Object.fromEntries(counts.map(([name = '', value]) => [name, Number(value)]));
  }

  test(
    'holds no more objects, memory, descriptors or entries than before',
    async () => {
      await run(warmUpCycles);
      const before = await held();
      expect(Object.keys(before.gauges).length).toBeGreaterThanOrEqual(6);
      await run(cycles);
      const after = await held();
      expect(after.gauges).toEqual(before.gauges);
      expect(after.descriptors - before.descriptors).toBeLessThanOrEqual(2);
      // At once, and not when some timer lets go of them.
      expect(after.heap.objectTypeCounts.TLSSocket ?? 0).toBeLessThanOrEqual(atOnce);
      expect(after.heap.objectCount - before.heap.objectCount).toBeLessThanOrEqual(objectGrowthMax);
      expect(after.residentBytes - before.residentBytes).toBeLessThanOrEqual(residentGrowthMax);
    },
    timeMs,
  );

  function requestOf(kind: Kind): string {
    const host = `Host: 127.0.0.1:${gateway.port}`;
    if (kind === 'page') {
      return [
        `GET /desktop/${sessionId}/policy HTTP/1.1`,
        host,
        `Authorization: Bearer ${token}`,
        'Connection: close',
        '',
        '',
      ].join('\r\n');
    }
    return [
      `GET /desktop/${sessionId}/vnc/websockify HTTP/1.1`,
      host,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Authorization: Bearer ${kind === 'stream' ? token : 'of-nobody'}`,
      '',
      '',
    ].join('\r\n');
  }
});

/** Whether what came back is what this kind of connection is for. */
function isComplete(kind: Kind, text: string): boolean {
  if (kind === 'stream') return text.startsWith('HTTP/1.1 101') && text.includes('RFB 003.008\n');
  if (kind === 'refused') return text.startsWith('HTTP/1.1 401');
  return text.startsWith('HTTP/1.1 200') && text.includes('policy_version');
}
