/**
 * A relay of ours with the inspection on or off, for nothing but to tell what the inspection costs: the same sockets,
 * framing and pipes, one stream a connection. `off` passes every byte on, handshake included.
 *
 *     bun inspection-host.ts on|off PORT CERTIFICATE KEY UPSTREAM_PORT
 *
 * Each line on stdin is answered with {"heapBytes": n}, after a garbage collection.
 */
import { heapStats } from 'bun:jsc';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Socket } from 'bun';
import { limits } from '../../config/limits.ts';
import { parsePolicy } from '../../config/policy.ts';
import { RequestHeadParser } from '../../gateway/http/request-head.ts';
import { createMaskKeys } from '../../gateway/relay/mask-keys.ts';
import { Relay, type RelayOwner } from '../../gateway/relay/relay.ts';
import { createRfbInspection } from '../../gateway/relay/rfb-inspection.ts';
import { SpanList } from '../../gateway/relay/span-list.ts';
import type { StreamInspection } from '../../gateway/relay/stream-inspection.ts';
import { Transport, transportHandlers } from '../../gateway/relay/transport.ts';
import { dialUpstream } from '../../gateway/relay/upstream.ts';
import { parseUpstreamAddress } from '../../gateway/relay/upstream-address.ts';
import { checkUpgradeRequest, encodeUpgradeResponse } from '../../gateway/websocket/handshake.ts';

const [mode, port, certificate, key, upstreamPort] = process.argv.slice(2);
const policy = parsePolicy({ access: 'full' });
const maskKey = createMaskKeys();

const owner: RelayOwner = {
  onEnding() {},
  onEnd() {},
  onFault(error) {
    throw error;
  },
};

class PassingInspection implements StreamInspection {
  readonly toUpstream = new SpanList();
  readonly toClient = new SpanList();
  readonly ended = undefined;

  fromClient(): boolean {
    return true;
  }

  fromUpstream(): boolean {
    return true;
  }

  setPolicy(): void {}
}

function createInspection(): StreamInspection {
  if (mode === 'off') return new PassingInspection();
  const now = (): number => performance.now();
  return createRfbInspection({ protocol: 'rfb', policy, upstreamPassword: undefined, now, onEvent() {} });
}

function relay(client: Transport, target: string, answer: Uint8Array): void {
  const address = parseUpstreamAddress(`ws://127.0.0.1:${upstreamPort}${target}`);
  const options = { address, authorization: undefined, tlsVerify: false, tlsCa: undefined };
  const stream = new Relay({
    client,
    inspection: createInspection(),
    framed: true,
    upstreamTakesCloseFrame: true,
    expiresInMs: undefined,
    maskKey,
    clientFrames: { frameBytesMax: limits.clientFrameBytesMax },
    owner,
  });
  void stream.run(call => dialUpstream(options, call), answer);
}

function readHead(client: Transport): void {
  const parser = new RequestHeadParser(limits);
  client.attach({
    data(chunk) {
      const step = parser.push(chunk);
      if (step.kind === 'need') return;
      const check = step.kind === 'head' ? checkUpgradeRequest(step) : undefined;
      client.detach();
      if (step.kind !== 'head' || check?.kind !== 'accepted') {
        client.end();
        return;
      }
      client.unread(parser.received.subarray(step.headBytes));
      relay(client, step.path, encodeUpgradeResponse(check.key, check.protocol));
    },
    drain() {},
    close() {},
  });
}

Bun.listen<Transport>({
  hostname: '127.0.0.1',
  port: Number(port),
  tls: { cert: readFileSync(certificate!, 'utf8'), key: readFileSync(key!, 'utf8') },
  socket: {
    ...transportHandlers,
    open(socket: Socket<Transport>) {
      socket.setNoDelay(true);
      socket.data = new Transport(socket);
      readHead(socket.data);
    },
    handshake() {},
  },
});

for await (const _ of createInterface({ input: process.stdin })) {
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  process.stdout.write(`${JSON.stringify({ heapBytes: heapSize + extraMemorySize })}\n`);
}
