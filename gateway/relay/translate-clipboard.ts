import { limits } from '../../config/limits.ts';
import {
  type ClipboardContent,
  type CutTextType,
  contentBytes,
  encodeCutText,
  readCutText,
} from '../rfb/clipboard-form.ts';
import type { ProvidedPart } from '../rfb/clipboard-provide.ts';
import { isExtendedCutText } from '../rfb/extended-clipboard.ts';
import {
  encodeExtendedAction,
  encodeExtendedCaps,
  encodeExtendedProvide,
  extendedFlags,
  formatsOf,
  ourActions,
  ourFormats,
  readProvided,
} from '../rfb/extended-clipboard-form.ts';
import { clipboardActions, clipboardFormats, serverMessages } from '../rfb/numbers.ts';
import { dibBytesOfPng, type PictureMaker } from '../rfb/picture-forms.ts';

/** One copy is given out so often; who asks more often has no use for it. */
const providesPerCopyMax = 8;

/** What a message is about: a later one of the same kind makes an earlier one that still waits needless. */
export type ClipboardMessageKind = 'caps' | 'notify' | 'request' | 'provide' | 'text';

export interface ClipboardPeerOptions {
  /** Type of the messages we send: 3 to a client, 6 to a server. */
  readonly messageType: CutTextType;
  readonly send: (kind: ClipboardMessageKind, message: Uint8Array) => void;
  /** The peer's clipboard has come. */
  readonly onContent: (content: ClipboardContent) => void;
  readonly pictures: PictureMaker;
  /** What the peer provided in the message that was judged, as far as it passed. */
  readonly takeProvided: () => readonly ProvidedPart[];
  /** Whether so many bytes may be packed for the peer now. */
  readonly mayPack: (bytes: number) => boolean;
  /** As `onDropped` of a translation: what was offered to the peer, or came from it. */
  readonly onDropped: (whose: 'offered' | 'peer', reason: 'size' | 'form' | 'rate', bytes?: number) => void;
}

/**
 * Speaks standard VNC's clipboard with one peer, in place of the other side, which speaks KasmVNC's: the
 * extended clipboard when both know it (community specification, "Extended Clipboard Pseudo-Encoding"),
 * else legacy cut text, which is Latin-1.
 *
 *     we    → caps, a server once the client has listed the encoding; a client in answer
 *     ours  → notify;  peer: request → provide;  peer: peek → notify
 *     peer: notify → request;  peer: provide → it has come
 *
 * KasmVNC sends its clipboard with the copy, so we ask for the peer's at once, and keep ours to be asked for.
 */
export class ExtendedClipboardPeer {
  readonly #options: ClipboardPeerOptions;
  #extended = false;
  #theirActions = ourActions;
  #theirFormats: number = clipboardFormats.text;
  #held: ClipboardContent | undefined;
  #provides = 0;

  constructor(options: ClipboardPeerOptions) {
    this.#options = options;
  }

  /** The client understands the extended clipboard: offer it, once. */
  announce(): void {
    if (this.#extended) return;
    this.#extended = true;
    this.#options.send('caps', encodeExtendedCaps(this.#options.messageType));
  }

  /** Tells the peer of a new clipboard of the other side. */
  offer(offered: ClipboardContent): void {
    this.forget();
    const bytes = contentBytes(offered);
    if (bytes > limits.clipboardHeldBytesMax) {
      this.#options.onDropped('offered', 'size', bytes);
      return;
    }
    const { png } = offered;
    const isPicture = png !== undefined && dibBytesOfPng(png) !== undefined;
    if (png !== undefined && !isPicture) this.#options.onDropped('offered', 'form', png.length);
    const content = isPicture ? offered : { ...offered, png: undefined };
    if (formatsOf(offered) !== 0 && formatsOf(content) === 0) return;
    if (this.#extended) {
      this.#held = content;
      this.#announceHeld();
    } else if (content.text !== undefined) {
      this.#options.send('text', encodeCutText(this.#options.messageType, content.text));
    }
  }

  /** Gives nothing out any more of what was offered, as after a change of policy. */
  forget(): void {
    this.#held = undefined;
    this.#provides = 0;
  }

  /**
   * A whole cut text message of the peer, which was judged.
   * @throws DecodeError when it is malformed.
   */
  receive(bytes: Uint8Array, start: number, end: number): void {
    if (!isExtendedCutText(bytes, start)) {
      this.#receiveContent(readCutText(bytes, start, end));
      return;
    }
    const flags = extendedFlags(bytes, start, end);
    const formats = flags & ourFormats;
    if ((flags & clipboardActions.caps) !== 0) this.#receiveCaps(flags);
    else if ((flags & clipboardActions.request) !== 0) this.#provide(formats);
    else if ((flags & clipboardActions.peek) !== 0) this.#announceHeld();
    else if ((flags & clipboardActions.notify) !== 0) {
      if (formats !== 0) this.#sendAction('request', clipboardActions.request, formats);
    } else {
      const provided = this.#options.takeProvided();
      const content = readProvided(provided, this.#options.pictures);
      const hasPicture = provided.some(({ format }) => format === clipboardFormats.dib);
      const lostPicture = hasPicture && content.png === undefined;
      if (lostPicture) this.#options.onDropped('peer', 'form');
      this.#receiveContent(content);
    }
  }

  #receiveCaps(flags: number): void {
    this.#theirActions = flags & ourActions;
    this.#theirFormats = flags & ourFormats;
    this.#extended = true;
    if (this.#options.messageType === serverMessages.serverCutText) return;
    this.#options.send('caps', encodeExtendedCaps(this.#options.messageType));
  }

  #receiveContent(content: ClipboardContent): void {
    const bytes = contentBytes(content);
    if (bytes > limits.clipboardHeldBytesMax) this.#options.onDropped('peer', 'size', bytes);
    else if (formatsOf(content) !== 0) this.#options.onContent(content);
  }

  #announceHeld(): void {
    const formats = (this.#held === undefined ? 0 : formatsOf(this.#held)) & this.#theirFormats;
    if ((this.#theirActions & clipboardActions.notify) !== 0) {
      this.#sendAction('notify', clipboardActions.notify, formats);
    } else this.#provide(formats);
  }

  #provide(formats: number): void {
    const held = this.#held;
    const wanted = held === undefined ? 0 : formats & formatsOf(held);
    if (held === undefined || wanted === 0 || this.#provides === providesPerCopyMax) return;
    this.#provides++;
    const { messageType, mayPack, onDropped, send } = this.#options;
    if (!mayPack(contentBytes(held))) {
      onDropped('offered', 'rate', contentBytes(held));
      return;
    }
    const dib = (wanted & clipboardFormats.dib) === 0 ? undefined : this.#dibOf(held);
    // A picture that cannot be given leaves the rest of its copy.
    const given = dib === undefined ? wanted & ~clipboardFormats.dib : wanted;
    if (given !== 0) send('provide', encodeExtendedProvide(messageType, given, held, dib));
  }

  #dibOf({ png }: ClipboardContent): Uint8Array | undefined {
    if (png === undefined) return undefined;
    const made = this.#options.pictures.dibOf(png);
    if (made.bytes === undefined) this.#options.onDropped('offered', made.reason, png.length);
    return made.bytes;
  }

  #sendAction(kind: ClipboardMessageKind, action: number, formats: number): void {
    this.#options.send(kind, encodeExtendedAction(this.#options.messageType, action, formats));
  }
}
