/** One desktop's stream: dials, shows it in an element, dials again after a loss, stops when that can't help. */
import RFB from '@novnc/novnc';
import type { SessionId } from '../../../config/ids.ts';
import {
  type AfterEnd,
  afterEnd,
  afterRefusal,
  attemptsMax,
  backOffMs,
  type EndEvent,
  type StreamEnd,
} from './reconnect.ts';

/** The gateway sends its reason as an event beside the stream: wait that long for it after the close. */
const reasonGraceMs = 300;
const endingFreshMs = 3_000;
/** From the dial to the first picture; the gateway gives up on a desktop sooner than that. */
const dialTimeMs = 30_000;
/** A stream that held that long was a good one: the next loss starts counting anew. */
const settledAfterMs = 5_000;

export type StreamState =
  | { readonly name: 'connecting'; readonly attempt: number }
  /** `text`: why, where that is known. */
  | {
      readonly name: 'waiting';
      readonly attempt: number;
      readonly untilMs: number;
      readonly text?: string | undefined;
    }
  | { readonly name: 'connected' }
  | { readonly name: 'stopped'; readonly title: string; readonly text: string };

interface StreamListener {
  /** Before each dial; the dial waits for it. */
  prepare(): Promise<void>;
  /** The picture goes away after this returns. */
  onLosing(canvas: HTMLCanvasElement): void;
  onState(state: StreamState): void;
  onDesktopName(name: string): void;
  onClipboard(text: string): void;
}

export class StreamConnection {
  readonly #sessionId: SessionId;
  readonly #screen: HTMLElement;
  readonly #listener: StreamListener;
  #rfb: RFB | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #connectedAtMs: number | undefined;
  #ending: { event: EndEvent; heardAtMs: number } | undefined;
  #over = false;
  #isPreparing = false;

  /** @param screen where the desktop is drawn; filled while connected */
  constructor(sessionId: SessionId, screen: HTMLElement, listener: StreamListener) {
    this.#sessionId = sessionId;
    this.#screen = screen;
    this.#listener = listener;
  }

  /** Dials now, whether it waits, was stopped or never began. Does nothing while a stream is up. */
  dial(): void {
    if (this.#rfb !== undefined) return;
    clearTimeout(this.#timer);
    this.#over = false;
    if (this.#isPreparing) return;
    this.#ending = undefined;
    this.#connectedAtMs = undefined;
    this.#attempt += 1;
    this.#listener.onState({ name: 'connecting', attempt: this.#attempt });
    this.#isPreparing = true;
    void this.#listener.prepare().finally(() => {
      this.#isPreparing = false;
      if (!this.#over) this.#open();
    });
  }

  #open(): void {
    const socket = new WebSocket(`${webSocketOrigin()}/desktop/${this.#sessionId}/vnc/websockify`, [
      'binary',
    ]);
    // The viewer makes the socket itself: noVNC would keep the close code and its text for itself.
    socket.addEventListener('close', event => this.#closed({ code: event.code, message: event.reason }));
    this.#rfb = this.#attach(socket);
    this.#timer = setTimeout(() => socket.close(), dialTimeMs);
  }

  /** Keeps what the gateway says of the end that is coming or has just come. */
  noteEnd(event: EndEvent): void {
    // A client's own going is told to its other viewers of the session as well: their streams go on.
    if (event.reason === 'client_closed' || event.reason === 'client_gone') return;
    this.#ending = { event, heardAtMs: performance.now() };
  }

  /** Gives up the stream and all waiting, for good; nothing is reported any more. */
  leave(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#rfb?.disconnect();
    this.#rfb = undefined;
  }

  stop(title: string, text: string): void {
    this.leave();
    this.#listener.onState({ name: 'stopped', title, text });
  }

  focus(): void {
    this.#rfb?.focus({ preventScroll: true });
  }

  pasteText(text: string): void {
    this.#rfb?.clipboardPasteFrom(text);
  }

  /** @param keysym X11 keysym; @param code the physical key (KeyboardEvent.code) */
  sendKey(keysym: number, code: string, down?: boolean): void {
    this.#rfb?.sendKey(keysym, code, down);
  }

  #attach(socket: WebSocket): RFB {
    const rfb = new RFB(this.#screen, socket, { shared: true });
    rfb.scaleViewport = true;
    rfb.resizeSession = true;
    rfb.showDotCursor = true;
    rfb.background = 'transparent';
    rfb.addEventListener('connect', () => {
      clearTimeout(this.#timer);
      this.#connectedAtMs = performance.now();
      this.#listener.onState({ name: 'connected' });
      rfb.focus({ preventScroll: true });
    });
    rfb.addEventListener('desktopname', event => this.#listener.onDesktopName(event.detail.name));
    rfb.addEventListener('clipboard', event => this.#listener.onClipboard(event.detail.text));
    return rfb;
  }

  #closed(end: StreamEnd): void {
    const canvas = this.#screen.querySelector('canvas');
    if (this.#connectedAtMs !== undefined && canvas !== null) this.#listener.onLosing(canvas);
    this.#rfb = undefined;
    if (this.#over) return;
    clearTimeout(this.#timer);
    const connectedMs =
      this.#connectedAtMs === undefined ? undefined : performance.now() - this.#connectedAtMs;
    if (connectedMs !== undefined && connectedMs >= settledAfterMs) this.#attempt = 0;
    this.#timer = setTimeout(() => void this.#decide(end, connectedMs !== undefined), reasonGraceMs);
  }

  async #decide(end: StreamEnd, wasConnected: boolean): Promise<void> {
    let after = afterEnd({ ...end, event: this.#recentEnding() });
    if (after.next === 'dial' && after.text === undefined && !wasConnected) after = await this.#probe();
    if (this.#over) return;
    if (after.next === 'stop') return this.stop(after.title, after.text);
    if (this.#attempt >= attemptsMax) {
      return this.stop('Desktop not reachable', lastWords(end));
    }
    const pauseMs = Math.max(backOffMs(Math.max(1, this.#attempt), Math.random()), after.waitMs ?? 0);
    const untilMs = performance.now() + pauseMs;
    this.#listener.onState({ name: 'waiting', attempt: this.#attempt, untilMs, text: after.text });
    this.#timer = setTimeout(() => this.dial(), pauseMs);
  }

  /** The gateway tells the end of each of a session's streams: one told long ago was another viewer's. */
  #recentEnding(): EndEvent | undefined {
    const ending = this.#ending;
    return ending !== undefined && performance.now() - ending.heardAtMs < endingFreshMs
      ? ending.event
      : undefined;
  }

  /** Asks over HTTP whether the session still takes us: a refused WebSocket tells the browser nothing. */
  async #probe(): Promise<AfterEnd> {
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), 10_000);
    try {
      const response = await fetch(`/desktop/${this.#sessionId}/events`, { signal: cut.signal });
      if (response.ok) return { next: 'dial' };
      const answer: unknown = await response.json().catch(() => undefined);
      const message = (answer as { error_message?: unknown } | undefined)?.error_message;
      const retryAfterS = Number(response.headers.get('retry-after')) || 0;
      return afterRefusal(response.status, typeof message === 'string' ? message : '', retryAfterS);
    } catch {
      return { next: 'dial' };
    } finally {
      clearTimeout(timer);
      cut.abort();
    }
  }
}

function lastWords(end: StreamEnd): string {
  const said = end.message === '' ? '' : ` The gateway said: ${end.message}.`;
  return `It did not answer ${attemptsMax} times in a row.${said}`;
}

function webSocketOrigin(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`;
}
