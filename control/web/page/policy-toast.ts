/** What the gateway's policy did, put into words, and how often the words may be shown. Pure. */
import { formatBytes } from './byte-format.ts';

/** One `data:` line of `/desktop/<id>/events` about a verdict (the gateway's policy event). */
export interface PolicyEvent {
  readonly type: string;
  readonly direction?: 'up' | 'down';
  readonly verdict?: string;
  readonly reason?: string;
  readonly bytes?: number;
  readonly limit?: number;
  readonly waitMs?: number;
  readonly mimetype?: string;
}

/** The same words again within this time say nothing new: a held key must not paper the screen. */
export const repeatToastAfterMs = 12_000;

/** What a viewer or a browser asks for by itself: told when somebody looks for it, not while they work. */
const quietTypes = ['resize', 'relay', 'udp', 'web_client', 'stream'];

/** The sentence for one event as it happens, or undefined when the user need not be told. */
export function policyToastText(event: PolicyEvent): string | undefined {
  return quietTypes.includes(event.type) ? undefined : policyEventText(event);
}

/** The sentence for one event, or undefined for one of a later gateway. */
export function policyEventText(event: PolicyEvent): string | undefined {
  const { type, reason, verdict = 'drop' } = event;
  if (!['drop', 'truncate', 'end'].includes(verdict)) return undefined;
  if (type === 'view_only' || reason === 'view_only') return 'This session is view only';
  const name = Object.hasOwn(subjects, type) ? subjects[type] : undefined;
  if (reason === 'access' && name !== undefined) return `Your access to this session is without ${name}`;
  if (type === 'keyboard') return keyboardText(reason);
  if (type === 'pointer') {
    if (reason === 'region') return 'Clicks outside the visible region are blocked';
    return 'The pointer is switched off in this session';
  }
  if (type === 'clipboard') return clipboardText(event);
  if (type === 'resize') return 'Changing the size of the desktop is switched off in this session';
  if (type === 'power') return 'Switching the desktop off or on is blocked in this session';
  if (type === 'relay') return 'Printing and devices are switched off in this session';
  if (type === 'udp') return 'Pixels may not travel beside the connection (UDP)';
  if (type === 'web_client') return webClientText(reason);
  if (type === 'stream') return 'The connection was ended because something in it could not be accepted';
  return undefined;
}

const subjects: Readonly<Record<string, string>> = {
  clipboard: 'the clipboard',
  keyboard: 'the keyboard',
  pointer: 'the pointer',
  power: 'the power switch',
  relay: 'printing and devices',
  resize: 'changing the size',
};

function keyboardText(reason: string | undefined): string {
  if (reason === 'rate') return 'Keys come faster than this session allows';
  if (reason === 'combination') return 'This key combination is blocked in this session';
  return 'The keyboard is switched off in this session';
}

function clipboardText(event: PolicyEvent): string {
  const { reason, verdict, direction, limit, waitMs, mimetype } = event;
  if (verdict === 'truncate') {
    return limit === undefined
      ? 'Clipboard: the text was cut'
      : `Clipboard: the text was cut at ${formatBytes(limit)}`;
  }
  if (reason === 'size' || reason === 'total_size') return overSize(event);
  if (reason === 'mimetype') return `Clipboard: ${mimetype ?? 'this kind of content'} may not be copied`;
  if (reason === 'form') return 'Clipboard: the other side does not understand this kind of copy';
  if (reason === 'delay') {
    const wait = waitMs === undefined ? '' : `, wait ${Math.ceil(waitMs / 1000)} s`;
    return `Clipboard: too soon after the last copy${wait}`;
  }
  if (reason === 'rate') {
    const wait = waitMs === undefined ? '' : `, wait ${Math.ceil(waitMs / 1000)} s`;
    return `Clipboard: more than can be looked at now${wait}`;
  }
  if (reason === 'withdrawn') return 'Clipboard: not sent, as what is allowed has changed';
  if (reason === 'budget') return 'Clipboard: this session has copied as much as it may for now';
  const way = direction === 'down' ? 'from the session' : 'to the session';
  return `Clipboard ${way} is switched off`;
}

function webClientText(reason: string | undefined): string {
  if (reason === 'disabled') return "The desktop's own web client is closed in this session";
  if (reason === 'downloads') return 'Downloads from the desktop are switched off in this session';
  if (reason === 'api') return "The desktop's own API is closed in this session";
  return "Something that is no part of the desktop's web client was asked for";
}

function overSize(event: PolicyEvent): string {
  const size = event.bytes === undefined ? 'the copied text' : formatBytes(event.bytes);
  if (event.limit === undefined) return `Clipboard: ${size} is over the limit`;
  return `Clipboard: ${size} is over the ${formatBytes(event.limit)} limit`;
}

/** Lets the same text through once per `repeatToastAfterMs`; different texts don't hold each other up. */
export class ToastGate {
  readonly #shownAtMs = new Map<string, number>();

  /** @param nowMs any clock that only goes forward, in milliseconds */
  admit(text: string, nowMs: number): boolean {
    for (const [old, at] of this.#shownAtMs)
      if (nowMs - at >= repeatToastAfterMs) this.#shownAtMs.delete(old);
    if (this.#shownAtMs.has(text)) return false;
    this.#shownAtMs.set(text, nowMs);
    return true;
  }
}
