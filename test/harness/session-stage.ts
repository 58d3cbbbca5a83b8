/** A control with agents and gateways that come and go: the stage for tests of sessions. */
import type { AgentState, AuthoriseReply, Frame } from '../../config/link/link.ts';
import { agentState, LinkNode, type LinkNodeOptions } from './link-node.ts';
import { type PostgresKind, startTestPostgres } from './postgres.ts';
import { startTestControl, type TestControl, type TestUser, testEnrolmentToken } from './test-control.ts';
import { waitFor } from './wait-for.ts';

export const plantedPassword = 'planted-upstream-password';

/** What an agent says of a desktop that runs. */
export function running(sessionId: string): Frame & { desktopRunning: NonNullable<Frame['desktopRunning']> } {
  return {
    desktopRunning: {
      sessionId,
      upstream: 'tcp://10.1.2.3:5901',
      upstreamPassword: plantedPassword,
      protocol: 'rfb',
      containerId: 'c0ffee',
      containerIp: '10.1.2.3',
    },
  };
}

/** Does what a real agent does: starts what it is asked to, stops what it is asked to. */
export function obedient(frame: Frame, node: LinkNode): void {
  if (frame.startDesktop) node.send(running(frame.startDesktop.sessionId ?? ''));
  if (frame.stopDesktop) {
    node.send({ desktopEnded: { sessionId: frame.stopDesktop.sessionId ?? '', cause: 'stopped' } });
  }
}

export class SessionStage implements AsyncDisposable {
  readonly control: TestControl;
  /** Connected since the last `clear`. */
  readonly nodes: LinkNode[] = [];
  readonly #parts: AsyncDisposableStack;

  private constructor(control: TestControl, parts: AsyncDisposableStack) {
    this.control = control;
    this.#parts = parts;
  }

  static async start(kind: PostgresKind): Promise<SessionStage> {
    await using stack = new AsyncDisposableStack();
    let database: { url: string } | undefined;
    if (kind === 'server') {
      const address = await stack.use(await startTestPostgres(kind)).createDatabase();
      if (address.kind === 'url') database = { url: address.url.reveal() };
    }
    const control = stack.use(await startTestControl(database));
    return new SessionStage(control, stack.move());
  }

  /** Takes all agents and gateways away. */
  async clear(): Promise<void> {
    for (const node of this.nodes.splice(0)) await node[Symbol.asyncDispose]();
    await waitFor('all nodes to be gone', async () => (await this.connectedNodes()) === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clear();
    await this.#parts.disposeAsync();
  }

  async connectedNodes(): Promise<number> {
    return (await this.control.context.db`select from node where control_id is not null`).length;
  }

  async link(role: 'agent' | 'gateway', given: Partial<LinkNodeOptions> = {}): Promise<LinkNode> {
    const node = new LinkNode({ url: this.control.url, role, token: testEnrolmentToken, ...given });
    this.nodes.push(node);
    return node.welcomed();
  }

  /** An agent that has reported, so that control may place desktops there. */
  async agent(
    state: AgentState = {},
    onFrame: (frame: Frame, node: LinkNode) => void = () => {},
  ): Promise<LinkNode> {
    const node = await this.link('agent', { state: () => agentState(state), onFrame });
    await waitFor('the report to be stored', async () => {
      const rows = await this.control.context.db`select from agent where agent_id = ${node.nodeId}`;
      return rows.length > 0;
    });
    return node;
  }

  async launch(user: TestUser, imageId: string): Promise<string> {
    const answer = await this.control.call('/api/public/request_kasm', { image_id: imageId }, user);
    if (answer.status !== 200) throw new Error(`launch refused: ${answer.body.error_message}`);
    return answer.body.kasm_id;
  }

  async launchRunning(user: TestUser, imageId: string): Promise<string> {
    const sessionId = await this.launch(user, imageId);
    await this.inStatus(sessionId, 'running');
    return sessionId;
  }

  async inStatus(sessionId: string, status: string): Promise<void> {
    await waitFor(`session to be ${status}`, async () => (await this.control.statusOf(sessionId)) === status);
  }

  /** Waits until the session has left for the history. */
  async ended(sessionId: string): Promise<{ reason: string; message: string }> {
    return waitFor('the session to be history', async () => {
      const rows = await this.control.context.db<{ reason: string; message: string }[]>`
        select destroy_reason as reason, error_message as message from session_history
        where session_id = ${sessionId}`;
      return (await this.control.statusOf(sessionId)) === undefined ? rows[0] : undefined;
    });
  }

  async authorise(gateway: LinkNode, sessionId: string, token: string): Promise<AuthoriseReply> {
    const request = { authoriseRequest: { sessionId, token, channel: 'vnc', address: '192.0.2.1' } };
    return (await gateway.client.request(request)).authoriseReply ?? {};
  }
}
