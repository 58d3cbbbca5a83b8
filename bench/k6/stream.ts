/** One stream through the gateway: WebSocket over TLS with binary frames, the RFB handshake, and the times it took. */
import { vu } from 'k6/execution';
import { clearTimeout, setTimeout, type TimeoutID } from 'k6/timers';
import { WebSocket } from 'k6/websockets';
import type { SessionAccess } from './api.ts';
import { baseUrl } from './deployment.ts';
import { streamMetrics } from './metrics.ts';
import { RfbClient, updateRequest } from './rfb.ts';

export interface StreamEvents {
  /** The whole screen is there: the desktop can be used from here on. */
  readonly onFirstUpdate?: (stream: Stream) => void;
  /** Any later update. */
  readonly onUpdate?: (stream: Stream) => void;
  /** Once, however it ended. */
  readonly onEnd?: (stream: Stream) => void;
}

export interface StreamEnd {
  /** This end closed it, as was meant. */
  readonly wanted: boolean;
  /** WebSocket close code, where one came. */
  readonly code: number | undefined;
  /** What the gateway said, or what went wrong. */
  readonly why: string;
}

/** The close event as k6 gives it, which its types leave out. */
interface CloseEvent {
  readonly code?: number;
  readonly reason?: string;
}

/** WebSocket.OPEN, which k6's class lacks. */
const openState = 1;

/** k6 has it, its types leave it out. */
declare const console: { warn(text: string): void };

/** What this virtual user has said: a storm that is refused should not fill the terminal. */
const told = new Set<string>();
const talkativeUsers = 5;

function tell(line: string): void {
  if (told.has(line) || vu.idInTest > talkativeUsers) return;
  told.add(line);
  console.warn(line);
}

export class Stream {
  readonly rfb: RfbClient;
  /** Set once it is over. */
  end: StreamEnd | undefined;
  readonly #socket: WebSocket;
  readonly #events: StreamEvents;
  readonly #dialledAtMs = Date.now();
  readonly #timer: TimeoutID;
  #wanted = false;
  #why = '';

  /** Dials at once. @param timeMs until the first update must have come */
  constructor({ sessionId, token }: SessionAccess, timeMs: number, events: StreamEvents) {
    this.#events = events;
    this.rfb = new RfbClient({
      send: bytes => this.send(bytes),
      onOpen: rfb => this.send(updateRequest(rfb, false)),
      onUpdate: rfb => this.#updated(rfb),
    });
    const address = `${baseUrl.replace(/^http/, 'ws')}/desktop/${sessionId}/vnc/websockify`;
    this.#socket = new WebSocket(address, null, {
      headers: { Authorization: `Bearer ${token}`, 'Sec-WebSocket-Protocol': 'binary' },
      tags: { name: 'stream' },
    });
    this.#socket.binaryType = 'arraybuffer';
    this.#timer = setTimeout(() => this.#giveUp(`no update within ${timeMs} ms`), timeMs);
    this.#listen();
  }

  /** Does nothing once the stream is closing. */
  send(bytes: ArrayBuffer): void {
    if (this.#socket.readyState !== openState) return;
    streamMetrics.bytesSent.add(bytes.byteLength);
    this.#socket.send(bytes);
  }

  /** Ends it, as was meant. */
  close(): void {
    if (this.end === undefined) this.#wanted = true;
    this.#socket.close(1000);
  }

  #listen(): void {
    const socket = this.#socket;
    socket.onopen = () => streamMetrics.open.add(Date.now() - this.#dialledAtMs);
    socket.onmessage = event => this.#take(event?.data);
    socket.onerror = event => {
      // "websocket: bad handshake" is a refusal by HTTP status; k6 tags its own metrics with the status.
      if (this.#why === '') this.#why = event?.error ?? 'the connection failed';
    };
    socket.addEventListener('close', event => this.#closed(event as CloseEvent));
  }

  #take(data: unknown): void {
    if (this.#why !== '') return;
    if (!(data instanceof ArrayBuffer)) {
      this.#giveUp('a text frame came');
      return;
    }
    streamMetrics.bytesReceived.add(data.byteLength);
    try {
      this.rfb.take(data);
    } catch (error) {
      this.#giveUp(error instanceof Error ? error.message : String(error));
    }
  }

  #updated(rfb: RfbClient): void {
    streamMetrics.updates.add(1);
    if (rfb.updates === 1) {
      clearTimeout(this.#timer);
      streamMetrics.firstUpdate.add(Date.now() - this.#dialledAtMs);
      this.#events.onFirstUpdate?.(this);
    } else {
      this.#events.onUpdate?.(this);
    }
  }

  #giveUp(why: string): void {
    this.#why = why;
    this.#socket.close(1000);
  }

  #closed({ code, reason = '' }: CloseEvent): void {
    if (this.end !== undefined) return;
    clearTimeout(this.#timer);
    const wanted = this.#wanted && this.#why === '';
    this.end = {
      wanted,
      code,
      why: [this.#why, reason].filter(part => part !== '').join('; ') || 'nobody said why',
    };
    streamMetrics.wanted.add(wanted);
    if (!wanted) {
      streamMetrics.broken.add(1, { code: String(code ?? 'none') });
      tell(`a stream broke: ${this.end.why} (close code ${code ?? 'none'})`);
    }
    this.#events.onEnd?.(this);
  }
}
