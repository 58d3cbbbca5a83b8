import { evaluate } from '../policy/evaluate.ts';
import type { TrafficKind } from '../policy/traffic-event.ts';
import { type ClientMessageMeasure, extendedPointerBit } from '../rfb/client-message.ts';
import { type EncodingSet, isFollowed } from '../rfb/encoding-set.ts';
import { clientMessages, pseudoRectangles, type RfbProtocol } from '../rfb/numbers.ts';
import { decodePixelSizes, samePixelSizes } from '../rfb/pixel-format.ts';
import type { ServerSplitter } from '../rfb/server-splitter.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { s32At, u16At, u32At } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { type Judgement, type PolicyInForce, RfbClipboardJudge } from './rfb-clipboard-judge.ts';

/** Key codes are told from key symbols by lying above all of them. */
const keyCodeBase = 2 ** 32;

/** Judges every message of a client, and keeps what the server splitter must know of them. */
export class RfbClientJudge {
  readonly #force: PolicyInForce;
  readonly #clipboard: RfbClipboardJudge;
  readonly #protocol: RfbProtocol;
  readonly #measure: ClientMessageMeasure;
  readonly #encodings: EncodingSet;
  readonly #server: ServerSplitter;
  #updatesRequested = false;
  #extendedMouseAdvertised = false;

  constructor(
    force: PolicyInForce,
    protocol: RfbProtocol,
    measure: ClientMessageMeasure,
    encodings: EncodingSet,
    server: ServerSplitter,
  ) {
    this.#force = force;
    this.#clipboard = new RfbClipboardJudge(force, 'up');
    this.#protocol = protocol;
    this.#measure = measure;
    this.#encodings = encodings;
    this.#server = server;
  }

  /** The server may have shown since that it understands extended mouse buttons: call before each chunk. */
  refresh(): void {
    this.#measure.extendedPointer = this.#extendedMouseAdvertised && this.#server.extendedMouseButtons;
  }

  judge(bytes: Uint8Array, start: number, end: number): Judgement {
    switch (bytes[start]!) {
      case clientMessages.keyEvent: // u8 down · 2 pad · u32 keysym
        return this.#key(bytes[start + 1] !== 0, u32At(bytes, start + 4));
      case clientMessages.qemu: // u8 sub · u16 down · u32 keysym · u32 key code
        return this.#qemuKey(bytes, start);
      case clientMessages.pointerEvent:
        return this.#pointer(this.#buttons(bytes, start, end));
      case clientMessages.directMouse: // u8 mask · s16 dx · dy · scroll x · scroll y
        return this.#pointer(bytes[start + 1]!);
      case clientMessages.clientCutText:
        return this.#clipboard.cutText(bytes, start, end);
      case clientMessages.binaryClipboard:
        return this.#clipboard.binary(bytes, start, end);
      case clientMessages.upgradeToUdp:
        return 'drop'; // pixels must not leave the stream that is inspected
      case clientMessages.subscribeUnixRelay:
      case clientMessages.unixRelay:
        return this.#other('side_channel');
      case clientMessages.xvp:
        return this.#other('power');
      case clientMessages.setDesktopSize:
      case clientMessages.setMaxVideoResolution:
        return this.#other('desktop_size');
      case clientMessages.setEncodings:
        return this.#setEncodings(bytes, start);
      case clientMessages.setPixelFormat:
        this.#setPixelFormat(bytes, start);
        return 'pass';
      case clientMessages.framebufferUpdateRequest:
      case clientMessages.enableContinuousUpdates:
        this.#updatesRequested = true;
        return 'pass';
      default:
        return 'pass';
    }
  }

  #qemuKey(bytes: Uint8Array, start: number): Judgement {
    const keysym = u32At(bytes, start + 4);
    const key = keysym !== 0 ? keysym : keyCodeBase + u32At(bytes, start + 8);
    return this.#key(u16At(bytes, start + 2) !== 0, key);
  }

  #key(down: boolean, key: number): Judgement {
    const { policy, state, event, reporter } = this.#force;
    event.kind = 'key';
    event.down = down;
    event.key = key;
    const verdict = evaluate(policy, state, event);
    if (verdict === 'pass') return 'pass';
    if (down) reporter.input('keyboard', verdict);
    return 'drop';
  }

  /** Standard: u8 mask · u16 x · u16 y [· u8 more mask]. KasmVNC: u16 mask · u16 x · y · s16 scroll x · y. */
  #buttons(bytes: Uint8Array, start: number, end: number): number {
    if (this.#protocol === 'kasmvnc') return u16At(bytes, start + 1);
    const mask = bytes[start + 1]!;
    if (end - start === 7) return (mask & ~extendedPointerBit) | (bytes[start + 6]! << 7);
    if ((mask & extendedPointerBit) !== 0 && this.#extendedMouseAdvertised) {
      // The server would take one more byte than we do.
      const sentence = 'an extended pointer event came before the server confirmed them';
      throw new DecodeError('out_of_order', sentence, 'button-mask');
    }
    return mask;
  }

  #pointer(buttons: number): Judgement {
    const { policy, state, event, reporter } = this.#force;
    event.kind = 'pointer';
    event.buttons = buttons;
    const verdict = evaluate(policy, state, event);
    if (verdict === 'pass') return 'pass';
    // Moving over the picture is watching; pressing is trying to do something.
    if (buttons !== 0) reporter.input('pointer', verdict);
    return 'drop';
  }

  #other(kind: TrafficKind): Judgement {
    const { policy, state, event, reporter } = this.#force;
    event.kind = kind;
    event.direction = 'up';
    const verdict = evaluate(policy, state, event);
    if (verdict === 'pass') return 'pass';
    reporter.input('view_only', verdict);
    return 'drop';
  }

  /** Leaves only what we can follow in the client's wishes; pad · u16 n · n × s32. */
  #setEncodings(bytes: Uint8Array, start: number): Judgement {
    const count = u16At(bytes, start + 2);
    const kept: number[] = [];
    this.#extendedMouseAdvertised = false;
    for (let index = 0; index < count; index++) {
      const encoding = s32At(bytes, start + 4 + 4 * index);
      if (!isFollowed(encoding, this.#protocol)) continue;
      if (encoding === pseudoRectangles.extendedMouseButtons) this.#extendedMouseAdvertised = true;
      this.#encodings.add(encoding);
      kept.push(encoding);
    }
    this.refresh();
    if (kept.length === count) return 'pass';
    const rewritten = new WriteCursor().u8(clientMessages.setEncodings).u8(0).u16(kept.length);
    for (const encoding of kept) rewritten.u32(encoding);
    return rewritten.finish();
  }

  /**
   * The server takes a new format into use when it reads this, which we cannot see. So its size may only
   * change while no update can be on its way.
   */
  #setPixelFormat(bytes: Uint8Array, start: number): void {
    const pixels = decodePixelSizes(bytes, start + 4);
    if (!this.#updatesRequested) this.#server.pixels = pixels;
    else if (!samePixelSizes(pixels, this.#server.pixels)) {
      const sentence = 'the size of a pixel changes after updates were requested';
      throw new DecodeError('unsupported', sentence, 'pixel-format');
    }
  }
}
