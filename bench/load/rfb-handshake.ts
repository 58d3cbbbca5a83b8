/** RFB 3.8 without a password, both ends (RFC 6143 section 7.1 to 7.3). */

const rfbVersion = Buffer.from('RFB 003.008\n');
const desktopName = 'bench';

function encodeServerInit(): Uint8Array {
  const init = Buffer.alloc(24 + desktopName.length);
  init.set([0x07, 0x80, 0x04, 0x38, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0]);
  init.writeUInt32BE(desktopName.length, 20);
  init.write(desktopName, 24);
  return init;
}

export const defaultServerInit = encodeServerInit();

/** The server's side: what to say after so many bytes of the client. */
export class ServerHandshake {
  done = false;
  #received = 0;
  readonly #serverInit: Uint8Array;

  constructor(serverInit: Uint8Array = defaultServerInit) {
    this.#serverInit = serverInit;
  }

  greeting(): Uint8Array {
    return rfbVersion;
  }

  /** @returns messages to be sent, one a frame. Sets `done` with ClientInit. */
  receive(bytes: number): Uint8Array[] {
    const before = this.#received;
    this.#received += bytes;
    const reached = (count: number): boolean => before < count && this.#received >= count;
    const answers: Uint8Array[] = [];
    if (reached(12)) answers.push(Uint8Array.of(1, 1));
    if (reached(13)) answers.push(new Uint8Array(4));
    if (reached(14)) {
      answers.push(this.#serverInit);
      this.done = true;
    }
    return answers;
  }
}

export type ClientStep =
  | { readonly kind: 'need' }
  | { readonly kind: 'say'; readonly message: Uint8Array }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly cause: string };

/** The client's side; keeps what it received until ServerInit is whole. */
export class ClientHandshake {
  #bytes: Buffer = Buffer.alloc(0);
  #phase: 'version' | 'types' | 'result' | 'init' | 'done' = 'version';

  receive(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
  }

  /** To be called until it answers anything but `say`. */
  next(): ClientStep {
    const bytes = this.#bytes;
    switch (this.#phase) {
      case 'version':
        if (bytes.length < 12) return { kind: 'need' };
        return this.#take(12, 'types', rfbVersion);
      case 'types': {
        const count = bytes[0];
        if (count === 0) return { kind: 'failed', cause: 'the desktop refused' };
        if (count === undefined || bytes.length < 1 + count) return { kind: 'need' };
        if (!bytes.subarray(1, 1 + count).includes(1)) {
          return { kind: 'failed', cause: 'the desktop asks for a password' };
        }
        return this.#take(1 + count, 'result', Uint8Array.of(1));
      }
      case 'result':
        if (bytes.length < 4) return { kind: 'need' };
        if (bytes.readUInt32BE(0) !== 0) return { kind: 'failed', cause: 'the desktop refused' };
        return this.#take(4, 'init', Uint8Array.of(1));
      case 'init': {
        const size = bytes.length < 24 ? Number.POSITIVE_INFINITY : 24 + bytes.readUInt32BE(20);
        if (bytes.length < size) return { kind: 'need' };
        this.#bytes = bytes.subarray(size);
        this.#phase = 'done';
        return { kind: 'done' };
      }
      case 'done':
        return { kind: 'done' };
    }
  }

  /** What came behind ServerInit; the handshake lets go of it. */
  rest(): Uint8Array {
    const rest = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return rest;
  }

  #take(size: number, phase: 'types' | 'result' | 'init', message: Uint8Array): ClientStep {
    this.#bytes = this.#bytes.subarray(size);
    this.#phase = phase;
    return { kind: 'say', message };
  }
}
