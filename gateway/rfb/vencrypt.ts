import { u32At } from '../wire/read-cursor.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { veNCryptSubTypes } from './numbers.ts';

/** Whom the upstream knows us as. */
export interface UpstreamLogin {
  readonly username: string;
  readonly password: string;
}

const supportedVersion = [0, 2] as const;
/** The server's answer to our version: it will have it. */
const versionAccepted = 0;

/**
 * Our side of VeNCrypt (security type 19, community specification), sub-type Plain only: the login goes over
 * in clear, so the caller must know that nobody else hears it.
 *
 *     server  u8 major · u8 minor          client  0 · 2
 *     server  u8 0: accepted
 *     server  u8 n · n × u32 sub-type      client  u32 256 · u32 · u32 lengths · username · password
 *     then SecurityResult
 */
export class VeNCryptPlain {
  /** Bytes to be given to `step` next; 0 when the login was sent. */
  want: number = supportedVersion.length;
  /** To be sent to the server now; whoever sends it takes it away. */
  reply: Uint8Array | undefined;
  /** Why it cannot be: a lower-case sentence. */
  refusal: string | undefined;
  readonly #login: UpstreamLogin;
  #step: 'version' | 'accepted' | 'count' | 'types' = 'version';

  constructor(login: UpstreamLogin) {
    this.#login = login;
  }

  /** The server's next `want` bytes. */
  step(bytes: Uint8Array): void {
    switch (this.#step) {
      case 'version':
        this.#version(bytes[0]!, bytes[1]!);
        return;
      case 'accepted':
        if (bytes[0] !== versionAccepted) this.refusal = 'the desktop refused VeNCrypt 0.2';
        this.#step = 'count';
        return;
      case 'count':
        this.want = 4 * bytes[0]!;
        this.#step = 'types';
        if (this.want === 0) this.refusal = 'the desktop offers VeNCrypt without any sub-type';
        return;
      case 'types':
        this.#choose(bytes);
    }
  }

  #version(major: number, minor: number): void {
    const [supportedMajor, supportedMinor] = supportedVersion;
    if (major < supportedMajor || (major === supportedMajor && minor < supportedMinor)) {
      this.refusal = `the desktop offers VeNCrypt ${major}.${minor}; only 0.2 is supported`;
    }
    this.reply = Uint8Array.from(supportedVersion);
    this.want = 1;
    this.#step = 'accepted';
  }

  #choose(bytes: Uint8Array): void {
    const offered: number[] = [];
    for (let at = 0; at < bytes.length; at += 4) offered.push(u32At(bytes, at));
    if (!offered.includes(veNCryptSubTypes.plain)) {
      const list = offered.join(', ');
      this.refusal = `the desktop offers VeNCrypt sub-types ${list}; only Plain (256) is supported`;
      return;
    }
    const encoder = new TextEncoder();
    const [username, password] = [this.#login.username, this.#login.password].map(text =>
      encoder.encode(text),
    ) as [Uint8Array, Uint8Array];
    const reply = new WriteCursor().u32(veNCryptSubTypes.plain).u32(username.length).u32(password.length);
    this.reply = reply.raw(username).raw(password).finish();
    this.want = 0;
  }
}

/**
 * The login in the value of an Authorization header of the scheme Basic (RFC 7617).
 * @returns undefined when it is of another scheme, or no login.
 */
export function loginOfBasic(authorization: string): UpstreamLogin | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.trim()) ?? [];
  if (encoded === undefined) return undefined;
  const text = new TextDecoder().decode(Uint8Array.from(atob(encoded), one => one.charCodeAt(0)));
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
