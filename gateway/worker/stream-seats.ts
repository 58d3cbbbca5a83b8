/**
 * Counts the streams of sessions and users over all workers, those of earlier generations too. A seat is made when a
 * worker asks, taken with the grant, and given back when the stream ends, does not open, or dies with its worker; so
 * two that ask in two workers at the same moment can't both have the last one.
 */
import type { ConnectionId } from '../../config/ids.ts';
import { StreamCounts, type StreamLimits } from '../admission/stream-counts.ts';
import type { Authorisation, AuthorisationRequest, SessionDirectory } from '../session/grant.ts';

/** @template Worker whatever names the worker that serves a stream */
interface Seat<Worker> {
  readonly worker: Worker;
  /** Undefined until there is a grant. */
  owner: { readonly sessionId: string; readonly userId: string } | undefined;
}

export class StreamSeats<Worker> {
  readonly #counts: StreamCounts;
  readonly #seats = new Map<string, Seat<Worker>>();

  constructor(limits: StreamLimits) {
    this.#counts = new StreamCounts(limits);
  }

  /** Streams that are open, and those that may become one. */
  get size(): number {
    return this.#seats.size;
  }

  setLimits(limits: StreamLimits): void {
    this.#counts.limits = limits;
  }

  /** Asks the directory, and counts the stream if it is granted. @throws what the directory throws */
  async authorise(
    request: AuthorisationRequest,
    worker: Worker,
    directory: Pick<SessionDirectory, 'authorise'>,
  ): Promise<Authorisation> {
    const { connectionId } = request;
    if (connectionId === undefined) return directory.authorise(request);
    const seat: Seat<Worker> = { worker, owner: undefined };
    this.#seats.set(connectionId, seat);
    let found: Authorisation | undefined;
    try {
      found = await directory.authorise(request);
      if ('grant' in found) return this.#take(connectionId, seat, found);
      return found;
    } finally {
      if (seat.owner === undefined) this.#seats.delete(connectionId);
    }
  }

  #take(
    connectionId: ConnectionId,
    seat: Seat<Worker>,
    found: Extract<Authorisation, { readonly grant: unknown }>,
  ): Authorisation {
    // Whoever asked has given up, or is gone: nobody would give it back.
    if (this.#seats.get(connectionId) !== seat) return { refusal: 'busy' };
    const { sessionId, userId } = found.grant;
    const full = this.#counts.enter(sessionId, userId);
    if (full !== undefined) return { refusal: 'too_many_streams', full };
    seat.owner = { sessionId, userId };
    return found;
  }

  /** The stream is gone, or will not come. */
  leave(connectionId: string): void {
    const seat = this.#seats.get(connectionId);
    if (seat === undefined) return;
    this.#seats.delete(connectionId);
    if (seat.owner !== undefined) this.#counts.leave(seat.owner.sessionId, seat.owner.userId);
  }

  /** The worker is gone, with all that it had. */
  lost(worker: Worker): void {
    for (const [connectionId, seat] of this.#seats) if (seat.worker === worker) this.leave(connectionId);
  }
}
