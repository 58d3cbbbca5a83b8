/** Random passwords for a desktop's VNC server. */
import { Secret } from '../../config/secret.ts';
import type { DesktopProtocol } from './desktop-runtime.ts';

// 64 characters: every byte's low six bits pick one without bias.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** VncAuth looks at 8 characters and no more (RFC 6143 §7.2.2); KasmVNC takes any length. */
const lengths = { rfb: 8, kasmvnc: 32 } as const;

export function createPassword(protocol: DesktopProtocol): Secret {
  const bytes = crypto.getRandomValues(new Uint8Array(lengths[protocol]));
  return new Secret(Array.from(bytes, byte => alphabet.charAt(byte & 63)).join(''));
}
