/** Lets viewers listen to what happens to a session's streams: they need the same token as for the stream itself. */
import type { EventsAuthorisation, EventsRequest } from '../http/http-side.ts';
import { refusals, type SessionDirectory } from './grant.ts';
import type { SessionEvents } from './session-events.ts';

export class EventDesk {
  readonly #directory: SessionDirectory;
  readonly #events: SessionEvents;

  constructor(directory: SessionDirectory, events: SessionEvents) {
    this.#directory = directory;
    this.#events = events;
  }

  async authorise(request: EventsRequest): Promise<EventsAuthorisation> {
    const answer = await this.#directory.authorise({ ...request, channel: 'events' });
    if ('refusal' in answer) return { refusal: refusals[answer.refusal] };
    const { sessionId, tokenId, userId } = answer.grant;
    return {
      subscribe: (onEvent, close) => this.#events.subscribe(sessionId, { tokenId, userId, onEvent, close }),
    };
  }

  /** The viewer's browser only knows that its WebSocket failed: this tells it why, so that the page is not just white. */
  async upgradeStripped(request: EventsRequest): Promise<void> {
    const answer = await this.#directory.authorise({ ...request, channel: 'events' });
    if ('refusal' in answer) return;
    const message = 'a proxy in front of the gateway does not pass on the header "Upgrade: websocket"';
    const end = { type: 'end', reason: 'upgrade_stripped', message, retry: false } as const;
    this.#events.publish(request.sessionId, end);
  }
}
