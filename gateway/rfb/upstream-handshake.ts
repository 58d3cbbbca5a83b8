import { limits } from '../../config/limits.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import { DecodeError, limitError } from '../wire/decode-error.ts';
import { u16At, u32At } from '../wire/read-cursor.ts';
import { securityTypes } from './numbers.ts';
import { decodePixelSizes, type PixelSizes, pixelFormatBytes } from './pixel-format.ts';
import { type UpstreamLogin, VeNCryptPlain } from './vencrypt.ts';
import { decodeVersion, encodeVersion, type RfbMinor, versionBytes } from './version.ts';
import { answerChallenge, challengeBytes } from './vnc-auth.ts';

/** The server will not have us. */
export interface UpstreamRefusal {
  readonly cause: 'refused' | 'authentication';
  /** Lower-case sentence; holds the server's own words where it gave any. */
  readonly message: string;
}

/** What ServerInit (RFC 6143 §7.3.2) said, and its bytes to be passed on. */
export interface ServerInit {
  readonly bytes: Uint8Array;
  readonly pixels: PixelSizes;
}

type Phase =
  | 'version'
  | 'security_count'
  | 'security_types'
  | 'security_type'
  | 'challenge'
  | 'vencrypt'
  | 'result'
  | 'reason'
  | 'client_init'
  | 'server_init'
  | 'done'
  | 'refused';

/** u16 width · u16 height · pixel format · u32 name length. */
const serverInitHeaderBytes = 4 + pixelFormatBytes + 4;
const supported = 'supported: 1 (None), 2 (VncAuth), 19 (VeNCrypt Plain, with a login)';
/** How much of a server's reason is repeated to people. */
const reasonCharsMax = 200;

/**
 * Our side of the handshake with a server (RFC 6143 §7.1–§7.3), as its client: any version, security None,
 * VncAuth or, with a login, VeNCrypt Plain, always asking for a shared desktop. Give it the server's bytes; send its `replies`.
 */
export class UpstreamHandshake {
  /** To be sent to the server, in order; whoever sends them empties the list. */
  readonly replies: Uint8Array[] = [];
  refusal: UpstreamRefusal | undefined;
  serverInit: ServerInit | undefined;
  readonly #password: string | undefined;
  readonly #login: UpstreamLogin | undefined;
  readonly #held = new ByteQueue('handshake', limits.desktopNameBytesMax + limits.securityReasonBytesMax);
  #phase: Phase = 'version';
  #want = versionBytes;
  #minor: RfbMinor = 8;
  #authenticating = false;
  #veNCrypt: VeNCryptPlain | undefined;

  /**
   * @param password for VncAuth; absent counts as empty, which is what KasmVNC's own wrapper sets.
   * @param login for VeNCrypt Plain; to be given only where nobody hears what is said to the server.
   */
  constructor(password: string | undefined, login: UpstreamLogin | undefined) {
    this.#password = password;
    this.#login = login;
  }

  /** The server has let us in and waits for `startSession`. */
  get admitted(): boolean {
    return this.#phase === 'client_init';
  }

  /** Sends ClientInit, shared, so that opening a stream never ends another one. */
  startSession(): void {
    this.replies.push(Uint8Array.of(1));
    this.#await('server_init', serverInitHeaderBytes);
  }

