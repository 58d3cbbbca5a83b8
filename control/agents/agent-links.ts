/**
 * Deals with connected agents: takes their reports and events one after another, and passes on the
 * orders to start and stop desktops that are meant for the agents linked to this control instance.
 */
import { parseId, type SessionId } from '../../config/ids.ts';
import type { KasmvncSection } from '../../config/kasmvnc-file.ts';
import { limits } from '../../config/limits.ts';
import type {
  AgentState,
  DesktopEnded,
  DesktopRunning,
  Frame,
  StartDesktop,
} from '../../config/link/link.ts';
import { errorText, type Log } from '../../config/log.ts';
import { type LinkConnection, linkClose, type NodeIdentity } from '../link/link-connection.ts';
import type { LinkListener } from '../link/link-server.ts';
import type { Signal, SignalBus } from '../link/signal-bus.ts';
import type { SessionLife } from '../sessions/session-life.ts';
import type { DesktopOrder, SessionStore } from '../sessions/session-store.ts';
import type { StreamAuthority } from '../sessions/stream-authority.ts';
import type { AgentStore } from './agent-store.ts';
import { reconcileAgent } from './reconcile.ts';

interface LinkedAgent {
  readonly connection: LinkConnection;
  readonly node: NodeIdentity;
  /** The end of the queue of this agent's frames and orders. */
  tail: Promise<void>;
  queued: number;
  /** Its first report with a usable runtime was reconciled: only now is it sent orders to start. */
  ready: boolean;
}

export interface AgentLinksParts {
  readonly agents: AgentStore;
  readonly sessions: SessionStore;
  readonly life: SessionLife;
  readonly authority: StreamAuthority;
  readonly signals: SignalBus;
  readonly log: Log;
}

export class AgentLinks implements LinkListener, AsyncDisposable {
  readonly #parts: AgentLinksParts;
  /** By agent id. */
  readonly #linked = new Map<string, LinkedAgent>();
  readonly #working = new Set<Promise<void>>();
  readonly #forget: ReadonlyArray<() => void>;

  constructor(parts: AgentLinksParts) {
    this.#parts = parts;
    this.#forget = [
      parts.signals.onSignal(signal => this.#order(signal)),
      parts.signals.onResync(() => this.#resync()),
    ];
  }

  onWelcomed(connection: LinkConnection, node: NodeIdentity): void {
    this.#linked.set(node.nodeId, { connection, node, tail: Promise.resolve(), queued: 0, ready: false });
  }

  onGone(connection: LinkConnection, node: NodeIdentity): void {
    if (this.#linked.get(node.nodeId)?.connection === connection) this.#linked.delete(node.nodeId);
  }

  onFrame(connection: LinkConnection, node: NodeIdentity, frame: Frame): void {
    const agent = this.#linked.get(node.nodeId);
    if (agent?.connection !== connection) return;
    this.#enqueue(agent, () => this.#take(agent, frame));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const forget of this.#forget) forget();
    this.#linked.clear();
    await Promise.allSettled([...this.#working]);
  }

  async #take(agent: LinkedAgent, frame: Frame): Promise<void> {
    const { life, log } = this.#parts;
    const agentId = agent.node.nodeId;
    if (frame.agentState) return this.#takeState(agent, frame.agentState);
    const event = frame.desktopProgress ?? frame.desktopRunning ?? frame.desktopEnded;
    if (!event) {
      log.warn('an agent sent a frame that is not for control', { agentId });
      return;
    }
    if (!isSessionId(event)) {
      log.warn('an agent spoke of a session whose id is no UUID', { agentId });
      return;
    }
    if (frame.desktopProgress) return life.desktopProgressed(agentId, frame.desktopProgress);
    if (frame.desktopRunning) return this.#takeRunning(agent, frame.desktopRunning);
    if (frame.desktopEnded) return this.#takeEnded(agentId, frame.desktopEnded);
  }

  /** The first report of a connection says what is; later ones only ever stop what nobody asked for. */
  async #takeState(agent: LinkedAgent, state: AgentState): Promise<void> {
    const { agents, sessions, life, log } = this.#parts;
    const agentId = agent.node.nodeId;
    await agents.report(agentId, state);
    if (state.runtime === 'none') {
      log.warn('an agent has no usable runtime', { agentId, reason: state.runtimeProblem ?? '' });
    }
    const desktops = (state.desktops ?? []).filter(isSessionId);
    const assigned = await sessions.listAssigned(agentId);
    const plan = reconcileAgent(
      assigned,
      desktops.map(one => one.sessionId ?? ''),
    );
    for (const sessionId of plan.stop) this.#sendStop(agent, sessionId, 'no session asks for it');
    // Without a runtime the agent cannot know its desktops: an empty list then ends no session.
    if (agent.ready || state.runtime === 'none') return;
    agent.ready = true;
    for (const desktop of desktops) {
      if (plan.adopt.includes(desktop.sessionId ?? '')) await this.#takeRunning(agent, desktop);
    }
    for (const sessionId of plan.vanished) await life.desktopEnded(agentId, sessionId, 'vanished', '');
    for (const sessionId of plan.start) await this.#sendStart(agent, sessionId);
    const { runtime, runtimeProblem } = state;
    if (runtime === 'none')
      log.warn('an agent has no usable runtime', { agentId, reason: runtimeProblem ?? '' });
    log.info('agent reconciled', { agentId, runtime: runtime ?? '', count: desktops.length });
  }

  async #takeRunning(agent: LinkedAgent, desktop: DesktopRunning): Promise<void> {
    const agentId = agent.node.nodeId;
    const answer = await this.#parts.life.desktopRunning(agentId, desktop);
    if (answer === 'unwanted') this.#sendStop(agent, desktop.sessionId ?? '', 'no session asks for it');
  }

  async #takeEnded(agentId: string, ended: DesktopEnded): Promise<void> {
    const cause = ended.cause === 'start_failed' || ended.cause === 'stopped' ? ended.cause : 'exited';
    await this.#parts.life.desktopEnded(agentId, ended.sessionId ?? '', cause, ended.message ?? '');
  }

