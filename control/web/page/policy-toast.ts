/** What the gateway's policy did, put into words, and how often the words may be shown. Pure. */
import { formatBytes } from './byte-format.ts';

/** One `data:` line of `/desktop/<id>/events` about a verdict (the gateway's policy event). */
export interface PolicyEvent {
  readonly type: 'clipboard' | 'keyboard' | 'pointer' | 'view_only';
  readonly direction?: 'up' | 'down';
  readonly verdict?: string;
  readonly reason?: 'disabled' | 'size' | 'view_only' | string;
  readonly bytes?: number;
  readonly limit?: number;
}

/** The same words again within this time say nothing new: a held key must not paper the screen. */
export const repeatToastAfterMs = 12_000;

/** The sentence for one event, or undefined when the user need not be told. */
export function policyToastText(event: PolicyEvent): string | undefined {
  if (event.verdict !== undefined && event.verdict !== 'drop' && event.verdict !== 'replace')
    return undefined;
  if (event.type === 'view_only' || event.reason === 'view_only') return 'This session is view only';
  if (event.type === 'keyboard') return 'The keyboard is switched off in this session';
  if (event.type === 'pointer') return 'The pointer is switched off in this session';
  if (event.type !== 'clipboard') return undefined;
  if (event.reason === 'size') return overSize(event);
  const way = event.direction === 'down' ? 'from the session' : 'to the session';
  return `Clipboard ${way} is switched off`;
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
