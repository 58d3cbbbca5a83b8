import type { ProvidedPart } from '../rfb/clipboard-provide.ts';
import type { PictureMaker } from '../rfb/picture-forms.ts';
import type { ClipboardWork } from './clipboard-work.ts';
import type { SpanList } from './span-list.ts';

/** Turns the messages of a client of one dialect and a server of the other into what each understands. */
export interface Translation {
  /** A whole client message that policy let pass. Its bytes are valid only during the call. */
  fromClient(bytes: Uint8Array, start: number, end: number): void;
  /** A whole server message that was held and that policy let pass. */
  fromServer(bytes: Uint8Array, start: number, end: number): void;
  /** What is held to be given out later must not be: the policy has changed. */
  forget(): void;
}

/** Where a translation sends, and what it tells of. */
export interface TranslationOptions {
  readonly toUpstream: SpanList;
  readonly toClient: ClientMail;
  readonly pictures: PictureMaker;
  /** What passed of the provided copy that is to be translated, once. */
  readonly takeProvided: () => readonly ProvidedPart[];
  readonly work: ClipboardWork;
  /** Whether the client may set what KasmVNC then changes for everyone. */
  readonly maySetQuality: () => boolean;
  /** A copy in that direction, or a picture in it, cannot be translated: too large, no such picture, or too much for now. */
  readonly onDropped: (direction: 'up' | 'down', reason: 'size' | 'form' | 'rate', bytes?: number) => void;
}

/** Letters that hold a copy, and the offer of one. */
const copyLetters = ['provide', 'text', 'clipboard'];
const offerLetter = 'notify';

/** More messages than this never wait: there are only so many kinds. */
const lettersMax = 32;

/**
 * Messages of our own to the client. They may stand only between two of the server's, so they wait until one
 * ends; of two that wait and are about the same, only the later goes out.
 */
export class ClientMail {
  readonly #waiting = new Map<string, Uint8Array>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** @param about what it replaces; a message about something new is dropped when too many wait. */
  post(about: string, message: Uint8Array): void {
    const replaced = this.#waiting.delete(about);
    if (replaced || this.#waiting.size < lettersMax) this.#waiting.set(about, message);
  }

  /** Throws away what came of a clipboard that may no longer pass. @returns how many copies that were. */
  withdrawCopies(): number {
    this.#waiting.delete(offerLetter);
    return copyLetters.filter(about => this.#waiting.delete(about)).length;
  }

  /** The stream to the client stands between two messages: send what waits. */
  deliver(toClient: SpanList): void {
    for (const message of this.#waiting.values()) toClient.add(message);
    this.#waiting.clear();
  }
}