  #order(signal: Signal): void {
    if (signal.kind !== 'start_desktop' && signal.kind !== 'stop_desktop') return;
    const agent = this.#linked.get(signal.agentId);
    if (agent === undefined) return;
    this.#enqueue(agent, async () => {
      if (signal.kind === 'stop_desktop') this.#sendStop(agent, signal.sessionId, signal.reason);
      // Reconciling after the first report finds what was to be started before.
      else if (agent.ready) await this.#sendStart(agent, signal.sessionId);
    });
  }

  /** Orders may have been missed: gives all agents here what is due again, which does no harm twice. */
  #resync(): void {
    for (const agent of this.#linked.values()) {
      this.#enqueue(agent, async () => {
        if (!agent.ready) return;
        for (const one of await this.#parts.sessions.listAssigned(agent.node.nodeId)) {
          if (one.status === 'starting') await this.#sendStart(agent, one.sessionId);
          if (one.status === 'deleting') this.#sendStop(agent, one.sessionId, 'deleted');
        }
      });
    }
  }

  async #sendStart(agent: LinkedAgent, sessionId: string): Promise<void> {
    const { sessions, authority } = this.#parts;
    const order = await sessions.findOrder(sessionId);
    if (order === undefined || order.agentId !== agent.node.nodeId) return;
    const section =
      order.protocol === 'kasmvnc' ? await authority.kasmvncSection(order.sessionId) : undefined;
    agent.connection.send({ startDesktop: startFrame(order, section) });
  }

  #sendStop(agent: LinkedAgent, sessionId: string, reason: string): void {
    this.#parts.log.debug('desktop to be stopped', { agentId: agent.node.nodeId, sessionId, reason });
    agent.connection.send({ stopDesktop: { sessionId, reason } });
  }

  /** One after another, so that an agent's events take effect in the order in which they happened. */
  #enqueue(agent: LinkedAgent, step: () => Promise<void>): void {
    const { log } = this.#parts;
    const agentId = agent.node.nodeId;
    if (agent.queued >= limits.linkFramesQueuedMax) {
      log.error('an agent sends faster than control can take it', {
        agentId,
        limit: limits.linkFramesQueuedMax,
      });
      agent.connection.close(linkClose.badFrame, 'too many frames at once');
      return;
    }
    agent.queued += 1;
    const done = agent.tail
      .then(step)
      .catch(error => {
        // Whatever was lost is found again when the agent reconnects and is reconciled.
        log.error('a frame of an agent could not be dealt with', { agentId, error: errorText(error) });
        agent.connection.close(linkClose.goingAway, 'control could not take a frame');
      })
      .finally(() => {
        agent.queued -= 1;
        this.#working.delete(done);
      });
    agent.tail = done;
    this.#working.add(done);
  }
}

function isSessionId(named: { sessionId?: string | null }): boolean {
  return named.sessionId !== undefined && named.sessionId === parseId<SessionId>(named.sessionId);
}

function startFrame(order: DesktopOrder, section: KasmvncSection | undefined): StartDesktop {
  return {
    sessionId: order.sessionId,
    image: order.imageName,
    protocol: order.protocol,
    cores: order.cores,
    memoryBytes: order.memoryBytes,
    environment: { ...order.environment },
    username: order.username,
    hostname: `desktop-${order.sessionId.slice(0, 8)}`,
    imageIsLocal: order.imageLocal,
    width: order.width,
    height: order.height,
    kasmvncSectionJson: section === undefined ? '' : JSON.stringify(section),
  };
}
