import { DecodeError } from '../wire/decode-error.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { securityTypes } from './numbers.ts';
import { decodeVersion, encodeVersion, type RfbMinor, versionBytes } from './version.ts';

/**
 * The handshake with a client (RFC 6143 §7.1–§7.3), as its server: RFB 3.8 is offered, security None only,
 * for the client was let in before. `admit` answers the version once the real server has let us in, so that
 * a refusal of that one can be told in the place the protocol has for it.
 */
export class ClientHandshake {
  /** To be sent to the client, in order; whoever sends them empties the list. Begins with our version. */
  readonly replies: Uint8Array[] = [encodeVersion(8)];
  #phase: 'version' | 'security' | 'init' | 'done' = 'version';
  #minor: RfbMinor = 8;
  #admitted = false;
  #offered = false;

  /** ClientInit has come. */
  get done(): boolean {
    return this.#phase === 'done';
  }

  admit(): void {
    this.#admitted = true;
    this.#offer();
  }

  /** Tells the client, if it has given its version, why there will be no desktop. */
  refuse(message: string): void {
    if (this.#phase !== 'security') return;
    const reason = new TextEncoder().encode(message);
    const answer = new WriteCursor();
    if (this.#minor === 3) answer.u32(securityTypes.invalid);
    else answer.u8(0);
    this.replies.push(answer.u32(reason.length).raw(reason).finish());
  }

  /**
   * Takes the client's bytes from 0 to `length`.
   * @returns how many of them belonged to the handshake; the others are to be given again, with more.
   * @throws DecodeError for bytes that are no handshake.
   */
  receive(bytes: Uint8Array, length: number): number {
    let at = 0;
    for (;;) {
      if (this.#phase === 'version' && length - at >= versionBytes) {
        this.#minor = decodeVersion(bytes, at);
        this.#phase = 'security';
        at += versionBytes;
        this.#offer();
      } else if (this.#phase === 'security' && this.#offered && length > at) {
        const type = bytes[at++]!;
        if (type !== securityTypes.none) {
          throw new DecodeError('malformed', `security type ${type} was not offered`, 'security-type');
        }
        this.#chosen();
      } else if (this.#phase === 'init' && length > at) {
        at++; // the shared flag: the session with the server is always shared
        this.#phase = 'done';
      } else return at;
    }
  }

  #offer(): void {
    if (this.#phase !== 'security' || !this.#admitted || this.#offered) return;
    this.#offered = true;
    if (this.#minor === 3) {
      // In 3.3 the server decides, and None has no result.
      this.replies.push(new WriteCursor().u32(securityTypes.none).finish());
      this.#phase = 'init';
    } else this.replies.push(Uint8Array.of(1, securityTypes.none));
  }

  #chosen(): void {
    if (this.#minor === 8) this.replies.push(new Uint8Array(4));
    this.#phase = 'init';
  }
}
