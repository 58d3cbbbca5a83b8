/** Lets viewers listen to what happens to a session's streams: they need the same token as for the stream itself. */
import type { EventsAuthorisation, EventsRequest } from '../http/http-side.ts';
import type { UpgradeFault } from '../http/stripped-upgrade.ts';
import { type SessionDirectory, toldRefusal } from './grant.ts';
import type { SessionEvents } from './session-events.ts';

const upgradeEnds = {
  stripped: {
    reason: 'upgrade_stripped',
    message: 'a proxy in front of the gateway does not pass on the header "Upgrade: websocket"',
  },
  late: {
    reason: 'upgrade_late',
    message: 'a proxy in front of the gateway sent the WebSocket on a connection it had used before',
  },
} as const satisfies Record<UpgradeFault, object>;

export class EventDesk {
  readonly #directory: SessionDirectory;
  readonly #events: SessionEvents;

  constructor(directory: SessionDirectory, events: SessionEvents) {
    this.#directory = directory;
    this.#events = events;
  }

  async authorise(request: EventsRequest): Promise<EventsAuthorisation> {
    const answer = await this.#directory.authorise({ ...request, channel: 'events' });
    if ('refusal' in answer) return { refusal: toldRefusal(answer) };
    const { sessionId, tokenId, userId } = answer.grant;
    return {
      subscribe: (onEvent, close) => this.#events.subscribe(sessionId, { tokenId, userId, onEvent, close }),
    };
  }

  /** The viewer's browser only knows that its WebSocket failed: this tells it why, so that the page is not just white. */
  async upgradeStripped(request: EventsRequest, fault: UpgradeFault): Promise<void> {
    const answer = await this.#directory.authorise({ ...request, channel: 'events' });
    if ('refusal' in answer) return;
    this.#events.publish(request.sessionId, { type: 'end', ...upgradeEnds[fault], retry: false });
  }
}
