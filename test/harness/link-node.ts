/** A gateway or agent for tests: the real link client, with every frame it gets kept in order. */

import type { AgentState, Frame } from '../../config/link/link.ts';
import { LinkClient, type Welcome } from '../../config/link/link-client.ts';
import { type Log, silentLog } from '../../config/log.ts';
import { pushedMs, waitFor } from './wait-for.ts';

export interface LinkNodeOptions {
  /** Control's http:// address. */
  readonly url: string;
  readonly role: 'gateway' | 'agent';
  readonly token: string;
  readonly name?: string;
  readonly instance?: string;
  /** Sent at every Welcome, as a real node does. */
  readonly state?: () => Frame;
  readonly onFrame?: (frame: Frame, node: LinkNode) => void;
  readonly log?: Log;
}

export class LinkNode implements AsyncDisposable {
  readonly frames: Frame[] = [];
  readonly welcomes: Welcome[] = [];
  readonly refusals: string[] = [];
  readonly client: LinkClient;

  constructor(options: LinkNodeOptions) {
    const { role, token, name = `test-${role}`, instance = crypto.randomUUID() } = options;
    this.client = new LinkClient({
      url: options.url,
      token: () => this.welcomes.find(one => one.credential !== undefined)?.credential ?? token,
      hello: { role, name, version: 'test', instance },
      onWelcome: welcome => {
        this.welcomes.push(welcome);
        if (options.state !== undefined) this.client.send(options.state());
      },
      onFrame: frame => {
        this.frames.push(frame);
        options.onFrame?.(frame, this);
      },
      onRefused: reason => this.refusals.push(reason),
      log: options.log ?? silentLog,
    });
  }

  get nodeId(): string {
    return this.welcomes[0]?.nodeId ?? '';
  }

  send(frame: Frame): void {
    if (!this.client.send(frame)) throw new Error('the link is down');
  }

  /** Waits until control has welcomed it (that many times). */
  async welcomed(times = 1): Promise<this> {
    await waitFor(`welcome ${times} of ${this.client.connected}`, () => this.welcomes.length >= times);
    return this;
  }

  /** Waits for the first frame of a kind, or the first that also passes `matches`. */
  async frame<Kind extends keyof Frame & string>(
    kind: Kind,
    matches: (body: NonNullable<Frame[Kind]>) => boolean = () => true,
    timeMs = pushedMs,
  ): Promise<NonNullable<Frame[Kind]>> {
    return waitFor(
      `a frame ${kind}`,
      () => {
        for (const frame of this.frames) {
          const body = frame[kind];
          if (body && matches(body as NonNullable<Frame[Kind]>)) return body as NonNullable<Frame[Kind]>;
        }
        return undefined;
      },
      timeMs,
    ) as Promise<NonNullable<Frame[Kind]>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
  }
}

const GiB = 1024 ** 3;

/** An agent's report of a host with room for many desktops. */
export function agentState(given: AgentState = {}): Frame {
  return {
    agentState: { runtime: 'docker', runtimeVersion: '1', cores: 64, memoryBytes: 256 * GiB, ...given },
  };
}
