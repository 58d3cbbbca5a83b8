/**
 * The least that a relay on this runtime can do: TLS in, TCP out, every byte passed on as it came. It looks at
 * nothing but the start of the first chunk, which says where to; so what our gateway costs more than this is what our
 * own code costs, and what this costs is the floor.
 *
 *     bun bare-relay.ts PORT CERTIFICATE KEY UPSTREAM_PORT PROBE_PORT
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'bun';

const [port, certificateFile, keyFile, upstreamPort, probePort] = process.argv.slice(2);
/** Of a request for the other upstream. The load writes its request at once, so it is in the first chunk. */
const probeRequest = 'GET /probe/';
/** Above so many bytes waiting for a socket its source is paused. */
const highBytes = 1024 * 1024;

interface End {
  /** Of the other side of the relay; undefined while it is dialled. */
  other: Socket<End> | undefined;
  /** What came before the dial was done; undefined before anything came. */
  early: Uint8Array[] | undefined;
  /** What this side has not taken yet. */
  pending: Uint8Array[];
  pendingBytes: number;
  isClosed: boolean;
}

const createEnd = (other: Socket<End> | undefined): End => ({
  other,
  early: undefined,
  pending: [],
  pendingBytes: 0,
  isClosed: false,
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
    else if (end.early !== undefined) end.early.push(chunk);
    else {
      end.early = [chunk];
      const isProbe = chunk.toString('latin1', 0, probeRequest.length) === probeRequest;
      dial(socket, Number(isProbe ? probePort : upstreamPort)).catch(() => socket.terminate());
    }
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
    socket.data.isClosed = true;
    socket.data.other?.terminate();
  },
  error(): void {},
};

async function dial(client: Socket<End>, to: number): Promise<void> {
  await Bun.connect<End>({
    hostname: '127.0.0.1',
    port: to,
    data: createEnd(client),
    socket: {
      ...handlers,
      open(upstream) {
        const { data: end } = client;
        // The viewer left during the dial: nobody else would end this one.
        if (end.isClosed) {
          upstream.terminate();
          return;
        }
        end.other = upstream;
        for (const chunk of end.early ?? []) send(client, upstream, chunk);
        end.early = undefined;
      },
    },
  });
}

const certificate = readFileSync(certificateFile!, 'utf8');

Bun.listen<End>({
  hostname: '127.0.0.1',
  port: Number(port),
  // Its own authority, as in our gateway, or the TLS library opens four files to look for one in every handshake.
  tls: {
    cert: certificate,
    key: readFileSync(keyFile!, 'utf8'),
    ca: certificate,
    requestCert: false,
    rejectUnauthorized: false,
  },
  socket: {
    ...handlers,
    open(client) {
      client.data = createEnd(undefined);
    },
  },
});
