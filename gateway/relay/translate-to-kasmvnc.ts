import { encodeBinaryClipboard, readBinaryClipboard } from '../rfb/clipboard-form.ts';
import { isFollowed } from '../rfb/encoding-set.ts';
import {
  announcements,
  clientMessages,
  kasmVideoAreaWhole,
  pseudoRectangles,
  serverMessages,
} from '../rfb/numbers.ts';
import { KasmPointerWriter } from '../rfb/pointer-form.ts';
import { clipboardIdBytes } from '../rfb/server-message.ts';
import type { ServerSplitter } from '../rfb/server-splitter.ts';
import { s32At, u16At } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { ExtendedClipboardPeer } from './translate-clipboard.ts';
import type { Translation, TranslationOptions } from './translation.ts';

/** A standard VNC client before a KasmVNC server. */
export class StandardClientTranslation implements Translation {
  readonly #options: TranslationOptions;
  readonly #server: ServerSplitter;
  readonly #pointer = new KasmPointerWriter();
  readonly #clipboard: ExtendedClipboardPeer;

  /** @param server is told that the client's extra mouse buttons are understood. */
  constructor(options: TranslationOptions, server: ServerSplitter) {
    this.#options = options;
    this.#server = server;
    this.#clipboard = new ExtendedClipboardPeer({
      messageType: serverMessages.serverCutText,
      send: (kind, message) => options.toClient.post(kind, message),
      onContent: content => options.toUpstream.add(encodeBinaryClipboard(content)),
      pictures: options.pictures,
      takeProvided: options.takeProvided,
      mayPack: bytes => options.work.take('down', bytes),
      onDropped: (whose, reason, bytes) => options.onDropped(whose === 'peer' ? 'up' : 'down', reason, bytes),
    });
  }

  fromClient(bytes: Uint8Array, start: number, end: number): void {
    const { toUpstream } = this.#options;
    switch (bytes[start]!) {
      case clientMessages.pointerEvent:
        toUpstream.add(this.#pointer.translate(bytes, start, end));
        return;
      case clientMessages.clientCutText:
        this.#clipboard.receive(bytes, start, end);
        return;
      case clientMessages.setEncodings:
        toUpstream.add(this.#encodings(bytes, start));
        return;
      case clientMessages.xvp: // KasmVNC would close the connection
        return;
      default:
        toUpstream.add(bytes.slice(start, end));
    }
  }

  /** Only KasmVNC's own messages come here; but for the clipboard a standard client has no use for them. */
  fromServer(bytes: Uint8Array, start: number, end: number): void {
    if (bytes[start] !== serverMessages.binaryClipboard) return;
    this.#clipboard.offer(readBinaryClipboard(bytes, start, end, clipboardIdBytes));
  }

  forget(): void {
    this.#clipboard.forget();
  }

  /** type · pad · u16 n · n × s32: what KasmVNC understands of it. The rest is answered here. */
  #encodings(bytes: Uint8Array, start: number): Uint8Array {
    const kept: number[] = [];
    for (let left = u16At(bytes, start + 2), at = start + 4; left > 0; left--, at += 4) {
      const encoding = s32At(bytes, at);
      if (encoding === announcements.extendedClipboard) this.#clipboard.announce();
      else if (encoding === pseudoRectangles.extendedMouseButtons) this.#confirmMouseButtons();
      else if (encoding !== announcements.xvp && isFollowed(encoding, 'kasmvnc')) kept.push(encoding);
    }
    // Scaled-down video frames are for a client that scales them up again, which standard ones do not.
    if (this.#options.maySetQuality()) kept.push(kasmVideoAreaWhole);
    const message = new WriteCursor().u8(clientMessages.setEncodings).u8(0).u16(kept.length);
    for (const encoding of kept) message.u32(encoding);
    return message.finish();
  }

  /** KasmVNC's pointer has the buttons: tell the client so as a server would, by an empty rectangle. */
  #confirmMouseButtons(): void {
    if (this.#server.extendedMouseButtons) return;
    this.#server.extendedMouseButtons = true;
    const update = new WriteCursor().u8(serverMessages.framebufferUpdate).u8(0).u16(1);
    update.zeros(8).u32(pseudoRectangles.extendedMouseButtons);
    this.#options.toClient.post('mouse buttons', update.finish());
  }
}
