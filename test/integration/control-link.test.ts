import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { limits } from '../../config/limits.ts';
import { decodeFrame, encodeFrame, type Frame, type Hello, linkPath } from '../../config/link/link.ts';
import { agentState, LinkNode } from '../harness/link-node.ts';
import { canStartPostgres } from '../harness/postgres.ts';
import { SessionStage } from '../harness/session-stage.ts';
import { serverStartTimeMs, startTestControl, testEnrolmentToken } from '../harness/test-control.ts';
import { waitFor } from '../harness/wait-for.ts';

const HeaderedWebSocket = WebSocket as unknown as new (
  address: string,
  options: { headers: Record<string, string> },
) => WebSocket;

/** A node that says whatever the test wants, right or wrong. */
class RawNode implements AsyncDisposable {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly #socket: WebSocket;

  constructor(url: string, token: string | undefined) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#socket = new HeaderedWebSocket(url.replace(/^http/, 'ws') + linkPath, { headers } as never);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = event =>
      this.frames.push(decodeFrame(new Uint8Array(event.data as ArrayBuffer)));
    this.#socket.onclose = event => {
      this.closed = { code: event.code, reason: event.reason };
    };
  }

  async open(): Promise<this> {
    await waitFor('the socket to open', () => this.#socket.readyState !== WebSocket.CONNECTING);
    return this;
  }

  send(message: Frame | string | Uint8Array<ArrayBuffer>): void {
    const isRaw = typeof message === 'string' || message instanceof Uint8Array;
    this.#socket.send(isRaw ? message : encodeFrame(message));
  }

  async isClosed(): Promise<{ code: number; reason: string }> {
    return waitFor('control to hang up', () => this.closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.isClosed();
  }
}

const hello = (given: Hello = {}): Frame => ({
  hello: { role: 'agent', name: 'a', version: '1', instance: 'i', ...given },
});

describe.skipIf(!canStartPostgres('embedded'))('the link', () => {
  let stage: SessionStage;

  beforeAll(async () => {
    stage = await SessionStage.start('embedded');
  }, serverStartTimeMs);
  afterEach(() => stage?.clear());
  afterAll(() => stage?.[Symbol.asyncDispose](), serverStartTimeMs);

  const raw = async (token: string | undefined) => new RawNode(stage.control.url, token).open();
  const countNodes = async () => (await stage.control.context.db`select from node`).length;

  /** Says hello and waits for the answer. */
  async function greeted(given: Hello, token = testEnrolmentToken): Promise<Frame> {
    await using node = await raw(token);
    node.send(hello(given));
    return await waitFor('an answer to hello', () =>
      node.frames.find(frame => frame.welcome ?? frame.refused),
    );
  }

  test('gives a node a credential of its own for the enrolment token, and knows the node by it again', async () => {
    const first = (await greeted({})).welcome;
    expect(first?.credential?.length).toBeGreaterThanOrEqual(limits.tokenCharsMin);
    expect(first?.heartbeatMs).toBe(limits.linkHeartbeatMs);
    const again = (await greeted({}, first?.credential ?? '')).welcome;
    expect(again?.nodeId).toBe(first?.nodeId ?? 'none');
    expect(again?.credential).toBe('');
  });

  test('keeps no credential, only its hash', async () => {
    const credential = (await greeted({})).welcome?.credential ?? '';
    const rows = await stage.control.context
      .db`select encode(credential_hash, 'escape') as text, node::text from node`;
    expect(JSON.stringify(rows)).not.toContain(credential);
  });

  test('refuses a wrong token, no token, and a credential of another role, with the reason', async () => {
    const before = await countNodes();
    for (const token of ['a-wrong-token-of-some-length', undefined]) {
      await using node = await raw(token);
      const refused = await waitFor('the refusal', () => node.frames.find(frame => frame.refused));
      expect(refused.refused?.reason).toMatch(/token/);
      expect((await node.isClosed()).code).toBe(4401);
    }
    expect(await countNodes()).toBe(before);
    const credential = (await greeted({ role: 'gateway' })).welcome?.credential ?? '';
    expect((await greeted({ role: 'agent' }, credential)).refused?.reason).toBe(
      'this credential belongs to a node of role gateway, not agent',
    );
  });

  test('lets a refused node say nothing at all', async () => {
    await using node = await raw('a-wrong-token-of-some-length');
    node.send(hello());
    await node.isClosed();
    expect(node.frames.some(frame => frame.welcome)).toBe(false);
  });

  test('takes a changed enrolment token without a restart', async () => {
    const file = stage.control.context.config.enrolment_token_file;
    try {
      await writeFile(file, 'another-enrolment-token\n');
      expect((await greeted({}, 'another-enrolment-token')).welcome?.nodeId).toBeString();
      await using old = await raw(testEnrolmentToken);
      expect((await old.isClosed()).code).toBe(4401);
      await writeFile(file, 'short');
      const response = await fetch(`${stage.control.url}${linkPath}`, {
        headers: { authorization: 'Bearer short' },
      });
      expect(response.status).toBe(503);
    } finally {
      await writeFile(file, testEnrolmentToken);
    }
  });

  test('refuses a hello that is no hello, naming what is wrong', async () => {
    const reason = async (given: Hello) => (await greeted(given)).refused?.reason;
    expect(await reason({ role: 'printer' })).toBe('role must be gateway or agent');
    expect(await reason({ name: '' })).toBe('name is missing');
    expect(await reason({ name: 'x'.repeat(256) })).toBe('name of 256 characters is over the limit of 255');
    expect(await reason({ instance: '' })).toBe('instance is missing');
  });

  test.each([
    ['bytes that are no frame', new Uint8Array([0xff, 0xff, 0xff]), 'bad frame'],
    ['text', 'hello', 'bad frame'],
    ['a frame before hello', { agentState: {} }, 'a frame before hello was answered'],
  ] as [string, Frame | string | Uint8Array<ArrayBuffer>, string][])(
    'hangs up on %s',
    async (_name, message, reason) => {
      await using node = await raw(testEnrolmentToken);
      node.send(message);
      expect(await node.isClosed()).toEqual({ code: 4400, reason });
    },
  );

  test('hangs up on a second hello and on a frame over the limit', async () => {
    await using twice = await raw(testEnrolmentToken);
    twice.send(hello());
    await waitFor('the welcome', () => twice.frames.length > 0);
    twice.send(hello());
    expect(await twice.isClosed()).toEqual({ code: 4400, reason: 'a second hello' });
    await using large = await raw(testEnrolmentToken);
    large.send(new Uint8Array(limits.linkFrameBytesMax + 1));
    await large.isClosed();
  });

  test('answers a plain request with what this path speaks', async () => {
    const response = await fetch(`${stage.control.url}${linkPath}`, {
      headers: { authorization: `Bearer ${testEnrolmentToken}` },
    });
    expect(response.status).toBe(426);
  });

  test('survives an agent that reports nonsense, and hangs up on it', async () => {
    await using node = await raw(testEnrolmentToken);
    node.send(hello());
    await waitFor('the welcome', () => node.frames.length > 0);
    node.send({ desktopEnded: { sessionId: "'; drop table session", cause: 'exited' } });
    node.send({ desktopProgress: { sessionId: crypto.randomUUID(), message: 'x', progress: 4_000_000_000 } });
    node.send({ agentState: { runtime: 'abacus' } });
    expect((await node.isClosed()).code).toBe(1001);
    expect((await greeted({})).welcome?.nodeId).toBeString();
  });

  test("a gateway's workers share its node: each instance keeps its connection, a newer one of the same replaces", async () => {
    const first = await stage.link('gateway', { instance: 'worker-1' });
    const token = first.welcomes[0]?.credential ?? '';
    const second = await stage.link('gateway', { token, instance: 'worker-2' });
    expect(second.nodeId).toBe(first.nodeId);
    expect(first.client.connected).toBe(true);
    await using again = new RawNode(stage.control.url, token);
    await again.open();
    again.send(hello({ role: 'gateway', instance: 'worker-2' }));
    await waitFor('the replacement', () => second.welcomes.length >= 2 || !second.client.connected);
    expect(first.welcomes).toHaveLength(1);
  });

  test('ends before the listener does: nodes are told that control goes, and do not hold it up', async () => {
    await using ending = new AsyncDisposableStack();
    const control = ending.use(await startTestControl());
    await using node = await new RawNode(control.url, testEnrolmentToken).open();
    node.send(hello());
    await waitFor('the welcome', () => node.frames.length > 0);
    await ending.disposeAsync();
    expect(await node.isClosed()).toEqual({ code: 1001, reason: 'control stops' });
  });

  test('marks nodes as seen while they are linked, and as gone when they are not', async () => {
    const node = new LinkNode({
      url: stage.control.url,
      role: 'agent',
      token: testEnrolmentToken,
      state: () => agentState(),
    });
    await node.welcomed();
    const connected = async () => {
      const rows = await stage.control.context.db`
        select from node where node_id = ${node.nodeId} and control_id is not null`;
      return rows.length === 1;
    };
    expect(await connected()).toBe(true);
    await node[Symbol.asyncDispose]();
    await waitFor('the node to be gone', async () => !(await connected()));
  });
});
