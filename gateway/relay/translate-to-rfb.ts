import { isKasmOnlyClientMessage } from '../rfb/client-form.ts';
import { encodeBinaryClipboard, readBinaryClipboard } from '../rfb/clipboard-form.ts';
import { isFollowed } from '../rfb/encoding-set.ts';
import { announcements, clientMessages, serverMessages } from '../rfb/numbers.ts';
import { MotionWriter, StandardPointerWriter } from '../rfb/pointer-form.ts';
import type { ServerScreen } from '../rfb/server-screen.ts';
import { s32At, u16At } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { ExtendedClipboardPeer } from './translate-clipboard.ts';
import type { Translation, TranslationOptions } from './translation.ts';

const pointerEventBytes = 6;
const noRelay = 'this desktop has no such relay';

/** KasmVNC's web client before a standard VNC server. */
export class KasmClientTranslation implements Translation {
  readonly #options: TranslationOptions;
  readonly #server: ServerScreen;
  readonly #pointer = new StandardPointerWriter();
  readonly #motion = new MotionWriter();
  readonly #clipboard: ExtendedClipboardPeer;
  #lastClipboardId = 0;
  #refusedRelays = 0;

  /** @param server tells whether it takes the pointer's places for motion. */
  constructor(options: TranslationOptions, server: ServerScreen) {
    this.#options = options;
    this.#server = server;
    this.#clipboard = new ExtendedClipboardPeer({
      messageType: clientMessages.clientCutText,
      send: (_, message) => options.toUpstream.add(message),
      onContent: content => {
        options.toClient.post(
          'clipboard',
          encodeBinaryClipboard(content, () => ++this.#lastClipboardId),
        );
      },
      pictures: options.pictures,
      takeProvided: options.takeProvided,
      mayPack: bytes => options.work.take('up', bytes),
      onDropped: (whose, reason, bytes) => options.onDropped(whose === 'peer' ? 'down' : 'up', reason, bytes),
    });
  }

  fromClient(bytes: Uint8Array, start: number, end: number): void {
    const { toUpstream } = this.#options;
    const type = bytes[start]!;
    switch (type) {
      case clientMessages.pointerEvent:
        toUpstream.add(this.#withMotion(this.#pointer.translate(bytes, start)));
        return;
      case clientMessages.binaryClipboard:
        this.#clipboard.offer(readBinaryClipboard(bytes, start, end, 0));
        return;
      case clientMessages.setEncodings:
        toUpstream.add(encodingsFor(bytes, start));
        return;
      case clientMessages.subscribeUnixRelay:
        this.#refuseRelay();
        return;
      case clientMessages.clientCutText: // no part of KasmVNC's dialect: its server ignores it
        return;
      default:
        // What has no like in standard VNC is dropped; nothing in KasmVNC's client waits for an answer.
        if (!isKasmOnlyClientMessage(type)) toUpstream.add(bytes.slice(start, end));
    }
  }

  /** Only cut text comes here: all else of a standard server is KasmVNC's as well. */
  fromServer(bytes: Uint8Array, start: number, end: number): void {
    this.#clipboard.receive(bytes, start, end);
  }

  forget(): void {
    this.#clipboard.forget();
  }

  #withMotion(events: Uint8Array): Uint8Array {
    if (this.#server.wantsMotion) return this.#motion.translate(events, pointerEventBytes);
    this.#motion.forget();
    return events;
  }

  /** type · u8 ok · u8 length · text. */
  #refuseRelay(): void {
    const answer = new WriteCursor().u8(serverMessages.subscribeUnixRelay).u8(0).u8(noRelay.length);
    this.#options.toClient.post(`relay ${this.#refusedRelays++}`, answer.ascii(noRelay).finish());
  }
}

/** type · pad · u16 n · n × s32, without what only KasmVNC understands, and with the extended clipboard. */
function encodingsFor(bytes: Uint8Array, start: number): Uint8Array {
  const kept: number[] = [];
  for (let left = u16At(bytes, start + 2), at = start + 4; left > 0; left--, at += 4) {
    const encoding = s32At(bytes, at);
    if (encoding !== announcements.extendedClipboard && isFollowed(encoding, 'rfb')) kept.push(encoding);
  }
  kept.push(announcements.extendedClipboard);
  const message = new WriteCursor().u8(clientMessages.setEncodings).u8(0).u16(kept.length);
  for (const encoding of kept) message.u32(encoding);
  return message.finish();
}
