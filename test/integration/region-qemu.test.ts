/** Where QEMU's pointer is, under a visible region: a machine that takes places, and one that takes motion. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { needs } from '../harness/requirements.ts';
import { handshakeRfb, keyEvent, setEncodings } from '../harness/rfb-viewer.ts';
import { openStream, type StreamClient } from '../harness/stream-client.ts';
import { startQemu, type VncServer } from '../harness/vnc-servers.ts';

const withQemu = needs('vnc-servers');
const token = 'a-token-of-some-length';
const ids = { places: crypto.randomUUID(), motion: crypto.randomUUID() };
const emptyUpdate = Buffer.from([0, 0, 0, 1, ...Array(12).fill(0)]);

let servers: { readonly places: VncServer; readonly motion: VncServer };
let gateway: GatewayProcess;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  if (!withQemu) return;
  servers = { places: stack.use(await startQemu(false)), motion: stack.use(await startQemu()) };
  const sessions = (['places', 'motion'] as const).map(name => ({
    ...{ id: ids[name], token, access: 'full', protocol: 'rfb' },
    upstream: `tcp://127.0.0.1:${servers[name].port}`,
    data_loss_prevention: { visible_region: { left: 0, top: 0, right: 100, bottom: 100 } },
  }));
  gateway = stack.use(await startGatewayProcess({ sessions }));
}, 60_000);

afterAll(() => stack.disposeAsync());

/** A viewer that knows nothing of relative pointers; QEMU has said which it takes, and the viewer did not hear of it. */
async function openViewer(name: 'places' | 'motion'): Promise<StreamClient> {
  const stream = await openStream({ port: gateway.port, sessionId: ids[name], token });
  await handshakeRfb(stream);
  stream.send(setEncodings([0]));
  expect(await stream.read(emptyUpdate.length)).toEqual(emptyUpdate);
  return stream;
}

const pointer = (mask: number, x: number, y: number): Buffer =>
  Buffer.from([5, mask, x >> 8, x & 0xff, y >> 8, y & 0xff]);

function click(stream: StreamClient, x: number, y: number): void {
  stream.send(Buffer.concat([pointer(0, x, y), pointer(1, x, y), pointer(0, x, y)]));
}

/** Waits until this key arrived, with no button before it. */
async function arrivesUnclicked(server: VncServer, stream: StreamClient, key: string): Promise<void> {
  stream.send(keyEvent(key.charCodeAt(0), true));
  await server.printed(new RegExp(`^(?:(?!input_event_btn)[^])*input_event_key_qcode .* ${key}, down 1`));
}

test.skipIf(!withQemu)(
  'a machine that takes places is clicked inside the region, and only there',
  async () => {
    const stream = await openViewer('places');
    click(stream, 300, 200);
    await arrivesUnclicked(servers.places, stream, 'q');
    click(stream, 50, 50);
    await servers.places.printed(/input_event_btn .*left, down 1/);
    stream.close();
  },
);

test.skipIf(!withQemu)(
  'a machine that takes motion is not clicked, and moves by as much as the viewer',
  async () => {
    const stream = await openViewer('motion');
    click(stream, 10, 10);
    stream.send(pointer(1, 33, 6));
    await servers.motion.printed(/input_event_rel .*axis x, value 23/);
    await servers.motion.printed(/input_event_rel .*axis y, value -4/);
    await arrivesUnclicked(servers.motion, stream, 'w');
    stream.close();
  },
);
