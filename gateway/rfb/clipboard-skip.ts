import { limits } from '../../config/limits.ts';
import { limitError } from '../wire/decode-error.ts';
import { s32At, u32At } from '../wire/read-cursor.ts';
import { cutTextHeaderBytes } from './extended-clipboard.ts';
import { clientMessages } from './numbers.ts';

/** Most that is read at once: MIME name and u32 length. */
const headerBytesMax = 64;

/**
 * Walks over a clipboard message that is too large to be held, wherever its bytes are cut, and keeps nothing of
 * it: a stream need not end because somebody copied a film.
 *
 *     cut text (3, 6):  type · 3 padding · s32 length · text
 *     180:              type · u8 n · n × ([u32 id, server only] · u8 mime length · mime · u32 length · data)
 */
export class ClipboardSkip {
  /** Bytes of the message that were walked over. */
  bytes = 0;
  /** The whole message was. */
  done = false;
  readonly type: number;
  readonly #idBytes: number;
  readonly #binary: boolean;
  readonly #header = new Uint8Array(headerBytesMax);
  #gathered = 0;
  #want: number;
  /** Bytes of content before the next header. */
  #content = 0;
  #items = 0;
  #mimeBytes = -1;

  /** @param idBytes of each item of a 180: 4 from the server, 0 from the client. */
  constructor(type: number, idBytes: number) {
    this.type = type;
    this.#binary = type === clientMessages.binaryClipboard;
    this.#idBytes = idBytes;
    this.#want = this.#binary ? 2 : cutTextHeaderBytes;
  }

  /**
   * Walks on over the bytes of `chunk` from `at` to `end`.
   * @returns where the bytes that still belong to the message end.
   * @throws DecodeError when the message is larger than may even be skipped.
   */
  walk(chunk: Uint8Array, at: number, end: number): number {
    let next = at;
    while (!this.done && next < end) {
      if (this.#content > 0) {
        const count = Math.min(this.#content, end - next);
        this.#content -= count;
        next += count;
        this.bytes += count;
      } else {
        this.#header[this.#gathered++] = chunk[next++]!;
        this.bytes++;
        if (this.#gathered === this.#want) this.#headerRead();
      }
      if (this.#content === 0 && this.#want === 0) this.done = true;
    }
    return next;
  }

  #headerRead(): void {
    const header = this.#header;
    this.#gathered = 0;
    if (!this.#binary) {
      this.#expect(Math.abs(s32At(header, 4)), 0);
    } else if (this.#mimeBytes >= 0) {
      const length = u32At(header, this.#mimeBytes);
      this.#mimeBytes = -1;
      this.#items--;
      this.#expect(length, this.#items === 0 ? 0 : this.#idBytes + 1);
    } else if (this.bytes === 2) {
      this.#items = header[1]!;
      this.#want = this.#items === 0 ? 0 : this.#idBytes + 1;
    } else {
      this.#mimeBytes = header[this.#idBytes]!;
      const most = limits.clipboardMimeBytesMax;
      if (this.#mimeBytes > most) throw limitError('mime length', this.#mimeBytes, most);
      this.#want = this.#mimeBytes + 4;
    }
  }

  #expect(content: number, headerBytes: number): void {
    const most = limits.clipboardSkippedBytesMax;
    if (this.bytes + content > most) throw limitError('clipboard message', this.bytes + content, most);
    this.#content = content;
    this.#want = headerBytes;
  }
}
