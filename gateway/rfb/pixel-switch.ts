import { limits } from '../../config/limits.ts';
import { DecodeError, limitError } from '../wire/decode-error.ts';
import { u32At } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { clientMessages, fenceFlags } from './numbers.ts';
import { decodePixelSizes, type PixelSizes, samePixelSizes, setPixelFormatBytes } from './pixel-format.ts';

/** What a switch of sizes needs of the server splitter. */
interface Server {
  pixels: PixelSizes;
  readonly doesFences: boolean;
  holdsFences: boolean;
  isBetweenFormats: boolean;
}

interface PendingSwitch {
  readonly payload: string;
  readonly pixels: PixelSizes;
  /** The fence in front of it was answered, the one behind it was not. */
  begun: boolean;
}

/** Behind the type: 3 padding · u32 flags · u8 length · payload. */
const fenceHeaderBytes = 9;
const payloadPrefix = 'sluice';
/** Behind the payload of the fence in front of a format: the fence behind it. */
const behind = '.';

/**
 * Keeps the server's side in the pixel format that the server uses. A server takes a new format into use when
 * it reads SetPixelFormat, which nothing in its stream shows. So where sizes change while pixels may be on
 * their way (updates, and cursors, which come unasked once SetEncodings has named them), a fence of ours for the next message (Request | SyncNext, Fence extension of the community's
 * specification) goes in front of it: until its answer all is in the old format, behind it all in the new one.
 * TigerVNC and KasmVNC keep that word: they answer from the loop that reads messages, right behind the one that
 * followed the fence, and write no update in between. Theirs is one place for such a fence, which a second
 * takes over; so that place is ours alone, and the client's fences lose SyncNext on their way, as they would
 * at a server that does not know it. Nor can a client bring about an answer that looks like one to ours.
 * A server may also answer too soon, before it has read the format (neatvnc does). So a second fence follows the
 * format, for all that was before it (Request | BlockBefore): an update between the two answers is refused.
 *
 * A server without fences may merge requests and send updates unasked (QEMU its cursor), so no count of
 * requests and updates shows that none is on its way: there, such a change is refused.
 */
export class PixelSwitch {
  /** The server was asked for updates, or told of cursors: it may send pixels now. */
  pixelsMayCome = false;
  readonly #server: Server;
  readonly #pending: PendingSwitch[] = [];
  #asked: PixelSizes;
  #fences = 0;

  constructor(server: Server) {
    this.#server = server;
    this.#asked = server.pixels;
  }

  /**
   * A client's SetPixelFormat: type · 3 padding · PIXEL_FORMAT.
   * @returns what to send instead, or 'pass'.
   * @throws DecodeError when nothing would show where the new sizes begin, or too many changes wait.
   */
  setPixelFormat(bytes: Uint8Array, start: number): 'pass' | Uint8Array {
    const pixels = decodePixelSizes(bytes, start + 4);
    if (samePixelSizes(pixels, this.#asked)) return 'pass';
    if (this.pixelsMayCome && !this.#server.doesFences) {
      const sentence =
        'the size of a pixel changes after updates or cursors were asked for, and the server has shown no fences';
      throw new DecodeError('unsupported', sentence, 'pixel-format');
    }
    this.#asked = pixels;
    if (!this.pixelsMayCome) {
      this.#server.pixels = pixels;
      return 'pass';
    }
    const most = limits.pixelFormatsPendingMax;
    if (this.#pending.length === most) throw limitError('pixel formats not yet in force', most + 1, most);
    const payload = `${payloadPrefix}${++this.#fences}`;
    this.#pending.push({ payload, pixels, begun: false });
    this.#server.holdsFences = true;
    const out = new WriteCursor();
    writeFence(out, fenceFlags.request | fenceFlags.syncNext, payload);
    out.raw(bytes.subarray(start, start + setPixelFormatBytes));
    writeFence(out, fenceFlags.request | fenceFlags.blockBefore, payload + behind);
    return out.finish();
  }

  /** A client's fence, request or answer. @returns what to send instead, or 'pass'. */
  clientFence(bytes: Uint8Array, start: number, end: number): 'pass' | Uint8Array {
    const flags = u32At(bytes, start + 4);
    if ((flags & fenceFlags.request) === 0 || (flags & fenceFlags.syncNext) === 0) return 'pass';
    const without = new WriteCursor().raw(bytes.subarray(start, start + 4));
    return without
      .u32(flags & ~fenceFlags.syncNext)
      .raw(bytes.subarray(start + 8, end))
      .finish();
  }

  /**
   * A server's fence that was held. The answers to ours are not for the client.
   * @throws DecodeError when the server does not keep fences for the next message, or leaves one unanswered.
   */
  serverFence(bytes: Uint8Array, start: number, end: number): 'pass' | 'drop' {
    const flags = u32At(bytes, start + 4);
    if ((flags & fenceFlags.request) !== 0) return 'pass';
    const payload = String.fromCharCode(...bytes.subarray(start + fenceHeaderBytes, end));
    const first = this.#pending[0];
    if (first?.begun === true && payload === first.payload + behind) this.#end();
    else {
      const place = this.#pending.findIndex(one => !one.begun && one.payload === payload);
      if (place < 0) return 'pass';
      if (place > 0)
        throw new DecodeError('out_of_order', 'the server left out the answer to a fence', 'fence');
      this.#begin(this.#pending[0]!, flags);
    }
    return 'drop';
  }

  #begin(change: PendingSwitch, flags: number): void {
    if ((flags & fenceFlags.syncNext) === 0) {
      const sentence = 'the server answered a fence without regard to the pixel format behind it';
      throw new DecodeError('unsupported', sentence, 'fence');
    }
    change.begun = true;
    this.#server.pixels = change.pixels;
    this.#server.isBetweenFormats = true;
  }

  #end(): void {
    this.#pending.shift();
    this.#server.isBetweenFormats = false;
    this.#server.holdsFences = this.#pending.length > 0;
  }
}

function writeFence(out: WriteCursor, flags: number, payload: string): void {
  out.u8(clientMessages.clientFence).zeros(3).u32(flags);
  out.u8(payload.length).ascii(payload);
}
