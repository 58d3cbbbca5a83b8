import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Socket, TCPSocketListener } from 'bun';
import { waitFor } from '../../test/harness/wait-for.ts';
import { DialCall } from './dial-call.ts';
import { dialUpstream, UpstreamError } from './upstream.ts';
import { parseUpstreamAddress } from './upstream-address.ts';

/** Accepts and says nothing. */
describe('a desktop that does not answer', () => {
  let desktop: TCPSocketListener<undefined>;
  let connections: Set<Socket<undefined>>;
  let accepted: number;

  beforeEach(() => {
    connections = new Set();
    accepted = 0;
    desktop = Bun.listen<undefined>({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        open(socket) {
          accepted += 1;
          connections.add(socket);
        },
        data() {},
        close: socket => void connections.delete(socket),
      },
    });
  });

  afterEach(() => desktop.stop(true));

  async function failureOf(scheme: string, call: DialCall, timeMs?: number): Promise<UpstreamError> {
    const address = parseUpstreamAddress(`${scheme}://127.0.0.1:${desktop.port}`);
    const dial = { address, authorization: undefined, tlsVerify: true, tlsCa: undefined };
    try {
      await dialUpstream(dial, call, timeMs);
    } catch (error) {
      if (error instanceof UpstreamError) return error;
      throw error;
    }
    throw new Error('it was dialled');
  }

  test('may be reached at another address', async () => {
    const { reason, message, elsewhere } = await failureOf('tls', new DialCall(), 20);
    expect([reason, message, elsewhere]).toEqual([
      'upstream_timeout',
      'the desktop did not answer within 20 ms',
      true,
    ]);
    await waitFor('the connection to be given up', () => connections.size === 0);
  });

  for (const scheme of ['tls', 'ws']) {
    test(`over ${scheme} is not looked for elsewhere when the dial was given up`, async () => {
      const call = new DialCall();
      const failure = failureOf(scheme, call);
      await waitFor('the connection', () => connections.size === 1);
      call.giveUp();
      const { reason, elsewhere } = await failure;
      expect([reason, elsewhere]).toEqual(['upstream_refused', false]);
      await waitFor('the connection to be given up', () => connections.size === 0);
    });
  }

  test('is not even connected to for a dial that was given up before', async () => {
    const call = new DialCall();
    call.giveUp();
    expect((await failureOf('ws', call)).elsewhere).toBe(false);
    // One that is seen: whatever was before it would be seen too.
    const seen = await Bun.connect({ hostname: '127.0.0.1', port: desktop.port, socket: { data() {} } });
    await waitFor('the connection', () => connections.size > 0);
    expect(accepted).toBe(1);
    seen.end();
  });
});
