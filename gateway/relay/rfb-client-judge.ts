import { limits } from '../../config/limits.ts';
import { evaluate } from '../policy/evaluate.ts';
import { keyCodesMax, keyNumber } from '../policy/held-keys.ts';
import type { TrafficKind } from '../policy/traffic-event.ts';
import { type ClientMessageMeasure, extendedPointerBit } from '../rfb/client-message.ts';
import { type EncodingSet, isCursor, isFollowed, isSetting } from '../rfb/encoding-set.ts';
import { clientMessages, pseudoRectangles, type RfbProtocol } from '../rfb/numbers.ts';
import type { PixelSwitch } from '../rfb/pixel-switch.ts';
import { MotionWriter } from '../rfb/pointer-form.ts';
import type { ServerSplitter } from '../rfb/server-splitter.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { s32At, u16At, u32At } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import {
  type Judgement,
  type PolicyInForce,
  RfbClipboardJudge,
  type TranslatedPictures,
} from './rfb-clipboard-judge.ts';
import { relayKind, relayName } from './rfb-relay-kind.ts';
import type { PolicyEventType } from './stream-inspection.ts';

const extendedPointerBytes = 7;

/** What users are told of; wishes and questions are only counted, for no user asked for them. */
const eventTypes = {
  resize: 'resize',
  power: 'power',
  printer: 'relay',
  smart_card: 'relay',
  other_relay: 'relay',
} as const satisfies { readonly [Kind in TrafficKind]?: PolicyEventType };

/** Judges every message of a client, and keeps what the server splitter must know of them. */
export class RfbClientJudge {
  readonly #force: PolicyInForce;
  readonly #clipboard: RfbClipboardJudge;
  readonly #protocol: RfbProtocol;
  readonly #measure: ClientMessageMeasure;
  readonly #encodings: EncodingSet;
  readonly #server: ServerSplitter;
  readonly #pixelSwitch: PixelSwitch;
  readonly #motion = new MotionWriter();
  #extendedMouseAdvertised = false;
  /** What the client listed last, while a standard server has not been told of −257. */
  #wishes: readonly number[] = [];
  /** It is to be told now. */
  #owesWishes = false;

  constructor(
    force: PolicyInForce,
    protocol: RfbProtocol,
    measure: ClientMessageMeasure,
    encodings: EncodingSet,
    server: ServerSplitter,
    pixelSwitch: PixelSwitch,
    translated: TranslatedPictures | undefined,
  ) {
    this.#force = force;
    this.#clipboard = new RfbClipboardJudge(force, 'up', encodings, translated);
    this.#protocol = protocol;
    this.#measure = measure;
    this.#encodings = encodings;
    this.#server = server;
    this.#pixelSwitch = pixelSwitch;
  }

  /** The server may have shown since that it understands extended mouse buttons: call before each chunk. */
  refresh(): void {
    this.#measure.extendedPointer = this.#extendedMouseAdvertised && this.#server.extendedMouseButtons;
  }

