/** The viewer: one desktop in the whole window. */
import { api } from './api.ts';
import { problemText } from './api-problem.ts';
import { ClipboardPanel } from './clipboard-panel.ts';
import { ClipboardSync } from './clipboard-sync.ts';
import { confirmAction } from './confirm-dialog.ts';
import { ControlStrip } from './control-strip.ts';
import { element, type View } from './element.ts';
import { bringsClient } from './policy-report.ts';
import { type PolicyEvent, policyToastText, ToastGate } from './policy-toast.ts';
import { PolicyView } from './policy-view.ts';
import { hashOfKasmUrl, type Route } from './route.ts';
import { SessionEvents } from './session-events.ts';
import { StreamConnection, type StreamState } from './stream-connection.ts';
import { StreamNotice } from './stream-notice.ts';
import { showToast } from './toasts.ts';
import { dropToken, keepToken } from './token-cookie.ts';

type ViewerRoute = Extract<Route, { name: 'viewer' }>;

/** X11 keysyms (keysymdef.h) of the keys the viewer sends by itself. */
const keysym = { v: 0x76, insert: 0xff63, controlLeft: 0xffe3, shiftLeft: 0xffe1, altLeft: 0xffe9 } as const;

export function showViewer(host: HTMLElement, route: ViewerRoute, openLauncher: () => void): View {
  const viewer = new Viewer(route, openLauncher);
  host.append(viewer.element);
  viewer.start();
  return viewer;
}

class Viewer implements View {
  readonly element: HTMLElement;
  readonly #route: ViewerRoute;
  readonly #openLauncher: () => void;
  readonly #screen = element('main', { class: 'screen', 'aria-label': 'Desktop' });
  /** The last picture, kept under the notice while there is no stream. */
  readonly #still = element('canvas', { class: 'still', 'aria-hidden': 'true' });
  readonly #stream: StreamConnection;
  readonly #events: SessionEvents;
  readonly #clipboard: ClipboardSync;
  readonly #panel: ClipboardPanel;
  readonly #strip: ControlStrip;
  readonly #notice: StreamNotice;
  readonly #policy: PolicyView;
  readonly #toastGate = new ToastGate();
  readonly #listening = new AbortController();
  #renewed = false;