  /**
   * Takes the server's bytes from `at` to `end`.
   * @returns where the bytes begin that come after the handshake.
   * @throws DecodeError for bytes that are no handshake.
   */
  receive(chunk: Uint8Array, start: number, end: number): number {
    let at = start;
    while (this.#phase !== 'done' && this.#phase !== 'refused') {
      if (this.#phase === 'client_init') {
        if (at === end) break;
        throw new DecodeError('out_of_order', 'the server spoke before ClientInit', 'ServerInit');
      }
      const upTo = Math.min(end, at + this.#want - this.#held.length);
      this.#held.append(chunk, at, upTo);
      at = upTo;
      if (this.#held.length < this.#want) break;
      this.#step(this.#held.bytes.subarray(0, this.#held.length));
    }
    return at;
  }

  #await(phase: Phase, want: number): void {
    this.#held.clear();
    this.#phase = phase;
    this.#want = want;
  }

  #step(bytes: Uint8Array): void {
    switch (this.#phase) {
      case 'version':
        this.#minor = decodeVersion(bytes, 0);
        this.replies.push(encodeVersion(this.#minor));
        if (this.#minor === 3) this.#await('security_type', 4);
        else this.#await('security_count', 1);
        return;
      case 'security_count':
        if (bytes[0] === 0) this.#awaitReason();
        else this.#await('security_types', bytes[0]!);
        return;
      case 'security_types':
        this.#choose(bytes);
        return;
      case 'security_type': // version 3.3: the server decides
        if (u32At(bytes, 0) === securityTypes.invalid) this.#awaitReason();
        else this.#begin(u32At(bytes, 0));
        return;
      case 'challenge':
        this.replies.push(answerChallenge(bytes, this.#password ?? ''));
        this.#await('result', 4);
        return;
      case 'vencrypt':
        this.#stepVeNCrypt(bytes);
        return;
      case 'result':
        this.#result(u32At(bytes, 0));
        return;
      case 'reason':
        this.#reason(bytes);
        return;
      case 'server_init':
        this.#serverInit(bytes);
    }
  }

  #choose(offered: Uint8Array): void {
    const type = this.#wantedTypes().find(known => offered.includes(known));
    if (type === undefined) {
      this.#refuse('refused', `the desktop offers security types ${[...offered].join(', ')}; ${supported}`);
      return;
    }
    this.replies.push(Uint8Array.of(type));
    this.#begin(type);
  }

  /** In the order we like them: a login is of more use than a password that nobody set. */
  #wantedTypes(): number[] {
    const { none, vncAuth, veNCrypt } = securityTypes;
    if (this.#login === undefined) return [none, vncAuth];
    return this.#password === undefined ? [none, veNCrypt, vncAuth] : [none, vncAuth, veNCrypt];
  }

  #begin(type: number): void {
    if (type === securityTypes.vncAuth) {
      this.#authenticating = true;
      this.#await('challenge', challengeBytes);
    } else if (type === securityTypes.veNCrypt && this.#login !== undefined) {
      this.#authenticating = true;
      this.#veNCrypt = new VeNCryptPlain(this.#login);
      this.#await('vencrypt', this.#veNCrypt.want);
    } else if (type !== securityTypes.none) {
      this.#refuse('refused', `the desktop asks for security type ${type}; ${supported}`);
    } else if (this.#minor === 8) this.#await('result', 4);
    else this.#await('client_init', 0); // before 3.8, None has no result
  }

  #stepVeNCrypt(bytes: Uint8Array): void {
    const veNCrypt = this.#veNCrypt!;
    veNCrypt.step(bytes);
    if (veNCrypt.refusal !== undefined) {
      this.#refuse('refused', veNCrypt.refusal);
      return;
    }
    if (veNCrypt.reply !== undefined) this.replies.push(veNCrypt.reply);
    veNCrypt.reply = undefined;
    if (veNCrypt.want === 0) this.#await('result', 4);
    else this.#await('vencrypt', veNCrypt.want);
  }

  #result(result: number): void {
    if (result === 0) this.#await('client_init', 0);
    else if (this.#minor === 8) this.#awaitReason();
    else this.#refuseWith('');
  }

  #awaitReason(): void {
    this.#await('reason', 4);
  }

  #reason(bytes: Uint8Array): void {
    const length = u32At(bytes, 0);
    if (length > limits.securityReasonBytesMax) {
      throw limitError('reason-length', length, limits.securityReasonBytesMax);
    }
    this.#want = 4 + length;
    if (bytes.length === this.#want) this.#refuseWith(readableReason(bytes.subarray(4)));
  }

  #refuseWith(reason: string): void {
    const told = reason === '' ? '' : `: ${reason}`;
    if (this.#authenticating)
      this.#refuse(
        'authentication',
        `the desktop refused our ${this.#veNCrypt === undefined ? 'password' : 'login'}${told}`,
      );
    else this.#refuse('refused', `the desktop refused the connection${told}`);
  }

  #refuse(cause: UpstreamRefusal['cause'], message: string): void {
    this.refusal = { cause, message };
    this.#await('refused', 0);
  }

  #serverInit(bytes: Uint8Array): void {
    checkSide('framebuffer-width', u16At(bytes, 0));
    checkSide('framebuffer-height', u16At(bytes, 2));
    const nameBytes = u32At(bytes, serverInitHeaderBytes - 4);
    if (nameBytes > limits.desktopNameBytesMax) {
      throw limitError('name-length', nameBytes, limits.desktopNameBytesMax);
    }
    this.#want = serverInitHeaderBytes + nameBytes;
    if (bytes.length < this.#want) return;
    this.serverInit = { bytes: bytes.slice(), pixels: decodePixelSizes(bytes, 4) };
    this.#await('done', 0);
  }
}

function checkSide(field: string, side: number): void {
  if (side > limits.framebufferSideMax) throw limitError(field, side, limits.framebufferSideMax);
}

/** A server's own words, fit for one log line. */
function readableReason(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, reasonCharsMax);
}