  /**
   * SetEncodings of our own, to be sent before the next message: only a server that was told that its relative pointer is
   * understood says whether it has one, and under a region places count as outside until that is known.
   */
  takeWishes(): Uint8Array | undefined {
    if (!this.#owesWishes) return undefined;
    this.#owesWishes = false;
    if (this.#server.pointer !== 'untold') return undefined;
    const judgement = this.#setEncodings(encodeSetEncodings(this.#wishes), 0);
    return typeof judgement === 'string' ? undefined : judgement;
  }

  /** @param skippedBytes size of a clipboard message that was too large to be held; else 0. */
  judge(bytes: Uint8Array, start: number, end: number, skippedBytes = 0): Judgement {
    if (skippedBytes > 0) return this.#clipboard.skipped(skippedBytes, limits.clientMessageBytesMax);
    switch (bytes[start]!) {
      case clientMessages.keyEvent: // u8 down · 2 pad · u32 keysym
        return this.#key(bytes[start + 1] !== 0, u32At(bytes, start + 4), -1);
      case clientMessages.qemu: // u8 sub · u16 down · u32 keysym · u32 key code
        return this.#key(u16At(bytes, start + 2) !== 0, u32At(bytes, start + 4), u32At(bytes, start + 8));
      case clientMessages.pointerEvent:
        return this.#pointer(bytes, start, end);
      case clientMessages.directMouse:
        return this.#directMouse(bytes, start, end);
      case clientMessages.clientCutText:
        return this.#clipboard.cutText(bytes, start, end);
      case clientMessages.binaryClipboard:
        return this.#clipboard.binary(bytes, start, end);
      case clientMessages.upgradeToUdp:
        this.#force.reporter.input('udp', 'disabled'); // pixels must not leave the stream that is inspected
        return 'drop';
      case clientMessages.setEncodings:
        return this.#setEncodings(bytes, start);
      case clientMessages.setPixelFormat: // 3 pad · bits · depth · big-endian · true-colour · …
        if (bytes[start + 7] === 0) this.#encodings.addColourMap();
        return this.#pixelSwitch.setPixelFormat(bytes, start);
      case clientMessages.clientFence:
        return this.#pixelSwitch.clientFence(bytes, start, end);
      case clientMessages.framebufferUpdateRequest:
      case clientMessages.enableContinuousUpdates:
        this.#pixelSwitch.pixelsMayCome = true;
        return 'pass';
      default:
        return this.#rare(bytes, start);
    }
  }

  #rare(bytes: Uint8Array, start: number): Judgement {
    switch (bytes[start]!) {
      case clientMessages.subscribeUnixRelay:
        return this.#subscribe(relayName(bytes, start));
      case clientMessages.unixRelay:
        return this.#other(relayKind(relayName(bytes, start)));
      case clientMessages.xvp:
        return this.#other('power');
      case clientMessages.setDesktopSize: // pad · u16 width · u16 height · …
        return this.#resize(u16At(bytes, start + 2), u16At(bytes, start + 4));
      case clientMessages.setMaxVideoResolution:
        return this.#other('quality');
      case clientMessages.requestStats:
      case clientMessages.frameStats:
      case clientMessages.networkStatsRequest:
      case clientMessages.systemStatsRequest:
        return this.#request(bytes[start]!, this.#other('statistics'));
      default:
        return this.#request(bytes[start]!, 'pass');
    }
  }

  /** What passes may be answered. */
  #request(type: number, judgement: Judgement): Judgement {
    if (judgement === 'pass') this.#encodings.addRequest(type);
    return judgement;
  }