  constructor(route: ViewerRoute, openLauncher: () => void) {
    this.#route = route;
    this.#openLauncher = openLauncher;
    const { sessionId } = route;
    this.#stream = new StreamConnection(sessionId, this.#screen, {
      prepare: () => this.#prepare(),
      onLosing: canvas => this.#keepPicture(canvas),
      onState: state => this.#onState(state),
      onDesktopName: name => this.#showName(name),
      onClipboard: text => void this.#clipboard.received(text),
    });
    this.#events = new SessionEvents(sessionId, {
      onPolicy: event => this.#onPolicy(event),
      onEnd: event => this.#stream.noteEnd(event),
    });
    this.#clipboard = new ClipboardSync(this.#screen, {
      send: text => this.#stream.pasteText(text),
      pressPaste: key => this.#stream.sendKey(keysym[key], key === 'v' ? 'KeyV' : 'Insert'),
      onReceived: (text, written) => this.#panel.showReceived(text, written),
      onSent: text => this.#panel.showSent(text),
    });
    this.#panel = new ClipboardPanel({
      send: text => this.#clipboard.send(text),
      onClose: () => this.#stream.focus(),
    });
    this.#policy = new PolicyView(sessionId, {
      onReport: report => {
        this.#strip.ownClient = bringsClient(report) ? `/desktop/${sessionId}/vnc/` : undefined;
      },
      onClose: () => this.#stream.focus(),
    });
    this.#strip = new ControlStrip({
      back: openLauncher,
      toggleClipboard: () => this.#panel.toggle(),
      toggleWhy: () => this.#policy.panel.toggle(),
      end: () => void this.#endSession(),
      release: () => this.#stream.focus(),
    });
    this.#notice = new StreamNotice({ dial: () => this.#stream.dial(), back: openLauncher });
    this.element = element(
      'div',
      { class: 'viewer' },
      this.#still,
      this.#screen,
      this.#policy.watermark.element,
      this.#notice.element,
      this.#panel.element,
      this.#policy.panel.element,
    );
    this.element.prepend(this.#strip.element);
  }

  start(): void {
    this.#showName('Desktop');
    window.addEventListener('keydown', event => this.#chord(event), {
      capture: true,
      signal: this.#listening.signal,
    });
    this.#stream.dial();
    this.#strip.introduce();
  }

  leave(): void {
    this.#listening.abort();
    this.#stream.leave();
    this.#events.leave();
    this.#clipboard.leave();
    this.#strip.leave();
    this.#notice.leave();
    this.#policy.leave();
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  }

  /** Before each dial: neither the stream nor its events are let in without the cookie. */
  async #prepare(): Promise<void> {
    await keepToken(this.#route.sessionId, this.#route.streamToken);
    if (!this.#listening.signal.aborted) this.#events.listen();
  }

  #showName(name: string): void {
    const shown = name === '' ? 'Desktop' : name;
    document.title = `${shown} · Sluice`;
    this.#strip.desktopName = shown;
  }

  #keepPicture(canvas: HTMLCanvasElement): void {
    this.#still.width = canvas.width;
    this.#still.height = canvas.height;
    if (canvas.width > 0 && canvas.height > 0) this.#still.getContext('2d')?.drawImage(canvas, 0, 0);
  }

  #onState(state: StreamState): void {
    this.#notice.show(state);
    this.element.classList.toggle('connected', state.name === 'connected');
    if (state.name === 'connected') {
      this.#events.listen();
      this.#policy.connected();
      this.#clipboard.reset();
      void this.#clipboard.sync();
    }
    if (state.name === 'stopped') {
      this.#events.leave();
      this.#panel.close();
      if (state.title === 'No access' || state.title === 'Access expired') void this.#renew();
    }
  }

  /** A link can outlive its token: whoever is signed in and still owns the session gets a fresh one. Once. */
  async #renew(): Promise<void> {
    if (this.#renewed) return;
    this.#renewed = true;
    const answer = await api.getKasmStatus(this.#route.userId, this.#route.sessionId);
    const hash =
      answer.ok && answer.value.kasm_url !== undefined ? hashOfKasmUrl(answer.value.kasm_url) : undefined;
    if (hash === undefined || hash === location.hash || this.#listening.signal.aborted) return;
    location.replace(hash);
  }

  #onPolicy(event: PolicyEvent): void {
    const text = policyToastText(event);
    void this.#policy.panel.refresh();
    if (text === undefined || !this.#toastGate.admit(text, performance.now())) return;
    showToast(text, 'warning', { text: 'Why?', run: () => this.#policy.panel.open() });
  }

  /** Ctrl+Alt+Shift brings up the controls; what of it already reached the desktop is released there. */
  #chord(event: KeyboardEvent): void {
    if (!(event.ctrlKey && event.altKey && event.shiftKey) || event.repeat) return;
    if (!['Control', 'Alt', 'Shift'].includes(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#stream.sendKey(keysym.controlLeft, 'ControlLeft', false);
    this.#stream.sendKey(keysym.altLeft, 'AltLeft', false);
    this.#stream.sendKey(keysym.shiftLeft, 'ShiftLeft', false);
    this.#strip.show(true);
  }

  async #endSession(): Promise<void> {
    const sure = await confirmAction({
      title: 'End this session?',
      text: 'The desktop is shut down and unsaved work in it is lost.',
      action: 'End session',
    });
    if (!sure) return this.#stream.focus();
    const answer = await api.destroyKasm(this.#route.userId, this.#route.sessionId);
    if (!answer.ok) return showToast(problemText(answer.problem), 'warning');
    void dropToken(this.#route.sessionId);
    this.#openLauncher();
  }
}
