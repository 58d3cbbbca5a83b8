/**
 * The least that a relay on this runtime can do: TLS in, TCP out, every byte passed on as it came. It looks at
 * nothing, so what our gateway costs more than this is what our own code costs; what this costs is the floor.
 *
 *     bun bare-relay.ts PORT CERTIFICATE KEY UPSTREAM_PORT
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'bun';

const [port, certificate, key, upstreamPort] = process.argv.slice(2);
/** Above so many bytes waiting for a socket its source is paused. */
const highBytes = 1024 * 1024;

interface End {
  /** Of the other side of the relay; undefined while it is dialled. */
  other: Socket<End> | undefined;
  /** What came during the dial. */
  early: Uint8Array[];
  /** What this side has not taken yet. */
  pending: Uint8Array[];
  pendingBytes: number;
}

const createEnd = (other: Socket<End> | undefined): End => ({
  other,
  early: [],
  pending: [],
  pendingBytes: 0,
});

function send(from: Socket<End>, to: Socket<End>, chunk: Uint8Array): void {
  const { data: end } = to;
  const taken = end.pendingBytes === 0 ? Math.max(0, to.write(chunk)) : 0;
  if (taken === chunk.length) return;
  end.pending.push(chunk.subarray(taken));
  end.pendingBytes += chunk.length - taken;
  if (end.pendingBytes > highBytes) from.pause();
}

const handlers = {
  data(socket: Socket<End>, chunk: Buffer): void {
    const { data: end } = socket;
    if (end.other !== undefined) send(socket, end.other, chunk);
    else end.early.push(chunk);
  },
  drain(socket: Socket<End>): void {
    const { data: end } = socket;
    while (end.pending.length > 0) {
      const first = end.pending[0]!;
      const taken = Math.max(0, socket.write(first));
      end.pendingBytes -= taken;
      if (taken < first.length) {
        end.pending[0] = first.subarray(taken);
        return;
      }
      end.pending.shift();
    }
    end.other?.resume();
  },
  close(socket: Socket<End>): void {
    socket.data?.other?.terminate();
  },
  error(): void {},
};

async function dial(client: Socket<End>): Promise<void> {
  await Bun.connect<End>({
    hostname: '127.0.0.1',
    port: Number(upstreamPort),
    data: createEnd(client),
    socket: {
      ...handlers,
      open(upstream) {
        const { early } = client.data;
        client.data = createEnd(upstream);
        for (const chunk of early) send(client, upstream, chunk);
      },
    },
  });
}

Bun.listen<End>({
  hostname: '127.0.0.1',
  port: Number(port),
  tls: { cert: readFileSync(certificate!, 'utf8'), key: readFileSync(key!, 'utf8') },
  socket: {
    ...handlers,
    open(client) {
      client.data = createEnd(undefined);
      void dial(client);
    },
  },
});