  #subscribe(name: string): Judgement {
    const judgement = this.#other(relayKind(name));
    if (judgement === 'pass') this.#encodings.addRelay(name);
    return this.#request(clientMessages.subscribeUnixRelay, judgement);
  }

  /** @param code XT scan code; −1 where the message has none. */
  #key(down: boolean, keysym: number, code: number): Judgement {
    const { policy, state, event, reporter, now } = this.#force;
    if (code >= keyCodesMax) {
      // Servers read different parts of such a number.
      if (down) reporter.input('keyboard', 'form');
      return 'drop';
    }
    event.kind = 'key';
    event.nowMs = now();
    event.down = down;
    event.keysym = keysym;
    event.code = Math.max(0, code);
    event.key = keyNumber(keysym, code);
    const verdict = evaluate(policy, state, event);
    if (verdict === 'pass') {
      if (down && policy.logging === 'verbose') reporter.typed(keysym, event.code, event.nowMs);
      return 'pass';
    }
    if (down) reporter.input('keyboard', verdict);
    return 'drop';
  }

  /** Standard: u8 mask · u16 x · u16 y [· u8 more mask]. KasmVNC: u16 mask · u16 x · y · s16 scroll x · y. */
  #pointer(bytes: Uint8Array, start: number, end: number): Judgement {
    const { event } = this.#force;
    if (this.#protocol === 'kasmvnc') {
      event.scrolls = s32At(bytes, start + 7) !== 0;
      this.#place(u16At(bytes, start + 3), u16At(bytes, start + 5));
      // An event that scrolls says nothing of the buttons.
      const buttons = event.scrolls ? this.#force.state.buttons : u16At(bytes, start + 1);
      const judgement = this.#judgePointer(buttons);
      if (judgement === 'replace') return withMask(bytes, start, end, event.buttons, 2);
      return judgement === 'pass' && event.scrolls ? this.#scroll(bytes, start, end) : judgement;
    }
    const judgement = this.#standardPointer(bytes, start, end);
    if (judgement === 'drop') return 'drop';
    if (!this.#server.wantsMotion) {
      this.#motion.forget();
      return judgement;
    }
    const moved = judgement === 'pass' ? bytes.slice(start, end) : judgement;
    return this.#motion.translate(moved, moved.length);
  }

  #standardPointer(bytes: Uint8Array, start: number, end: number): Judgement {
    const { event } = this.#force;
    event.scrolls = false;
    this.#place(u16At(bytes, start + 2), u16At(bytes, start + 4));
    const extended = end - start === extendedPointerBytes;
    const judgement = this.#judgePointer(this.#buttons(bytes, start, extended));
    if (judgement !== 'replace') return judgement;
    if (!extended) return withMask(bytes, start, end, event.buttons, 1);
    const replaced = withMask(bytes, start, end, event.buttons | extendedPointerBit, 1);
    replaced[extendedPointerBytes - 1] = event.buttons >> 7;
    return replaced;
  }

  /**
   * A scroll that passes. KasmVNC turns the wheel where its pointer is, which another stream may have moved since: under a
   * region it is put back first to where this scroll was judged.
   */
  #scroll(bytes: Uint8Array, start: number, end: number): Judgement {
    const { policy, state } = this.#force;
    if (this.#server.protocol !== 'kasmvnc' || policy.regions.length === 0 || state.x < 0) return 'pass';
    const move = new WriteCursor().u8(clientMessages.pointerEvent).u16(state.buttons);
    return move.u16(state.x).u16(state.y).zeros(4).raw(bytes.subarray(start, end)).finish();
  }

  /** u8 mask · s16 dx · dy · scroll x · scroll y. Where it moves the pointer to, only the desktop knows. */
  #directMouse(bytes: Uint8Array, start: number, end: number): Judgement {
    const { event } = this.#force;
    event.scrolls = s32At(bytes, start + 6) !== 0;
    event.x = -1;
    event.y = -1;
    const judgement = this.#judgePointer(bytes[start + 1]!);
    return judgement === 'replace' ? withMask(bytes, start, end, event.buttons, 1) : judgement;
  }

  #buttons(bytes: Uint8Array, start: number, extended: boolean): number {
    const mask = bytes[start + 1]!;
    if (extended) return (mask & ~extendedPointerBit) | (bytes[start + 6]! << 7);
    if ((mask & extendedPointerBit) !== 0 && this.#extendedMouseAdvertised) {
      // The server would take one more byte than we do.
      const sentence = 'an extended pointer event came before the server confirmed them';
      throw new DecodeError('out_of_order', sentence, 'button-mask');
    }
    return mask;
  }

  #place(x: number, y: number): void {
    const { event, state } = this.#force;
    state.width = this.#server.width;
    state.height = this.#server.height;
    state.otherSizes = this.#server.askedSizes;
    const { pointer, areSizesForgotten } = this.#server;
    if (pointer === 'untold') this.#owesWishes = this.#force.policy.regions.length > 0;
    const isKnown = pointer === 'places' && !areSizesForgotten;
    event.x = isKnown ? x : -1;
    event.y = isKnown ? y : -1;
  }

  /** @returns 'replace' when the event passes with the buttons that the event then has. */
  #judgePointer(buttons: number): 'pass' | 'drop' | 'replace' {
    const { policy, state, event, reporter } = this.#force;
    event.kind = 'pointer';
    event.buttons = buttons;
    const verdict = evaluate(policy, state, event);
    if (verdict === 'pass' && event.buttons === buttons) return 'pass';
    if (verdict === 'pass') {
      reporter.input('pointer', 'region');
      return 'replace';
    }
    // Moving over the picture is watching; pressing is trying to do something.
    if (buttons !== 0 || event.scrolls) reporter.input('pointer', verdict);
    return 'drop';
  }

  #resize(width: number, height: number): Judgement {
    const judgement = this.#other('resize');
    if (judgement === 'pass') this.#server.askSize(width, height);
    return judgement;
  }

  #other(kind: keyof typeof eventTypes | 'quality' | 'statistics'): Judgement {
    const { policy, state, event, reporter } = this.#force;
    event.kind = kind;
    const verdict = evaluate(policy, state, event);
    if (verdict === 'pass') return 'pass';
    if (kind === 'quality' || kind === 'statistics') reporter.dropped(kind, verdict);
    else reporter.input(verdict === 'view_only' ? 'view_only' : eventTypes[kind], verdict);
    return 'drop';
  }

  /** Leaves only what we can follow in the client's wishes; pad · u16 n · n × s32. */
  #setEncodings(bytes: Uint8Array, start: number): Judgement {
    const count = u16At(bytes, start + 2);
    const kept: number[] = [];
    let hasUnwanted = false;
    this.#extendedMouseAdvertised = false;
    for (let index = 0; index < count; index++) {
      const encoding = s32At(bytes, start + 4 + 4 * index);
      if (!isFollowed(encoding, this.#protocol)) continue;
      if (this.#isUnwanted(encoding)) {
        hasUnwanted = true;
        continue;
      }
      if (encoding === pseudoRectangles.extendedMouseButtons) this.#extendedMouseAdvertised = true;
      // A server of the other dialect is told only of what that has.
      if (isFollowed(encoding, this.#server.protocol)) this.#encodings.add(encoding);
      if (isCursor(encoding)) this.#pixelSwitch.pixelsMayCome = true;
      kept.push(encoding);
    }
    this.refresh();
    const { policy, reporter } = this.#force;
    if (hasUnwanted && policy.quality !== 'pass') reporter.dropped('quality', policy.quality);
    const isAdded = this.#server.protocol === 'rfb' && this.#tellMotion(kept);
    return kept.length === count && !isAdded ? 'pass' : encodeSetEncodings(kept);
  }

  /**
   * Under a region a standard server is told that motion is understood, whether the client said so or not.
   * @returns whether it was added.
   */
  #tellMotion(kept: number[]): boolean {
    const isListed = kept.includes(pseudoRectangles.qemuPointerMotion);
    if (!isListed && this.#force.policy.regions.length === 0) {
      this.#wishes = kept;
      this.#server.untellMotion();
      return false;
    }
    this.#wishes = [];
    this.#server.tellMotion();
    this.#server.hidesMotion = !isListed;
    if (isListed) return false;
    kept.push(pseudoRectangles.qemuPointerMotion);
    this.#encodings.add(pseudoRectangles.qemuPointerMotion);
    return true;
  }

  /** KasmVNC takes what one viewer wishes for all of them; elsewhere it is the viewer's own picture. */
  #isUnwanted(encoding: number): boolean {
    if (this.#server.protocol !== 'kasmvnc' || this.#force.policy.quality === 'pass') return false;
    return isSetting(encoding, 'kasmvnc');
  }
}

/** type · pad · u16 n · n × s32. */
function encodeSetEncodings(list: readonly number[]): Uint8Array {
  const message = new WriteCursor().u8(clientMessages.setEncodings).u8(0).u16(list.length);
  for (const encoding of list) message.u32(encoding);
  return message.finish();
}

/** The message at `start` with another button mask, which follows its type. */
function withMask(bytes: Uint8Array, start: number, end: number, mask: number, maskBytes: 1 | 2): Uint8Array {
  const copy = bytes.slice(start, end);
  if (maskBytes === 2) copy[1] = mask >> 8;
  copy[maskBytes] = mask;
  return copy;
}
